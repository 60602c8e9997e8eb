"""The tests of the core: one file for each module of ``loyaltykit.domain``."""
