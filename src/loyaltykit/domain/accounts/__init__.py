"""Accounts: everything recorded for one member, or for merged members."""
