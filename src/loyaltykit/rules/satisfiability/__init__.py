"""Which values can satisfy a predicate: what lint and examples are worked out from."""
