"""The oracle stays what it is: short functions over plain lists, with nothing kept, and nothing of the core in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULES = sorted(path for path in Path(__file__).parent.glob("*.py") if not path.name.startswith("test_"))
MAY_IMPORT = {
    "loyaltykit.rules",
    "loyaltykit",
    "loyaltykit.calendars",
    *(f"loyaltykit.rules.{module}" for module in ("earning", "nodes", "windows")),
}
"""The public values, and what rules and spans are made of."""

LONGEST = 15


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_function_is_long(path: Path) -> None:
    """A stranger can hold each in the head: at most fifteen lines beside its docstring."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            text = node.body[0] if ast.get_docstring(node) else None
            lines = (node.end_lineno or 0) - node.lineno + 1
            docstring = (text.end_lineno or 0) - text.lineno + 1 if text else 0
            assert lines - docstring <= LONGEST, node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_nothing_is_kept_and_nothing_is_borrowed(path: Path) -> None:
    """No cache, no bisection, no module of the core: what both got wrong in one place would agree."""
    names = set(imported(tree_of(path)))
    assert not names & {"bisect", "functools", "heapq"}
    assert {name for name in names if name.startswith("loyaltykit")} <= MAY_IMPORT


def test_there_are_modules() -> None:
    """An empty folder would pass."""
    assert len(MODULES) > 15
