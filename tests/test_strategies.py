"""The random predicates are what they claim to be, so the properties that use them are not empty."""

from hypothesis import given

from loyaltykit.rules.check import check
from loyaltykit.rules.nodes import Predicate
from tests.support.strategies import SCOPE, member_predicates


@given(member_predicates())
def test_every_random_predicate_passes_its_check(predicate: Predicate) -> None:
    """A property over predicates that a programme would refuse proves nothing."""
    assert check(predicate, SCOPE, "member") == ()
