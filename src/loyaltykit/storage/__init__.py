"""Storages of members and their history; see ``loyaltykit.ports`` for what a storage must provide."""
