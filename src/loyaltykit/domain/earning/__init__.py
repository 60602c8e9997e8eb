"""Earning: what one purchase, visit or event gives, before anything is posted."""
