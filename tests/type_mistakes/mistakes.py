"""Usual mistakes: type checkers must report each; `check.py` beside this file counts them.

A mistake begins with its number and goes to the next one. Nothing here is run.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import loyaltykit as lk
from loyaltykit.rules import line, member, months, per_amount, spend, times

program = lk.Program(name="Club", currency="EUR", timezone="Europe/Paris")
ladder = lk.TierLadder(lk.Tier("member"))
noon = datetime(2025, 3, 1, 12, tzinfo=ZoneInfo("Europe/Paris"))
base = lk.AccrualRule("base", per_amount())

# 1: a float as an amount
lk.Purchase(id="o-1", member_id="m-1", amount=12.5)

# 2: a float as the amount of a line
lk.Line(amount=0.1)

# 3: a dict in place of a Line
lk.Purchase(id="o-1", member_id="m-1", lines=[{"sku": "tea", "amount": "5.00"}])

# 4: one line in place of a list
lk.Purchase(id="o-1", member_id="m-1", lines=lk.Line(amount=1))

# 5: a misspelt keyword of a transaction
lk.Purchase(id="o-1", membr_id="m-1", amount=1)

# 6: a missing argument
lk.Redemption(id="r-1", points=5)

# 7: points as a string
lk.Redemption(id="r-1", member_id="m-1", points="500")

# 8: a date where an instant is needed
lk.Visit(id="v-1", member_id="m-1", occurred_at=date(2025, 3, 1))

# 9: an instant as a string
lk.Visit(id="v-1", member_id="m-1", occurred_at="2025-03-01T12:00:00+01:00")

# 10: positional arguments of a transaction
lk.Return("r-1", "o-1")

# 11: lines of a purchase in a return
lk.Return(id="r-1", of="o-1", lines=[lk.Line(amount=1)])

# 12: a rule in place of a list of rules
program.evolve(accrual=base)

# 13: a list of the wrong parts
program.evolve(accrual=[lk.Segment("rich", spend >= 5)])

# 14: a misspelt keyword of evolve
program.evolve(tier=ladder)

# 15: a tuple of tiers in place of a ladder
lk.Program(name="Club", currency="EUR", timezone="Europe/Paris", tiers=(lk.Tier("member"),))

# 16: a list of tiers given to the ladder
lk.TierLadder([lk.Tier("member")])

# 17: a misspelt keyword of replace
ladder.replace("member", multiplyer="1.5")

# 18: a float as a multiplier
lk.Tier("gold", enter=spend >= 5000, multiplier=1.5)

# 19: a bool where a rule is needed
lk.Segment("adults", True)

# 20: a term where a rule is needed
lk.Segment("rich", spend)

# 21: a function that earns, not called
lk.AccrualRule("base", per_amount)

# 22: a float as a factor
lk.AccrualRule("double", times(1.5), where=line.category == "tea")

# 23: an unknown word of a policy
lk.PointsPolicy(on_return="allow")

# 24: a number in place of a span
lk.PointsPolicy(expire_after=365)

# 25: a misspelt keyword of a member's evolve
lk.Member(id="m-1").evolve(nmae="Li")

# 26: a birthday as a string
lk.Member(id="m-1", birthday="1990-02-28")

# 27: a misspelt name of the library
lk.Purchse(id="o-1", member_id="m-1", amount=1)

# 28: a number of months in place of a window
often = spend.over(12) >= 5000

# the end of the mistakes
fine = [months, member, noon]
