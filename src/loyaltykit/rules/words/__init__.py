"""Descriptions of rules in English and Chinese."""
