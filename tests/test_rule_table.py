"""The rules and invariants that tests hold, derived from what tests say: a rule that no test names fails here.

Numbers are those of ``docs/explanation/rules.md``: S points, T tiers, C calendar, I invariants. A test names a rule in
its docstring, or in its name as ``test_s4_…``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
LAST = {"S": 25, "T": 12, "C": 5, "I": 31}
# They speak of several storages and of files of released versions.
LATER = {"I27", "I29"}
NAMED = re.compile(r"\b([STCI]\d{1,2})(?:-([STCI]\d{1,2}))?\b")


def numbers_in(text: str) -> set[str]:
    """The rules that a text names; ``S1-S18`` names all from S1 to S18."""
    found = set()
    for first, last in NAMED.findall(text):
        end = last or first
        found |= {f"{first[0]}{number}" for number in range(int(first[1:]), int(end[1:]) + 1)}
    return found


def read_tests(module: Path) -> Iterator[tuple[str, set[str]]]:
    """The tests of a file with the rules that each names."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, numbers_in(f"{node.name.replace('_', ' ').upper()} {ast.get_docstring(node)}")


TABLE: dict[str, set[str]] = {}
for path in sorted(TESTS.rglob("test_*.py")):
    for name, numbers in read_tests(path):
        for number in numbers:
            TABLE.setdefault(number, set()).add(f"{path.relative_to(TESTS)}::{name}")


def test_every_rule_has_a_test_that_names_it() -> None:
    """Besides the machine, which holds all of them at once: a test of its own, to be found by its number."""
    apart = {number: {test for test in tests if "machine" not in test} for number, tests in TABLE.items()}
    rules = {f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)} - LATER
    assert sorted(number for number in rules if not apart.get(number)) == []


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    """Numbers end where the rules end."""
    wrong = {number: tests for number, tests in TABLE.items() if not 1 <= int(number[1:]) <= LAST[number[0]]}
    assert wrong == {}


def test_the_machine_holds_them_all_together() -> None:
    """The machine runs all rules of points, tiers and calendar but S21 at once, whatever their own tests say."""
    held = {number for number, tests in TABLE.items() if any("::test_core_means_what" in test for test in tests)}
    rules = {f"{letter}{number}" for letter in "STC" for number in range(1, LAST[letter] + 1)} - {"S21"}
    assert sorted(rules - held) == []
