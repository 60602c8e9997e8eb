"""Member fields that rules read: built-in ones, declared ones under all their names, derived ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.calendars import Day, ShopCalendar, to_date
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.program.renamed_fields import NewerNames
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.cases import Case
from loyaltykit.rules.compile import compile_rules
from loyaltykit.rules.fields import Field
from loyaltykit.rules.nodes import MemberField

MemberFieldReader: TypeAlias = Callable[[Member, Day], object]
"""Reads a field of a record on a shop's day; None for a missing value."""


@frozen
class MemberFieldContext:
    """The programme, calendar and field names that reading a member field depends on.

    Args:
        program: declares the fields.
        shop: the calendar of days.
        newer: names that later versions of the programme have for its fields.
    """

    program: Program
    shop: ShopCalendar
    newer: NewerNames = NOTHING


_READERS: Final[Mapping[str, Callable[[Member, Day, MemberFieldContext], object]]] = {
    "id": lambda member, _day, _rules: member.id,
    "name": lambda member, _day, _rules: member.name,
    "phone": lambda member, _day, _rules: member.phone,
    "email": lambda member, _day, _rules: member.email,
    "gender": lambda member, _day, _rules: member.gender,
    "region": lambda member, _day, _rules: member.region,
    "tags": lambda member, _day, _rules: member.tags,
    "preferences": lambda member, _day, _rules: member.preferences,
    "channel": lambda member, _day, _rules: member.channel,
    "store": lambda member, _day, _rules: member.store,
    "status": lambda member, _day, _rules: member.status,
    "age": lambda member, day, rules: (
        member.birthday.age(to_date(day), rules.program.birthday_29_february) if member.birthday else None
    ),
    "birthday_month": lambda member, _day, _rules: member.birthday.month if member.birthday else None,
    "days_to_birthday": lambda member, day, rules: (
        member.birthday.days_until(to_date(day), rules.program.birthday_29_february) if member.birthday else None
    ),
    "enrolled_on": lambda member, _day, rules: to_date(rules.shop.day_of(member.enrolled_instant)),
}


def member_field_reader(term: MemberField, rules: MemberFieldContext) -> MemberFieldReader:
    """Return the reader of a member field, except ``member.tier``.

    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> read = member_field_reader(MemberField("gender"), MemberFieldContext(club, ShopCalendar(club.timezone)))
    >>> read(Member(id="m-1", gender="female"), 0)
    'female'
    """
    if not term.custom:
        read = _READERS[term.name]
        return lambda member, day: read(member, day, rules)
    name, declared = term.name, rules.program.scope.member.get(term.name)
    # Selections are checked with the newest programme; an older one may not declare the field.
    return (lambda member, _day: member.fields.get(name)) if declared is None else _declared_reader(declared, rules)


def stored_value(member: Member, declared: Field, newer: tuple[str, ...] = ()) -> object:
    """Return the stored value of a declared field, under its current name or another one; None without a value.

    Args:
        member: the record.
        declared: the field, with its earlier names.
        newer: names that later versions have for it.

    >>> stored_value(Member(id="m-1", fields={"target": "weight"}), Field("goal", str, was=("target",)))
    'weight'
    """
    kept = member.fields
    return next((kept[name] for name in (*declared.names, *newer) if name in kept), None)


def _declared_reader(declared: Field, rules: MemberFieldContext) -> MemberFieldReader:
    if declared.derived is not None:
        return _derived_reader(declared, declared.derived, rules)
    name, default, newer = declared.name, declared.default, rules.newer.get(declared.name, ())
    if not declared.was and not newer:
        return lambda member, _day: member.fields.get(name, default)

    def read(member: Member, _day: Day) -> object:
        found = stored_value(member, declared, newer)
        return default if found is None else found

    return read


def _derived_reader(
    declared: Field, derived: MemberField | tuple[Case, ...], rules: MemberFieldContext
) -> MemberFieldReader:
    default = declared.default
    if isinstance(derived, MemberField):
        source = member_field_reader(derived, rules)

        def read_source(member: Member, day: Day) -> object:
            found = source(member, day)
            return default if found is None else found

        return read_source
    compiled = compile_rules([case.where for case in derived], rules.program.scope)
    readers = [member_field_reader(term, rules) for term in compiled.terms if isinstance(term, MemberField)]
    values = [*(case.value for case in derived), default]  # first() returns -1 if no case holds

    def read_cases(member: Member, day: Day) -> object:
        return values[compiled.first([read(member, day) for read in readers])]

    return read_cases
