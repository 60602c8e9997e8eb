"""The programme: one plain value, whole or refused with everything that is wrong with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.members.member import MemberChanges
from loyaltykit.domain.program.program import ProgramChanges
from loyaltykit.domain.program.tiers import LadderChanges, TierChanges
from loyaltykit.rules import (
    bonus,
    calendar,
    days,
    end_of,
    event,
    events,
    line,
    member,
    months,
    per_amount,
    per_purchase,
    per_unit,
    purchase,
    since_tier,
    spend,
    times,
)

BASIC: dict[str, Any] = {"name": "Tea Club", "currency": "EUR", "timezone": "Europe/Berlin"}
FULL = lk.Program(
    name="茶馆",
    currency="CNY",
    timezone="Asia/Shanghai",
    accrual=[
        lk.AccrualRule("base", per_amount(points=1, every="1.00")),
        lk.AccrualRule(
            "tea", times("1.5"), where=line.category == "tea", group="x", priority=2, cap=lk.Cap(5, per="week")
        ),
        lk.AccrualRule("gift", bonus(50), where=purchase["gift"] == True, valid_from=datetime(2025, 1, 1, tzinfo=UTC)),  # noqa: E712
        lk.AccrualRule("big", per_unit(2), where=(line["size"] == "L") & (member["goal"] >= 3)),
        lk.AccrualRule(
            "come", per_purchase(1), where=spend.over(days(30)) >= 10, valid_until=datetime(2030, 1, 1, tzinfo=UTC)
        ),
    ],
    points=lk.PointsPolicy(
        expire_after=end_of("year", after=months(12)),
        on_reversal=lk.extend(30),
        debt_limit=100,
        caps=[lk.Cap(500), lk.Cap(900, per="day")],
        week_starts=7,
    ),
    tiers=lk.TierLadder(
        lk.Tier("member"),
        lk.Tier("silver", enter=spend.over(months(12)) >= 2000, keep=spend.over(since_tier()) >= 1, multiplier="1.2"),
        valid_for=months(12),
        grace_days=3,
        on_return="immediately",
    ),
    segments=[
        lk.Segment("critics", events("review").where(event["stars"] < 3).over(calendar("quarter")) >= 1),
        lk.Segment("young", (member.age < 30) & ~member.tags.has("staff")),
    ],
    rewards=[
        lk.Reward("pot", 800, name="茶壶", where=member["goal"] >= 3, per_member=1, stock=20, valid_for=months(3)),
        lk.Reward("5 off", 100, kind="amount_off", value="5.00", available_until=datetime(2030, 1, 1, tzinfo=UTC)),
    ],
    fields=[lk.Field("goal", int)],
    purchase_fields=[lk.Field("gift", bool)],
    line_fields=[lk.Field("size", str, choices=("S", "L"))],
    events=[lk.EventType("review", fields=[lk.Field("stars", int)]), lk.EventType("share")],
    earns=lk.EarningPolicy(amount="gross", tax=False, exclude=line.category == "card", excluded_payments=["card"]),
    birthday_29_february="03-01",
    achievements=[
        lk.Achievement("critic", 5, on="review", where=(event["stars"] < 3) & (member["goal"] >= 3), once=False),
        lk.Achievement("share", 5, on="share", count=2, streak="month", other_points=3),
    ],
    notices=lk.NoticePolicy(points_spent=False, points_expiring_days=30, birthday_days=7),
)


def refused(**parts: Any) -> list[str]:
    """The fields of everything that is wrong with a programme."""
    with pytest.raises(lk.errors.InvalidProgramError) as caught:
        lk.Program(**(BASIC | parts))
    assert all(problem.reason and problem.way_out for problem in caught.value.problems)
    return [problem.field for problem in caught.value.problems]


# -- a plain value -----------------------------------------------------------------------------------------------------


def test_a_programme_says_little_and_means_much() -> None:
    """Defaults: no points, one tier, nothing declared."""
    plain = lk.Program(**BASIC)
    assert (plain.accrual, plain.segments, plain.fields, plain.events) == ((), (), (), ())
    assert [tier.name for tier in plain.tiers] == ["member"]
    assert plain.points == lk.PointsPolicy()
    assert plain.scale == 2
    assert lk.Program(**(BASIC | {"currency": "JPY"})).scale == 0


@pytest.mark.parametrize("program", [lk.Program(**BASIC), FULL], ids=["basic", "full"])
def test_a_programme_goes_through_json_and_back(program: lk.Program) -> None:
    """Done when: serialisation round-trips exactly, and equal programmes give equal text."""
    again = lk.Program.from_json(program.to_json())
    assert again == program
    assert again.to_json() == program.to_json()
    assert again.difference(program) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "null", '{"type":"tier"}', "{", "[" * 100_000, '"\\ud800"', FULL.to_json()[:-1]),
        FULL.to_json().replace('"CNY"', '"cny"'),
        FULL.to_json().replace('"grace_days":3', '"grace_days":-3'),
        FULL.to_json().replace('"type":"months"', '"type":"moons"'),
        *(None, 5, b"{}", b"\xff", [], {}),
    ],
)
def test_what_is_no_programme_is_refused(text: Any) -> None:
    """I31: from_json returns or raises a LoyaltyError."""
    with pytest.raises(lk.InvalidValueError) as caught:
        lk.Program.from_json(text)
    assert caught.value.way_out


def test_a_programme_names_the_parts_in_which_another_differs() -> None:
    """ProgramChangedError tells these names."""
    other = FULL.evolve(currency="EUR", earns=lk.EarningPolicy())
    assert FULL.difference(other) == ("currency", "earns")
    assert other != FULL


def test_a_programme_gives_its_segments_by_name() -> None:
    """select("critics") finds them here."""
    assert FULL.segment("critics") is FULL.segments[0]
    strangers: list[Any] = ["unknown", "", None, 5, []]
    for name in strangers:
        with pytest.raises(lk.errors.InvalidProgramError, match="segment: is not in the programme"):
            FULL.segment(name)


def test_a_programme_is_the_scope_of_its_rules() -> None:
    """Rules may refer to what is declared, and to nothing else."""
    scope = FULL.scope
    assert (set(scope.member), set(scope.purchase), set(scope.line)) == ({"goal"}, {"gift"}, {"size"})
    assert {name: set(fields) for name, fields in scope.events.items()} == {"review": {"stars"}, "share": set()}
    assert scope.scale == 2


# -- refused -----------------------------------------------------------------------------------------------------------

RULE = lk.AccrualRule("base", per_amount())


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": 5}, ["name"]),
        ({"currency": "euro"}, ["currency"]),
        ({"currency": None}, ["currency"]),
        ({"timezone": "Mars/Olympus"}, ["timezone"]),
        ({"timezone": ""}, ["timezone"]),
        ({"timezone": "../etc/passwd"}, ["timezone"]),
        ({"timezone": "\ud800"}, ["timezone"]),
        ({"timezone": "UTC\0"}, ["timezone"]),
        ({"timezone": None}, ["timezone"]),
        ({"timezone": []}, ["timezone"]),
        ({"timezone": 5}, ["timezone"]),
        ({"timezone": "x" * 10_000}, ["timezone"]),
        ({"birthday_29_february": "02-27"}, ["birthday_29_february"]),
        ({"birthday_29_february": []}, ["birthday_29_february"]),
        ({"notices": True}, ["notices"]),
        ({"points": None}, ["points"]),
        ({"tiers": [lk.Tier("member")]}, ["tiers"]),
        ({"earns": "net"}, ["earns"]),
        ({"accrual": RULE}, ["accrual"]),
        ({"accrual": [RULE, None]}, ["accrual"]),
        ({"accrual": [RULE, RULE]}, ["accrual"]),
        ({"segments": "all"}, ["segments"]),
        ({"segments": [spend >= 1]}, ["segments"]),
        ({"segments": [lk.Segment("s", spend >= 1), lk.Segment("s", spend >= 2)]}, ["segments"]),
        ({"segments": [lk.Segment(f"s{i}", spend >= i) for i in range(1_001)]}, ["segments"]),
        ({"events": ["review"]}, ["events"]),
        ({"events": [lk.EventType("review"), lk.EventType("review")]}, ["events"]),
        ({"fields": 5}, ["fields"]),
        ({"fields": ["goal"]}, ["fields"]),
        ({"purchase_fields": [lk.Field("a", str), lk.Field("a", int)]}, ["purchase_fields"]),
        ({"line_fields": {"a": str}}, ["line_fields"]),
        (
            {"name": 5, "currency": 5, "timezone": 5, "birthday_29_february": 5, "points": 5, "tiers": 5, "earns": 5}
            | {"accrual": 5, "segments": 5, "events": 5, "fields": 5, "purchase_fields": 5, "line_fields": 5},
            "name currency timezone birthday_29_february points tiers earns accrual segments events".split()
            + "fields purchase_fields line_fields".split(),
        ),
    ],
)
def test_the_shape_of_a_programme_is_checked_as_a_whole(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: everything at once, before any rule is looked at."""
    assert refused(**parts) == fields


UNKNOWN = member["nobody"] >= 1


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"accrual": [lk.AccrualRule("a", bonus(1), where=UNKNOWN)]}, ['accrual.a: member["nobody"]']),
        ({"accrual": [lk.AccrualRule("a", bonus(1), where=event["stars"] >= 1)]}, ['accrual.a: event["stars"]']),
        ({"accrual": [lk.AccrualRule("a", bonus(1), where=spend.over(since_tier()) >= 1)]}, ["accrual.a: spend"]),
        ({"accrual": [lk.AccrualRule("a", per_amount(every="0.001"))]}, ["accrual.a"]),
        ({"currency": "JPY", "accrual": [lk.AccrualRule("a", per_amount(every="0.5"))]}, ["accrual.a"]),
        (
            {"accrual": [lk.AccrualRule("a", times(2), group="g"), lk.AccrualRule("b", bonus(1), group="g")]},
            ["accrual.b"],
        ),
        ({"earns": lk.EarningPolicy(exclude=member.age >= 18)}, ["earns.exclude: member.age"]),
        ({"earns": lk.EarningPolicy(exclude=line["size"] == "L")}, ['earns.exclude: line["size"]']),
        (
            {"tiers": lk.TierLadder(lk.Tier("a"), lk.Tier("b", enter=UNKNOWN, keep=member.tier == "b"))},
            ['tiers.b.enter: member["nobody"]', "tiers.b.keep: member.tier"],
        ),
        ({"segments": [lk.Segment("s", line.category == "tea")]}, ["segments.s: line.category"]),
        ({"segments": [lk.Segment("s", member.age == "old")]}, ["segments.s: member.age"]),
        ({"segments": [lk.Segment("s", events("review") >= 1)]}, ['segments.s: events("review")']),
        (
            {"accrual": [lk.AccrualRule("a", bonus(1), where=UNKNOWN)], "segments": [lk.Segment("s", UNKNOWN)]},
            ['accrual.a: member["nobody"]', 'segments.s: member["nobody"]'],
        ),
    ],
)
def test_every_rule_is_checked_against_what_is_declared(parts: dict[str, Any], fields: list[str]) -> None:
    """Bad input: unknown fields, unlike types, rows out of place; the place of each is named."""
    assert refused(**parts) == fields


def test_rules_of_one_group_are_of_one_sort() -> None:
    """S13: what a multiple adds depends on the others, so it competes with multiples only."""
    together = [lk.AccrualRule("a", times(2), group="g"), lk.AccrualRule("b", times(3), group="g")]
    apart = [lk.AccrualRule("c", bonus(1), group="h"), lk.AccrualRule("d", per_unit(1), group="h")]
    assert len(lk.Program(**BASIC, accrual=[*together, *apart, RULE]).accrual) == 5


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (lambda: lk.Segment("", spend >= 1), ["name"]),
        (lambda: lk.Segment("s", spend), ["segments.s.where"]),  # type: ignore[arg-type]
        (lambda: lk.Segment(5, None), ["name", "where"]),  # type: ignore[arg-type]
        (lambda: lk.EventType(""), ["name"]),
        (lambda: lk.EventType("e", fields=5), ["fields"]),  # type: ignore[arg-type]
        (lambda: lk.EventType("e", fields=["stars"]), ["fields"]),  # type: ignore[list-item]
        (lambda: lk.EventType("e", fields=[lk.Field("a", int), lk.Field("a", str)]), ["fields"]),
        (lambda: lk.EventType(5, fields="ab"), ["name", "fields"]),  # type: ignore[arg-type]
    ],
)
def test_segments_and_kinds_of_events_are_checked(make: Any, fields: list[str]) -> None:
    """Bad input: a name and a rule, a name and fields."""
    with pytest.raises(lk.InvalidValueError) as caught:
        make()
    assert [problem.field for problem in caught.value.problems] == fields


@pytest.mark.parametrize(
    ("changes", "kind"),
    [(ProgramChanges, lk.Program), (TierChanges, lk.Tier), (LadderChanges, lk.TierLadder), (MemberChanges, lk.Member)],
)
def test_type_checkers_know_what_evolve_takes(changes: Any, kind: Any) -> None:
    """The arguments of the constructor, in its order."""
    assert [*changes.__annotations__] == [part.name for part in attrs.fields(kind) if part.init]


# -- custom values against what is declared ----------------------------------------------------------------------------

VALUES = {"text": "x", "integer": 1, "decimal": Decimal("0.5"), "boolean": True, "date": date(2025, 1, 1)}
FITS = {(name, name) for name in VALUES} | {("decimal", "integer")}


@given(st.sampled_from(sorted(VALUES)), st.sampled_from(sorted(VALUES)))
def test_a_custom_value_fits_its_declared_field(declared: Any, given_type: str) -> None:
    """Bad input: members, purchases, lines and events carry what the programme declares; an int is a decimal too."""
    field = lk.Field("x", declared)
    program = lk.Program(
        **BASIC,
        fields=[field],
        purchase_fields=[field],
        line_fields=[field],
        events=[lk.EventType("review", fields=[field])],
    )
    shop = lk.Loyalty(program, clock=lambda: datetime(2025, 3, 1, tzinfo=UTC))
    shop.enroll(lk.Member(id="m"))
    fields: dict[str, Any] = {"x": VALUES[given_type]}
    carriers: list[lk.Transaction | lk.Member] = [
        lk.Member(id="n", fields=fields),
        lk.Purchase(id="p", member_id="m", amount=1, fields=fields),
        lk.Purchase(id="q", member_id="m", lines=[lk.Line(amount=1), lk.Line(amount=1, fields=fields)]),
        lk.Event(id="e", member_id="m", name="review", attributes=fields),
    ]
    report = shop.ingest(carriers)
    assert len(report.rejected) == (0 if (declared, given_type) in FITS else len(carriers))
    assert all(isinstance(error, lk.InvalidValueError) for _, _, error in report.rejected)
