"""Accounts: everything that was recorded for one member, or for members that were merged."""
