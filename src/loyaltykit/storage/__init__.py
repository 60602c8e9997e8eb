"""Where members and their history are kept; see ``loyaltykit.ports`` for what a storage must offer."""
