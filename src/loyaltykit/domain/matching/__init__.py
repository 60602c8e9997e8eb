"""Matching: which member records belong to one person."""
