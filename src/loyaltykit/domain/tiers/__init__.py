"""Tier decisions, in the order of business time (``T12``)."""
