"""Normal form: the same meaning, flat, in the order written."""

from hypothesis import given

from loyaltykit.rules import all_of, any_of, days, line, member, normalize, spend
from loyaltykit.rules.evaluate import evaluate
from loyaltykit.rules.nodes import AllOf, AnyOf, IsMissing, Not, Predicate, Reference
from tests.support.strategies import SCOPE, Values, decided

A, B, C = member.age >= 18, member.region == "east", member.tags.has("press")


def normal_reference(reference: Reference) -> Reference:
    """The reference with its filter in normal form: another spelling of the same fact."""
    leaf = normalize(IsMissing(reference))
    assert isinstance(leaf, IsMissing)
    return leaf.term


@given(decided())
def test_normalizing_keeps_the_meaning(case: tuple[Predicate, Values]) -> None:
    """For every member, missing values included."""
    predicate, values = case
    facts = {normal_reference(reference): value for reference, value in values.items()}

    def as_written(reference: Reference) -> object:
        return facts[normal_reference(reference)]

    assert evaluate(normalize(predicate), facts.__getitem__, SCOPE) is evaluate(predicate, as_written, SCOPE)


@given(decided())
def test_normalizing_twice_changes_nothing(case: tuple[Predicate, Values]) -> None:
    """Normal form is a fixed point."""
    normal = normalize(case[0])
    assert normalize(normal) == normal


def test_chains_become_flat_in_the_order_written() -> None:
    """``a & b & c`` is written as two groups and means one; nothing is sorted."""
    assert AllOf((AllOf((A, B)), C)) == (A & B & C)
    assert normalize(A & B & C) == AllOf((A, B, C))
    assert normalize(C | (B | A)) == AnyOf((C, B, A))


def test_groups_of_another_kind_stay() -> None:
    """``(a | b) & c`` keeps its shape."""
    assert normalize((A | B) & C) == AllOf((AnyOf((A, B)), C))


def test_groups_of_one_and_double_negation_vanish() -> None:
    """Groups of one item are removed."""
    assert normalize(all_of(any_of(A))) == A
    assert normalize(~~A) == A
    assert normalize(~~~A) == Not(A)
    assert normalize(all_of(all_of(A, B))) == AllOf((A, B))


def test_filters_of_facts_are_normalized_wherever_a_fact_stands() -> None:
    """On both sides of a comparison and in every leaf."""
    tea = line.category == "tea"
    long, short = spend.where(~~tea), spend.where(tea)
    assert normalize(long >= long.over(days(9))) == (short >= short.over(days(9)))
    assert normalize(long.is_in([1])) == short.is_in([1])
    assert normalize(long.is_missing()) == short.is_missing()


def test_a_leaf_is_its_own_normal_form() -> None:
    """A normal form is not changed."""
    assert [normalize(leaf) for leaf in (A, B, C)] == [A, B, C]
