"""Arguments of constructors: a misspelt or missing one is refused as any other value, with a suggestion."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar

from loyaltykit.errors import InvalidValueError, Problem

_Class = TypeVar("_Class", bound=type)


def named_arguments(cls: _Class) -> _Class:
    """Make a class refuse wrong arguments with ``InvalidValueError`` where Python would raise a bare ``TypeError``.

    Type checkers see the class as it is. ``attrs.evolve`` calls the constructor, so its arguments are covered too.
    """
    make: Any = cls.__init__  # type: ignore[misc]

    @wraps(make)
    def init(self: object, *given: object, **named: object) -> None:
        try:
            make(self, *given, **named)
        except TypeError:
            problems = [*_problems(cls, given, named)]
            if not problems:
                raise
            raise InvalidValueError(problems) from None

    setattr(cls, "__init__", init)  # noqa: B010  # assigning it is an error to type checkers
    return cls


def _problems(cls: type, given: tuple[object, ...], named: Mapping[str, object]) -> Iterator[Problem]:
    parameters = signature(cls).parameters
    kinds = {name: item.kind for name, item in parameters.items()}
    known = [name for name, kind in kinds.items() if kind is not Parameter.VAR_POSITIONAL]
    for name in named:
        if name not in known:
            yield Problem(
                name, f"is not an argument of {cls.__name__}", suggestion(name, known), code="argument.unknown"
            )
    by_place = [name for name, kind in kinds.items() if kind is Parameter.POSITIONAL_OR_KEYWORD]
    if len(known) == len(kinds) and len(given) > len(by_place):
        reason = f"takes {len(by_place) or 'no'} arguments without a name"
        yield Problem(cls.__name__, reason, "pass the others by name", code="argument.unnamed")
    for name in set(by_place[: len(given)]) & named.keys():
        yield Problem(name, "is given twice", "pass it once", code="argument.twice")
    filled = {*by_place[: len(given)], *named}
    for name in known:
        if name not in filled and parameters[name].default is Parameter.empty:
            yield Problem(name, f"is missing: {cls.__name__} needs it", "pass it", code="argument.missing")


def suggestion(name: str, known: Collection[str]) -> str:
    """Return what to write in place of an unknown name.

    >>> suggestion("gander", ["name", "gender"]), suggestion("month", ["amount", "date"])
    ("did you mean 'gender'?", "use one of 'amount', 'date'")
    """
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1, cutoff=0.75)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"use one of {', '.join(map(repr, known))}" if known else "declare it in the programme first"
