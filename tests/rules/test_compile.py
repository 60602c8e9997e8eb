"""The compiled form means what the evaluator says, and no byte of a rule becomes source."""

import ast
import subprocess
import sys
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import find, given, settings, strategies as st

from loyaltykit.rules import all_of, any_of, compile as compiler, member, spend, visits
from loyaltykit.rules.compile import compile_rules
from loyaltykit.rules.evaluate import evaluate
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.limits import MAX_DEPTH
from loyaltykit.rules.nodes import Predicate
from tests.support.strategies import SCOPE, Values, decided, member_predicates, values_for


def agrees(predicate: Predicate, values: Values) -> bool:
    """Whether both engines give the same answer."""
    rules = compile_rules([predicate], SCOPE)
    row = [values[term] for term in rules.terms]
    return rules.tests[0](row) is evaluate(predicate, values.get, SCOPE)


@given(decided())
def test_the_compiled_form_agrees_with_the_evaluator(case: tuple[Predicate, Values]) -> None:
    """Random trees, random values, missing ones included."""
    assert agrees(*case)


@given(st.lists(member_predicates(), max_size=3), st.data())
def test_predicates_compiled_together_share_their_values(predicates: list[Predicate], data: st.DataObject) -> None:
    """One sequence of values serves every test, and ``decide`` gives all outcomes at once."""
    values = data.draw(values_for(*predicates))
    rules = compile_rules(predicates, SCOPE)
    row = [values[term] for term in rules.terms]
    expected = tuple(evaluate(predicate, values.get, SCOPE) for predicate in predicates)
    assert [test(row) for test in rules.tests] == [*expected]
    assert rules.decide(row) == expected


@pytest.mark.parametrize(
    "predicate",
    [
        member.age >= 18,
        member.age != 18,
        member.age < visits,
        member.age < member.age,
        member.age.is_in([17, 18]),
        member.age.is_missing(),
        member.tags.has("press"),
        all_of(member.age >= 18),
        any_of(member.age >= 18),
        (member.age >= 18) & (visits > 1) | ~member.tags.has("press"),
    ],
)
def test_each_kind_of_node_agrees(predicate: Predicate) -> None:
    """Below, at and above a threshold, and missing."""
    for age, count, tags in product((None, 17, 18, 19), (None, 1, 18), (None, (), ("press",))):
        values = {member.age.reference: age, visits.reference: count, member.tags.reference: tags}
        assert agrees(predicate, values)


def _missing_counts_as_zero(position: int) -> ast.stmt:
    """A wrong compiler: ``v0 = values[0] or 0``."""
    value = ast.Subscript(ast.Name("values", ast.Load()), ast.Constant(position), ast.Load())
    return ast.Assign([ast.Name(f"v{position}", ast.Store())], ast.BoolOp(ast.Or(), [value, ast.Constant(0)]))


def _disagrees(case: tuple[Predicate, Values]) -> bool:
    try:
        return not agrees(*case)
    except TypeError:  # a text compared with the zero that is not there
        return True


def test_the_property_catches_a_compiler_for_which_missing_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """The property above fails for a planted fault."""
    monkeypatch.setattr(compiler, "_fetch", _missing_counts_as_zero)
    counterexample = find(decided(), _disagrees, settings=settings(max_examples=500, database=None))
    assert _disagrees(counterexample)


def test_terms_come_in_the_order_of_their_first_mention() -> None:
    """Over all predicates together, each once."""
    rules = compile_rules([(visits >= 1) & (spend >= 1), (member.age >= 1) & (visits >= 2)], Scope())
    assert rules.terms == (visits.reference, spend.reference, member.age.reference)


def test_no_byte_of_a_rule_becomes_source() -> None:
    """Names and texts of a rule are data, whatever they look like."""
    hostile = '"; raise SystemExit #'
    rules = compile_rules([(member[hostile] == hostile) & member.region.is_in([hostile])], Scope())
    code = rules.tests[0].__code__
    assert hostile not in repr((code.co_names, code.co_varnames, code.co_consts))
    assert rules.tests[0]([hostile, hostile])


@pytest.mark.parametrize("values", [[None], (None,), [21], (17,)])
def test_outcomes_are_booleans(values: Sequence[object]) -> None:
    """Never None or a number that only counts as true."""
    for rule in (member.age >= 18, ~(member.age >= 18), member.age.is_missing(), (member.age > 1) | (member.age > 2)):
        assert isinstance(compile_rules([rule], Scope()).tests[0](values), bool)


def test_the_deepest_tree_compiles() -> None:
    """What can be made can be compiled."""
    rule: Predicate = member.age >= 18
    for _ in range(MAX_DEPTH - 1):
        rule = ~rule
    assert compile_rules([rule], Scope()).tests[0]([17])


def test_nothing_depends_on_the_hash_seed() -> None:
    """Two processes with other seeds order terms and decide alike."""
    program = (
        "from loyaltykit.rules import *; from loyaltykit.rules.compile import compile_rules;"
        "from loyaltykit.rules.fields import Scope; from loyaltykit.serialization import to_json;"
        "rule = member.region.is_in(['a', 'b', 'c']) & (spend >= 5) | member.tags.has('x') & (visits > 1);"
        "print(compile_rules([rule], Scope()).terms, to_json(rule), describe(rule))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
