"""Tier corrections: closed decisions that a late transaction or a programme correction changes (``T8``)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.receipt import TierCorrection
from loyaltykit.domain.tiers.standing import Standing
from loyaltykit.values import Instant, to_datetime

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def corrections_of(
    account: Account, standing: Standing, cause: str, until: Instant | None = None
) -> tuple[TierCorrection, ...]:
    """Return how an account's tier decisions differ.

    Args:
        account: before the change.
        standing: the metrics and tiers by what is now known.
        cause: what makes the difference.
        until: until when they are compared; None for as long as they are closed.
    """
    until = account.closed_until if until is None else max(until, account.closed_until)
    zone = account.rules.calendar.zone
    return tier_corrections(tier_line(account.standing, until), tier_line(standing, until), zone, cause)


TierLine: TypeAlias = Sequence[tuple[Instant, str]]
"""Effective tiers and when each began, oldest first; of two at one instant the latter counts."""


def tier_line(standing: Standing, until: Instant) -> TierLine:
    """Return the effective tiers since the enrolment, with what is due up to an instant."""
    rules = standing.rules
    rows = (*standing.rows, *standing.rows_due(until))
    return [(row.at, rules.at(row.at).names[row.effective_rank]) for row in rows if row.at <= until]


def tier_corrections(before: TierLine, after: TierLine, zone: ZoneInfo, cause: str) -> tuple[TierCorrection, ...]:
    """Return where two tier lines differ.

    Args:
        before: as decided.
        after: as it holds now.
        zone: the shop's.
        cause: what made the difference.
    """
    found: list[tuple[Instant, str, str]] = []
    for at in _beginnings(before, after):
        was, now = name_at(before, at), name_at(after, at)
        if was is not None and now is not None and (not found or found[-1][1:] != (was, now)):
            found.append((at, was, now))
    ends = [to_datetime(at, zone) for at, _, _ in found[1:]]
    return tuple(
        TierCorrection(effective_from=to_datetime(at, zone), effective_until=end, before=was, after=now, cause=cause)
        for (at, was, now), end in zip(found, [*ends, None], strict=True)
        if was != now
    )


def _beginnings(*lines: TierLine) -> Iterable[Instant]:
    return sorted({at for line in lines for at, _ in line})


def name_at(line: TierLine, at: Instant) -> str | None:
    """Return the tier at an instant; None before the line begins."""
    place = bisect_right(line, at, key=_at)
    return line[place - 1][1] if place else None


def _at(item: tuple[Instant, str]) -> Instant:
    return item[0]
