"""Where files lie: a test file for nearly every module, short files, small folders."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "loyaltykit"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")


def has_code(module: Path) -> bool:
    """Whether a module defines a function or a class; some only name what others define, or constants."""
    code = (ast.FunctionDef, ast.ClassDef)
    return any(isinstance(node, code) for node in ast.parse(module.read_text("utf-8")).body)


def test_nine_modules_in_ten_have_a_test_file_of_their_name() -> None:
    """In the mirrored folder: ``domain/ledger/states.py`` is tested by ``tests/domain/ledger/test_states.py``."""
    modules = [module.relative_to(SOURCE) for module in MODULES if has_code(module)]
    missing = [module for module in modules if not (TESTS / module).with_name(f"test_{module.name}").exists()]
    assert len(missing) * 10 <= len(modules), f"no test file: {', '.join(map(str, missing))}"


def test_no_file_is_longer_than_400_lines() -> None:
    """A longer one is two things."""
    assert [path.name for path in SOURCE.rglob("*.py") if len(path.read_text("utf-8").splitlines()) > 400] == []


def test_no_folder_has_more_than_twenty_modules() -> None:
    """A larger one is two packages."""
    assert [folder.name for folder, count in Counter(path.parent for path in MODULES).items() if count > 20] == []
