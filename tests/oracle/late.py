"""What a late fact, a correction or a merge changes of what was decided: tiers and points (``T7``, ``T8``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

import loyaltykit as lk
from tests.oracle.answers import Correction
from tests.oracle.baskets import kept_after
from tests.oracle.earning import Till
from tests.oracle.moves import Points, earned_lot
from tests.oracle.order import CREDIT, Happening, moment_of, place_of, rank_of
from tests.oracle.store import Account
from tests.oracle.tiers import Earned, Walk

Line = Sequence[tuple[datetime, str]]
"""Which tier shows since when."""


def differences(before: Line, after: Line, cause: str) -> tuple[Correction, ...]:
    """Return from when and until when another tier shows than was decided."""
    found: list[tuple[datetime, str, str]] = []
    for moment in sorted({at for at, _ in (*before, *after)}):
        was, now = (name_in(line, moment) for line in (before, after))
        if was and now and (not found or found[-1][1:] != (was, now)):
            found.append((moment, was, now))
    ends = [*(at for at, _, _ in found[1:]), None]
    return tuple(
        Correction(at, end, was, now, cause) for (at, was, now), end in zip(found, ends, strict=True) if was != now
    )


def name_in(line: Line, moment: datetime) -> str | None:
    """Return the tier of a moment; None before the line begins."""
    return next((name for at, name in reversed(line) if at <= moment), None)


def first_move(before: Account, after: Account, since: datetime) -> tuple[datetime, str, str] | None:
    """Return the first moment at which another tier shows, up to what falls due next after a change."""
    at = max(since, before.closed)
    ends = [end for account in (before, after) for end in account.walk(at).ends(at, shifts=False)]
    until = max([since, *ends])
    was, now = (account.walk(until).line(until) for account in (before, after))
    for moment in sorted({since, *dict(was), *dict(now)}):
        names = (name_in(was, moment), name_in(now, moment))
        if moment >= since and names[0] != names[1]:
            return moment, str(names[0]), str(names[1])
    return None


@frozen
class PuttingRight:
    """The points of later purchases, whose multiplier comes out differently by a late fact.

    Args:
        account: which knows the late fact.
        late: what arrived.
        number: of its record.
        now: the clock's.
    """

    account: Account
    late: Happening
    number: int
    now: datetime

    def restate(self, before: Walk, after: Walk) -> dict[str, int]:
        """Give and take points, purchase by purchase; return how many came or, negative, went."""
        found: dict[str, int] = {}
        history = self.account.history
        bought = [item for item in history if isinstance(item, lk.Purchase) and place_of(item) > place_of(self.late)]
        for purchase in sorted(bought, key=place_of):
            multiplier = after.earned[purchase.id].multiplier
            if multiplier != before.earned[purchase.id].multiplier:
                found |= self.put_right(self.at_multiplier(purchase, after))
        return found

    def at_multiplier(self, purchase: lk.Purchase, after: Walk) -> Earned:
        """Return the purchase as it earned, but for the multiplier: rules, facts and what caps left it stay."""
        earned, multiplier = self.account.store.earned[purchase.id], after.earned[purchase.id].multiplier
        kept = kept_after(earned.version, purchase, [])
        price = Till(earned.version, purchase, kept, multiplier, earned.given).price()
        return evolve(earned, price=price, multiplier=multiplier)

    def put_right(self, again: Earned) -> dict[str, int]:
        """Add a lot of its own, or take points as a return does; a late return never lowers points."""
        store, purchase = self.account.store, again.purchase
        book = self.account.book(store.owner_of(purchase.id), self.number)
        standing = store.earned[purchase.id].granted.points - book.claimed(purchase.id)
        difference = self.kept_points(again) - standing
        if isinstance(self.late, lk.Return | lk.TierGrantEnd) and difference <= 0:
            return {}
        moved = self.give(book, again, difference) if difference > 0 else self.take(book, again, -difference)
        store.earned[purchase.id] = again
        claimed = again.granted.points - self.kept_points(again)  # what its returns would have claimed
        store.ledger.claims.append((purchase.id, claimed - book.claimed(purchase.id), 0))
        return {purchase.id: moved}

    def kept_points(self, earned: Earned) -> int:
        """Return what the kept part earns, after one return after the other: a return never raises it."""
        returns = self.account.returns_of(earned.purchase.id)
        return min(earned.after(returns[:count]).points for count in range(len(returns) + 1))

    def give(self, book: Points, again: Earned, points: int) -> int:
        purchase, at = again.purchase, moment_of(again.purchase)
        lot = earned_lot(again.version, f"{self.late.id}\x1f{purchase.id}", points, at)
        book.be_active(at)
        book.post("accrual", points, at, self.now, self.late, CREDIT)
        book.add(evolve(lot, about=purchase.id))
        return points

    def take(self, book: Points, again: Earned, points: int) -> int:
        if not points:
            return 0
        purchase, at = again.purchase, moment_of(again.purchase)
        id, policy = f"{self.late.id}\x1f{purchase.id}", again.version.program.points
        taken = book.claim(id, purchase.id, points, at, policy)
        book.post("clawback", -taken, at, self.now, self.late, RETURN_RANK)
        return -taken


RETURN_RANK = rank_of(lk.Return(id="any", of="any"))
