"""The lint: programmes that are right have no findings, and every finding has a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import loyaltykit as lk
from docs.examples.real_year.programme import PROGRAM as REAL_YEAR
from loyaltykit.domain.lint import lint
from loyaltykit.problem_words import WORDS
from tests.support.lint import program
from tests.support.stories import PROGRAMS


def quickstart() -> lk.Program:
    """The programme of the first example, without its shop."""
    script = (Path(__file__).parents[3] / "docs" / "examples" / "quickstart.py").read_text("utf-8")
    names: dict[str, Any] = {}
    exec(script.split("\nwith lk.Loyalty(")[0], names)
    made = names["program"]
    assert isinstance(made, lk.Program)
    return made


# -- no false findings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [quickstart(), REAL_YEAR, program(), *PROGRAMS[:2], PROGRAMS[3], PROGRAMS[5]])
def test_programmes_that_are_right_have_no_findings(right: lk.Program) -> None:
    """Those of the examples before all."""
    assert lint(right) == ()


def test_every_code_has_a_test() -> None:
    """None is promised that is never found."""
    script = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert all(f'"{code}"' in script for code in WORDS if code.startswith("lint."))
