"""Members that are one, for the naive model: the records of both together, and sorted again (``S23``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import evolve, field, frozen

from loyaltykit.domain.transactions import Transaction
from loyaltykit.domain.transactions.merges import Merge
from tests.model_account import Account, Receipt
from tests.model_book import Posting
from tests.model_facts import moment_of
from tests.model_points import Points

LISTS = ("lots", "allocations", "debts", "claims", "gifts", "holds", "endings", "activated", "activities")


@frozen
class Union:
    """A merge that holds: both sides as they were, and how long the lists of both together were then."""

    merge: Merge
    sides: dict[str, Account]
    joint: Account
    lengths: dict[str, int] = field(factory=dict)

    @classmethod
    def of(cls, merge: Merge, survivor: Account, other: Account) -> Union:
        """What fell due before is each side's own; nothing is repaid, nothing is moved."""
        at = moment_of(merge)
        sides = [evolve(side.saved, points=side.points.known_at(at)) for side in (survivor, other)]
        one, two = (side.points for side in sides)
        points = Points(survivor.laws.wall, **{name: getattr(one, name) + getattr(two, name) for name in LISTS})
        points.moved = [*one.moved, *two.moved, at]
        points.postings = numbered(sorted(one.postings + two.postings, key=written_at))
        first = min(side.enrolled_at for side in sides)
        joint = Account(
            survivor.laws,
            evolve(survivor.member, enrolled_at=first),
            points,
            history=[*survivor.history, *other.history, merge],
            earned=survivor.earned | other.earned,
            grants=survivor.grants + other.grants,
            counted=survivor.counted + other.counted,
            places=[*survivor.places, *other.places, merge.order],
            settled=survivor.settled + other.settled,
        )
        lengths = {name: len(getattr(points, name)) for name in (*LISTS, "postings", "moved")}
        return cls(merge, {side.member.id: side for side in sides}, joint, {**lengths, **joint.lengths})

    def parted(self, account: Account) -> dict[str, Account] | None:
        """Each side with what was recorded since for its own id; None where something ties them."""
        owners = owners_in(account.history)
        since = {name: getattr(account.points, name)[self.lengths[name] :] for name in (*LISTS, "postings")}

        def of_lot(id: str) -> str:
            found = [name for name, side in self.sides.items() for lot in side.points.lots if lot.id == id]
            return found[0] if found else owners[id.split("\x1f", maxsplit=1)[0]]

        touched = [(of_lot(item.lot.id), owners[item.cause]) for item in since["allocations"]]
        touched += [(of_lot(lot.id), owners[hold.id]) for hold in since["holds"] for lot, _ in hold.parts]
        if any(one != two for one, two in touched):
            return None
        whose: dict[str, Callable[[Any], str]] = {
            "lots": lambda lot: of_lot(lot.id),
            "allocations": lambda item: of_lot(item.lot.id),
            "debts": lambda debt: owners[debt.id],
            "claims": lambda claim: owners[claim.purchase],
            "gifts": lambda gift: owners[gift.redemption],
            "holds": lambda hold: owners[hold.id],
            "endings": lambda ending: owners[ending.hold],
            "activated": lambda item: of_lot(item.lot),
            "postings": lambda row: of_lot(row.lapse[0]) if row.lapse else owners[row.cause],
        }
        new = account.history[self.lengths["history"] :]
        found = {}
        for id, side in self.sides.items():
            own = {name: [item for item in since[name] if who(item) == id] for name, who in whose.items()}
            lists = {name: getattr(side.points, name) + items for name, items in own.items()}
            lists["postings"] = numbered(lists["postings"])
            moved = [item.at for name in ("holds", "endings", "activated", "allocations") for item in own[name]]
            points = evolve(side.points, **lists, moved=[*side.points.moved, *moved])
            own_new = [item for item in new if owners[item.id] == id]
            history, places = [*side.history, *own_new], [*side.places, *(item.order for item in own_new)]
            places += [self.merge.order] if id == self.merge.member_id else []  # whose receipt told a tier too
            settled = account.settled[self.lengths["settled"] :] if id == self.merge.member_id else []
            earned = {item.id: account.earned[item.id] for item in history if item.id in account.earned}
            found[id] = evolve(
                side,
                laws=account.laws,
                points=points,
                history=history,
                places=places,
                settled=[*side.settled, *settled],
                earned=earned,
                last_walk=None,
            )
        return found

    def is_early(self, account: Account) -> bool:
        """Whether something was recorded since that lies before the enrolment of the id that it names."""
        owners = owners_in(account.history)
        new = account.history[self.lengths["history"] :]
        return any(moment_of(item) < self.sides[owners[item.id]].enrolled_at for item in new)


def owners_in(history: list[Transaction]) -> dict[str, str]:
    """Which id each transaction named, or what it follows did."""
    owners: dict[str, str] = {}
    for item in history:
        owners[item.id] = item.member_id if hasattr(item, "member_id") else owners[item.of]
    return owners


def numbered(rows: list[Posting]) -> list[Posting]:
    return [evolve(row, number=number) for number, row in enumerate(rows, 1)]


def points_of(account: Account, at: datetime) -> int:
    """What one side brings along, or takes with it."""
    points = account.points.known_at(at)
    return points.available(at) + points.pending(at) + points.held(at)


def told(id: str, kind: str, at: datetime, before: Account, after: Account, moved: int) -> Receipt:
    tiers = before.laws.at(at).program.tiers.tiers
    was, now = (tiers[account.shown(at).rank] for account in (before, after))
    return Receipt(id, kind, after.member.id, at, 0, (), (), Decimal(1), was.name, now.name, moved)


def written_at(row: Posting) -> datetime:
    assert row.recorded_at is not None
    return row.recorded_at
