"""The programme: the configuration of a shop as one plain, comparable, serialisable value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict, Unpack

from attrs import evolve, field, fields, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_tuple, raise_problems
from loyaltykit.domain.members.birthday import LeapDay
from loyaltykit.domain.program.achievements import VISIT, Achievement
from loyaltykit.domain.program.declared_fields import derived_problems, name_problems, row_field_problems
from loyaltykit.domain.program.late import LatePolicy
from loyaltykit.domain.program.notices import NoticePolicy
from loyaltykit.domain.program.points import AccrualRule, EarningPolicy, PointsPolicy, check_choice
from loyaltykit.domain.program.rewards import Reward
from loyaltykit.domain.program.tiers import Tier, TierLadder
from loyaltykit.errors import InvalidProgramError, Problem
from loyaltykit.rules.check import Context, check
from loyaltykit.rules.earning import PerAmount, Times
from loyaltykit.rules.fields import Field, Scope
from loyaltykit.rules.nodes import Predicate
from loyaltykit.serialization import from_json, to_json, wire_name
from loyaltykit.values import check_currency, check_id, currency_scale, to_minor

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo  # see calendars.py

_MAX_PARTS = 1_000


@named_arguments
@wire_name("segment")
@frozen
class Segment:
    """A named group of members: those who meet its rule at the instant that is asked about.

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
        raise_problems(problems, "segments", self.name)


def _field_list(items: Iterable[Field]) -> tuple[Field, ...]:
    return as_tuple(items)


@named_arguments
@wire_name("event_type")
@frozen
class EventType:
    """A kind of event that the programme counts, with the fields it carries.

    >>> EventType("review", fields=[Field("stars", int)]).name
    'review'
    """

    name: str
    fields: tuple[Field, ...] = field(default=(), converter=_field_list)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.name, "name", problems)
        problems.extend(_named_problems("fields", self.fields, Field))
        problems.extend(row_field_problems("fields", self.fields) if not problems else ())
        raise_problems(problems)


def _zone_name(zone: str | ZoneInfo) -> str:
    """Return the name of a zone; what is neither is left for validation to refuse."""
    name = getattr(zone, "key", None)
    return name if isinstance(zone, tzinfo) and isinstance(name, str) else zone  # type: ignore[return-value]


def _accrual(items: Iterable[AccrualRule]) -> tuple[AccrualRule, ...]:
    return as_tuple(items)


def _segments(items: Iterable[Segment]) -> tuple[Segment, ...]:
    return as_tuple(items)


def _rewards(items: Iterable[Reward]) -> tuple[Reward, ...]:
    return as_tuple(items)


def _events(items: Iterable[EventType]) -> tuple[EventType, ...]:
    return as_tuple(items)


def _achievements(items: Iterable[Achievement]) -> tuple[Achievement, ...]:
    return as_tuple(items)


class ProgramChanges(TypedDict, total=False):
    """The arguments of ``Program``."""

    name: str
    currency: str
    timezone: str | ZoneInfo
    accrual: Iterable[AccrualRule]
    points: PointsPolicy
    tiers: TierLadder
    segments: Iterable[Segment]
    rewards: Iterable[Reward]
    fields: Iterable[Field]
    purchase_fields: Iterable[Field]
    line_fields: Iterable[Field]
    events: Iterable[EventType]
    earns: EarningPolicy
    birthday_29_february: LeapDay
    achievements: Iterable[Achievement]
    notices: NoticePolicy | None
    late: LatePolicy


@named_arguments
@wire_name("program")
@frozen(kw_only=True)
class Program:
    """The programme of a shop, without callables or text that is evaluated.

    Args:
        name: what members call it.
        currency: ISO 4217; money is counted in its minor units.
        timezone: an IANA zone, by name or as a ``ZoneInfo``; days, months and birthdays are its own (``C1``).
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
    timezone: str = field(converter=_zone_name)
    accrual: tuple[AccrualRule, ...] = field(default=(), converter=_accrual)
    points: PointsPolicy = PointsPolicy()
    tiers: TierLadder = TierLadder(Tier("member"))
    segments: tuple[Segment, ...] = field(default=(), converter=_segments)
    rewards: tuple[Reward, ...] = field(default=(), converter=_rewards)
    fields: tuple[Field, ...] = field(default=(), converter=_field_list)
    purchase_fields: tuple[Field, ...] = field(default=(), converter=_field_list)
    line_fields: tuple[Field, ...] = field(default=(), converter=_field_list)
    events: tuple[EventType, ...] = field(default=(), converter=_events)
    earns: EarningPolicy = EarningPolicy()
    birthday_29_february: LeapDay = "02-28"
    achievements: tuple[Achievement, ...] = field(default=(), converter=_achievements)
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
        """Return how many decimals the currency has."""
        return currency_scale(self.currency)

    @cached_property
    def scope(self) -> Scope:
        """Return what the programme's rules may refer to."""
        return Scope(
            scale=self.scale,
            member={item.name: item for item in self.fields},
            purchase={item.name: item for item in self.purchase_fields},
            line={item.name: item for item in self.line_fields},
            events={event.name: {item.name: item for item in event.fields} for event in self.events},
        )

    def segment(self, name: str) -> Segment:
        """Return the segment of that name.

        Raises:
            InvalidProgramError: there is none.
        """
        for segment in self.segments:
            if segment.name == name:
                return segment
        known = ", ".join(segment.name for segment in self.segments)
        raise InvalidProgramError([Problem("segment", "is not in the programme", f"use one of {known or 'none yet'}")])

    def evolve(self, **changes: Unpack[ProgramChanges]) -> Program:
        """Return the same programme with some parts changed.

        >>> Program(name="Club", currency="EUR", timezone="Europe/Paris").evolve(currency="CHF").currency
        'CHF'
        """
        return evolve(self, **changes)

    def to_json(self) -> str:
        """Return the programme in canonical JSON; equal programmes give equal text."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Program:
        """Return the programme of a canonical text.

        Raises:
            InvalidValueError: the text is not that of a programme.
        """
        return from_json(cls, text)

    def difference(self, other: Program) -> tuple[str, ...]:
        """Return the names of the parts in which two programmes differ."""
        if not isinstance(other, Program):
            raise InvalidProgramError([Problem("program", "is not a Program", "pass a Program")])
        return tuple(part.name for part in fields(Program) if getattr(self, part.name) != getattr(other, part.name))


def _shape_problems(program: Program) -> Iterator[Problem]:
    problems: list[Problem] = []
    check_id(program.name, "name", problems)
    check_currency(program.currency, "currency", problems)
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
    """Yield rules that share a group with ``times``, which adds to what others give and cannot compete with them."""
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
            yield Problem(place, "is on a kind of event that is not declared", 'declare an EventType, or use "visit"')
        else:
            yield from _checked(place, item.where, scope, "activity", item.on)


def _checked(
    place: str, rule: Predicate | None, scope: Scope, context: Context, kind: str | None = None
) -> Iterable[Problem]:
    if rule is None:
        return ()
    found = check(rule, scope, context, kind)
    return (Problem(f"{place}: {item.field}", item.reason, item.way_out) for item in found)
