"""Columns: the meaning of headings, and the conversion of cells."""
