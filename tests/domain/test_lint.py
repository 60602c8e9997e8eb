"""The lint: each mistake is found where it stands, with a way out, and programmes that are right have no findings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from docs.examples.real_year.programme import PROGRAM as REAL_YEAR
from loyaltykit.domain.lint import lint
from loyaltykit.problem_words import WORDS
from loyaltykit.rules import (
    Predicate,
    bonus,
    calendar,
    days,
    days_since_enrolment,
    days_since_purchase,
    end_of,
    event,
    line,
    member,
    months,
    per_amount,
    per_purchase,
    purchase,
    purchases,
    since_tier,
    spend,
    visits,
)
from tests.stories import FEW, PROGRAMS, Story, accepted, club, day, happenings

BASE = lk.AccrualRule("base", per_amount(points=1, every="1.00"))
IN_A_YEAR = spend.over(months(12))
OFTEN = purchases.over(months(12))
NEVER, ALWAYS = (visits > 2) & (visits < 3), (visits > 2) | (visits <= 2)
REVIEW = lk.EventType("review", fields=[lk.Field("stars", int)])


def found(**parts: Any) -> list[tuple[str, str]]:
    """Codes and places."""
    return [(finding.code, finding.field) for finding in lint(program(**parts))]


def program(**parts: Any) -> lk.Program:
    plain: dict[str, Any] = {"name": "Club", "currency": "EUR", "timezone": "Europe/Berlin", "accrual": [BASE]}
    return lk.Program(**plain | parts)


def ladder(*rules: Predicate | tuple[Predicate, Predicate]) -> lk.TierLadder:
    """Tiers named t-1, t-2, … above the lowest, of rules to enter, or to enter and to keep."""
    pairs = [rule if isinstance(rule, tuple) else (rule, None) for rule in rules]
    tiers = (lk.Tier(f"t-{rank}", enter=enter, keep=keep) for rank, (enter, keep) in enumerate(pairs, start=1))
    return lk.TierLadder(lk.Tier("t-0"), *tiers)


def quickstart() -> lk.Program:
    """The programme of the first example, without its shop."""
    script = (Path(__file__).parents[2] / "docs" / "examples" / "quickstart.py").read_text("utf-8")
    names: dict[str, Any] = {}
    exec(script.split("\nwith lk.Loyalty(")[0], names)
    made = names["program"]
    assert isinstance(made, lk.Program)
    return made


# -- no false findings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [quickstart(), REAL_YEAR, program(), *PROGRAMS[:2], PROGRAMS[3], PROGRAMS[5]])
def test_programmes_that_are_right_have_no_findings(right: lk.Program) -> None:
    """Those of the examples before all."""
    assert lint(right) == ()


def test_a_finding_has_a_place_a_reason_and_a_way_out() -> None:
    """A finding is a problem, with words in both languages."""
    [finding] = lint(program(rewards=[lk.Reward("pot", 5, where=ALWAYS)]))
    assert finding == lk.Problem(
        "rewards.pot",
        "has a rule (where) that everything always meets",
        "leave where out, or say what it was meant to leave out",
        code="lint.always_applies",
    )
    assert str(finding) == f"{finding.field}: {finding.reason} ({finding.way_out})"
    assert finding.describe("zh") == "rewards.pot：规则总是成立（请删除或收窄该规则）"


# -- rules that never or always apply ----------------------------------------------------------------------------------

FILTERED: dict[str, Any] = {
    "accrual.x": lambda where: {"accrual": [lk.AccrualRule("x", bonus(5), where=where)]},
    "achievements.x": lambda where: {"achievements": [lk.Achievement("x", 5, on="visit", where=where)]},
    "earns.exclude": lambda where: {"earns": lk.EarningPolicy(exclude=where)},
    "segments.x": lambda where: {"segments": [lk.Segment("x", where)]},
    "rewards.x": lambda where: {"rewards": [lk.Reward("x", 5, where=where)]},
}
ROWS = {"lint.never_applies": purchase.hour > 23, "lint.always_applies": purchase.hour <= 23}


@pytest.mark.parametrize("place", FILTERED)
@pytest.mark.parametrize(("code", "rule"), [("lint.never_applies", NEVER), ("lint.always_applies", ALWAYS)])
def test_filters_that_never_or_always_apply(code: str, rule: Predicate, place: str) -> None:
    """Of accrual rules, achievements, lines that earn nothing, segments and rewards."""
    where = ROWS[code] if place == "earns.exclude" else rule
    assert found(**FILTERED[place](where)) == [(code, place)]
    assert found(**FILTERED[place](line.sku == "x" if place == "earns.exclude" else visits > 2)) == []


def test_an_achievement_is_read_with_the_fields_of_its_events() -> None:
    """Of which the programme says what they can be."""
    rated = lk.Achievement("rated", 5, on="review", where=(event["stars"] > 4) & (event["stars"] < 5))
    assert found(events=[REVIEW], achievements=[rated]) == [("lint.never_applies", "achievements.rated")]


def test_a_misspelled_tier_or_a_filter_that_nothing_passes_never_applies() -> None:
    """No tier has that name, and no line is of two categories."""
    both = spend.where((line.category == "tea") & (line.category == "ware")) >= 10
    segments = [lk.Segment("lucky", member.tier == "glod"), lk.Segment("both", both)]
    assert found(segments=segments) == [
        ("lint.never_applies", "segments.lucky"),
        ("lint.never_applies", "segments.both"),
    ]


def test_a_rule_about_what_earns_nothing_never_applies() -> None:
    """S12: an excluded line matches no rule; that everything is excluded is one mistake, not many."""
    cards = lk.AccrualRule("cards", bonus(5), where=line.category == "card")
    assert found(accrual=[BASE, cards], achievements=[lk.Achievement("tenth", 5, on="visit", count=10)]) == []
    [finding] = lint(
        program(accrual=[BASE, cards], earns=lk.EarningPolicy(exclude=line.category.is_in(["card", "tax"])))
    )
    assert (finding.code, finding.field) == ("lint.never_applies", "accrual.cards")
    assert "earns.exclude" in finding.reason
    assert found(accrual=[BASE, cards], earns=lk.EarningPolicy(exclude=line.quantity >= 0)) == [
        ("lint.always_applies", "earns.exclude")
    ]


def test_nobody_keeps_a_tier_whose_rule_never_holds() -> None:
    """T4; always to keep it is the way to say for life."""
    assert found(tiers=ladder((IN_A_YEAR >= 10, NEVER))) == [("lint.never_applies", "tiers.t-1.keep")]
    assert found(tiers=ladder((IN_A_YEAR >= 10, ALWAYS))) == []


# -- validity and expiry -----------------------------------------------------------------------------------------------


def on(year: int, month: int, of_month: int) -> datetime:
    return datetime(year, month, of_month, tzinfo=UTC)


@pytest.mark.parametrize(
    ("where", "empty"),
    [
        (purchase.date >= date(2025, 3, 1), True),
        (purchase.date < date(2025, 1, 1), True),
        (purchase.date == date(2025, 2, 28), False),
        (purchase.date == date(2025, 1, 1), False),
        (purchase.weekday == 1, False),
    ],
)
def test_a_rule_that_no_date_of_its_validity_meets(where: Predicate, empty: bool) -> None:
    """Days are the shop's: the last instant of February in London is the first hour of March in Berlin."""
    rule = lk.AccrualRule(
        "x", bonus(5), where=where, valid_from=on(2025, 1, 1), valid_until=datetime(2025, 2, 28, 23, tzinfo=UTC)
    )
    assert found(accrual=[rule]) == ([("lint.empty_validity", "accrual.x")] if empty else [])
    open_ended = lk.AccrualRule("x", bonus(5), where=where)
    assert found(accrual=[open_ended]) == []


def test_points_that_have_expired_before_the_first_of_them_comes() -> None:
    """S3: a date of expiry before the validity of a rule begins."""
    expiring = lk.PointsPolicy(expire_after=date(2025, 3, 31))
    in_time, late = (lk.AccrualRule("x", bonus(5), valid_from=begins) for begins in (on(2025, 3, 30), on(2025, 4, 1)))
    assert found(points=expiring, accrual=[in_time]) == []
    assert found(points=expiring, accrual=[late]) == [("lint.empty_validity", "accrual.x")]


EXPIRING = [("lint.expiry_not_longer_than_pending", "points.expire_after")]


@pytest.mark.parametrize(
    ("pending", "expiry", "dead"),
    [
        (days(14), days(14), True),
        (days(14), days(15), False),
        (days(30), months(1), True),  # January
        (days(27), months(1), False),
        (months(1), days(31), True),  # as long as the longest month
        (months(1), days(32), False),
        (days(1), end_of("month"), True),  # on its last day
        (days(14), end_of("month", after=days(15)), False),
        (days(14), end_of("month", after=days(14)), True),
        (months(2), lk.inactivity(months(2)), True),
        (months(2), lk.inactivity(months(3)), False),
        (days(36_500), lk.NEVER, False),
        ("activation", days(1), False),
        (None, end_of("month"), False),
        (days(14), date(2025, 3, 31), True),
    ],
)
def test_points_that_expire_before_they_become_active(pending: Any, expiry: Any, dead: bool) -> None:
    """S3, S5: on the worst day of a purchase."""
    policy = lk.PointsPolicy(active_after=pending, expire_after=expiry)
    assert found(points=policy) == (EXPIRING if dead else [])


@pytest.mark.parametrize(
    ("expiry", "begins", "ends", "dead"),
    [
        (date(2025, 3, 31), None, on(2025, 3, 16), False),
        (date(2025, 3, 31), None, on(2025, 3, 18), True),
        (date(2025, 3, 31), on(2025, 3, 20), None, True),
        (end_of("month"), on(2025, 3, 1), on(2025, 3, 16), False),
        (end_of("month"), on(2025, 3, 1), on(2025, 3, 18), True),
        (end_of("month"), None, on(2025, 3, 16), True),
        (end_of("month"), on(2025, 3, 1), None, True),
    ],
)
def test_only_days_on_which_a_rule_gives_points_count(expiry: Any, begins: Any, ends: Any, dead: bool) -> None:
    """S5: with an end in time, the last points become active before they expire."""
    rule = lk.AccrualRule("x", bonus(5), valid_from=begins, valid_until=ends)
    policy = lk.PointsPolicy(active_after=days(14), expire_after=expiry)
    assert found(points=policy, accrual=[rule]) == (EXPIRING if dead else [])
    assert found(points=policy, accrual=[]) == []


def test_the_day_that_is_named_is_one_on_which_points_die() -> None:
    """S2, S5: a purchase of that day never gives a point to spend."""
    policy = lk.PointsPolicy(active_after=days(14), expire_after=end_of("month"))
    [finding] = lint(program(points=policy))
    assert finding.reason == (
        "ends points before they can be spent: what is bought on 2024-01-17 expires with 2024-01-31 "
        "and becomes active on 2024-02-01"
    )
    story = Story(club(points=policy))
    story.buy("dead", day(16), 100)
    story.buy("alive", day(15), 50)
    assert max(story.available(day(n, 0)) for n in range(60)) == 50


def test_points_on_points() -> None:
    """S12: gross is before everything, what was paid with points included."""
    gross = lk.EarningPolicy(amount="gross")
    assert found(earns=gross) == [("lint.accrual_on_points", "earns.amount")]
    assert found(earns=gross, accrual=[lk.AccrualRule("x", per_purchase(5))]) == []
    assert found(earns=lk.EarningPolicy(amount="net_of_points")) == []


# -- tiers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tiers", "places"),
    [
        (ladder(NEVER), ["tiers.t-1"]),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 2000) & (OFTEN >= 0)), ["tiers.t-1"]),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 1000) | (OFTEN >= 5)), ["tiers.t-1"]),
        (ladder(OFTEN >= 2, (OFTEN >= 2) & (IN_A_YEAR >= 9), (OFTEN >= 2) & (IN_A_YEAR < 9)), ["tiers.t-1"]),
        (ladder(OFTEN >= 2, ~(OFTEN < 0)), ["tiers.t-0", "tiers.t-1"]),
        (ladder(OFTEN >= 2, OFTEN >= 4, OFTEN >= 6), []),
        (ladder(OFTEN >= 2, spend.over(days(90)) >= 10), []),
    ],
)
def test_tiers_that_nobody_rises_to(tiers: lk.TierLadder, places: list[str]) -> None:
    """T3: the rule never holds, or whoever meets it meets a higher one too."""
    assert [place for code, place in found(tiers=tiers) if code == "lint.unreachable_tier"] == places


def test_a_tier_that_is_passed_over_names_the_higher_one() -> None:
    """Or those that share its members."""
    alone = lint(program(tiers=ladder(OFTEN >= 2, (OFTEN >= 1) | (visits >= 9))))
    shared = lint(program(tiers=ladder(OFTEN >= 2, (OFTEN >= 2) & (visits >= 9), (OFTEN >= 2) & (visits < 9))))
    assert [finding.reason for finding in (*alone, *shared)] == [
        "is passed over: every member who meets its rule meets the rule of t-2",
        "is passed over: every member who meets its rule meets the rule of t-2 or t-3",
    ]


@FEW
@given(program=st.sampled_from(PROGRAMS[:2]), rules=st.data(), told=happenings(kinds=("purchase", "return", "visit")))
def test_t3_nobody_rises_to_a_tier_that_is_found_unreachable(
    program: lk.Program, rules: st.DataObject, told: list[lk.Transaction]
) -> None:
    """T3: over random ladders and stories, judged by the facts of each day."""
    conditions = [
        spend.over(days(15)) >= 100,
        spend.over(days(20)) >= 300,
        visits >= 1,
        days_since_purchase <= 5,
        visits < 1,
    ]
    one, two, three = (rules.draw(st.permutations(conditions))[:3] for _ in range(3))
    tiers = ladder(one[0] & one[1], two[0] | two[1], three[0])
    unreachable = {f.field for f in lint(program.evolve(tiers=tiers)) if f.code == "lint.unreachable_tier"}
    story = Story(program)
    accepted(story.shop, told)
    for number in range(0, 70, 14):
        stands = story.shop.programs.simulate(program.evolve(tiers=tiers), as_of=day(number)).tiers["m"][1]
        assert f"tiers.{stands}" not in unreachable


@pytest.mark.parametrize(
    ("tiers", "places"),
    [
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 1500) & (OFTEN >= 10)), ["tiers.t-2.enter"]),
        (ladder(IN_A_YEAR >= 2000, OFTEN >= 9, (IN_A_YEAR >= 1500) & (OFTEN >= 10)), ["tiers.t-3.enter"]),
        (ladder(days_since_purchase <= 30, (days_since_purchase <= 60) & (OFTEN >= 4)), ["tiers.t-2.enter"]),
        (ladder(days_since_purchase <= 60, (days_since_purchase <= 30) & (OFTEN >= 4)), []),
        (ladder((IN_A_YEAR >= 2000) & (IN_A_YEAR < 5000), IN_A_YEAR >= 5000), []),
        (ladder(IN_A_YEAR >= 2000, OFTEN >= 10), []),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 5000) | (OFTEN >= 10)), []),
        (ladder(IN_A_YEAR >= 2000, (spend >= 100) & (OFTEN >= 10)), []),
        (ladder(member.age >= 30, (member.age >= 20) & (OFTEN >= 10)), []),
        (ladder((IN_A_YEAR > 0) & (OFTEN >= 3), (IN_A_YEAR >= 0) & (OFTEN >= 9)), []),
        (ladder(IN_A_YEAR >= 2000, (IN_A_YEAR >= 1500) & (spend < spend.over(days(9)))), []),
        (ladder(days_since_purchase.is_missing() | (days_since_purchase <= 9), days_since_purchase <= 30), []),
    ],
)
def test_thresholds_that_are_not_monotone(tiers: lk.TierLadder, places: list[str]) -> None:
    """A higher tier asks for less of the same fact; other facts and other windows are other standards."""
    assert [place for code, place in found(tiers=tiers) if code == "lint.thresholds_not_monotone"] == places


@pytest.mark.parametrize(
    ("enter", "keep", "harder"),
    [
        (IN_A_YEAR >= 2000, IN_A_YEAR >= 2500, True),
        (IN_A_YEAR >= 2000, (IN_A_YEAR >= 2500) & (OFTEN >= 2), True),
        (days_since_purchase <= 30, days_since_purchase <= 20, True),
        (days_since_enrolment >= 30, days_since_enrolment >= 60, True),
        (IN_A_YEAR >= 2000, IN_A_YEAR >= 1500, False),
        (IN_A_YEAR >= 2000, IN_A_YEAR >= 2000, False),
        (IN_A_YEAR >= 2000, spend.over(since_tier()) >= 2500, False),
        (IN_A_YEAR >= 2000, OFTEN >= 2, False),
    ],
)
def test_keeping_that_is_harder_than_entering(enter: Predicate, keep: Predicate, harder: bool) -> None:
    """T4: whoever has just entered need not meet it."""
    assert found(tiers=ladder((enter, keep))) == ([("lint.keep_harder_than_enter", "tiers.t-1.keep")] if harder else [])


def test_thresholds_are_told_in_words() -> None:
    """With the amounts of both."""
    first, second = lint(
        program(tiers=ladder((IN_A_YEAR >= 2000, IN_A_YEAR > 2500), (IN_A_YEAR >= 1500) & (OFTEN >= 10)))
    )
    assert first.reason == (
        "asks for less than t-1: spend in the last 12 months is at least 1500.00, "
        "where t-1 asks that spend in the last 12 months is at least 2000.00"
    )
    assert second.reason == (
        "asks for more than enter: spend in the last 12 months is at least 2500.01, "
        "where enter asks that spend in the last 12 months is at least 2000.00"
    )


# -- families of segments ----------------------------------------------------------------------------------------------


def family(**rules: Predicate) -> list[lk.Segment]:
    return [lk.Segment(name, rule, family="life") for name, rule in rules.items()]


def test_segments_of_one_family_that_overlap() -> None:
    """With a member that is in both."""
    segments = family(active=days_since_purchase < 90, dormant=days_since_purchase >= 60)
    [finding] = lint(program(segments=segments))
    assert (finding.code, finding.field) == ("lint.overlapping_segments", "segments.dormant")
    assert finding.reason == (
        "overlaps active of its family life: both hold for a member whose number of days since the last purchase is 60"
    )


@pytest.mark.parametrize(
    "segments",
    [
        family(
            active=days_since_purchase < 90, dormant=days_since_purchase >= 90, new=days_since_purchase.is_missing()
        ),
        [lk.Segment("a", visits >= 1), lk.Segment("b", visits >= 2)],
        [lk.Segment("a", visits >= 1, family="x"), lk.Segment("b", visits >= 2, family="y")],
        [lk.Segment("a", visits >= 1, family="x"), lk.Segment("b", visits >= 2)],
        family(sleeping=spend.over(days(90)) < 50, awake=spend.over(days(30)) >= 100),
        family(a=spend.over(calendar("year")) == 0, b=spend.over(calendar("year", first_month=4)) > 0),
        family(a=spend.over(days(30)) < spend.over(days(90)), b=visits >= 1),
    ],
)
def test_segments_that_do_not_overlap_or_of_which_it_is_not_sure(segments: list[lk.Segment]) -> None:
    """Other families, none, rules that exclude each other, relations that are not understood."""
    assert found(segments=segments) == []


def test_the_member_that_is_named_is_in_both_segments() -> None:
    """Recency, frequency and monetary value look at the same purchases: the example is a history that can be."""
    segments = family(
        champions=(days_since_purchase < 30) & (OFTEN >= 3) & (IN_A_YEAR >= 500),
        loyal=OFTEN >= 2,
        at_risk=(days_since_purchase >= 90) & (OFTEN >= 2),
    )
    told = [finding.reason.partition("whose ")[2] for finding in lint(program(segments=segments))]
    assert told == [
        "number of days since the last purchase is 0 and number of purchases in the last 12 months is 3 "
        "and spend in the last 12 months is 500.00",
        "number of purchases in the last 12 months is 2 and number of days since the last purchase is 90",
    ]
    story = Story(club(segments=segments))
    for id, amount in (("p", "498.00"), ("q", "1.00"), ("r", "1.00")):
        story.buy(id, day(0), amount)
    assert [story.shop.select(name, as_of=day(0, 13)).count() for name in ("champions", "loyal")] == [1, 1]
    assert [story.shop.select(name, as_of=day(90)).count() for name in ("loyal", "at_risk")] == [1, 1]


def test_a_finding_names_nobody() -> None:
    """I31: an id, a name, a phone or an address in a rule is not repeated; what everybody meets needs no example."""
    known = (member.phone == "+4915112345") & (member.name == "Erika")
    [first] = lint(program(segments=family(a=known, b=member.name != "Max")))
    [second] = lint(program(segments=family(a=known & (visits >= 2), b=member.id != "m-1")))
    findings = lint(program(segments=family(a=ALWAYS, b=visits >= 0)))
    assert first.reason.endswith("both hold for somebody")
    assert second.reason.endswith("both hold for a member whose number of visits over all time is 2")
    assert findings[-1].reason.endswith("both hold for everyone")


def test_family_is_a_name_and_travels() -> None:
    """Text from before there were families still loads, and means none."""
    segments = [lk.Segment("a", visits >= 1, family="x"), lk.Segment("b", visits >= 2)]
    made = program(segments=segments)
    assert lk.Program.from_json(made.to_json()) == made
    assert made != program(segments=[lk.Segment("a", visits >= 1), segments[1]])
    old = program(segments=segments[1:])
    assert lk.Program.from_json(old.to_json().replace('"family":null,', "")) == old
    assert '"family"' not in old.to_json().replace('"family":null,', "")
    with pytest.raises(lk.InvalidValueError):
        lk.Segment("a", visits >= 1, family="")


def test_every_code_has_a_test() -> None:
    """None is promised that is never found."""
    script = Path(__file__).read_text("utf-8")
    assert all(f'"{code}"' in script for code in WORDS if code.startswith("lint."))
