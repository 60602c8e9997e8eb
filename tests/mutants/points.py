"""Faults of lots, debts and what goes back (S1 to S9, S17)."""

from __future__ import annotations

import loyaltykit as lk
from tests.mutants.fault import Fault
from tests.mutants.story import adjust, bring_back, buy, look_at, redeem, tell, wait, write

ALLOCATION, LEDGER, STATES = "domain.ledger.allocation", "domain.ledger.ledger", "domain.ledger.states"
DISPATCH, RETURNS, REVERSALS = "domain.decide.dispatch", "domain.decide.returns", "domain.decide.reversals"

TWO_LOTS = [buy(0, "p1", "100"), buy(1, "p2", "50"), redeem(2, "x", 130)]
TWO_ENDS = [adjust(0, "a", 50, expires_at=lk.NEVER), buy(1, "p", "50"), redeem(2, "x", 30)]
PAID = [
    adjust(0, "a", 50),
    tell(
        1,
        lk.Purchase,
        "p",
        member_id="m",
        lines=[lk.Line(amount="60"), lk.Line(amount="40")],
        paid_with=lk.PointsPayment(points=20, value="20"),
    ),
]

# A table: each fault in as few lines as it needs.
# fmt: off
FAULTS = [
    Fault(
        "S3 I7", "a lot lives one microsecond too long", "domain.facts.rulebook", "return self._end_of_points(at)",
        "return self._end_of_points(at) + 1", story=[buy(0, "p", "100")],
    ),
    Fault(
        "S4 I5", "the latest expiry is spent first", STATES, "return (self.expires_at, self",
        "return (-self.expires_at, self", "extended", TWO_LOTS,
    ),
    Fault(
        "S4 I5", "the oldest lot is spent first", STATES, "return (self.expires_at, self",
        "return (self.lot.occurred_at, self", "extended", TWO_ENDS,
    ),
    Fault(
        "S2", "a redemption keeps one allocation only", DISPATCH,
        "spend(account.ledger, transaction.instant, points)),)",
        "spend(account.ledger, transaction.instant, points)[:1]),)", "extended", TWO_LOTS,
    ),
    Fault(
        "S8", "debt is never repaid", ALLOCATION, "repaid = min(points, self._left[debt]) if when < expires_at else 0",
        "repaid = 0", story=[buy(0, "p1", "50"), redeem(1, "x", 50), bring_back(2, "r", "p1"), buy(3, "p2", "90")],
    ),
    Fault(
        "S8", "debt is not repaid by what came before it was known", ALLOCATION, "if since >= ledger.position:",
        "if True:", story=[buy(0, "p1", "50"), redeem(1, "x", 50), buy(5, "p2", "90"), bring_back(2, "r", "p1")],
    ),
    Fault(
        "S8", "a late debit repays with points that it takes itself", ALLOCATION,
        "taken = {allocation.lot: allocation.points for allocation in claim.allocations}", "taken = dict[str, int]()",
        story=[
            buy(0, "p1", "50"), redeem(1, "x", 50), adjust(2, "a", 30), buy(5, "p2", "10"), redeem(6, "y", 20),
            tell(7, lk.Reversal, "u", of="y"), bring_back(3, "r", "p1"),
        ],
    ),
    Fault(
        "S9", "a reversal gives back in the order taken", REVERSALS, "for allocation in reversed(taken):",
        "for allocation in taken:", "extended",
        [*TWO_LOTS, tell(3, lk.Reversal, "u1", of="x", points=20), tell(4, lk.Reversal, "u2", of="x", points=40)],
    ),
    Fault(
        "S9 S2", "what comes back to a dead lot never lapses", STATES, "if when >= self.expires_at:", "if False:",
        story=[buy(0, "p", "100"), redeem(1, "x", 30), tell(60, lk.Reversal, "u", of="x"), look_at(61)],
    ),
    Fault(
        "S6 I19", "each return is rounded by itself", "domain.earning.sales",
        "claim = max(sale.points - earned.points, 0)",
        "claim = sale.earned.points * (baskets_of(sale, accrual.program).kept.total - part.total) // basket.total",
        "extended",
        [
            buy(0, "p", "10.00", quantity=3),
            *(bring_back(1, f"r{place}", "p", lines=[lk.ReturnedLine(line=0, quantity=1)]) for place in range(3)),
        ],
    ),
    Fault(
        "S6", "a return uses the multiplier of today", RETURNS, "sale = apply_return(sold,",
        "sold = evolve(sold, multiplier=rulebook.multipliers[account.standing.row.rank])\n"
        "    sale = apply_return(sold,",
        story=[buy(0, "p", "100"), bring_back(1, "r", "p", amount="10")],
    ),
    Fault(
        "S7", "what lapsed unspent is claimed again", ALLOCATION,
        "lapsed = max(min(points, lapsed_unspent - sale.lapsed), 0)", "lapsed = 0", "extended",
        [buy(0, "p", "100"), redeem(1, "x", 30), bring_back(20, "r", "p")],
    ),
    Fault(
        "S7", "the limit of debt is ignored", ALLOCATION,
        "return max(min(points, policy.debt_limit - ledger.debt_left), 0)", "return points", "calendar",
        [adjust(0, "a", -30), adjust(1, "b", -30)],
    ),
    Fault(
        "T8 I8", "a written expiry is never corrected", DISPATCH,
        "decision.postings += correct_expiries(account, transaction, decision.movements, decision.postings)", "pass",
        story=[buy(0, "p", "100"), write(40), redeem(5, "x", 50)],
    ),
    Fault(
        "S15 I11", "a refused redemption still takes points", ALLOCATION,
        "available = sum(left for _, left in ledger.spendable(at))",
        "available = sum(ledger._allocate(Allocation(state.lot.id, left, at)) or left"
        " for state, left in list(ledger.spendable(at)))",
        story=[buy(0, "p", "100"), redeem(1, "x", 101)],
    ),
    Fault(
        "S3", "activity does not extend the end", LEDGER, "self._extend_ends(posting.occurred_at)", "pass", "inactive",
        [buy(0, "p1", "10"), buy(8, "p2", "10"), wait(12), look_at(12)],
    ),
    Fault(
        "S18", "a late debit takes what was taken since", LEDGER,
        "yield from ((state, left) for state in self._alive(at) if (left := state.left_from(at)))",
        "yield from ((state, left) for state in self._alive(at) if (left := state.left_at(at)))",
        story=[buy(0, "p", "100"), redeem(5, "x", 80), redeem(2, "y", 50)],
    ),
    Fault(
        "S10", "points that paid do not come back", RETURNS, "if returned.points_back else ()", "if False else ()",
        "extended", [*PAID, bring_back(2, "r", "p")],
    ),
    Fault(
        "S25", "points that pay are not spent", "domain.decide.credits",
        "return (paid, *accrue(account.with_postings([paid]), purchase, sale))",
        "return accrue(account, purchase, sale)",
        "extended", PAID,
    ),
    Fault(
        "S11", "points that paid lie on the first line", "domain.earning.basket",
        "shares = spread(basket.purchase.paid_with.points, basket.amounts)",
        "shares = (basket.purchase.paid_with.points, *(0 for _ in basket.amounts[1:]))", "extended",
        [*PAID, bring_back(2, "r", "p", lines=[lk.ReturnedLine(line=1)])],
    ),
    Fault(
        "S1", "a posting names its kind as its cause", "domain.decide.postings",
        "transaction.instant, transaction.id, version, allocations=allocations)",
        "transaction.instant, transaction.kind, version, allocations=allocations)",
        story=[adjust(0, "a", 50), redeem(1, "x", 10)],
    ),
    Fault(
        "C5", "a statement is in the order of recording", "domain.views.statement",
        "rows.sort(key=lambda row: row.place)", "pass", story=[buy(5, "p1", "10"), buy(3, "p2", "10")],
    ),
    Fault(
        "S17 S7", "an adjustment takes more than is there", ALLOCATION, 'if policy.on_return != "allow_negative":',
        "if False:", "within", [adjust(0, "a", 10), adjust(1, "b", -30)],
    ),
]
# fmt: on
