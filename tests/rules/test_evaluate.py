"""The reference meaning: a leaf is never unknown, and ``~`` is the plain complement."""

import decimal
from decimal import Decimal

import pytest
from hypothesis import given

from loyaltykit.rules import all_of, any_of, days_since_purchase, line, member, spend
from loyaltykit.rules.evaluate import constant, evaluate
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import Literal, Not, Predicate, Reference
from tests.support.strategies import SCOPE, Values, decided

AGE: Reference = member.age.reference
SPEND: Reference = spend.reference


def nothing(_reference: object) -> None:
    """Look up a member without values."""


@pytest.mark.parametrize(
    "leaf",
    [
        days_since_purchase == 90,
        days_since_purchase != 90,
        days_since_purchase < 90,
        days_since_purchase <= 90,
        days_since_purchase > 90,
        days_since_purchase >= 90,
        days_since_purchase >= member.age,
        days_since_purchase.is_in([90]),
        member.tags.has("press"),
    ],
)
def test_a_missing_value_satisfies_no_leaf_but_is_missing(leaf: Predicate) -> None:
    """Whoever never bought is not dormant, and not the opposite either; only the complement holds."""
    assert not evaluate(leaf, nothing, Scope())
    assert evaluate(~leaf, nothing, Scope())


def test_is_missing_holds_for_missing_values_alone() -> None:
    """Zero and the empty text are values."""
    assert evaluate(member.age.is_missing(), nothing, Scope())
    assert not evaluate(member.age.is_missing(), {AGE: 0}.get, Scope())
    assert not evaluate(member.region.is_missing(), {member.region.reference: ""}.get, Scope())


def test_a_comparison_with_a_missing_second_term_is_false() -> None:
    """Either side may be missing."""
    assert not evaluate(member.age < days_since_purchase, {AGE: 30}.get, Scope())


@pytest.mark.parametrize(
    ("threshold", "holds"), [(20, True), ("20.01", False), (Decimal("19.99"), True), ("20.00", True)]
)
def test_numbers_beside_money_are_whole_units(threshold: int | Decimal | str, holds: bool) -> None:
    """``>= 2000`` means 2,000.00, never minor units."""
    assert evaluate(spend >= threshold, {SPEND: 20_00}.get, Scope(scale=2)) is holds


def test_the_scale_is_that_of_the_currency() -> None:
    """A yen has no decimals, a dinar three."""
    assert evaluate(spend == 20, {SPEND: 20}.get, Scope(scale=0))
    assert evaluate(spend == 20, {SPEND: 20_000}.get, Scope(scale=3))
    assert evaluate(line.tax == 20, {line.tax.reference: 20_00}.get, Scope())


def test_thresholds_are_exact_whatever_the_ambient_decimal_context() -> None:
    """The decimal context of the host does not change the result."""
    with decimal.localcontext(decimal.Context(prec=3)):
        assert constant(Literal(Decimal("1234567890.12")), SPEND, Scope(scale=2)) == 123456789012


def test_an_amount_finer_than_the_currency_is_compared_exactly() -> None:
    """Its check refuses it; unchecked it still means what it says."""
    rule = spend > "0.005"
    assert [evaluate(rule, {SPEND: minor}.get, Scope(scale=2)) for minor in (0, 1)] == [False, True]


@given(decided(), decided())
def test_de_morgan_holds_with_missing_values(one: tuple[Predicate, Values], two: tuple[Predicate, Values]) -> None:
    """The complement of a predicate is its negation for every member, including missing values."""
    (a, values), (b, others) = one, two
    lookup = {**others, **values}.get
    assert evaluate(~(a & b), lookup, SCOPE) == evaluate(~a | ~b, lookup, SCOPE)
    assert evaluate(~(a | b), lookup, SCOPE) == evaluate(~a & ~b, lookup, SCOPE)


@given(decided())
def test_a_predicate_or_its_complement_holds(case: tuple[Predicate, Values]) -> None:
    """A family of two disjoint segments covers everyone once (``I26``)."""
    predicate, values = case
    assert evaluate(predicate, values.get, SCOPE) is not evaluate(Not(predicate), values.get, SCOPE)


@given(decided())
def test_groups_of_one_mean_their_item(case: tuple[Predicate, Values]) -> None:
    """``all_of`` and ``any_of`` of one condition are that condition."""
    predicate, values = case
    outcome = evaluate(predicate, values.get, SCOPE)
    assert evaluate(all_of(predicate), values.get, SCOPE) is outcome
    assert evaluate(any_of(predicate), values.get, SCOPE) is outcome
