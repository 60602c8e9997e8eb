"""What is wrong with the fields that a programme declares, taken together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from loyaltykit.errors import Problem
from loyaltykit.rules.check import check
from loyaltykit.rules.fields import Field, Scope, not_for_rows
from loyaltykit.rules.nodes import IsMissing, MemberField


def row_field_problems(place: str, declared: Iterable[Field]) -> Iterator[Problem]:
    """Yield fields of purchases, lines and events that have parts for members only."""
    for item in declared:
        problem = not_for_rows(item)
        if problem is not None:
            yield Problem(f"{place}.{problem.field}", problem.reason, problem.way_out)


def name_problems(declared: Iterable[Field]) -> Iterator[Problem]:
    """Yield member fields with a present or earlier name that another one has: each value has one field."""
    names = [name for item in declared for name in item.names]
    if len(set(names)) < len(names):
        yield Problem("fields", "has two entries of one name, or an earlier name that is in use", "rename one of them")


def derived_problems(declared: Iterable[Field], scope: Scope) -> Iterator[Problem]:
    """Yield fields derived from what is not part of the record, or not of their type."""
    for item in declared:
        place = f"fields.{item.name}.derived"
        if isinstance(item.derived, MemberField):
            yield from _source_problems(place, item, item.derived, scope)
        for case in item.derived if isinstance(item.derived, tuple) else ():
            for found in check(case.where, scope, "record"):
                yield Problem(f"{place}: {found.field}", found.reason, found.way_out)


def _source_problems(place: str, declared: Field, source: MemberField, scope: Scope) -> Iterator[Problem]:
    found = check(IsMissing(source), scope, "record")
    for problem in found:
        yield Problem(f"{place}: {problem.field}", problem.reason, problem.way_out)
    if found:
        return
    kind = scope.member[source.name].type if source.custom else source.built_in[source.name]
    if kind != declared.type:
        yield Problem(place, f"is of type {kind}, the field of type {declared.type}", "declare the field of that type")


def declared_problems(values: Mapping[str, object], declared: Mapping[str, Field], place: str) -> list[Problem]:
    """Return what is wrong with custom values, held against the fields that the programme declares."""
    problems = []
    for name, value in values.items():
        if name not in declared:
            problems.append(Problem(f"{place}.{name}", "is not declared", "declare it with Field in the programme"))
        elif (reason := declared[name].check_value(value)) is not None:
            problems.append(Problem(f"{place}.{name}", reason, "pass what the programme declares"))
    return problems
