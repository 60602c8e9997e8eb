"""Member edits: what they change, and whether they are allowed."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.attributes import raise_problems
from loyaltykit.domain.forms.custom_fields import value_problems
from loyaltykit.domain.members.diff import FieldChange, difference
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.errors import Problem, StaleEditError
from loyaltykit.values import Instant, to_datetime


def resolve_edit(account: Account, given: MemberEdit, now: Instant, *, is_dated: bool) -> MemberEdit:
    """Resolve an edit to what is recorded: its member, date, version and changes.

    Args:
        account: the account of the edited member.
        given: as the caller passed it, with a date.
        now: the clock's.
        is_dated: whether the caller gave the date.

    Raises:
        StaleEditError: the record was changed since the version that it was made on.
        InvalidValueError: it changes a fixed field, has an undeclared value, or is backdated without a reason.
    """
    member = given.member
    _check_base(account, given)
    raise_problems([*_unchangeable_problems(member, given.member_id, account)])
    latest = max([account.member.enrolled_instant, *(edit.instant for edit in account.edits)])
    problems, at = list[Problem](), given.instant
    if is_dated:
        problems += _backdating_problems(account, given, latest, now)
    else:
        # The last version may be dated slightly ahead of the clock; the next one follows it.
        at = max(at, latest)
    # Compare with the record as of the edit's date: from then on the record is what was passed.
    standing = account.member_at(at)
    changes = difference(standing, evolve(member, id=standing.id, enrolled_at=standing.enrolled_at))
    problems += _field_problems(member, changes, account, now)
    raise_problems(problems)
    moment = given.occurred_at if at == given.instant else to_datetime(at, account.rules.calendar.zone)
    return evolve(given, member_id=account.member.id, occurred_at=moment, base=len(account.edits) + 1, changes=changes)


def _check_base(account: Account, given: MemberEdit) -> None:
    """Check that the edit was made on the current version."""
    number = len(account.edits) + 1
    if given.base is None:
        return
    if given.base > number and given.member_id == account.member.id:
        raise_problems([Problem("base", "names no version of this member", "pass version.number, or None")])
    if given.base != number or given.member_id != account.member.id:
        # A merged member's versions are not the survivor's, even with the same number.
        since = account.edits[given.base - 1 :] if given.member_id == account.member.id else ()
        raise StaleEditError(number, dict.fromkeys(change.field for edit in since for change in edit.changes))


def _unchangeable_problems(member: Member, member_id: str, account: Account) -> Iterator[Problem]:
    if member.id != member_id:
        yield Problem(
            "member.id", "differs from the edited member's id", "ids cannot be changed; pass the member's own id"
        )
    if member.enrolled_at is not None and member.enrolled_instant != account.member.enrolled_instant:
        yield Problem(
            "enrolled_at",
            "differs from when the member enrolled",
            "it cannot be changed; pass the member's own, or None",
        )


def _backdating_problems(account: Account, given: MemberEdit, latest: Instant, now: Instant) -> Iterator[Problem]:
    """Check that a backdated edit has a reason."""
    day_of = account.rules.calendar.day_of
    is_back = given.instant < latest or day_of(given.instant) < day_of(now)
    if is_back and not str(given.reason or "").strip():
        yield Problem("reason", "is missing", "a change that is dated back says why")


def _field_problems(
    member: Member, changes: tuple[FieldChange, ...], account: Account, now: Instant
) -> Iterator[Problem]:
    """Yield the changed fields that do not fit the current programme; unchanged ones are not checked again."""
    changed = {change.field for change in changes}
    for problem in value_problems(member.fields, account.rules.at(now).program.scope.member):
        if problem.field in changed or problem.code == "field.renamed":
            yield problem
