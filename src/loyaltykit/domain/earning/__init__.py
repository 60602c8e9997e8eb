"""Earning: the points of one purchase, visit or event, before anything is posted."""
