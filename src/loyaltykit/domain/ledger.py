"""The points of one member: a fold of postings in the order they were recorded (``S1`` to ``S9``).

Nothing here decides anything: it answers what is there, at any instant, from stored lots and allocations.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from loyaltykit.calendars import Inactivity
from loyaltykit.domain.lots import Allocation, DebtState, Lot, LotState, Posting
from loyaltykit.domain.rulebook import Rulebook
from loyaltykit.domain.sales import Sale
from loyaltykit.values import NEVER_US, Instant


class Ledger:
    """Lots, debts and postings of one member.

    ``live`` are the lots with something left that had not expired by ``position``, the latest date posted so far, in
    spend order; ``unsettled`` those that may have lapsed without a posting that says so.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.postings: list[Posting] = []
        self.lots: dict[str, LotState] = {}
        self.live: list[LotState] = []
        self.unsettled: dict[str, LotState] = {}
        self.debts: dict[str, DebtState] = {}
        self.debt_left = 0
        self.live_left = 0
        self.sales: dict[str, Sale] = {}
        self.given_back: dict[str, int] = {}
        self.redemptions: dict[str, Posting] = {}
        self.position: Instant = -NEVER_US
        self._rulebook = rulebook
        self._activities: list[Instant] = []
        self._following: list[LotState] = []
        expiry = rulebook.program.points.expire_after
        self._inactivity = expiry if isinstance(expiry, Inactivity) else None

    # -- questions -------------------------------------------------------------------------------------------------

    def available(self, at: Instant) -> int:
        """What can be spent at an instant (``S2``)."""
        if at < self.position:
            return sum(state.left_at(at) for state in self.lots.values() if state.is_alive(at))
        left = self.live_left
        for state in self.live:
            if state.expires_at > at:
                break
            left -= state.left
        return left

    def debt(self, at: Instant) -> int:
        """What is owed and not repaid by an instant (``S2``)."""
        if at >= self.position:
            return self.debt_left
        return sum(debt.owed_at(at) for debt in self.debts.values())

    def lots_at(self, at: Instant) -> list[tuple[LotState, int]]:
        """The lots that are alive at an instant with something left, in spend order, each with what is left."""
        if at >= self.position:
            return [(state, state.left) for state in self.live if state.expires_at > at]
        alive = sorted((state for state in self.lots.values() if state.is_alive(at)), key=lambda state: state.key)
        return [(state, left) for state in alive if (left := state.left_at(at))]

    def spendable(self, at: Instant) -> Iterator[tuple[LotState, int]]:
        """What a debit dated at an instant can take, lot by lot in spend order (``S4``, ``S18``)."""
        if at >= self.position:
            yield from ((state, state.left) for state in self.live if state.expires_at > at)
            return
        alive = sorted((state for state in self.lots.values() if state.is_alive(at)), key=lambda state: state.key)
        yield from ((state, left) for state in alive if (left := state.left_from(at)))

    def open_debts(self) -> list[DebtState]:
        """What is still owed, oldest first."""
        if not self.debt_left:
            return []
        return sorted((debt for debt in self.debts.values() if debt.left), key=lambda debt: (debt.at, debt.id))

    def unwritten(self, until: Instant) -> list[tuple[Instant, int, LotState]]:
        """Lapses due by an instant that no posting says yet, in due order."""
        candidates = dict(self.unsettled)
        for state in self.live:
            if state.expires_at > until:
                break
            candidates[state.lot.id] = state
        due = [(when, points, state) for state in candidates.values() for when, points in state.unwritten(until)]
        return sorted(due, key=lambda item: (item[0], item[2].key))

    # -- the fold --------------------------------------------------------------------------------------------------

    def apply(self, posting: Posting) -> None:
        """Take in one posting."""
        self.postings.append(posting)
        if posting.occurred_at > self.position:
            self._advance(posting.occurred_at)
        if posting.owed:
            self._owe(DebtState(posting.cause, posting.occurred_at, posting.owed, posting.owed))
        if posting.lot is not None:
            self._open(posting.lot)
        for allocation in posting.allocations:
            self._allocate(allocation)
        if posting.lapse is not None:
            self._write(posting)
        elif posting.kind == "redemption":
            self.redemptions[posting.cause] = posting
        if self._inactivity is not None and posting.kind in ("accrual", "redemption"):
            self._put_off(posting.occurred_at)

    def refold(self) -> Ledger:
        """The same ledger, folded again: something to try a posting on."""
        again = Ledger(self._rulebook)
        for posting in self.postings:
            again.apply(posting)
        return again

    def _advance(self, position: Instant) -> None:
        self.position = position
        expired = 0
        for state in self.live:
            if state.expires_at > position:
                break
            self.unsettled[state.lot.id] = state
            self.live_left -= state.left
            expired += 1
        if expired:
            del self.live[:expired]

    def _owe(self, debt: DebtState) -> None:
        self.debts[debt.id] = debt
        self.debt_left += debt.left

    def _open(self, lot: Lot) -> None:
        state = LotState(lot, lot.points, lot.expires_at)
        self.lots[lot.id] = state
        if self._inactivity is not None and lot.follows_activity:
            state.expires_at = self._chain(lot)
            self._following.append(state)
        self._place(state)

    def _place(self, state: LotState) -> None:
        """Put a lot with something left where it belongs."""
        if state.expires_at <= self.position:
            self.unsettled[state.lot.id] = state
            return
        self.live_left += state.left
        # Lots mostly come with a later end than all others: look at the last one before searching.
        if not self.live or self.live[-1].key < state.key:
            self.live.append(state)
        else:
            insort(self.live, state, key=_spend_key)

    def _displace(self, state: LotState) -> None:
        """Take a lot out of the live ones, if it is among them."""
        place = bisect_left(self.live, state.key, key=_spend_key)
        if place < len(self.live) and self.live[place] is state:
            del self.live[place]
            self.live_left -= state.left

    def _allocate(self, allocation: Allocation) -> None:
        state = self.lots[allocation.lot]
        self._displace(state)
        state.take(allocation.at, allocation.points)
        if state.left or state.expires_at <= self.position:
            self._place(state)
        if allocation.repays is not None:
            debt = self.debts[allocation.repays]
            debt.left -= allocation.points
            debt.repayments.append((allocation.at, allocation.points))
            self.debt_left -= allocation.points

    def _write(self, posting: Posting) -> None:
        assert posting.lapse is not None  # the caller looked
        state = self.lots[posting.lapse.lot]
        state.write(posting.lapse.at, -posting.points)
        if not state.unwritten(self.position):
            self.unsettled.pop(state.lot.id, None)

    # -- expiry after inactivity -----------------------------------------------------------------------------------

    def _put_off(self, activity: Instant) -> None:
        """Activity puts off the end of the lots that follow it (``S3``)."""
        # In order, only lots that still live can live longer; a late activity may bring others back.
        in_order = activity >= self.position and (not self._activities or activity >= self._activities[-1])
        insort(self._activities, activity)
        if in_order:
            self._following = [state for state in self._following if state.expires_at > activity]
            moved = self._following
        else:
            moved = self._following = [state for state in self.lots.values() if state.lot.follows_activity]
        for state in moved:
            self._displace(state)
        for state in moved:
            state.expires_at = self._chain(state.lot)
            if state.left:
                self._place(state)

    def _chain(self, lot: Lot) -> Instant:
        """The end of a lot that lives on as long as no gap between activities is too long."""
        assert self._inactivity is not None  # the caller looked
        calendar = self._rulebook.calendar
        end = lot.expires_at
        for activity in self._activities[bisect_left(self._activities, lot.active_from) :]:
            if activity >= end:
                break
            end = max(end, calendar.end_after(calendar.day_of(activity), self._inactivity.span))
        return end


def _spend_key(state: LotState) -> tuple[Instant, Instant, str]:
    return state.key


def fold(postings: Iterable[Posting], rulebook: Rulebook) -> Ledger:
    """The ledger of a member's postings, in the order they were recorded."""
    ledger = Ledger(rulebook)
    for posting in postings:
        ledger.apply(posting)
    return ledger
