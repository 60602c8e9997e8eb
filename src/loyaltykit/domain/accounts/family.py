"""Merged members (``S23``): which records belong to whom, and their joint account.

A merge is an alias: every record keeps the member that it named, and nothing is moved. The account of an id is the
projection of the records of all ids merged with it, in recording order; so the order and grouping of merges do not
matter (``I22``), and an unmerge only assigns the records again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final, TypeAlias

from attrs import define, evolve, frozen

from loyaltykit.domain.accounts.account import Account, count_through_last_late
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.merged_ledger import Group, MergedLedger
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Allocation, Movement, Posting
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Capture, Transaction
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.transactions.merges import Merge, Unmerge

Recorded: TypeAlias = tuple[str, Transaction | None, Decision]

# The owner of a merge's movement: no member, so that an unmerge drops it.
_NO_MEMBER: Final = ""


@define(eq=False)
class FamilyRecord:
    """One record of a family of merged members.

    Args:
        member_id: the member that it named.
        transaction: None for a settlement.
        decision: as it was stored.
        merged_then: ids merged with this member at the time of recording.
        merged_still: those of them that were never separated since: its activity extends their lots (``S3``).
    """

    member_id: str
    transaction: Transaction | None
    decision: Decision
    merged_then: Group
    merged_still: Group


@frozen
class SideRecord:
    """A family's record as one side of it sees it.

    Args:
        place: among all records of the family.
        transaction: None for a settlement, and for what was written beside another side's transaction.
        decision: without what belongs to another side, with postings renumbered.
        merged_still: see ``FamilyRecord``.
    """

    place: int
    transaction: Transaction | None
    decision: Decision
    merged_still: Group


class MergedMembers:
    """Members that were ever merged with each other, and everything recorded for them.

    Args:
        members: by id, each with its own record.
        recorded: the named member, transaction and decision of each record, in the order of recording.
        sequences: their places in the store, if the caller needs them.
    """

    def __init__(
        self, members: Mapping[str, Member], recorded: Iterable[Recorded] = (), sequences: Sequence[int] = ()
    ) -> None:
        self.members = members
        self.sequences = sequences
        self.entries: list[FamilyRecord] = []
        self._survivors: dict[str, str] = {}
        self._merges: dict[str, int] = {}
        self._owners: dict[str, str] = {}
        self._unmerged: list[tuple[str, str]] = []
        self._changed = 0
        for member_id, transaction, decision in recorded:
            self.add(member_id, transaction, decision)

    def add(self, member_id: str, transaction: Transaction | None, decision: Decision) -> None:
        """Apply one more record."""
        if isinstance(transaction, Merge | Unmerge):
            self._changed = len(self.entries) + 1
            if isinstance(transaction, Merge):
                self._apply_merge(transaction)
            else:
                self._apply_unmerge(transaction.member_id)
        merged_then = self.group(member_id)
        self.entries.append(FamilyRecord(member_id, transaction, decision, merged_then, merged_then))
        for name, about in _names_made(decision):
            # A correction of a purchase's points belongs to the member of the purchase (T8).
            self._owners[name] = member_id if about is None else self._owners[about]

    def with_transaction(self, member_id: str, transaction: Transaction) -> MergedMembers:
        """Return the family after one more transaction whose decision is not made yet."""
        recorded: list[Recorded] = [(item.member_id, item.transaction, item.decision) for item in self.entries]
        return MergedMembers(self.members, [*recorded, (member_id, transaction, Decision())])

    # -- identities ------------------------------------------------------------------------------------------------

    def survivor(self, member_id: str) -> str:
        """Return the id under which a member is listed."""
        while member_id in self._survivors:
            member_id = self._survivors[member_id]
        return member_id

    def group(self, member_id: str) -> Group:
        """Return all ids that name the same member."""
        survivor = self.survivor(member_id)
        return frozenset(name for name in self.members if self.survivor(name) == survivor)

    def member(self, member_id: str) -> Member:
        """Return the survivor's record, with the earliest enrolment of the group."""
        survivor = self.members[self.survivor(member_id)]
        first = min((self.members[name] for name in self.group(member_id)), key=attrgetter("enrolled_instant"))
        if first.enrolled_instant == survivor.enrolled_instant:
            return survivor
        return evolve(survivor, enrolled_at=first.enrolled_at)

    def is_merged(self, member_id: str) -> bool:
        """Check whether a member is merged into another one."""
        return member_id in self._survivors

    def merged_with(self, member_id: str) -> Group:
        """Return the ids that an unmerge of a member would separate."""
        return frozenset(name for name in self.members if member_id in self._line(name))

    def _line(self, member_id: str) -> Iterator[str]:
        """Yield a member and the members it was merged into, one after the other."""
        yield member_id
        while member_id in self._survivors:
            member_id = self._survivors[member_id]
            yield member_id

    def _apply_merge(self, merge: Merge) -> None:
        survivor, other = self.survivor(merge.member_id), self.survivor(merge.other)
        if survivor != other:
            self._survivors[other] = survivor
            self._merges[other] = len(self.entries)

    def _apply_unmerge(self, member_id: str) -> None:
        # An unmerge says that they are two people.
        self._unmerged.append((member_id, self.survivor(member_id)))
        self._survivors.pop(member_id, None)
        self._merges.pop(member_id, None)
        for entry in self.entries:
            entry.merged_still &= self.group(entry.member_id)

    # -- records of one side ---------------------------------------------------------------------------------------

    def records(self, member_id: str) -> list[SideRecord]:
        """Return what was recorded for a member under all its ids, in order, with postings renumbered (``I17``)."""
        group, first, found = self.group(member_id), 0, []
        for place, entry in enumerate(self.entries):
            seen = self._seen_by(group, entry)
            if seen is not None:
                transaction, decision = seen
                found.append(SideRecord(place, transaction, _numbered(decision, first), entry.merged_still))
                first += len(decision.postings)
        return found

    def account(self, member_id: str, rules: ProgramHistory) -> Account:
        """Return the account of everything recorded under all ids of a member."""
        return self._fold(member_id, rules, self.records(member_id))

    def ledger(self, member_id: str, rules: ProgramHistory) -> MergedLedger:
        """Return an empty ledger that knows which activities extend which lots of the member."""
        return self._ledger(member_id, rules, self.records(member_id))

    def _ledger(self, member_id: str, rules: ProgramHistory, seen: Iterable[SideRecord]) -> MergedLedger:
        active_for = {posting.number: item.merged_still for item in seen for posting in item.decision.postings}
        return MergedLedger(rules, active_for, self.group(member_id))

    def _fold(self, member_id: str, rules: ProgramHistory, seen: list[SideRecord]) -> Account:
        account = Account(self.member(member_id), rules)
        group = self.group(member_id)
        account.apart = frozenset(other for one, other in self._unmerged if one in group)
        account.ledger = self._ledger(member_id, rules, seen)
        joined = sum(item.place < self._changed for item in seen)
        # Late transactions are replayed once with all others, not one by one.
        late = count_through_last_late([(item.transaction, item.decision) for item in seen])
        before = seen[: max(joined, late)]
        for item in before:
            # Tier rows of one side do not hold for the group: its tiers are replayed from the joined past.
            account.apply_recorded(item.transaction, item.decision)
            account.settled_until = max(account.settled_until, item.decision.settled_until)
        account.replay(sorted(self._past(before), key=attrgetter("order")))
        for item in seen[len(before) :]:
            account.apply(item.transaction, item.decision)
        return account

    def _past(self, seen: Iterable[SideRecord]) -> Iterator[Transaction]:
        """Yield what moves metrics: without merges that were undone and edits of merged members."""
        for item in seen:
            if item.transaction is not None and item.transaction.moves_metrics and not self._is_void(item):
                yield item.transaction

    def _is_void(self, item: SideRecord) -> bool:
        if isinstance(item.transaction, MemberEdit):
            return self.is_merged(item.transaction.member_id)
        return isinstance(item.transaction, Merge) and item.place not in self._merges.values()

    def _seen_by(self, group: Group, entry: FamilyRecord) -> tuple[Transaction | None, Decision] | None:
        if entry.merged_then <= group:
            return entry.transaction, entry.decision
        if not entry.merged_then & group:
            return None
        decision = entry.decision
        postings = tuple(item for item in decision.postings if self._owner(item, entry) in group)
        movements = tuple(item for item in decision.movements if self._owner(item, entry) in group)
        restated = tuple(item for item in decision.restated if self._owners[item.sale.purchase.id] in group)
        if entry.member_id in group:
            parts = decision.receipt_parts and decision.receipt_parts._replace(member_id=self.survivor(entry.member_id))
            own = evolve(
                decision, postings=postings, movements=movements, rows=(), receipt_parts=parts, restated=restated
            )
            return entry.transaction, own
        if not postings and not movements and not restated:
            return None
        return None, Decision(postings, movements=movements, notices=decision.notices, restated=restated)

    # -- what prevents an unmerge ----------------------------------------------------------------------------------

    def unmerge_blockers(self, member_id: str, rules: ProgramHistory) -> tuple[str, ...]:
        """Return the causes that prevent an unmerge: they used or repaid points of the other side."""
        leaving = self.merged_with(member_id)
        found: list[str] = []
        for entry in self.entries:
            items: tuple[Posting | Movement, ...] = (*entry.decision.movements, *entry.decision.postings)
            for item in items:
                if len({owner in leaving for owner in self._touched(item, entry)}) > 1:
                    found.append(item.cause)
        if not found and rules.follows_activity:
            found = self._alive_by_other_side(member_id, rules)
        return tuple(dict.fromkeys(found))

    def _owner(self, item: Posting | Movement, entry: FamilyRecord) -> str:
        """Return whose points a posting or movement is about."""
        if isinstance(item, Posting) and item.about is not None:
            return self._owners[item.about]
        if isinstance(item, Posting):
            return entry.member_id if item.lapse is None else self._owners[item.lapse.lot]
        name = item.lot or item.hold
        return _NO_MEMBER if name is None else self._owners[name]

    def _touched(self, item: Posting | Movement, entry: FamilyRecord) -> Iterator[str]:
        if item.allocations:
            yield self._owner(item, entry)
        for allocation in item.allocations:
            yield self._owners[allocation.lot]
            if allocation.repays is not None:
                yield self._owners[allocation.repays]

    def _alive_by_other_side(self, member_id: str, rules: ProgramHistory) -> list[str]:
        """Return debits from lots that only the other side's activity kept alive (``S3``)."""
        apart = self.with_transaction(member_id, _trial_unmerge(member_id))
        found = []
        for side in (member_id, self.survivor(member_id)):
            ledger = apart.ledger(side, rules)
            for seen in apart.records(side):
                for movement in seen.decision.movements:
                    ledger.apply_movement(movement)
                    # A movement that replaces a written time-out undoes it, whatever has lapsed since (S19).
                    taken = [item for item in movement.allocations if movement.kind == "hold" or item.repays]
                    found += [movement.cause] if _is_late(ledger, taken) else []
                for posting in seen.decision.postings:
                    ledger.apply(posting)
                    is_late = not isinstance(seen.transaction, Capture) and _is_late(ledger, posting.allocations)
                    found += [posting.cause] if is_late else []
        return found


def _names_made(decision: Decision) -> Iterator[tuple[str, str | None]]:
    """Yield the ids of the lots, debts, holds and purchases that a decision creates, with the purchase they correct."""
    for movement in decision.movements:
        if movement.kind == "hold":
            assert movement.hold is not None  # a hold names itself
            yield movement.hold, None
    for posting in decision.postings:
        if posting.lot is not None:
            yield posting.lot.id, posting.about
        if posting.owed:
            yield posting.debt_id, posting.about
    if decision.sale is not None:
        yield decision.sale.purchase.id, None


def _numbered(decision: Decision, first: int) -> Decision:
    numbers = range(first, first + len(decision.postings))
    if all(posting.number == number for posting, number in zip(decision.postings, numbers, strict=True)):
        return decision
    postings = [evolve(posting, number=number) for posting, number in zip(decision.postings, numbers, strict=True)]
    return evolve(decision, postings=tuple(postings))


def _is_late(ledger: Ledger, allocations: Iterable[Allocation]) -> bool:
    return any(item.points > 0 and item.at >= ledger.lots[item.lot].expires_at for item in allocations)


def _trial_unmerge(member_id: str) -> Unmerge:
    """Return an unmerge to try out."""
    return Unmerge(id="trial", member_id=member_id, actor="trial", reason="trial")
