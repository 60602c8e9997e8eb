"""The words rules are written with."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from loyaltykit.errors import InvalidRuleError
from loyaltykit.rules import (
    anniversary,
    days,
    days_since_purchase,
    event,
    events,
    line,
    member,
    months,
    purchase,
    spend,
    visits,
)
from loyaltykit.rules.fields import Field
from loyaltykit.rules.nodes import (
    AllOf,
    Compare,
    EventField,
    Fact,
    Has,
    IsIn,
    IsMissing,
    LineField,
    Literal,
    MemberField,
    PurchaseField,
)
from loyaltykit.rules.windows import Rolling

# What a type checker would refuse is refused without one, too.
NEITHER: Any = 5
TERM: Any = line.category


@pytest.mark.parametrize(
    ("predicate", "op"),
    [
        (member.age == 1, "=="),
        (member.age != 1, "!="),
        (member.age < 1, "<"),
        (member.age <= 1, "<="),
        (member.age > 1, ">"),
        (member.age >= 1, ">="),
        (1 < member.age, ">"),  # noqa: SIM300 - reflected on purpose
    ],
)
def test_comparisons_make_nodes(predicate: Compare, op: str) -> None:
    """With the term on the left, whichever side it was written on."""
    assert (predicate.op, predicate.left, predicate.right) == (op, MemberField("age"), Literal(1))


def test_the_other_words_make_nodes() -> None:
    """``between`` includes both ends."""
    age = MemberField("age")
    assert member.age.between(1, 3) == AllOf((Compare(">=", age, Literal(1)), Compare("<=", age, Literal(3))))
    assert member.age.is_in([1, 2]) == IsIn(age, (Literal(1), Literal(2)))
    assert member.age.is_missing() == IsMissing(age)
    assert member.tags.has("vip") == Has(MemberField("tags"), Literal("vip"))
    assert (member.age > days_since_purchase).right == Fact("days_since_purchase")


def test_declared_fields_come_by_item() -> None:
    """A declared field is given as a ``Field`` or by name."""
    stars = Field("stars", int)
    assert member["stars"].reference == member[stars].reference == MemberField("stars", custom=True)
    assert purchase[stars].reference == PurchaseField("stars", custom=True)
    assert line[stars].reference == LineField("stars", custom=True)
    assert event[stars].reference == event["stars"].reference == EventField("stars")


def test_an_unknown_field_says_what_was_meant() -> None:
    """The error of an unknown field is an AttributeError, so ``hasattr`` works."""
    with pytest.raises(InvalidRuleError, match="did you mean 'gender'") as caught:
        getattr(member, "gander")  # noqa: B009 - a type checker would find it
    assert isinstance(caught.value, AttributeError)
    assert not hasattr(member, "gander")
    assert hasattr(member, "gender")


@pytest.mark.parametrize("amount", [20, "20", "20.00", Decimal("20.0")])
def test_amounts_beside_money_are_one_literal(amount: int | str | Decimal) -> None:
    """Spelled differently, the programme is the same."""
    assert (spend >= amount) == Compare(">=", Fact("spend"), Literal(Decimal(20)))
    assert spend.is_in([amount]) == spend.is_in([20])


@pytest.mark.parametrize("amount", [20.5, True, "much", None, "9" * 19])
def test_what_is_no_amount_is_refused_beside_money(amount: Any) -> None:
    """Floats are refused."""
    with pytest.raises(InvalidRuleError, match="pass whole units"):
        operator.ge(spend, amount)


def test_a_text_beside_a_text_stays_a_text() -> None:
    """Only money reads decimal strings."""
    assert (member.region == "20").right == Literal("20")


def test_filters_and_windows_add_up() -> None:
    """A second filter narrows, a second window replaces; the word itself never changes."""
    tea, big = line.category == "tea", purchase.amount >= 100
    fact = spend.where(tea).where(big).over(days(90)).over(months(12)).reference
    assert fact == Fact("spend", None, AllOf((tea, big)), Rolling(months(12)))
    assert spend.reference == Fact("spend")


def test_events_have_a_kind() -> None:
    """Facts over events take filters over their attributes."""
    stars = event["stars"] >= 4
    assert events("review").where(stars).reference == Fact("events", "review", stars)


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda: visits.where(line.tax > 0), "takes no filter"),
        (lambda: days_since_purchase.over(months(12)), "takes no window"),
        (lambda: spend.where(TERM), "is not a Predicate"),
        (lambda: spend.where(line.tax > 0).where(TERM), "is not a Predicate"),
        (lambda: member.region.is_in("east"), "is given a string"),
        (lambda: member[NEITHER], "is neither a Field nor its name"),
        (lambda: event[NEITHER], "is neither a Field nor its name"),
        (lambda: member.age >= 18 & visits, "is not a predicate"),
        (lambda: ~member.age, "is not a predicate"),
        (lambda: member.age | visits, "is not a predicate"),
        (lambda: "vip" in member.tags, "cannot be searched with in"),
        (lambda: bool(member.age), "has no truth value"),
        (lambda: member.region == None, "is None"),  # noqa: E711 - a term
        (lambda: member.age == anniversary(), "is not a str, int, Decimal, bool or date"),
    ],
)
def test_slips_are_refused_where_they_are_written(write: Callable[[], object], reason: str) -> None:
    """With the reason, and what to write instead."""
    with pytest.raises(InvalidRuleError, match=reason):
        write()


def test_a_term_is_no_key() -> None:
    """Its == builds a predicate, so it could never be found again."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(member.age)


def test_a_term_shows_its_reference() -> None:
    """In a debugger, too."""
    assert repr(member.age) == "FieldTerm(MemberField(name='age', custom=False))"
