"""Checking a transaction before it is recorded: everything that can be wrong with it without knowing any member."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from loyaltykit.domain.earning.basket import open_basket
from loyaltykit.domain.forms.transactions import TransactionReading, nearest
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import Event, Purchase, TierGrant, Transaction
from loyaltykit.errors import InvalidValueError, Problem

_MONEY: Final = ("amount", "lines", "payments", "paid_with", "currency", "rate")


def check_transaction(raw: Mapping[str, Any], program: Program) -> tuple[Transaction | None, tuple[Problem, ...]]:
    """Return the transaction that a web form or a JSON body sent, or everything that is wrong with it.

    The sister of ``check_record``. It asks no store: whether the member exists and has enough points is seen by
    ``quote`` or ``record``. Blank values are missing; moments without an offset are in the shop's zone.

    Args:
        raw: ``"type"`` (the kind in snake case, such as ``"purchase"``) and the parts of that kind by name; lines and
            other parts of parts as mappings. Amounts are texts or whole numbers, never floats.
        program: declares the fields, the events, the currency and the zone.

    Returns:
        A transaction and no problems, or None and all of them, each with its place (``lines[2].amount``). No value of
        the data is shown.

    Raises:
        InvalidValueError: the programme is not a Program.

    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> body = {"type": "purchase", "id": "o-1", "member": "m-1", "lines": [{"amount": "9.90"}, {"amount": 0.5}]}
    >>> transaction, problems = check_transaction(body, club)
    >>> for problem in problems:
    ...     print(problem)
    member: is not a part of this transaction (did you mean 'member_id'?)
    member_id: is missing (fill it in)
    lines[1].amount: is a float (pass a Decimal, an int or a string such as "12.50")
    """
    if not isinstance(program, Program):
        raise InvalidValueError([Problem("program", "is not a Program", "pass a Program")])
    reading = TransactionReading(program)
    transaction = reading.read(raw)
    reading.note(_program_problems(reading.kind, reading.parts, program))
    return (None, tuple(reading.problems)) if reading.problems else (transaction, ())


def _program_problems(kind: type | None, parts: Mapping[str, Any], program: Program) -> Iterable[Problem]:
    """Return what does not fit the programme, however much else is wrong."""
    if kind is Purchase:
        return _money_problems(parts, program)
    if kind is Event:
        return _name_problems("name", parts["name"], "is not a declared kind of event", program.scope.events)
    if kind is TierGrant:
        tiers = [tier.name for tier in program.tiers]
        return _name_problems("tier", parts["tier"], "is not a tier of the programme", tiers)
    return ()


def _money_problems(parts: Mapping[str, Any], program: Program) -> Iterable[Problem]:
    money = {name: part for name, part in parts.items() if name in _MONEY}
    try:
        open_basket(Purchase(id="stand-in", member_id="stand-in", **money), program)
    except InvalidValueError as error:
        return error.problems
    return ()


def _name_problems(field: str, name: object, reason: str, known: Collection[str]) -> Iterable[Problem]:
    if not isinstance(name, str) or name in known:
        return ()
    return (Problem(field, reason, nearest(name, known)),)
