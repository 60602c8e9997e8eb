"""Faults of what is earned, granted and achieved, and of the way of a record (S6, S12, S13, S15, S20, C2)."""

from __future__ import annotations

from decimal import Decimal

import loyaltykit as lk
from tests.mutants.fault import Fault
from tests.mutants.story import befriend, bring_back, buy, refer, review, tell

ACCRUAL, CAPS, ACHIEVEMENTS = "domain.earning.accrual", "domain.earning.caps", "domain.earning.achievements"
DISPATCH, ACCOUNT, ACTIVITIES = "domain.decide.dispatch", "domain.accounts.account", "domain.decide.activities"

TEA = [lk.Line(amount="70", quantity=7, category="tea")]

# A table: each fault in as few lines as it needs.
# fmt: off
FAULTS = [
    Fault(
        "S13", "the multiplier comes after rounding", ACCRUAL, "_rounded(whole, unit, self.rounding)",
        "int(_rounded(whole * under, over * unit, self.rounding) * multiplier)",
        story=[buy(0, "p1", "100"), buy(1, "p2", "1.70")],
    ),
    Fault(
        "S13", "half up is rounded down", ACCRUAL, "return (2 * exact + unit) // (2 * unit)", "return exact // unit",
        "rounded", [buy(0, "p", "11")],
    ),
    Fault(
        "S13", "the ceiling is rounded down", ACCRUAL, "return -(-exact // unit)", "return exact // unit", "inactive",
        [buy(0, "p", "1.50")],
    ),
    Fault(
        "S14", "foreign money earns as if it were the shop's own", "domain.tiers.standing",
        "if purchase.currency is not None:", "if False:", "foreign",
        [tell(0, lk.Purchase, "p", member_id="m", amount="10", currency="USD", rate=Decimal("149.505"))],
    ),
    Fault(
        "S12", "tax earns too", ACCRUAL, "taxes = (0,) * len(basket.lines) if earns.tax else basket.taxes",
        "taxes = (0,) * len(basket.lines)", "rounded",
        [tell(0, lk.Purchase, "p", member_id="m", lines=[lk.Line(amount="60", tax="9")])],
    ),
    Fault(
        "S6", "a purchase that was returned whole still counts", "domain.facts.facts",
        "metric, kept = self.key.metric, baskets.kept",
        'metric, kept = self.key.metric, baskets.kept\n        if metric == "purchases":\n            return 1',
        "rounded", [buy(0, "p1", "10"), bring_back(1, "r", "p1"), buy(2, "p2", "10")],
    ),
    Fault(
        "S15 I10", "a known id is a known content", "loyalty.runtime", "if known.given != given:", "if False:",
        story=[buy(0, "p", "10"), buy(1, "p", "20")],
    ),
    Fault(
        "C2", "quotes are recorded", "loyalty",
        "return receipt_of(self._runtime.preview(snapshot, transaction, self._runtime.now()))",
        "return self.record(transaction)", story=[buy(0, "p", "10")],
    ),
    Fault(
        "S20", "a return forgets the caps", "domain.earning.sales",
        "return earned if sale.allowance is None else capped(earned, sale.allowance)", "return earned", "capped",
        [
            tell(1, lk.Purchase, "p", member_id="m", lines=TEA),
            bring_back(2, "r", "p", lines=[lk.ReturnedLine(line=0, quantity=1)]),
        ],
    ),
    Fault(
        "S20", "the last in time gives way", DISPATCH, "sale = apply_caps(account, sale)", "pass", "capped",
        [buy(1, "p", "150"), buy(0.9, "late", "150")],
    ),
    Fault(
        "S20", "a cap goes by the order of arrival", ACCOUNT, "rulebook.caps.count(transaction.instant,",
        "rulebook.caps.count(max(transaction.instant, self.ledger.position),", "capped",
        [buy(3, "p1", "60"), buy(1, "p2", "150"), buy(1.1, "p3", "100")],
    ),
    Fault(
        "S20", "a return restores what caps allow", ACCOUNT, "elif decision.achieved is not None:",
        "elif decision.sale is not None and rulebook.caps is not None:\n"
        "            at, points = decision.sale.purchase.instant, decision.sale.claimed\n"
        "            rulebook.caps.count_total(at, -points, self.usage)\n"
        "        elif decision.achieved is not None:",
        "capped", [buy(1, "p1", "150"), bring_back(1.1, "r", "p1"), buy(1.2, "p2", "150"), buy(1.3, "p3", "150")],
    ),
    Fault(
        "S20", "weeks start on Monday", CAPS, "self._week_starts = program.points.week_starts", "self._week_starts = 1",
        "capped", [buy(days, f"p{days}", "150") for days in (3, 4, 6)],
    ),
    Fault(
        "S20", "only the run before an activity counts", ACHIEVEMENTS, "_run(progress.periods, period, 1)", "0",
        "achieved", [review(days, f"e{days}") for days in (1, 4, 3, 2)],
    ),
    Fault(
        "S20", "once is again and again", ACHIEVEMENTS, "if item.once and progress.given:", "if False:", "achieved",
        [review(1, "e1", stars=1), review(4, "e2", stars=1)],
    ),
    Fault(
        "S20", "a late event counts by what lies before it", ACTIVITIES,
        "return book.achieve(transaction, step.achieved.matched, account.usage)", "return step.achieved", "achieved",
        [review(2, "e1", stars=1), review(1, "e2", stars=1)],
    ),
    Fault(
        "S20", "a friend gets nothing", DISPATCH,
        "award_points(account, transaction, achieved), other_side_shares(transaction, achieved)",
        "award_points(account, transaction, achieved), ()", "achieved", [befriend("f"), refer(1, "e", "f")],
    ),
    Fault(
        "S20", "achievements are not capped", ACHIEVEMENTS,
        "total = None if self._caps is None else self._caps.left(at, usage)", "total = None", "capped",
        [tell(1 + number / 100, lk.Visit, f"v{number}", member_id="m") for number in range(8)],
    ),
]
# fmt: on
