"""Compilation of predicates into Python functions, for speed at the point of sale.

The functions are built as syntax trees. No part of a rule becomes source text: constants are globals of the function
under generated names, and values are passed in a sequence by position.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias, cast

from attrs import frozen

from loyaltykit.rules.evaluate import constant
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.fold import Interpreter, fold
from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    Has,
    IsIn,
    IsMissing,
    Literal,
    Not,
    Operand,
    Operator,
    Predicate,
    Reference,
)
from loyaltykit.rules.references import references

Values: TypeAlias = Sequence[object]
Test: TypeAlias = Callable[[Values], bool]
Positions: TypeAlias = Mapping[Reference, int]


@frozen
class CompiledRules:
    """Compiled predicates over one sequence of values; ``values[i]`` is the value of ``terms[i]``, None when missing.

    Args:
        terms: the references whose values are needed.
        tests: one function for each predicate.
        decide: a function that returns the results of all predicates, faster than one by one.
        first: a function that returns the index of the first predicate that is true, -1 if none is.
    """

    terms: tuple[Reference, ...]
    tests: tuple[Test, ...]
    decide: Callable[[Values], tuple[bool, ...]]
    first: Callable[[Values], int]


def compile_rules(predicates: Sequence[Predicate], scope: Scope) -> CompiledRules:
    """Compile predicates that passed their check; the results are those of ``evaluate``.

    Args:
        predicates: what to compile.
        scope: the declarations of the programme; its scale converts amounts in rules to minor units.

    >>> from loyaltykit.rules import spend, visits
    >>> rules = compile_rules([spend >= 20, visits > 3], Scope(scale=2))
    >>> [term.metric for term in rules.terms], [test([2_000, None]) for test in rules.tests]
    (['spend', 'visits'], [True, False])
    """
    terms = references(*predicates)
    positions = {term: position for position, term in enumerate(terms)}
    tests = tuple(_function(predicate, positions, scope) for predicate in predicates)
    joint, first = _decide_function(predicates, positions, scope), _first_function(predicates, positions, scope)
    return CompiledRules(terms, tests, joint, first)


_OPERATORS: Final[dict[Operator, type[ast.cmpop]]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
_ARGUMENT: Final = "values"
_NAME: Final = "test"


def _function(predicate: Predicate, positions: Positions, scope: Scope) -> Test:
    writer = _Writer(positions, scope)
    used = [positions[reference] for reference in references(predicate)]
    return cast("Test", _define([ast.Return(fold(predicate, writer))], used, writer.constants))


def _decide_function(
    predicates: Sequence[Predicate], positions: Positions, scope: Scope
) -> Callable[[Values], tuple[bool, ...]]:
    writer = _Writer(positions, scope)
    outcomes = ast.Tuple([fold(predicate, writer) for predicate in predicates], ast.Load())
    body = [ast.Return(outcomes)]
    return cast("Callable[[Values], tuple[bool, ...]]", _define(body, positions.values(), writer.constants))


def _first_function(predicates: Sequence[Predicate], positions: Positions, scope: Scope) -> Callable[[Values], int]:
    writer = _Writer(positions, scope)
    body: list[ast.stmt] = [
        ast.If(fold(predicate, writer), [ast.Return(ast.Constant(place))], [])
        for place, predicate in enumerate(predicates)
    ]
    body.append(ast.Return(ast.Constant(-1)))
    return cast("Callable[[Values], int]", _define(body, positions.values(), writer.constants))


def _define(statements: Sequence[ast.stmt], used: Iterable[int], constants: dict[str, object]) -> object:
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg(_ARGUMENT)], kwonlyargs=[], kw_defaults=[], defaults=[])
    body = [*map(_fetch, used), *statements]
    module = ast.Module([ast.FunctionDef(_NAME, arguments, body, decorator_list=[])], type_ignores=[])
    namespace = dict(constants)
    exec(compile(ast.fix_missing_locations(module), "<loyaltykit rule>", "exec"), namespace)
    return namespace[_NAME]


def _local(position: int) -> str:
    return f"v{position}"


def _fetch(position: int) -> ast.stmt:
    value = ast.Subscript(ast.Name(_ARGUMENT, ast.Load()), ast.Constant(position), ast.Load())
    return ast.Assign([ast.Name(_local(position), ast.Store())], value)


class _Writer(Interpreter[ast.expr]):
    """Builds the expression of a node and collects the constants."""

    def __init__(self, positions: Positions, scope: Scope) -> None:
        self._positions = positions
        self._scope = scope
        self.constants: dict[str, object] = {}

    def compare(self, node: Compare) -> ast.expr:
        left = self._load(node.left)
        decided = ast.Compare(left, [_OPERATORS[node.op]()], [self._operand(node.right, node.left)])
        present: list[ast.expr] = [_is_none(self._load(node.left), ast.IsNot())]
        if not isinstance(node.right, Literal) and node.right != node.left:
            present.append(_is_none(self._load(node.right), ast.IsNot()))
        return ast.BoolOp(ast.And(), [*present, decided])

    def is_in(self, node: IsIn) -> ast.expr:
        values = frozenset(constant(literal, node.term, self._scope) for literal in node.values)
        return ast.Compare(self._load(node.term), [ast.In()], [self._constant(values)])

    def is_missing(self, node: IsMissing) -> ast.expr:
        return _is_none(self._load(node.term), ast.Is())

    def has(self, node: Has) -> ast.expr:
        tags = self._load(node.term)
        held = ast.Compare(self._constant(node.value.value), [ast.In()], [tags])
        return ast.BoolOp(ast.And(), [_is_none(self._load(node.term), ast.IsNot()), held])

    def all_of(self, node: AllOf, items: tuple[ast.expr, ...]) -> ast.expr:
        return items[0] if len(items) == 1 else ast.BoolOp(ast.And(), list(items))

    def any_of(self, node: AnyOf, items: tuple[ast.expr, ...]) -> ast.expr:
        return items[0] if len(items) == 1 else ast.BoolOp(ast.Or(), list(items))

    def negation(self, node: Not, item: ast.expr) -> ast.expr:
        return ast.UnaryOp(ast.Not(), item)

    def _operand(self, operand: Operand, beside: Reference) -> ast.expr:
        if isinstance(operand, Literal):
            return self._constant(constant(operand, beside, self._scope))
        return self._load(operand)

    def _load(self, reference: Reference) -> ast.expr:
        return ast.Name(_local(self._positions[reference]), ast.Load())

    def _constant(self, value: object) -> ast.expr:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return ast.Name(name, ast.Load())


def _is_none(value: ast.expr, operator: ast.cmpop) -> ast.expr:
    return ast.Compare(value, [operator], [ast.Constant(None)])
