"""Reasons why a row is rejected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from loyaltykit.errors import Problem
from loyaltykit.problem_words import WORDS


def reasons_of(problems: Iterable[Problem], place: str = "") -> Iterator[Problem]:
    """Yield the problems of a value at a place; those without Chinese words get general ones."""
    for problem in problems:
        code = problem.code if problem.code in WORDS else "value.limit"
        yield evolve(problem, field=place + problem.field, code=code)
