"""Member records: who takes part, and how to reach them."""
