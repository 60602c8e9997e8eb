"""A real year of a grocery's loyalty card, run through loyaltykit and checked against figures worked out apart.

Read ``programme`` for the rules, ``data`` for how rows become members and transactions, ``year`` for what the shop asks
of the library, ``expected`` for the same figures in plain Arrow and SQL.
"""
