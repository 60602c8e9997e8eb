"""What a predicate refers to, for those who must fetch it."""

from hypothesis import given

from loyaltykit.rules import line, member, purchase, references, spend, visits
from loyaltykit.rules.nodes import Predicate
from tests.support.strategies import Values, decided


def test_references_are_distinct_and_in_the_order_of_their_first_mention() -> None:
    """Both sides of a comparison count."""
    rule = (visits > spend) | ~(member.age.is_in([1]) & spend.is_missing()) | member.tags.has("x") | (visits >= 1)
    expected = (visits.reference, spend.reference, member.age.reference, member.tags.reference)
    assert references(rule) == expected
    assert references(rule, rule) == expected


def test_fields_inside_a_filter_are_reached_through_the_fact() -> None:
    """Fields in a filter belong to the rows of the fact."""
    tea = spend.where((line.category == "tea") & (purchase.hour < 12))
    assert references(tea >= 1) == (tea.reference,)
    assert tea.reference.where is not None
    assert references(tea.reference.where) == (line.category.reference, purchase.hour.reference)


@given(decided())
def test_references_are_what_a_value_is_needed_for(case: tuple[Predicate, Values]) -> None:
    """No heading occurs twice."""
    found = references(case[0])
    assert len(set(found)) == len(found)
