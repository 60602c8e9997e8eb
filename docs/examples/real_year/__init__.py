"""A real year of a grocery's loyalty card, run through loyaltykit and checked against figures worked out apart.

Read ``programme`` for the rules, ``records`` for how a table full of mistakes becomes members, ``data`` for how rows
become transactions, ``year`` for what the shop asks of the library, ``expected`` for the same figures in Arrow and SQL.
"""
