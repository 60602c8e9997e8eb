"""The programme: a shop's whole configuration as one plain, comparable, serialisable value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from attrs import evolve, field, fields, frozen

from loyaltykit.domain.attributes import as_tuple, raise_problems
from loyaltykit.domain.members.birthday import LeapDay
from loyaltykit.domain.program.achievements import VISIT, Achievement
from loyaltykit.domain.program.declared_fields import derived_problems, name_problems, row_field_problems
from loyaltykit.domain.program.late import LatePolicy
from loyaltykit.domain.program.notices import NoticePolicy
from loyaltykit.domain.program.points import AccrualRule, EarningPolicy, PointsPolicy, check_choice
from loyaltykit.domain.program.rewards import Reward
from loyaltykit.domain.program.tiers import Tier, TierLadder
from loyaltykit.domain.transactions import is_currency
from loyaltykit.errors import InvalidProgramError, Problem
from loyaltykit.rules.check import Context, check
from loyaltykit.rules.earning import PerAmount, Times
from loyaltykit.rules.fields import Field, Scope
from loyaltykit.rules.nodes import Predicate
from loyaltykit.serialization import from_json, to_json, wire_name
from loyaltykit.values import check_id, currency_scale, to_minor

_MAX_PARTS = 1_000


@wire_name("segment")
@frozen
class Segment:
    """A named group of members: whoever meets the rule at the instant one asks about.

    Args:
        name: unique in the programme.
        where: who is in it.
        family: segments of one family should not overlap, such as the steps of a life cycle; ``shop.programs.lint()``
            tells where two do. None for a segment that stands for itself.

    >>> from loyaltykit.rules import days_since_purchase
    >>> Segment("dormant", days_since_purchase >= 90, family="recency").name
    'dormant'
    """

    name: str
    where: Predicate
    family: str | None = None

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.name, "name", problems)
        if not isinstance(self.where, Predicate):
            problems.append(Problem("where", "is not a rule", "compare a term, such as member.age < 30"))
        if self.family is not None:
            check_id(self.family, "family", problems)
        raise_problems(problems)


@wire_name("event_type")
@frozen
class EventType:
    """A kind of event that the programme counts, with the fields it carries.

    >>> EventType("review", fields=[Field("stars", int)]).name
    'review'
    """

    name: str
    fields: tuple[Field, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.name, "name", problems)
        problems.extend(_named_problems("fields", self.fields, Field))
        problems.extend(row_field_problems("fields", self.fields) if not problems else ())
        raise_problems(problems)


@wire_name("program")
@frozen(kw_only=True)
class Program:
    """What a shop's programme is: no callables, no text that is evaluated.

    Args:
        name: what members call it.
        currency: ISO 4217; money is counted in its minor units.
        timezone: an IANA zone; days, months and birthdays are its own (``C1``).
        accrual: why purchases give points, in the order of the breakdown (``S13``).
        achievements: why visits and events give points, in the order of the breakdown.
        points: how points live (``S3``, ``S7``, ``S9``).
        tiers: the ladder (``T1`` to ``T12``).
        segments: named groups.
        rewards: what points can be turned into (``S24``).
        fields, purchase_fields, line_fields: declared custom fields.
        events: declared kinds of events.
        earns: what points are counted on (``S12``).
        birthday_29_february: where such a birthday is observed in a common year (``C3``).
        notices: what members are told; None for no outbox (``S21``).
        late: what is accepted late, and what it changes (``T8``).

    Raises:
        InvalidProgramError: everything that is wrong with it at once.

    >>> club = Program(name="Tea House Club", currency="CNY", timezone="Asia/Shanghai")
    >>> club == Program.from_json(club.to_json())
    True
    """

    name: str
    currency: str
    timezone: str
    accrual: tuple[AccrualRule, ...] = field(default=(), converter=as_tuple)
    points: PointsPolicy = PointsPolicy()
    tiers: TierLadder = TierLadder(Tier("member"))
    segments: tuple[Segment, ...] = field(default=(), converter=as_tuple)
    rewards: tuple[Reward, ...] = field(default=(), converter=as_tuple)
    fields: tuple[Field, ...] = field(default=(), converter=as_tuple)
    purchase_fields: tuple[Field, ...] = field(default=(), converter=as_tuple)
    line_fields: tuple[Field, ...] = field(default=(), converter=as_tuple)
    events: tuple[EventType, ...] = field(default=(), converter=as_tuple)
    earns: EarningPolicy = EarningPolicy()
    birthday_29_february: LeapDay = "02-28"
    achievements: tuple[Achievement, ...] = field(default=(), converter=as_tuple)
    notices: NoticePolicy | None = None
    late: LatePolicy = LatePolicy()

    def __attrs_post_init__(self) -> None:
        problems = [*_shape_problems(self)]
        # A rule can be checked only against fields that are themselves well declared.
        problems = problems or [*_rule_problems(self)]
        if problems:
            raise InvalidProgramError(problems)

    @cached_property
    def scale(self) -> int:
        """Decimals of the currency."""
        return currency_scale(self.currency)

    @cached_property
    def scope(self) -> Scope:
        """What the programme's rules may refer to."""
        return Scope(
            scale=self.scale,
            member={item.name: item for item in self.fields},
            purchase={item.name: item for item in self.purchase_fields},
            line={item.name: item for item in self.line_fields},
            events={event.name: {item.name: item for item in event.fields} for event in self.events},
        )

    def segment(self, name: str) -> Segment:
        """The segment of that name.

        Raises:
            InvalidProgramError: there is none.
        """
        for segment in self.segments:
            if segment.name == name:
                return segment
        known = ", ".join(segment.name for segment in self.segments)
        raise InvalidProgramError([Problem("segment", "is not in the programme", f"use one of {known or 'none yet'}")])

    def evolve(self, **changes: Any) -> Program:
        """The same programme with some parts changed.

        >>> Program(name="Club", currency="EUR", timezone="Europe/Paris").evolve(currency="CHF").currency
        'CHF'
        """
        return evolve(self, **changes)

    def to_json(self) -> str:
        """The programme in canonical JSON; equal programmes give equal text."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Program:
        """The programme of a canonical text.

        Raises:
            InvalidValueError: the text is not that of a programme.
        """
        return from_json(cls, text)

    def difference(self, other: Program) -> tuple[str, ...]:
        """The names of the parts in which two programmes differ."""
        if not isinstance(other, Program):
            raise InvalidProgramError([Problem("program", "is not a Program", "pass a Program")])
        return tuple(part.name for part in fields(Program) if getattr(self, part.name) != getattr(other, part.name))


def _shape_problems(program: Program) -> Iterator[Problem]:
    problems: list[Problem] = []
    check_id(program.name, "name", problems)
    if not is_currency(program.currency):
        problems.append(Problem("currency", "is not a currency code", 'use ISO 4217, such as "CNY"'))
    if not _is_zone(program.timezone):
        problems.append(Problem("timezone", "is not a known time zone", 'use an IANA name, such as "Asia/Shanghai"'))
    check_choice(program.birthday_29_february, LeapDay, "birthday_29_february", problems)
    yield from problems
    for name, kind in (("points", PointsPolicy), ("tiers", TierLadder), ("earns", EarningPolicy), ("late", LatePolicy)):
        if not isinstance(getattr(program, name), kind):
            yield Problem(name, f"is not a {kind.__name__}", f"pass a {kind.__name__}")
    if program.notices is not None and not isinstance(program.notices, NoticePolicy):
        yield Problem("notices", "is not a NoticePolicy", "pass NoticePolicy(), or None for no outbox")
    yield from _named_problems("accrual", program.accrual, AccrualRule)
    yield from _named_problems("achievements", program.achievements, Achievement)
    yield from _named_problems("segments", program.segments, Segment)
    yield from _named_problems("rewards", program.rewards, Reward, "id")
    yield from _named_problems("events", program.events, EventType)
    for name in ("fields", "purchase_fields", "line_fields"):
        yield from _named_problems(name, getattr(program, name), Field)


def _group_problems(rules: tuple[AccrualRule, ...]) -> Iterator[Problem]:
    """What ``times`` adds depends on what the others give: they cannot compete with it in one group."""
    multiplying = {rule.group for rule in rules if isinstance(rule.earn, Times)}
    for rule in rules:
        if rule.group is not None and rule.group in multiplying and not isinstance(rule.earn, Times):
            yield Problem(f"accrual.{rule.name}", "shares its group with a times rule", "give them separate groups")


def _named_problems(name: str, items: object, kind: type, key: str = "name") -> Iterator[Problem]:
    if not isinstance(items, tuple) or not all(isinstance(item, kind) for item in items):
        yield Problem(name, f"is not a list of {kind.__name__}", f"pass a list of {kind.__name__}")
    elif len(items) > _MAX_PARTS:
        yield Problem(name, f"has more than {_MAX_PARTS} entries", "pass fewer")
    elif len({getattr(item, key) for item in items}) < len(items):
        yield Problem(name, f"has two entries of one {key}", f"give each its own {key}")


def _is_zone(name: object) -> bool:
    from zoneinfo import ZoneInfo  # see calendars.py

    try:
        ZoneInfo(name)  # type: ignore[arg-type]
    except (KeyError, ValueError, TypeError, OSError):
        return False
    return True


def _rule_problems(program: Program) -> Iterator[Problem]:
    scope = program.scope
    for name in ("purchase_fields", "line_fields"):
        yield from row_field_problems(name, getattr(program, name))
    yield from name_problems(program.fields)
    yield from derived_problems(program.fields, scope)
    for rule in program.accrual:
        yield from _checked(f"accrual.{rule.name}", rule.where, scope, "purchase")
        if isinstance(rule.earn, PerAmount) and to_minor(rule.earn.every, program.scale) is None:
            yield Problem(f"accrual.{rule.name}", "has a finer step than the currency", "use whole minor units")
    yield from _group_problems(program.accrual)
    yield from _achievement_problems(program, scope)
    yield from _checked("earns.exclude", program.earns.exclude, scope, "line")
    for tier in program.tiers:
        yield from _checked(f"tiers.{tier.name}.enter", tier.enter, scope, "tier")
        yield from _checked(f"tiers.{tier.name}.keep", tier.keep, scope, "tier")
    for segment in program.segments:
        yield from _checked(f"segments.{segment.name}", segment.where, scope, "member")
    for reward in program.rewards:
        yield from _checked(f"rewards.{reward.id}", reward.where, scope, "member")
        if reward.value is not None and to_minor(reward.value, program.scale) is None:
            yield Problem(f"rewards.{reward.id}", "has a value finer than the currency", "use whole minor units")


def _achievement_problems(program: Program, scope: Scope) -> Iterator[Problem]:
    rules = {rule.name for rule in program.accrual}
    for item in program.achievements:
        place = f"achievements.{item.name}"
        if item.name in rules:
            yield Problem(place, "has the name of an accrual rule", "give each its own name")
        if item.on == VISIT and VISIT in scope.events:
            yield Problem(place, "could be on visits, or on events of that name", "give the kind of event another name")
        elif item.on != VISIT and item.on not in scope.events:
            yield Problem(place, "is on what is no declared kind of event", 'declare an EventType, or use "visit"')
        else:
            yield from _checked(place, item.where, scope, "activity", item.on)


def _checked(
    place: str, rule: Predicate | None, scope: Scope, context: Context, kind: str | None = None
) -> Iterable[Problem]:
    if rule is None:
        return ()
    found = check(rule, scope, context, kind)
    return (Problem(f"{place}: {item.field}", item.reason, item.way_out) for item in found)
