"""Reconciliation: members' points compared with another system's (``S22``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import field, frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.attributes import instant_or_none, raise_problems
from loyaltykit.domain.ledger.movements import catch_up
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import MAX_POINTS, Instant, check_id


@wire_name("reconciliation")
@frozen(kw_only=True)
class Reconciliation:
    """Members' points as of an instant, compared with what was expected.

    Args:
        as_of: the instant.
        members: how many were compared: enrolled, and with expected points.
        agreeing: how many of these have the expected points.
        differing: id, expected points and found points of the others, by id.
        missing: ids with expected points of which no member is enrolled.
        unexpected: id and points of members with points or debt but without expected points, by id.
        expected, found: the sums of all points, less debt.
    """

    as_of: datetime = field(eq=instant_or_none)
    members: int
    agreeing: int
    differing: tuple[tuple[str, int, int], ...]
    missing: tuple[str, ...]
    unexpected: tuple[tuple[str, int], ...]
    expected: int
    found: int

    @property
    def is_clean(self) -> bool:
        """Check whether everything agrees."""
        return not (self.differing or self.missing or self.unexpected)

    def __str__(self) -> str:
        """Return the counts in a few lines, without ids."""
        counts = f"differing {len(self.differing)}, missing {len(self.missing)}, unexpected {len(self.unexpected)}"
        return (
            f"{self.agreeing} of {self.members} agree; {counts}\npoints: expected {self.expected}, found {self.found}"
        )


def check_expected(expected: Mapping[str, int]) -> None:
    """Check that expectations are points by member id.

    Raises:
        InvalidValueError: all problems with them.
    """
    problems: list[Problem] = []
    if not isinstance(expected, Mapping):
        problems.append(Problem("expected", "is not a mapping", "pass points by the members' ids"))
    else:
        for member_id, points in expected.items():
            check_id(member_id, "expected", problems)
            if not isinstance(points, int) or isinstance(points, bool) or abs(points) > MAX_POINTS:
                problems.append(Problem("expected", "is not a number of points up to 10^15", "pass an integer"))
    raise_problems(problems)


def compare_balances(
    accounts: Iterable[Account], expected: Mapping[str, int], at: Instant, as_of: datetime
) -> Reconciliation:
    """Compare accounts with expectations.

    Args:
        accounts: the accounts of all members enrolled by the instant, by id.
        expected: points by member id.
        at: the instant.
        as_of: the same, as a datetime.
    """
    found = {account.member.id: _total(account, at) for account in accounts}
    compared = [member_id for member_id in found if member_id in expected]
    pairs = [(member_id, expected[member_id], found[member_id]) for member_id in compared]
    differing = tuple(pair for pair in pairs if pair[1] != pair[2])
    return Reconciliation(
        as_of=as_of,
        members=len(compared),
        agreeing=len(compared) - len(differing),
        differing=differing,
        missing=tuple(sorted(member_id for member_id in expected if member_id not in found)),
        unexpected=tuple(
            (member_id, points) for member_id, points in found.items() if points and member_id not in expected
        ),
        expected=sum(expected.values()),
        found=sum(found.values()),
    )


def _total(account: Account, at: Instant) -> int:
    """Return a member's points, pending and held included, less debt."""
    ledger = catch_up(account.ledger, at)[0]
    return ledger.available(at) + ledger.pending(at) + ledger.held(at) - ledger.debt(at)
