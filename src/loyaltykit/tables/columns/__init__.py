"""Columns: what a heading means, and how its cells are read and written."""
