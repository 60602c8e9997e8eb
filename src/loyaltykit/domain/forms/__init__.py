"""Forms: reading, checking and describing member records as people write them."""
