"""Matching of all members of a store, and merging of the groups found (decision 0022)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.matching.matching import LikelyPair, MatchGroup, MatchPolicy, MatchReport, find_matches
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions.merges import Merge
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.loyalty.runtime import Runtime
from loyaltykit.ports import Reads, UnitOfWork
from loyaltykit.values import joined_id

_REASON_LENGTH = 200


def match_members(runtime: Runtime, matching: MatchPolicy | None) -> MatchReport:
    """Match all records that are not closed; see ``Members.match``."""
    with runtime.storage.snapshot() as snapshot:
        accounts = [snapshot.account(member_id) for member_id in snapshot.member_ids()]
        apart = [pair for account in accounts for pair in _kept_apart(snapshot, account)]
        return find_matches((item.record for item in accounts if item.record.status != "closed"), matching, apart)


def merge_groups(runtime: Runtime, report: MatchReport, actor: str) -> MatchReport:
    """Merge the groups of a report; see ``Members.merge_matches``."""
    if not isinstance(report, MatchReport):
        raise InvalidValueError([Problem("report", "is not a MatchReport", "pass what shop.members.match() returned")])
    # Checks the actor even where no group is left to merge.
    Merge(id="match", member_id="survivor", other="other", actor=actor, reason="matched")
    merged = []
    for group in report.groups:
        with runtime.storage.unit() as unit:
            for merge in _merges(unit, group, actor):
                runtime.write(unit, merge, runtime.now())
            if len({unit.account(id).member.id for id in group.ids}) == 1:
                merged.append(group)
    with runtime.storage.snapshot() as snapshot:
        return MatchReport(tuple(merged), tuple(_left_to_review(snapshot, report)), report.crowds)


def _kept_apart(reads: Reads, account: Account) -> Iterator[tuple[str, str]]:
    """Pairs recorded to be two people, each by the ids that survive by now."""
    for other in sorted(account.apart):
        survivor = reads.account(other).member.id
        if survivor != account.member.id:
            yield account.member.id, survivor


def _merges(unit: UnitOfWork, group: MatchGroup, actor: str) -> Iterator[Merge]:
    """The merges that make one member of a group, unless two of it were recorded to be two people since."""
    accounts = {account.member.id: account for account in map(unit.account, group.ids)}
    apart = {frozenset(pair) for account in accounts.values() for pair in _kept_apart(unit, account)}
    records = [account.record for account in accounts.values() if account.record.status != "closed"]
    if not records or any(frozenset(pair) in apart for pair in combinations(accounts, 2)):
        return
    survivor, *others = sorted(records, key=_precedence)
    reason = f"matched by {', '.join(group.reasons)}"[:_REASON_LENGTH]
    for other in others:
        # Derived from the pair, so that a second run writes nothing new.
        name = sha256(joined_id(survivor.id, other.id).encode()).hexdigest()[:32]
        yield Merge(id=f"match-{name}", member_id=survivor.id, other=other.id, actor=actor, reason=reason)


def _precedence(member: Member) -> tuple[bool, int, str]:
    return member.status != "active", member.enrolled_instant, member.id


def _left_to_review(reads: Reads, report: MatchReport) -> Iterator[LikelyPair]:
    """The pairs of a report that are still two members, by the ids that survive; of equal pairs the likeliest."""
    seen = set[frozenset[str]]()
    for pair in report.queue:
        accounts = [reads.account(pair.left), reads.account(pair.right)]
        left, right = sorted(account.member.id for account in accounts)
        apart = {frozenset(two) for account in accounts for two in _kept_apart(reads, account)}
        if left != right and frozenset((left, right)) not in seen | apart:
            seen.add(frozenset((left, right)))
            yield LikelyPair(left, right, pair.score, pair.reasons)
