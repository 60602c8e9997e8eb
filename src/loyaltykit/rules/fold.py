"""The only traversal of a predicate: one abstract method for each kind of node.

A new kind of node is a new abstract method, so it fails to type-check until every reader has it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar, assert_never, cast

from loyaltykit.rules.nodes import AllOf, AnyOf, Compare, Has, IsIn, IsMissing, Node, Not, Predicate

T = TypeVar("T")


class Interpreter(ABC, Generic[T]):
    """What each kind of node means to one reader; parts of a node arrive interpreted."""

    @abstractmethod
    def compare(self, node: Compare) -> T:
        """A comparison of two operands."""

    @abstractmethod
    def is_in(self, node: IsIn) -> T:
        """A term among constants."""

    @abstractmethod
    def is_missing(self, node: IsMissing) -> T:
        """A term without a value."""

    @abstractmethod
    def has(self, node: Has) -> T:
        """Tags that hold one tag."""

    @abstractmethod
    def all_of(self, node: AllOf, items: tuple[T, ...]) -> T:
        """A conjunction."""

    @abstractmethod
    def any_of(self, node: AnyOf, items: tuple[T, ...]) -> T:
        """A disjunction."""

    @abstractmethod
    def negation(self, node: Not, item: T) -> T:
        """A complement."""


def fold(predicate: Predicate, interpreter: Interpreter[T]) -> T:
    """Interpret a predicate from its leaves up.

    It recurses once for each level, and trees of more than 40 levels cannot be made.
    """
    node = cast("Node", predicate)
    match node:
        case Compare():
            return interpreter.compare(node)
        case IsIn():
            return interpreter.is_in(node)
        case IsMissing():
            return interpreter.is_missing(node)
        case Has():
            return interpreter.has(node)
        case AllOf():
            return interpreter.all_of(node, tuple(fold(item, interpreter) for item in node.items))
        case AnyOf():
            return interpreter.any_of(node, tuple(fold(item, interpreter) for item in node.items))
        case Not():
            return interpreter.negation(node, fold(node.item, interpreter))
        case _:
            assert_never(node)
