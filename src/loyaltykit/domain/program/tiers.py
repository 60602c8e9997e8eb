"""The tiers of a programme, lowest first: how members rise, how long a tier lasts, how members fall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

from attrs import evolve, field, fields, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.calendars import NEVER, Days, Ending, EndOf, Months, Never
from loyaltykit.domain.attributes import raise_problems
from loyaltykit.domain.program.points import check_choice, check_where
from loyaltykit.errors import InvalidProgramError, Problem
from loyaltykit.rules.nodes import AllOf, Compare, Literal as Constant, Predicate, Reference
from loyaltykit.serialization import wire_name
from loyaltykit.values import Amount, check_decimal, check_id, read_decimal

Downgrade: TypeAlias = Literal["one_down", "requalify"]
AtReturn: TypeAlias = Literal["next_check", "immediately"]

_MAX_TIERS = 50
_FACTOR = "pass a factor above 0 and up to 1,000, such as '1.5'"
_MAX_GRACE_DAYS = 3_650


class TierChanges(TypedDict, total=False):
    """The arguments of ``Tier``."""

    name: str
    enter: Predicate | None
    keep: Predicate | None
    multiplier: Amount


@named_arguments
@wire_name("tier")
@frozen
class Tier:
    """One tier of the ladder.

    Args:
        name: unique in the ladder.
        enter: who rises to it; the lowest tier has none.
        keep: who keeps it when its validity ends; None for the same rule as ``enter`` (``T4``).
        multiplier: what points are multiplied by, at most 1,000 and exact (``S13``).

    >>> from loyaltykit.rules import months, spend
    >>> Tier("silver", enter=spend.over(months(12)) >= 2000, multiplier="1.2").multiplier
    Decimal('1.2')
    """

    name: str
    enter: Predicate | None = None
    keep: Predicate | None = None
    multiplier: Decimal = field(default=Decimal(1), converter=read_decimal)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_id(self.name, "name", problems)
        check_where(self.enter, "enter", problems)
        check_where(self.keep, "keep", problems)
        check_decimal(self.multiplier, "multiplier", problems, positive=True, way_out=_FACTOR)
        if self.multiplier > 1000:
            problems.append(Problem("multiplier", "is more than 1,000", _FACTOR))
        raise_problems(problems, "tiers", self.name)

    @property
    def kept_by(self) -> Predicate | None:
        """Return the rule to keep the tier; None for the lowest."""
        return self.enter if self.keep is None else self.keep


class LadderChanges(TypedDict, total=False):
    """The terms of a ``TierLadder``."""

    tiers: Iterable[Tier]
    valid_for: Ending
    downgrade: Downgrade
    grace_days: int
    on_return: AtReturn


@named_arguments
@wire_name("tier_ladder")
@frozen(init=False)
class TierLadder:
    """The tiers of a programme, lowest first.

    Args:
        tiers: the lowest without ``enter``, the others with it.
        valid_for: how long a tier lasts: ``months(12)``, ``end_of("year", after=months(12))`` or ``NEVER`` (``T3``).
        downgrade: where one falls when the tier is not kept: ``"one_down"`` or ``"requalify"`` (``T4``).
        grace_days: days after the end in which the tier stays and can still be kept (``T4``).
        on_return: when the tier follows a return: at the ``"next_check"`` or ``"immediately"`` (``T9``).

    Raises:
        InvalidProgramError: the ladder is out of order, or two of its tiers are alike.

    >>> TierLadder(Tier("member"))["member"].multiplier
    Decimal('1')
    """

    tiers: tuple[Tier, ...]
    valid_for: Ending = NEVER
    downgrade: Downgrade = "one_down"
    grace_days: int = 0
    on_return: AtReturn = "next_check"

    def __init__(
        self,
        *tiers: Tier,
        valid_for: Ending = NEVER,
        downgrade: Downgrade = "one_down",
        grace_days: int = 0,
        on_return: AtReturn = "next_check",
    ) -> None:
        self.__attrs_init__(  # pyright: ignore[reportAttributeAccessIssue] - attrs makes it
            tiers=tiers, valid_for=valid_for, downgrade=downgrade, grace_days=grace_days, on_return=on_return
        )

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not isinstance(self.valid_for, Months | Days | EndOf | Never):
            problems.append(Problem("valid_for", "is not a validity", "use months(12), end_of('year') or NEVER"))
        check_choice(self.downgrade, Downgrade, "downgrade", problems)
        check_choice(self.on_return, AtReturn, "on_return", problems)
        if not isinstance(self.grace_days, int) or not 0 <= self.grace_days <= _MAX_GRACE_DAYS:
            problems.append(Problem("grace_days", f"is not a number from 0 to {_MAX_GRACE_DAYS}", "pass whole days"))
        if not all(isinstance(tier, Tier) for tier in self.tiers):
            problems.append(Problem("tiers", "has something that is not a Tier", "pass Tier values"))
        else:
            problems.extend(_ladder_problems(self.tiers))
        if problems:
            raise InvalidProgramError(problems)

    def __getitem__(self, name: str) -> Tier:
        return self.tiers[self.rank(name)]

    def __iter__(self) -> Iterator[Tier]:
        return iter(self.tiers)

    def __len__(self) -> int:
        return len(self.tiers)

    def rank(self, name: str) -> int:
        """Return the place of a tier, 0 for the lowest.

        Raises:
            InvalidProgramError: the ladder has no such tier.
        """
        for rank, tier in enumerate(self.tiers):
            if tier.name == name:
                return rank
        known = ", ".join(tier.name for tier in self.tiers)
        raise InvalidProgramError([Problem("tier", "is not in the ladder", f"use one of {known}")])

    def replace(self, name: str, /, **changes: Unpack[TierChanges]) -> TierLadder:
        """Return the same ladder with one tier changed.

        Args:
            name: which tier, as it is called now.
            changes: new values of its fields, ``name`` among them.

        >>> ladder = TierLadder(Tier("member")).replace("member", multiplier="1.1")
        >>> ladder["member"].multiplier
        Decimal('1.1')
        """
        rank = self.rank(name)
        tiers = (*self.tiers[:rank], evolve(self.tiers[rank], **changes), *self.tiers[rank + 1 :])
        return self.evolve(tiers=tiers)

    def evolve(self, **changes: Unpack[LadderChanges]) -> TierLadder:
        """Return the same ladder with other terms."""
        terms: dict[str, Any] = {part.name: getattr(self, part.name) for part in fields(TierLadder)} | changes
        tiers = terms.pop("tiers")
        if not isinstance(tiers, Sequence):
            raise InvalidProgramError([Problem("tiers", "is not a list of Tier", "pass a list of Tier")])
        return TierLadder(*tiers, **terms)


def _ladder_problems(tiers: tuple[Tier, ...]) -> Iterator[Problem]:
    if not tiers:
        yield Problem("tiers", "is empty", "pass at least the tier that everyone starts in, such as Tier('member')")
        return
    if len(tiers) > _MAX_TIERS:
        yield Problem("tiers", f"has more than {_MAX_TIERS} tiers", "pass fewer")
    if tiers[0].enter is not None or tiers[0].keep is not None:
        yield Problem(f"tiers.{tiers[0].name}", "is the lowest and has a rule", "the lowest tier takes everyone")
    if len({tier.name for tier in tiers}) < len(tiers):
        yield Problem("tiers", "has two tiers of one name", "give each its own name")
    for tier in tiers[1:]:
        if tier.enter is None:
            yield Problem(f"tiers.{tier.name}", "has no rule to enter", "give it a rule: only the lowest tier has none")
    entries = [tier for tier in tiers[1:] if tier.enter is not None]
    for lower, upper in pairwise(entries):
        if lower.enter == upper.enter:
            yield Problem(f"tiers.{upper.name}", f"is entered like {lower.name}", "give it a rule of its own")
        elif _implies(lower.enter, upper.enter):
            yield Problem(
                f"tiers.{upper.name}",
                f"is out of order: whoever enters {lower.name} enters it too",
                "list the tiers from the lowest to the highest",
            )


def _implies(lower: Predicate | None, upper: Predicate | None) -> bool:
    """Return whether meeting the thresholds of the lower rule meets those of the upper one, for ``fact >= number``."""
    have, need = _thresholds(lower), _thresholds(upper)
    if not have or not need:
        return False
    return all(term in have and have[term] >= least for term, least in need.items())


def _thresholds(rule: Predicate | None) -> dict[Reference, Decimal] | None:
    """Return the thresholds of a conjunction of ``term >= number``, or None when the rule is anything else."""
    if isinstance(rule, AllOf):
        parts = [_thresholds(item) for item in rule.items]
        merged: dict[Reference, Decimal] = {}
        for part in parts:
            if part is None:
                return None
            merged |= part
        return merged
    if isinstance(rule, Compare) and rule.op == ">=" and isinstance(rule.right, Constant):
        value = rule.right.value
        if not isinstance(rule.left, Constant) and isinstance(value, int | Decimal) and not isinstance(value, bool):
            return {rule.left: Decimal(value)}
    return None
