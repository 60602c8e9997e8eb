"""The decision on a transaction: one handler for each kind, and what late transactions change."""
