"""Facts of a history, and a programme compiled for reading them."""
