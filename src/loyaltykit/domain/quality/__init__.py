"""The quality report: what is missing, invalid, stale, contradictory or duplicated in member records."""
