"""Faults of late facts, of copies of the past, and of changes of the programme (T7, T8, I13, I16)."""

from __future__ import annotations

import loyaltykit as lk
from tests.machine.known import look_back, remember
from tests.mutants.fault import Fault
from tests.mutants.story import Story, become, bring_back, buy, look_at, tell, wait

DISPATCH, RESTATING, DECISIONS = "domain.decide.dispatch", "domain.decide.restating", "domain.tiers.decisions"
STANDING, TIMELINE, VERSIONS = "domain.tiers.standing", "domain.tiers.timeline", "domain.facts.versions"

PUT_RIGHT = [buy(5, "p1", "100"), wait(12), buy(4, "p2", "250")]
TEA = [lk.Line(amount="40", category="tea", quantity=2)]
MANY = [
    *(buy(number + 1, f"p{number}", "16") for number in range(18)),
    buy(16.5, "late", "1"),
    buy(2.5, "later", "1"),
    bring_back(17.2, "r", "p16"),
    look_at(16, 16.7, 17, 18, 19),
]
RISEN = buy(1, "p", "150")


def ask_at_the_instant_of_a_record(story: Story) -> None:
    known = remember(story, story.day(2), "web")
    story.send(lk.Adjustment(id="a", member_id="m", points=5, actor="staff", reason="by hand"))
    look_back(story, known)


# A table: each fault in as few lines as it needs.
# fmt: off
FAULTS = [
    Fault(
        "T8 I24", "corrections are forgotten", DISPATCH,
        "decision.corrections = corrections_of(account, timeline.standing, late.id)", "pass",
        story=[buy(9, "p1", "10"), buy(5, "p2", "100")],
    ),
    Fault(
        "T8 I24", "corrections go beyond what was closed", DISPATCH,
        "corrections_of(account, timeline.standing, late.id)",
        "corrections_of(account, timeline.standing, late.id, account.closed_until + 5_184_000_000_000)",
        story=[buy(5, "p1", "100"), buy(4, "p2", "1"), buy(3, "p3", "300")],
    ),
    Fault(
        "T8", "a late return lowers points of others", RESTATING,
        "if points <= 0 and isinstance(late, Return | TierGrantEnd):", "if False:", "restating",
        [buy(1, "p1", "250"), buy(3, "p2", "100"), bring_back(2, "r", "p1")],
    ),
    Fault(
        "T8 S3", "points put right live from today", RESTATING, "lot = evolve(lot, active_from=",
        "lot = evolve(lot, expires_at=lot.expires_at + 432_000_000_000, active_from=", "restating", PUT_RIGHT,
    ),
    Fault(
        "T8 S6", "a return forgets what was put right", RESTATING, "points = now.points - sale.points",
        "points = now.points - sale.points\n        now = evolve(now, multiplier=sale.multiplier)", "restating",
        [*PUT_RIGHT, bring_back(13, "r", "p1", amount="50")],
    ),
    Fault(
        "T8", "a purchase before the enrolment is judged", STANDING, "return evolve(step, rows=(), after=lowest)",
        "return step", "changing", [buy(-1, "p1", "100"), buy(-0.5, "p2", "100")],
    ),
    Fault(
        "I16", "known_at is inclusive", "storage.memory", "bisect_left(self._tables.stamps, known_at)",
        "bisect_left(self._tables.stamps, known_at + 1)", story=[buy(1, "p1", "100"), ask_at_the_instant_of_a_record],
    ),
    Fault("T8 I13", "a copy behind the place is used", TIMELINE, "if count <= place:", "if True:", story=MANY),
    Fault(
        "I13", "a copy shares its history with the fold", STANDING, "= self.history.copy(), ", "= self.history, ",
        story=MANY,
    ),
    Fault(
        "S6 T7", "a return is priced by the version of today", "domain.decide.returns",
        "rulebook = account.rules.version(sold.version)", "rulebook = account.rules.newest", "changing",
        [
            tell(1, lk.Purchase, "p", member_id="m", lines=TEA), become(3, 1),
            bring_back(4, "r", "p", lines=[lk.ReturnedLine(line=0, quantity=1)]),
        ],
    ),
    Fault(
        "T8 T7", "a late purchase is judged by the rules of today", VERSIONS, "if len(self._spans) == 1:", "if True:",
        "changing", [become(3, 1), wait(4), tell(2, lk.Purchase, "p", member_id="m", lines=TEA)],
    ),
    Fault(
        "T7 T12", "a version begins one microsecond late", VERSIONS, "bisect_right(self._starts, at) - 1",
        "bisect_right(self._starts, at - 1) - 1", "changing",
        [become(3, 1), tell(3, lk.Purchase, "p", member_id="m", lines=TEA)],
    ),
    Fault(
        "T7", "announced changes stack", VERSIONS, "if version.effective_from <= start)",
        "if version.effective_from == start)", "changing", [become(20, 1), become(10, 3)],
    ),
    Fault(
        "T7", "a change restarts the validity", DECISIONS, "if row.until >= NEVER_US:", "if True:", "changing",
        [RISEN, become(10, 1)],
    ),
    Fault(
        "T7", "a removed tier lifts its members up", "domain.program.migration", "tier.name), below))",
        "tier.name), min(below + 1, len(places) - 1)))", "changing", [RISEN, become(10, 2)],
    ),
    Fault(
        "T7", "up_only takes members down", DECISIONS, 'if shift.migration.judges == "up_only" or _is_kept(',
        "if _is_kept(", "changing",
        [RISEN, bring_back(2, "r", "p", amount="120"), become(10, 1, lk.reevaluate("up_only"))],
    ),
    Fault(
        "T8", "lateness is judged by the version of the fact", "loyalty.runtime",
        "limit = rules.at(now).program.late.limit_days",
        "limit = rules.at(transaction.instant).program.late.limit_days", "changing",
        [become(10, 2), wait(30), buy(9, "p", "10")],
    ),
]
# fmt: on
