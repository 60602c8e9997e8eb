"""Two members become one, or are two again: nothing is moved, the records are only read together (``S23``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from attrs import evolve

import loyaltykit as lk
from tests.oracle.answers import Notice, Receipt
from tests.oracle.families import Families
from tests.oracle.late import differences
from tests.oracle.notices import Teller
from tests.oracle.order import Merge, Unmerge
from tests.oracle.store import Account, Store
from tests.oracle.tiers import Walk


def merge(store: Store, item: Merge, now: datetime) -> Receipt:
    """Let two ids name one member; what fell due before is each side's own, and nothing repays anything."""
    refuse_unknown(store, item.member_id, item.other)
    at, survivor, other = item.occurred_at, store.account(item.member_id), store.account(item.other)
    if at < max(survivor.enrolled_at, other.enrolled_at):
        raise lk.NotEnrolledError("occurred_at")
    closed = survivor.closed
    before = survivor.walk(max(at, closed))
    moved = 0 if survivor.ids == other.ids else points_of(other, at)
    for side in (survivor, other) if survivor.ids != other.ids else ():
        store.ledger = side.book().known_at(at).ledger
    store.add(item, survivor.id, now)
    joint = store.account(survivor.id)
    after = joint.walk(joint.closed)
    teller = Teller(joint, store.versions.at(at), closed)
    return evolve(told(item, before, after, joint, moved), notices=news(teller, item, before, after))


def news(teller: Teller, item: Merge, before: Walk, after: Walk) -> tuple[Notice, ...]:
    """Tell of the tier, where the joined history gives another one than what was closed before."""
    last = max(item.occurred_at, teller.closed)
    if teller.wanted is None or not differences(before.line(last), after.line(last), item.id):
        return ()
    return teller.new(teller.of_change(before, after, teller.account.closed, item.occurred_at, item.id))


def unmerge(store: Store, item: Unmerge, now: datetime) -> Receipt:
    """Let each side have its own again, unless something ties them together."""
    refuse_unknown(store, item.member_id)
    at, joint = item.occurred_at, store.account(item.member_id)
    if at < joint.enrolled_at:
        raise lk.NotEnrolledError("occurred_at")
    is_merged = store.families.survivor(item.member_id) != item.member_id
    if not is_merged or is_tied(joint, item):
        raise lk.errors.UnmergeRefusedError("is tied to the other side, or is not merged", "adjust")
    before = joint.walk(max(at, joint.closed))
    store.add(item, item.member_id, now)
    alone = store.account(item.member_id)
    return told(item, before, alone.walk(max(at, alone.closed)), alone, points_of(alone, at))


def refuse_unknown(store: Store, *ids: str) -> None:
    if not {*ids} <= {*store.members}:
        raise lk.UnknownMemberError


def told(item: Merge | Unmerge, before: Walk, after: Walk, account: Account, moved: int) -> Receipt:
    at, ladder = item.occurred_at, account.store.versions.at(item.occurred_at).ladder
    was, now = (ladder.tiers[walk.shown(at).rank] for walk in (before, after))
    return Receipt(item.id, item.kind, account.id, at, 0, (), (), Decimal(1), was.name, now.name, moved)


def points_of(account: Account, at: datetime) -> int:
    """Return what one side brings along, or takes with it."""
    points = account.book().known_at(at)
    return points.available(at) + points.pending(at) + points.held(at)


# -- what ties two sides together --------------------------------------------------------------------------------------


def is_tied(joint: Account, item: Unmerge) -> bool:
    """Say whether something took from a lot of the other side, repaid its debt, or lives by its activity."""
    book, leaving = joint.book(), joint.store.families.leaving(item.member_id)
    pairs = [(use.lot.owner, use.owner) for use in book.ledger.allocations if use.lot.owner in joint.ids]
    pairs += [(lot.owner, hold.owner) for hold in book.holds for lot, _ in hold.parts]
    return any((one in leaving) != (other in leaving) for one, other in pairs) or any(out_of_reach(joint, item))


def out_of_reach(joint: Account, item: Unmerge) -> Iterator[str]:
    """Yield debits of lots that were alive only by the activity of the other side (``S3``)."""
    store = joint.store
    parted = Families([*store.families.joinings, (store.next_number, item)])
    captures = {entry.item.id for entry in store.entries if isinstance(entry.item, lk.Capture)}
    for use in store.ledger.allocations:
        if use.lot.span is not None and use.lot.owner in joint.ids and use.points > 0 and use.cause not in captures:
            known = [active for active in store.ledger.activities if active[2] <= use.number]
            ids, ledger = parted.family(use.lot.owner), evolve(store.ledger, activities=known)
            book = evolve(joint.book(), ids=ids, families=parted, ledger=ledger)
            if use.at >= book.expires_at(use.lot):
                yield use.cause
