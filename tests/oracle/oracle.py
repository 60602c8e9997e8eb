"""The oracle of meaning: the whole library again, naively, from plain lists.

Everything is worked out again at each question, with fractions, ``zoneinfo`` and ``datetime``. Nothing here is shared
with the core but the public values (members, transactions, programmes, rules, errors). Where the core and the oracle
disagree, ``docs/explanation/rules.md`` decides which of them is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from attrs import define, evolve, field

import loyaltykit as lk
from loyaltykit.rules.nodes import Predicate
from tests.oracle.answers import Balance, Changed, Outlook, Receipt, Settled, TierStatus, Voucher
from tests.oracle.joining import merge, unmerge
from tests.oracle.late import differences, first_move
from tests.oracle.ledger import Posting
from tests.oracle.notices import Teller
from tests.oracle.order import Edit, Merge, Unmerge, moment_of
from tests.oracle.recording import Recording
from tests.oracle.records import RecordVersion, Update, resolved, versions_of
from tests.oracle.store import Account, Store
from tests.oracle.versions import Versions, invalid
from tests.oracle.vouchers import Vouchers
from tests.oracle.wall import FOREVER

T = TypeVar("T")

LEEWAY = timedelta(minutes=5)
"""How far ahead of the clock a shop's till may be."""

FOLLOWED: dict[type, tuple[type, ...]] = {
    lk.Return: (lk.Purchase,),
    lk.Activation: (lk.Purchase,),
    lk.VoucherUse: (lk.Redemption,),
    lk.Reversal: (lk.Redemption, lk.Capture),
    lk.Capture: (lk.Hold,),
    lk.Release: (lk.Hold,),
    lk.TierGrantEnd: (lk.TierGrant,),
}
"""What each kind follows; all others name their member."""


@define
class Oracle:
    """A shop with one programme; ``now`` is the clock's, passed with each call."""

    program: lk.Program
    store: Store = field(init=False)
    given: dict[str, lk.Member] = field(factory=dict)  # members as the caller passed them
    received: dict[str, tuple[object, Any]] = field(factory=dict)  # what the caller passed, and the answer

    def __attrs_post_init__(self) -> None:
        self.store = Store(Versions.of(self.program))

    @property
    def versions(self) -> Versions:
        return self.store.versions

    # -- writing -------------------------------------------------------------------------------------------------------

    def enroll(self, member: lk.Member, now: datetime) -> None:
        if self.given.get(member.id, member) != member:
            raise lk.IdempotencyConflictError
        if member.id in self.given:
            return
        resolved = evolve(member, enrolled_at=member.enrolled_at or now)
        refuse_future(resolved.enrolled_at, "enrolled_at", now)
        self.given[member.id] = member
        self.store.members[member.id], self.store.since[member.id] = resolved, now

    def record(self, transaction: lk.Transaction, now: datetime) -> Receipt:
        return self.once(transaction.id, transaction, lambda: self.write(transaction, now))

    def quote(self, transaction: lk.Transaction, now: datetime) -> Receipt:
        """Return what recording would give, and write nothing (``C2``)."""
        before, received = self.store, {**self.received}
        try:
            return self.record(transaction, now)
        finally:
            self.store, self.received = before, received

    def once(self, id: str, content: object, act: Callable[[], T]) -> T:
        """Act on a copy, kept if nothing is refused; the same again gives the first answer (``S15``, ``I11``)."""
        if id in self.received and self.received[id][0] != content:
            raise lk.IdempotencyConflictError
        if id not in self.received:
            before, self.store = self.store, self.store.copied
            try:
                self.received[id] = (content, act())
            except lk.LoyaltyError:
                self.store = before
                raise
        return self.received[id][1]

    def write(self, transaction: lk.Transaction, now: datetime) -> Receipt:
        item = evolve(transaction, occurred_at=transaction.occurred_at or now)
        self.refuse_moment(moment_of(item), now)
        owner = self.owner_of(item)
        if getattr(item, "other_member_id", None) not in (None, *self.store.members):
            raise lk.UnknownMemberError
        account = self.store.account(owner)
        return Recording(self.store, account, item, owner, self.store.next_number, now).done()

    def owner_of(self, item: lk.Transaction) -> str:
        """Return whose it is; what follows another transaction belongs to whoever made that."""
        kinds = FOLLOWED.get(type(item))
        if kinds is None:
            if item.member_id not in self.store.members:
                raise lk.UnknownMemberError
            return item.member_id
        followed = [entry for entry in self.store.entries if entry.item.id == item.of and isinstance(entry.item, kinds)]
        if not followed:
            raise lk.errors.UnknownTransactionError("of", kinds[0].kind)
        return followed[0].owner

    def refuse_moment(self, at: datetime, now: datetime) -> None:
        """Refuse what lies ahead, and what is later than the version that holds as it arrives allows (``T8``)."""
        refuse_future(at, "occurred_at", now)
        wall, limit = self.versions.newest.wall, self.versions.at(now).program.late.limit_days
        if limit is not None and (wall.day(now) - wall.day(at)).days > limit:
            raise lk.errors.TooLateError(limit)

    def update(self, given: Update, now: datetime) -> RecordVersion:
        """Change a record; return the version that this makes."""
        return self.once(given.id, given, lambda: self.edit(given, now))

    def edit(self, given: Update, now: datetime) -> RecordVersion:
        self.refuse_moment(given.occurred_at or now, now)
        if given.member.id not in self.store.members:
            raise lk.UnknownMemberError
        account = self.store.account(given.member.id)
        version = self.versions.newest
        item = resolved(account.member, account.edits, given, version, now)
        Recording(self.store, account, item, account.id, self.store.next_number, now).done()
        return self.history(account.id)[-1]

    def merge(self, item: Merge, now: datetime) -> Receipt:
        return self.once(item.id, item, lambda: merge(self.store, item, now))

    def unmerge(self, item: Unmerge, now: datetime) -> Receipt:
        return self.once(item.id, item, lambda: unmerge(self.store, item, now))

    def settle(self, at: datetime, now: datetime) -> Settled:
        """Write what is due at a moment."""
        if at > now:
            raise invalid("as_of")
        runs = [self.settle_one(account, at, now) for account in self.store.accounts()]
        notices = tuple(notice for run in runs for notice in run.notices)
        return Settled(sum(run.expired for run in runs), notices)

    def settle_one(self, account: Account, at: datetime, now: datetime) -> Settled:
        closed, book, version = account.closed, account.book().as_of(at), self.versions.at(at)
        walk, notices = account.walk(max(at, closed)), ()
        if version.program.notices is not None:
            teller = Teller(account, version, closed)
            notices = teller.new(teller.by_time(walk, book, at))
        has_moved, expired = book.ledger != self.store.ledger, book.settle(at, now)
        self.store.ledger = book.ledger
        if has_moved or expired or notices or any(closed < moment <= at for moment in walk.due()):
            self.store.settled.append((at, account.id))
        return Settled(expired, notices)

    # -- changing the rules --------------------------------------------------------------------------------------------

    def change(self, new: lk.Program, since: datetime, migration: lk.Migration, correction: str | None) -> Changed:
        """Declare the next version; return who moves first when, and which decisions come out differently (``T7``)."""
        newest = self.versions.newest
        if (newest.program, newest.since, newest.migration) == (new, since, migration):
            return Changed()  # the version that stands
        before, after = self.store.copied, evolve(self.store.copied, versions=self.versions.plus(new, since, migration))
        if correction is None and any(account.closed >= since for account in before.accounts()):
            raise lk.errors.ChangeInThePastError
        self.store, changed = after, Changed()
        for was, account in zip(before.accounts(), after.accounts(), strict=True):
            move = first_move(was, account, max(since, account.enrolled_at))
            changed.moves.update({} if move is None else {account.id: move})
            if correction is not None:
                self.correct(was, account, since, changed)
        return changed

    def correct(self, was: Account, account: Account, since: datetime, changed: Changed) -> None:
        """Take decisions again that a version for the past changes, and tell of it."""
        closed, cause = account.closed, f"program-{self.versions.newest.number}"
        before, after, version = was.walk(closed), account.walk(closed), was.store.versions.at(since)
        found = [(account.id, item) for item in differences(before.line(closed), after.line(closed), cause)]
        changed.corrections.extend(found)
        self.store.corrected += found
        if found and version.program.notices is not None:
            teller = Teller(account, version, closed)
            teller.new(teller.of_change(before, after, closed, since, cause, account.id))

    def may_open(self, program: lk.Program, now: datetime) -> bool:
        """Say whether a shop may open with a programme: one that holds or is announced."""
        return any(self.versions.at(max(now, version.since)).program == program for version in self.versions.all)

    # -- asking --------------------------------------------------------------------------------------------------------

    def asked(self, member_id: str, at: datetime) -> Account:
        if member_id not in self.store.members:
            raise lk.UnknownMemberError
        account = self.store.account(member_id)
        if at < account.enrolled_at:
            raise lk.NotEnrolledError("as_of")
        return account

    def balance(self, member_id: str, at: datetime) -> Balance:
        points = self.asked(member_id, at).book().as_of(at)
        lots = [(lot, points.remaining(lot, at), points.expires_at(lot)) for lot in points.live_lots(at)]
        seen = tuple(
            (lot.id, lot.points, left, points.begins_at(lot), None if end == FOREVER else end)
            for lot, left, end in lots
            if left
        )
        return Balance(points.available(at), points.debt(at), points.pending(at), points.held(at), seen)

    def tier(self, member_id: str, at: datetime) -> TierStatus:
        layer = self.asked(member_id, at).walk_to(at).shown(at)
        tier = self.versions.at(at).ladder.tiers[layer.rank]
        by_hand = None if layer.hand is None else layer.hand.id
        return TierStatus(tier.name, layer.rank, layer.since, layer.until, tier.multiplier, by_hand)

    def outlook(self, member_id: str, at: datetime) -> Outlook:
        account = self.asked(member_id, at)
        walk, tiers = account.walk_to(at), self.versions.at(at).ladder.tiers
        layer, standing = walk.shown(at), walk.at(at)
        view, tier, above = walk.seen(at, standing.layer), tiers[layer.rank], tiers[layer.rank + 1 : layer.rank + 2]
        is_earned, kept_by = layer.hand is None, tier.keep if tier.keep is not None else tier.enter
        return Outlook(
            grace_until=standing.grace_end if is_earned else None,
            keeps=view.holds(kept_by) if layer.rank and is_earned else None,
            next=(above[0].name, view.holds(above[0].enter)) if above and not layer.is_fixed else None,
            projected=self.projected(account, at),
        )

    def projected(self, account: Account, moment: datetime) -> str:
        """Return the tier that shows when the validity that runs has ended, if nothing more happens."""
        store = evolve(self.store, entries=[entry for entry in self.store.entries if moment_of(entry.item) <= moment])
        alone, at = evolve(account, store=store), moment
        walk = alone.walk(at)
        end = walk.shown(at).until
        while end is not None and walk.shown(at).until == end:
            at = min(walk.ends(at))
            walk = alone.walk(at)
        return walk.name_at(at)

    def vouchers(self, member_id: str, at: datetime) -> list[Voucher]:
        return Vouchers(self.store, self.asked(member_id, at)).seen_at(at)

    def statement(self, member_id: str, at: datetime) -> list[Posting]:
        return self.asked(member_id, at).book().as_of(at).statement(at)

    def member(self, member_id: str, at: datetime) -> lk.Member:
        return self.asked(member_id, at).record(at)

    def history(self, member_id: str) -> list[RecordVersion]:
        """Return all versions of the survivor's record."""
        id = self.store.families.survivor(member_id)
        edits = [entry for entry in self.store.entries if isinstance(entry.item, Edit) and entry.item.member_id == id]
        known = [(entry.item, entry.recorded_at) for entry in edits if isinstance(entry.item, Edit)]
        return versions_of(self.store.members[id], self.store.since[id], known)

    def corrections(self, member_id: str) -> list[Any]:
        ids = self.store.families.family(member_id)
        return [item for id, item in self.store.corrected if id in ids]

    def select(self, rule: Predicate, at: datetime) -> list[str]:
        """Return the ids of those who meet a rule at a moment, of all enrolled by then."""
        enrolled = [account for account in self.store.accounts() if account.enrolled_at <= at]
        return [account.id for account in enrolled if account.walk_to(at).seen(at).holds(rule)]


def refuse_future(moment: datetime, name: str, now: datetime) -> None:
    if moment > now + LEEWAY:
        raise invalid(name)
