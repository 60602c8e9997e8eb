"""File formats: rows out of bytes, and bytes out of rows."""
