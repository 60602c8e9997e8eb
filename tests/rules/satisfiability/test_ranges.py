"""What each field and fact can be: never less than what shops measure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import (
    Term,
    anniversary,
    calendar,
    days,
    days_since_enrolment,
    days_since_purchase,
    days_since_visit,
    line,
    member,
    months,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    units,
    visits,
)
from loyaltykit.rules.catalogue import LINE_FIELDS, MEMBER_FIELDS, METRICS, PURCHASE_FIELDS
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import EventField, Fact, LineField, Literal, MemberField, PurchaseField, Reference
from loyaltykit.rules.satisfiability.extents import ANYTHING
from loyaltykit.rules.satisfiability.ranges import from_comparable, range_of, to_comparable
from loyaltykit.values import to_minor
from tests.stories import FEW, PROGRAMS, Story, accepted, day, happenings
from tests.support.possible import possible
from tests.support.strategies import EVENT, LINE, MEMBER, PURCHASE, SCOPE, Typed

COUNTS = (spend, purchases, units, visits, points_accrued)
WINDOWS = (days(10), months(1), calendar("quarter"), anniversary(), since_tier())
MEASURED: tuple[Term, ...] = (
    *(count.over(window) for count in COUNTS for window in WINDOWS),
    *COUNTS,
    spend.where(purchase.amount > 100),
    days_since_purchase,
    days_since_purchase.where(line.quantity == 0),
    days_since_visit,
    days_since_enrolment,
    *(getattr(member, name) for name in MEMBER_FIELDS if name not in ("tags", "tier")),
)


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), at=st.integers(0, 90))
def test_what_a_shop_measures_lies_within_the_range(program: lk.Program, told: list[lk.Transaction], at: int) -> None:
    """Returns, late facts and transfers included: sums do not fall below zero, and only distances go missing."""
    story = Story(program)
    accepted(story.shop, told)
    [(_, values)] = story.shop.select(member.id == "m", as_of=day(at)).facts(*MEASURED)
    for term, value in zip(MEASURED, values, strict=True):
        assert on_its_line(term.reference, value, program) in range_of(term.reference, program.scope), term


def on_its_line(reference: Reference, value: object, program: lk.Program) -> object:
    """Convert a value to the form that regions compare."""
    if isinstance(reference, Fact) and METRICS[reference.metric].type == "money":
        return to_minor(value, program.scale)  # type: ignore[arg-type]
    return value.toordinal() if isinstance(value, date) else value


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        *((reference, None) for reference, _ in (*MEMBER, *PURCHASE, *LINE)),
        *((reference, "review") for reference, _ in EVENT),
        *((Fact(name, "review" if name == "events" else None), None) for name in METRICS),
    ],
    ids=str,
)
def test_ranges_are_those_that_the_properties_draw_from(reference: Reference, kind: str | None) -> None:
    """Every possible value is in the range, and None exactly if the value can be missing."""
    extent, values = range_of(reference, SCOPE, kind), set(possible(reference, kind))
    assert (None in extent) == (None in values)
    # Money is in minor units already, and tags have no line.
    places = (
        to_comparable(Literal(value), LineField("sku"), SCOPE)
        for value in values
        if not isinstance(value, tuple | None)
    )
    assert all(place in extent for place in places)


def test_every_built_in_field_has_a_range() -> None:
    """Those that can be anything and missing are texts; every other one says what it can be."""
    built_in: list[Typed] = [
        *((MemberField(name), kind) for name, kind in MEMBER_FIELDS.items()),
        *((PurchaseField(name), kind) for name, kind in PURCHASE_FIELDS.items()),
        *((LineField(name), kind) for name, kind in LINE_FIELDS.items()),
    ]
    assert {kind for field, kind in built_in if range_of(field, Scope()) == ANYTHING} == {"text"}


def test_choices_are_all_that_a_field_can_be() -> None:
    """The range of a declared field is that of its choices, or of its type."""
    scope = Scope(
        member={
            "level": lk.Field("level", int, choices=[1, 3]),
            "club": lk.Field("club", bool),
            "since": lk.Field("since", date),
        },
        events={"review": {"place": lk.Field("place", str, choices=["shop", "web"])}},
    )
    assert [
        2 in range_of(MemberField("level", custom=True), scope),
        3 in range_of(MemberField("level", custom=True), scope),
    ] == [False, True]
    assert 2 not in range_of(MemberField("club", custom=True), scope)
    assert 0 not in range_of(MemberField("since", custom=True), scope)
    assert "home" not in range_of(EventField("place"), scope, "review")


def test_places_on_a_line_and_back() -> None:
    """Booleans and dates are numbers there; money is minor units and stays so."""
    assert to_comparable(Literal(True), MemberField("press", custom=True), SCOPE) == 1
    assert from_comparable(to_comparable(Literal(date(2025, 1, 1)), PurchaseField("date"), SCOPE), "date") == date(
        2025, 1, 1
    )
    assert from_comparable(0, "boolean") is False
    assert from_comparable(to_comparable(Literal(20), Fact("spend"), SCOPE), "money") == 2_000
