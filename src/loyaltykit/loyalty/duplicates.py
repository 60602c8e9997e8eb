"""Matching over the whole store: groups are merged, pairs are queued for somebody to look at (decision 0022)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.matching.matching import MatchGroup, MatchPolicy, MatchReport, find_matches
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions.merges import Merge
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import Snapshot

_REASON_LENGTH = 200


def match_all(runtime: Runtime, matching: MatchPolicy | None, merge_as: str | None) -> MatchReport:
    """Match all records, and merge groups where somebody asks for it; see ``Members.match``."""
    report = _find(runtime, matching)
    if merge_as is None:
        return report
    merges = [merge for group in report.groups for merge in _merges(runtime, group, merge_as)]
    if not merges:
        return report
    for merge in merges:
        with runtime.storage.unit() as unit:
            runtime.write(unit, merge, runtime.now())
    # What is left to review is about those who survive.
    left = _find(runtime, matching)
    return MatchReport(report.groups, left.queue, left.crowds)


def _find(runtime: Runtime, matching: MatchPolicy | None) -> MatchReport:
    with runtime.storage.snapshot() as snapshot:
        accounts = [snapshot.account(member_id) for member_id in snapshot.member_ids()]
        apart = [pair for account in accounts for pair in _told_apart(snapshot, account)]
        return find_matches(
            (item.current_member for item in accounts if item.current_member.status != "closed"), matching, apart
        )


def _told_apart(snapshot: Snapshot, account: Account) -> Iterator[tuple[str, str]]:
    """The pairs that somebody found to be two people, under the ids that they have by now."""
    for other in sorted(account.apart):
        survivor = snapshot.account(other).member.id
        if survivor != account.member.id:
            yield account.member.id, survivor


def _merges(runtime: Runtime, group: MatchGroup, actor: str) -> Iterator[Merge]:
    with runtime.storage.snapshot() as snapshot:
        survivor, *others = sorted((snapshot.account(id).current_member for id in group.ids), key=_precedence)
    reason = f"matched by {', '.join(group.reasons)}"[:_REASON_LENGTH]
    for other in others:
        # Derived from the pair: two runs at once merge it once.
        name = sha256(f"{survivor.id}\x1f{other.id}".encode()).hexdigest()[:32]
        yield Merge(id=f"match-{name}", member_id=survivor.id, other=other.id, actor=actor, reason=reason)


def _precedence(member: Member) -> tuple[bool, int, str]:
    return member.status != "active", member.enrolled_instant, member.id
