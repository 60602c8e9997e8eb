"""Merges of members, their undoing, and pairs to keep apart (``S23``)."""

from __future__ import annotations

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.transactions import ENROLMENT_RANK, Transaction
from loyaltykit.domain.transactions.transaction import check_other
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id


@named_arguments
@wire_name("merge")
@frozen(kw_only=True)
class Merge(Transaction):
    """A merge of two members into one: both ids name the survivor. An actor and a reason are required.

    Args:
        member_id: the survivor, whose record stays.
        other: who becomes a part of it.

    >>> Merge(id="mg-1", member_id="m-1", other="m-2", actor="staff-7", reason="two cards").other
    'm-2'
    """

    kind = "merge"
    rank = ENROLMENT_RANK
    moves_metrics = True

    member_id: str
    other: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "survivor", problems)
        check_other(self.other, self.member_id, "other", problems)
        check_by_whom(self, problems)


@named_arguments
@wire_name("unmerge")
@frozen(kw_only=True)
class Unmerge(Transaction):
    """The undoing of a merge: the two members are separate again. An actor and a reason are required.

    Args:
        member_id: who was merged into another.

    >>> Unmerge(id="um-1", member_id="m-2", actor="staff-7", reason="father and son").member_id
    'm-2'
    """

    kind = "unmerge"
    rank = ENROLMENT_RANK

    member_id: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "other", problems)
        check_by_whom(self, problems)


@named_arguments
@wire_name("keep_apart")
@frozen(kw_only=True)
class KeepApart(Transaction):
    """A statement that two members are two people, however alike their records. An actor and a reason are required.

    Args:
        member_id: one of them.
        other: the other one.

    >>> KeepApart(id="ap-1", member_id="m-1", other="m-2", actor="staff-7", reason="father and son").other
    'm-2'
    """

    kind = "keep_apart"
    rank = ENROLMENT_RANK

    member_id: str
    other: str

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.member_id, "one", problems)
        check_other(self.other, self.member_id, "other", problems)
        check_by_whom(self, problems)


def check_by_whom(given: Merge | Unmerge | KeepApart, problems: list[Problem]) -> None:
    """Check that an actor and a reason are given."""
    for name in ("actor", "reason"):
        if not str(getattr(given, name) or "").strip():
            problems.append(Problem(name, "is missing", "pass who does it, and why"))
