"""Transactions read out of what a web form or a JSON body sends, with everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias, get_args

import attrs
from attrs import evolve

from loyaltykit.arguments import suggestion
from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.domain.forms.custom_fields import is_blank, member_problems, read_value, read_values
from loyaltykit.domain.forms.parsing import Reading
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.declared_fields import declared_problems
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import (
    Activation,
    Adjustment,
    Capture,
    Event,
    Hold,
    Line,
    OpeningBalance,
    OpeningLot,
    PointsPayment,
    Purchase,
    Redemption,
    Release,
    Return,
    ReturnedLine,
    Reversal,
    TierGrant,
    TierGrantEnd,
    Transaction,
    Transfer,
    Visit,
    VoucherUse,
)
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.transactions.merges import KeepApart, Merge, Unmerge
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.problems import problem_of
from loyaltykit.rules.fields import Field
from loyaltykit.serialization import from_wire, wire_name_of
from loyaltykit.serialization.shapes import attributes_of, is_class, is_tuple, is_union, key_of, members_of

_KINDS: Final = (
    *(Purchase, Return, Visit, Event, Redemption, Reversal, VoucherUse, Adjustment, OpeningBalance, Transfer),
    *(Hold, Capture, Release, Activation, TierGrant, TierGrantEnd, Merge, Unmerge, KeepApart, MemberEdit),
)

BY_NAME: Final[Mapping[str, type[Transaction]]] = {wire_name_of(kind): kind for kind in _KINDS}
"""The kinds of transaction that a shop can send, by what the key ``type`` says."""

_Declared: TypeAlias = Mapping[str, Field] | None
"""The fields of one kind of thing; None where nothing says which there are."""

_PARTS: Final = (Line, ReturnedLine, PointsPayment, OpeningLot)
"""What forms send inside a transaction; anything else is read as ``to_json`` wrote it."""

_MAX_UNKNOWN: Final = 20
_LONGEST_NAME: Final = 64


class TransactionReading:
    """One transaction while it is read: what was understood of it, and everything that is wrong with it.

    The constructors judge the values, as they do for every caller; this only brings them into Python's types and says
    where in the data each problem stands.

    Args:
        program: declares the fields, and the zone of moments without an offset.
    """

    def __init__(self, program: Program) -> None:
        self.problems: list[Problem] = []
        self.kind: type[Transaction] | None = None
        self.parts: dict[str, Any] = {}
        self._program = program
        self._unread: set[str] = set()
        self._reading = Reading(None, ShopCalendar(program.timezone), self.problems)

    def read(self, raw: object) -> Transaction | None:
        """Return the transaction of raw data, or None when something is wrong with it."""
        if not isinstance(raw, Mapping):
            self.problems.append(problem_of("transaction", "transaction.type"))
            return None
        name = raw.get("type")
        self.kind = kind = BY_NAME.get(name) if isinstance(name, str) else None
        if kind is None:
            self.problems.append(evolve(problem_of("type", "transaction.kind"), way_out=nearest(name, BY_NAME)))
            return None
        declared: _Declared = self._program.scope.purchase
        if kind is Event:
            declared = self._program.scope.events.get(str(raw.get("name")))
        self.parts = self._parts(kind, raw, "", declared)
        transaction: Transaction | None = self._made(kind, self.parts, "")
        return None if self.problems else transaction

    def _parts(self, kind: type, raw: Mapping[Any, Any], path: str, declared: _Declared) -> dict[str, Any]:
        known = {key_of(item): item for item in attributes_of(kind)}
        self._name_unknown([key for key in raw if key not in known and key != "type"], known, path)
        parts: dict[str, Any] = {}
        for key, item in known.items():
            if not is_blank(raw.get(key)):
                parts[item.name] = self._value(item, raw[key], f"{path}{key}", declared)
            elif item.default is attrs.NOTHING:
                self.problems.append(problem_of(f"{path}{key}", "value.missing"))
                parts[item.name] = None
        return parts

    def _name_unknown(self, keys: list[object], known: Collection[str], path: str) -> None:
        for key in keys[:_MAX_UNKNOWN]:
            place = f"{path}{key}" if _is_name(key) else path.rstrip(".") or "transaction"
            self.problems.append(evolve(problem_of(place, "transaction.unknown"), way_out=nearest(key, known)))

    def _made(self, kind: type, parts: dict[str, Any], path: str) -> Any:
        """Return the object, or None with what its constructor refuses."""
        try:
            return kind(**parts)
        except InvalidValueError as error:
            self.note(evolve(problem, field=f"{path}{problem.field}") for problem in error.problems)
        self._cannot_read(path.rstrip("."))
        return None

    def note(self, problems: Iterable[Problem]) -> None:
        """Add problems, but for those that only repeat or follow from one that is there."""
        told = self._unread | {problem.field for problem in self.problems}
        self.problems += [problem for problem in problems if problem.field not in told]

    def _cannot_read(self, place: str) -> None:
        # What holds it will say that it has no such part.
        self._unread |= {place, place.partition("[")[0]}

    def _value(self, item: attrs.Attribute[Any], value: Any, place: str, declared: _Declared) -> Any:
        members: tuple[Any, ...] = members_of(item.type) if is_union(item.type) else (item.type,)
        if datetime in members and isinstance(value, str):
            return self._reading.moment(place, value)
        if int in members and isinstance(value, str):
            return read_value(value, "integer")
        if item.name in ("fields", "attributes") and isinstance(value, Mapping):
            return self._own_values(value, place, declared)
        for member in members:
            if is_class(member) and isinstance(value, Mapping):
                return self._object(member, value, place)
            if is_tuple(member) and isinstance(value, list | tuple):
                return self._objects(get_args(member)[0], value, place)
        return value

    def _objects(self, kind: type, values: Iterable[object], place: str) -> tuple[Any, ...]:
        return tuple(self._element(kind, value, f"{place}[{number}]") for number, value in enumerate(values))

    def _element(self, kind: type, value: object, place: str) -> Any:
        if isinstance(value, Mapping):
            return self._object(kind, value, place)
        if not isinstance(value, kind):
            self.problems.append(problem_of(place, "transaction.part"))
            self._cannot_read(place)
        return value

    def _object(self, kind: type, raw: Mapping[Any, Any], place: str) -> Any:
        if kind is Member:
            return self._member(raw, place)
        if kind not in _PARTS:
            return self._from_wire(kind, raw, place)
        declared = self._program.scope.line if kind is Line else None
        return self._made(kind, self._parts(kind, raw, f"{place}.", declared), f"{place}.")

    def _member(self, raw: Mapping[Any, Any], place: str) -> Member | None:
        if raw.get("type") is None:
            member, problems = RecordChecker(self._program).check(raw)
        else:
            member = self._from_wire(Member, raw, place)
            problems = () if member is None else tuple(member_problems(member, self._program.scope.member))
        self.problems += [evolve(item, field=f"{place}.{item.field.removeprefix('record.')}") for item in problems]
        if problems:
            self._cannot_read(place)
        return member

    def _from_wire(self, kind: type, raw: Mapping[Any, Any], place: str) -> Any:
        try:
            return from_wire(dict(raw), kind)
        except InvalidValueError as error:
            self.problems += [
                evolve(item, field=place + item.field.removeprefix(kind.__name__)) for item in error.problems
            ]
        self._cannot_read(place)
        return None

    def _own_values(self, given: Mapping[Any, Any], place: str, declared: _Declared) -> Mapping[str, object]:
        plain = {name: _untagged(value) for name, value in given.items()}
        if declared is None:
            return plain
        values = read_values(plain, declared)
        if found := declared_problems(values, declared, place):
            self.problems += found
            self._unread.add(place)
        return values


def _is_name(name: object) -> bool:
    return isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST_NAME


def nearest(name: object, known: Collection[str]) -> str:
    """Return the way out of a name that came from outside: the known one that is most like it.

    >>> nearest("purchse", ["purchase", "return"]), nearest(5, ["purchase", "return"])
    ("did you mean 'purchase'?", "use one of 'purchase', 'return'")
    """
    return suggestion(str(name) if _is_name(name) else "", known)


def _untagged(value: object) -> object:
    """Return a custom value as Python holds it: on the wire some carry their type."""
    if isinstance(value, Mapping):
        try:
            return from_wire(dict(value), object)
        except InvalidValueError:
            return value
    return value
