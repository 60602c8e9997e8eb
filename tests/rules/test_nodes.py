"""Nodes are plain values: structural equality, limits where they are made, and no truth value."""

import copy
import enum
import operator
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from loyaltykit.errors import InvalidRuleError, LoyaltyError
from loyaltykit.rules import all_of, any_of, events, line, member, spend, visits
from loyaltykit.rules.limits import MAX_DEPTH, MAX_LITERAL_LENGTH, MAX_NODES, MAX_VALUES
from loyaltykit.rules.nodes import (
    AllOf,
    Compare,
    EventField,
    Fact,
    IsIn,
    LineField,
    Literal,
    MemberField,
    Not,
    Predicate,
    PurchaseField,
    Reference,
    is_money,
)
from loyaltykit.rules.value_types import FieldValue
from loyaltykit.rules.windows import Anniversary
from tests.support.strategies import member_predicates

ADULT = member.age >= 18


class Colour(enum.StrEnum):
    RED = "red"


class Size(enum.IntEnum):
    LARGE = 3


def test_true_and_one_differ() -> None:
    """``Equals(x, True) == Equals(x, 1)`` is Python's trap, not ours."""
    assert Literal(True) != Literal(1)
    assert (member["vip"] == True) != (member["vip"] == 1)  # noqa: E712 - a term, not a bool


def test_decimals_of_one_value_are_one_literal() -> None:
    """Equal, with the same hash and the same repr, so that programmes compare by meaning."""
    one, other = Literal(Decimal("1.0")), Literal(Decimal("1.00"))
    assert (one, hash(one), repr(one)) == (other, hash(other), repr(other))
    assert Literal(Decimal("1E+2")) == Literal(Decimal(100))


def test_literals_are_plain_values() -> None:
    """An enumeration becomes its value, so that a rule reads back equal."""
    assert type(Literal(Colour.RED).value) is str
    assert type(Literal(Size.LARGE).value) is int


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0.5, "is a float"),
        (None, "is None"),
        (datetime(2025, 1, 1, tzinfo=UTC), "is a datetime"),
        (b"tea", "is not a str, int, Decimal, bool or date"),
        (Decimal("NaN"), "is not a finite number"),
        (Decimal("-Infinity"), "is not a finite number"),
        (10**18, "has more than 18 digits"),
        (Decimal("1." + "1" * 18), "has more than 18 digits"),
        ("a" * (MAX_LITERAL_LENGTH + 1), "is longer than 200 characters"),
        ("\ud800", "has a lone surrogate or a NUL"),
    ],
)
def test_what_is_no_constant_is_refused(value: FieldValue, reason: str) -> None:
    """With the reason, and never with the value."""
    with pytest.raises(InvalidRuleError) as caught:
        Literal(value)
    assert [problem.reason for problem in caught.value.problems] == [reason]


def test_a_literal_knows_its_type() -> None:
    """The type of a literal is derived from its value."""
    values: list[FieldValue] = ["", 1, Decimal(1), False, date(2025, 1, 1)]
    assert [Literal(value).type for value in values] == ["text", "integer", "decimal", "boolean", "date"]


@pytest.mark.parametrize("kind", [MemberField, PurchaseField, LineField])
def test_unknown_built_in_fields_cannot_be_made(kind: type[MemberField | PurchaseField | LineField]) -> None:
    """A declared field of any name can; the programme's check looks for it."""
    with pytest.raises(InvalidRuleError, match="is not a built-in field"):
        kind("nonsense")
    assert kind("nonsense", custom=True).name == "nonsense"


def test_kinds_of_fields_differ() -> None:
    """A member's field and a line's field of one name are two things."""
    own: list[Reference] = [kind("x", custom=True) for kind in (MemberField, PurchaseField, LineField)]
    assert len({*own, EventField("x")}) == 4
    assert MemberField("tier") != MemberField("tier", custom=True)


def test_all_problems_of_a_fact_come_together() -> None:
    """A fact without history takes neither filter nor window."""
    with pytest.raises(InvalidRuleError) as caught:
        Fact("days_since_visit", kind="review", where=line.tax > 0, window=Anniversary())
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("metric", "reason"), [("events", "needs a kind of event"), ("spent", "did you mean 'spend'?")]
)
def test_facts_are_those_of_the_catalogue(metric: str, reason: str) -> None:
    """Unknown metrics are refused with a hint."""
    with pytest.raises(InvalidRuleError, match=reason):
        Fact(metric)


def test_money_is_known_from_the_catalogue() -> None:
    """Declared fields are never money."""
    assert is_money(Fact("spend"))
    assert is_money(LineField("tax"))
    assert not is_money(LineField("tax", custom=True))
    assert not is_money(Literal(1))


@pytest.mark.parametrize(
    "use",
    [
        lambda: ADULT and (visits >= 1),
        lambda: ADULT or (visits >= 1),
        lambda: not ADULT,
        lambda: bool(ADULT),
        lambda: 18 <= member.age <= 30,
        lambda: member.age in [18, 30],
    ],
)
def test_a_predicate_has_no_truth_value(use: Callable[[], object]) -> None:
    """``a and b`` would silently drop ``a``; the error says & | ~, and is a TypeError too."""
    with pytest.raises(InvalidRuleError, match=r"write & \| ~ for and, or, not") as caught:
        use()
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("join", [operator.and_, operator.or_, all_of])
def test_only_predicates_can_be_joined(join: Callable[[Any, Any], object]) -> None:
    """A missing parenthesis around a comparison raises an error."""
    with pytest.raises(InvalidRuleError, match="each comparison in parentheses"):
        join(ADULT, 5)


@pytest.mark.parametrize("group", [all_of, any_of])
def test_an_empty_group_is_refused(group: Callable[[], object]) -> None:
    """Whether it holds for everyone or for no one should not be a guess."""
    with pytest.raises(InvalidRuleError, match="has no conditions to join"):
        group()


def test_a_tree_that_is_too_deep_cannot_be_made() -> None:
    """So that no reader of it can run out of stack."""
    rule: Predicate = ADULT
    for _ in range(MAX_DEPTH - 1):
        rule = ~rule
    assert rule.depth == MAX_DEPTH
    with pytest.raises(InvalidRuleError, match="deeper than 40 levels"):
        Not(rule)


def test_filters_count_towards_the_depth() -> None:
    """A fact is as deep as its filter."""
    rule: Predicate = line.category == "tea"
    for _ in range(MAX_DEPTH - 1):
        rule = ~rule
    with pytest.raises(InvalidRuleError, match="deeper than 40 levels"):
        spend.where(rule).is_missing()


def test_a_tree_that_is_too_large_cannot_be_made() -> None:
    """Sharing a part does not make a tree smaller."""
    rule: Predicate = ADULT
    while 2 * rule.nodes + 1 <= MAX_NODES:
        rule = AllOf((rule, rule))
    with pytest.raises(InvalidRuleError, match="has more than 1000 nodes"):
        AllOf((rule, rule))


@pytest.mark.parametrize("count", [0, MAX_VALUES + 1])
def test_is_in_has_one_to_a_thousand_values(count: int) -> None:
    """None would never hold, more belong in a segment of their own."""
    with pytest.raises(InvalidRuleError, match="does not have 1 to 1,000 values"):
        member.age.is_in(range(count))


@given(member_predicates())
def test_nodes_are_values(predicate: Predicate) -> None:
    """Equal after a copy and a pickle, hashable, and as large as before."""
    for twin in (copy.deepcopy(predicate), pickle.loads(pickle.dumps(predicate))):
        assert twin == predicate
        assert hash(twin) == hash(predicate)
        assert (twin.depth, twin.nodes) == (predicate.depth, predicate.nodes)


def test_nodes_cannot_be_changed() -> None:
    """They are shared between programmes and threads."""
    with pytest.raises(AttributeError):
        ADULT.op = "<"  # type: ignore[misc]


def test_errors_can_be_pickled() -> None:
    """They cross process borders like any other."""
    with pytest.raises(LoyaltyError) as caught:
        bool(ADULT)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_constructors_never_simplify() -> None:
    """What was written is what is kept."""
    rule = ADULT & ADULT
    assert rule == AllOf((ADULT, ADULT))
    assert isinstance(events("review") >= 1, Compare)
    assert isinstance(member.age.is_in([1, 1]), IsIn)
