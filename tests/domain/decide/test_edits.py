"""An edit as it is recorded: what it changes, on which version, and when (T10, T12)."""

from __future__ import annotations

import pytest

import loyaltykit as lk
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.decide.edits import resolved
from loyaltykit.domain.facts.versions import Rules
from loyaltykit.values import to_instant
from tests.stories import START, club, day

MEMBER = lk.Member(id="m", enrolled_at=START, name="Li", region="east")


def resolve(member: lk.Member, number: int = 5, base: int | None = 1, reason: str | None = None) -> lk.MemberEdit:
    parts = {"member_id": "m", "actor": "staff-7", "reason": reason, "base": base, "occurred_at": day(number)}
    account, given = Account(MEMBER, Rules.of(club())), lk.MemberEdit(id="e", member=member, **parts)
    return resolved(account, given, to_instant(day(5)), is_dated=True)


def test_only_what_differs_is_a_change() -> None:
    """The record is passed whole; the edit says what it changes, and on which version."""
    edit = resolve(MEMBER.evolve(region="west"))
    assert [change.field for change in edit.changes] == ["region"]
    assert edit.base == 1
    assert resolve(MEMBER).changes == ()


@pytest.mark.parametrize(
    ("parts", "field"),
    [({"id": "n"}, "member.id"), ({"enrolled_at": day(1)}, "enrolled_at"), ({"fields": {"x": 1}}, "fields.x")],
)
def test_what_cannot_change_is_refused(parts: dict[str, object], field: str) -> None:
    """Ids and enrolments stay, and fields are declared."""
    with pytest.raises(lk.InvalidValueError) as caught:
        resolve(MEMBER.evolve(**parts))
    assert caught.value.field == field


def test_a_correction_of_the_past_says_why() -> None:
    """An edit that is dated back needs a reason, and one made on a version that does not exist is refused."""
    with pytest.raises(lk.InvalidValueError, match="reason"):
        resolve(MEMBER, number=2)
    assert resolve(MEMBER, number=2, reason="misheard").occurred_at == day(2)
    with pytest.raises(lk.InvalidValueError, match="base"):
        resolve(MEMBER, base=2)
