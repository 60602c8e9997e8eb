"""The traversal knows every kind of node, and a reader that forgets one cannot be made."""

import pytest

from loyaltykit.rules.fold import Interpreter, fold
from loyaltykit.rules.nodes import AllOf, AnyOf, Compare, Fact, Has, IsIn, IsMissing, Literal, Not, Predicate

TERM = Fact("visits")
ONE = Literal(1)


class Names(Interpreter[str]):
    """An interpreter that returns the kinds of nodes in order."""

    def compare(self, node: Compare) -> str:
        return "compare"

    def is_in(self, node: IsIn) -> str:
        return "is_in"

    def is_missing(self, node: IsMissing) -> str:
        return "is_missing"

    def has(self, node: Has) -> str:
        return "has"

    def all_of(self, node: AllOf, items: tuple[str, ...]) -> str:
        return f"all_of{items}"

    def any_of(self, node: AnyOf, items: tuple[str, ...]) -> str:
        return f"any_of{items}"

    def negation(self, node: Not, item: str) -> str:
        return f"not {item}"


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (Compare("==", TERM, ONE), "compare"),
        (IsIn(TERM, (ONE,)), "is_in"),
        (IsMissing(TERM), "is_missing"),
        (Has(TERM, ONE), "has"),
        (AllOf((IsMissing(TERM),)), "all_of('is_missing',)"),
        (AnyOf((IsMissing(TERM),)), "any_of('is_missing',)"),
        (Not(IsMissing(TERM)), "not is_missing"),
    ],
)
def test_each_node_has_its_case(node: Predicate, name: str) -> None:
    """Parts arrive interpreted, in order."""
    assert fold(node, Names()) == name


def test_an_incomplete_interpreter_cannot_be_made() -> None:
    """A new node is a new abstract method: every engine must have it."""
    with pytest.raises(TypeError, match="abstract"):
        type("Incomplete", (Interpreter,), {"compare": Names.compare})()
