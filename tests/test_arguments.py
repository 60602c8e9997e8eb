"""Arguments of constructors: a misspelt, missing or repeated one is refused with a suggestion."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import attrs
import pytest

import loyaltykit as lk
from loyaltykit.arguments import named_arguments, suggestion

CLUB = lk.Program(name="Club", currency="EUR", timezone="Europe/Paris")
LADDER = lk.TierLadder(lk.Tier("member"))

MISTAKES: list[tuple[Callable[..., Any], str]] = [
    (lambda: lk.Purchase(id="x", membr_id="m", amount=1), "membr_id: is not an argument of Purchase (did you mean"),
    (lambda: lk.Purchase(id="x", amount=1), "member_id: is missing: Purchase needs it"),
    (lambda: lk.Line(amount=1, categroy="tea"), "categroy: is not an argument of Line (did you mean 'category'?)"),
    (lambda: lk.Member("m-1"), "Member: takes no arguments without a name (pass the others by name)"),
    (lambda: lk.Segment("a", None, None, None), "Segment: takes 3 arguments without a name"),
    (lambda: lk.Segment("a", name="b", where=None), "name: is given twice"),
    (lambda: lk.Field("goal", int, requird=True), "requird: is not an argument of Field (did you mean 'required'?)"),
    (lambda: CLUB.evolve(tier=LADDER), "tier: is not an argument of Program (did you mean 'tiers'?)"),
    (lambda: LADDER.replace("member", multiplyer=2), "multiplyer: is not an argument of Tier (did you mean"),
    (lambda: LADDER.evolve(grace=3), "grace: is not an argument of TierLadder (use one of 'valid_for', 'downgrade',"),
    (lambda: lk.TierLadder(valid_fro=1), "valid_fro: is not an argument of TierLadder (did you mean 'valid_for'?)"),
    (lambda: lk.Member(id="m").evolve(nmae="x"), "nmae: is not an argument of Member (did you mean 'name'?)"),
]


@pytest.mark.parametrize(("make", "text"), MISTAKES, ids=[text for _, text in MISTAKES])
def test_a_wrong_argument_is_refused_with_a_suggestion(make: Callable[[], Any], text: str) -> None:
    """I31: constructors, ``evolve`` and ``replace`` name the argument and what was probably meant."""
    with pytest.raises(lk.InvalidValueError) as refused:
        make()
    assert str(refused.value).startswith(text)
    assert all(problem.code.startswith("argument.") for problem in refused.value.problems)


def test_all_wrong_arguments_are_told_at_once() -> None:
    """A misspelt argument is both unknown and missing."""
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.Return(id="r", off="o-1")  # type: ignore[call-arg]
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("off", "argument.unknown"),
        ("of", "argument.missing"),
    ]


def test_other_type_errors_pass() -> None:
    """A TypeError that is not about arguments is somebody else's mistake."""

    @named_arguments
    class Broken:
        def __init__(self) -> None:
            raise TypeError("something else")

    with pytest.raises(TypeError, match="something else"):
        Broken()


def given_by_shops() -> list[type]:
    """Public classes that shops construct."""
    answers = (lk.Balance, lk.TierStatus, lk.Receipt, lk.Voucher, lk.Settlement, lk.IngestReport, lk.Problem)
    found = [getattr(lk, name) for name in lk.__all__]
    return [
        kind for kind in found if isinstance(kind, type) and attrs.has(kind) and kind not in (*answers, lk.Transaction)
    ]


@pytest.mark.parametrize("kind", given_by_shops())
def test_every_class_that_shops_construct_refuses_unknown_arguments(kind: type) -> None:
    """The signature stays that of the class."""
    with pytest.raises(lk.InvalidValueError, match="such_thing: is not an argument"):
        kind(such_thing=1)
    assert "args" not in inspect.signature(kind).parameters


def test_suggestions_help() -> None:
    """The nearest name, or all of them, or where to declare one."""
    assert suggestion("gander", ["name", "gender"]) == "did you mean 'gender'?"
    assert suggestion("zzz", ["a", "b"]) == "use one of 'a', 'b'"
    assert suggestion("zzz", []) == "declare it in the programme first"
