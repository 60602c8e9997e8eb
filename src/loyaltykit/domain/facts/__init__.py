"""Facts of a member's history, and programmes compiled to read them."""
