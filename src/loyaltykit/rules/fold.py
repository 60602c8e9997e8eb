"""Traversal of predicates. Every interpreter has one method for each kind of node.

A new kind of node is a new abstract method, so an interpreter without it does not type-check.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar, assert_never, cast

from loyaltykit.rules.nodes import AllOf, AnyOf, Compare, Has, IsIn, IsMissing, Node, Not, Predicate

T = TypeVar("T")


class Interpreter(ABC, Generic[T]):
    """An interpretation of predicates; a group receives the results of its items."""

    @abstractmethod
    def compare(self, node: Compare) -> T:
        """Interpret a comparison of two operands."""

    @abstractmethod
    def is_in(self, node: IsIn) -> T:
        """Interpret the test whether a term is one of several constants."""

    @abstractmethod
    def is_missing(self, node: IsMissing) -> T:
        """Interpret the test whether a term is missing."""

    @abstractmethod
    def has(self, node: Has) -> T:
        """Interpret the test whether tags include a tag."""

    @abstractmethod
    def all_of(self, node: AllOf, items: tuple[T, ...]) -> T:
        """Interpret a conjunction."""

    @abstractmethod
    def any_of(self, node: AnyOf, items: tuple[T, ...]) -> T:
        """Interpret a disjunction."""

    @abstractmethod
    def negation(self, node: Not, item: T) -> T:
        """Interpret a complement."""


def fold(predicate: Predicate, interpreter: Interpreter[T]) -> T:
    """Interpret a predicate from its leaves up.

    The recursion is as deep as the predicate, which has at most 40 levels.
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
