"""Faults of ladders, tiers by hand, facts and calendars (T1 to T10, C1)."""

from __future__ import annotations

from attrs import evolve

import loyaltykit as lk
from loyaltykit.rules import days, spend
from tests.mutants.fault import Fault
from tests.mutants.story import Story, ask, bring_back, buy, look_at, redeem, set_tier

DECISIONS, STANDING, TIMELINE = "domain.tiers.decisions", "domain.tiers.standing", "domain.tiers.timeline"
SERIES = "domain.facts.series"

IN_GRACE = [buy(0, "p1", "100"), buy(34, "p2", "100")]

LADDER = lk.TierLadder(
    lk.Tier("low"),
    lk.Tier("mid", enter=spend.over(days(9)) >= 50, keep=spend.over(days(40)) >= 50, multiplier="1.2"),
    lk.Tier("high", enter=spend.over(days(9)) >= 100, multiplier="1.5"),
    valid_for=days(20),
    downgrade="requalify",
)


def fall_to_a_tier_that_is_kept_by_less(story: Story) -> None:
    program = story.world.program.evolve(tiers=LADDER, segments=(), rewards=())
    own = Story(evolve(story.world, program=program))
    own.buy(1, "p", "100")
    own.look_at(20, 21, 22, 41, 42)


def meet_two_friends(story: Story) -> None:
    for id, birthday in (("leap", lk.Birthday(2, 29)), ("young", lk.Birthday(12, 1, 1995))):
        story.enrol(lk.Member(id=id, enrolled_at=story.world.start, birthday=birthday))
    for segment in story.world.program.segments:
        for number in (4, 200):
            story.agree_on_segment(segment, story.day(number))


# A table: each fault in as few lines as it needs.
# fmt: off
FAULTS = [
    Fault(
        "T1", "the tier follows the balance", "domain.accounts.account",
        "self.timeline.standing.check(transaction.instant)",
        "for series in self.timeline.standing.history.tracked:\n"
        '                series.add(transaction.instant, -(getattr(transaction, "points", None) or 0))',
        "within", [buy(0, "p1", "60"), redeem(1, "x", 50), buy(2, "p2", "60")],
    ),
    Fault("T2 T12", "a check sees its own instant", DECISIONS, "if due > until or", "if due > until - 1 or", "pending"),
    Fault(
        "T2", "a window starts after its first instant", SERIES, "bisect_left(times, start, 0, end) - 1",
        "bisect_right(times, start, 0, end) - 1", "pending",
    ),
    Fault(
        "T4", "a fall counts from the day of the check", DECISIONS, "day: Day = rulebook.calendar.day_of(at - 1)",
        "day: Day = rulebook.calendar.day_of(at)",
        story=[buy(0, "p1", "200"), buy(1, "p2", "100"), look_at(*range(30, 80, 5))],
    ),
    Fault(
        "T4", "a renewal in grace counts from today", DECISIONS, "end = _end_after_check(rulebook, row.until)",
        "end = _end_after_check(rulebook, at if row.in_grace else row.until)", story=IN_GRACE,
    ),
    Fault(
        "T4", "requalify asks for the rule of the tier above", DECISIONS, "while rank > 0 and not outcomes[rank - 1]:",
        "while rank > 0 and not outcomes[rank]:", "calendar", [buy(3, "p1", "250"), buy(16, "p2", "40"), look_at(43)],
    ),
    Fault(
        "T4", "requalify asks for the rule to keep", DECISIONS, "while rank > 0 and not outcomes[rank - 1]:",
        "while rank > 0 and not outcomes[rulebook.top + rank - 1]:", story=[fall_to_a_tier_that_is_kept_by_less],
    ),
    Fault(
        "T3", "requalifying starts a new validity", DECISIONS, "for candidate in range(rulebook.top, rank, -1):",
        "for candidate in range(rulebook.top, max(rank - 1, 0), -1):", story=[buy(0, "p1", "100"), buy(5, "p2", "100")],
    ),
    Fault(
        "T5", "the purchase that crosses earns at the new tier", STANDING,
        "rows = (*due, decided) if decided else tuple(due)",
        "rows = (*due, decided) if decided else tuple(due)\n"
        "        sale, changes = price(purchase, rulebook, decided or before)",
        story=[buy(0, "p", "100")],
    ),
    Fault(
        "T8", "a late purchase earns at the tier of today", TIMELINE, "return again, step",
        "return again, self.standing.step(late)", story=[buy(5, "p1", "100"), buy(4, "p2", "10")],
    ),
    Fault(
        "T9", "a return counts at its own date", SERIES, "range(bisect_left(self.times, at), len(self.times))",
        "range(len(self.times) - 1, len(self.times))",
        story=[buy(0, "p1", "100"), buy(28, "p2", "50"), bring_back(29, "r", "p1"), buy(40, "p3", "50")],
    ),
    Fault(
        "T11", "the tier at the end of the validity is that of today", "domain.views.tier_status",
        "while end < NEVER_US and row.effective.until == end:", "while False:", story=[buy(1, "p", "100"), ask(2)],
    ),
    Fault(
        "C3", "a birthday of 29 February is observed on 1 March", "domain.members.birthday",
        'if leap_day == "02-28" else', "if False else", story=[meet_two_friends],
    ),
    Fault(
        "C4", "years are completed at the end of a year", "domain.members.birthday", "latest = on.year + 1",
        "return on.year - self.year", story=[meet_two_friends],
    ),
    Fault(
        "C1", "days are those of the server", "calendars", "self.zone = ZoneInfo(zone)", 'self.zone = ZoneInfo("UTC")',
        "calendar", [buy(0, "p", "40")],
    ),
    Fault(
        "S3 T2", "a month has thirty days", "calendars",
        "year, month = divmod(start.year * 12 + start.month - 1 + count, 12)", "return day + 30 * count",
        story=[buy(0, "p", "100")],
    ),
    Fault(
        "T10", "a question sees what happened later", TIMELINE, "if order > self.standing.position:", "if True:",
        story=[buy(0, "p1", "100"), bring_back(5, "r", "p1"), ask(1)],
    ),
    Fault(
        "T6", "a grant restarts the validity of the earned tier", DECISIONS,
        "return evolve(row, at=grant.at, cause=grant.id, grants=grants)",
        "later = grant.at - row.since if row.rank else 0\n"
        "    until, check_at = row.until + later, row.check_at + later\n"
        "    return evolve(row, at=grant.at, cause=grant.id, grants=grants, until=until, check_at=check_at)",
        story=[buy(1, "p", "100"), set_tier(9, "s", "mid", until=20), look_at(25, 50)],
    ),
    Fault(
        "T6", "a floor caps", STANDING, 'given.mode == "floor"', "False",
        story=[set_tier(1, "s", "mid"), buy(2, "p1", "300"), buy(3, "p2", "100"), buy(4, "p3", "100")],
    ),
    Fault(
        "T6", "a grant outlives its end by a microsecond", STANDING, "given.instant, given.end_instant)",
        "given.instant, given.end_instant + 1)", story=[set_tier(1, "s", "high", until=5), buy(5, "p", "100")],
    ),
    Fault(
        "T6", "the ladder judges what shows", DECISIONS, "day = rulebook.calendar.day_of(at)\n    view",
        "row = evolve(row, rank=row.effective_rank)\n    day = rulebook.calendar.day_of(at)\n    view",
        story=[set_tier(1, "s", "mid", until=40), buy(5, "p", "100"), look_at(41)],
    ),
    Fault(
        "T6", "the first of two fixed tiers counts", DECISIONS, "last = fixed[-1]", "last = fixed[0]",
        story=[set_tier(1, "s1", "high", mode="fixed"), set_tier(2, "s2", "low", mode="fixed")],
    ),
]
# fmt: on
