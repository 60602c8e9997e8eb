"""The points of one member: a projection of postings in recording order (``S1`` to ``S9``).

Nothing here decides anything: it answers questions about any point in time from stored lots and allocations.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from copy import copy
from operator import attrgetter
from typing import Self

from attrs import evolve

from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.ledger.entries import Allocation, Lot, Movement, Posting
from loyaltykit.domain.ledger.states import DebtState, HoldState, LotState
from loyaltykit.values import NEVER_US, Instant


class Ledger:
    """The lots, debts and postings of one member.

    ``live`` are the lots with points left that had not expired by ``position``, the latest date posted, in spend order;
    ``waiting`` those that were pending then; ``unsettled`` those that may have lapsed without a posting.
    ``movements`` are kept with the number of postings that precede each. ``given`` is the sum of ``Posting.given``.
    """

    def __init__(self, rules: ProgramHistory) -> None:
        self.postings: list[Posting] = []
        self.lots: dict[str, LotState] = {}
        self.live: list[LotState] = []
        self.waiting: list[LotState] = []
        self.unsettled: dict[str, LotState] = {}
        self.debts: dict[str, DebtState] = {}
        self.debt_left = 0
        self.live_left = 0
        self.given = 0
        self.sales: dict[str, Sale] = {}
        self.restored: dict[str, int] = {}
        self.redemptions: dict[str, Posting] = {}
        self.holds: dict[str, HoldState] = {}
        self.open_holds: dict[str, HoldState] = {}
        self.movements: list[tuple[int, Movement]] = []
        self.position: Instant = -NEVER_US
        self.rules = rules
        self._activities: list[Instant] = []
        self._following: list[Lot] = []

    # -- questions -------------------------------------------------------------------------------------------------

    @property
    def may_fall_due(self) -> bool:
        """Check whether anything can fall due by itself: a hold that times out, or pending points that would repay
        debt.
        """
        return bool(self.open_holds or (self.waiting and self.debt_left))

    def available(self, at: Instant) -> int:
        """Return the points that can be spent at an instant (``S2``)."""
        if at < self.position:
            return sum(state.left_at(at) for state in self.lots.values() if state.is_alive(at))
        left = self.live_left
        for state in self.live:
            if state.expires_at > at:
                break
            left -= state.left
        return left + sum(state.left for state in self.waiting if state.is_alive(at))

    def pending(self, at: Instant) -> int:
        """Return the points that were credited and cannot be spent yet (``S5``)."""
        if at >= self.position:
            return sum(state.left for state in self.waiting if state.is_pending(at))
        return sum(state.left_at(at) for state in self.lots.values() if state.is_pending(at))

    def held(self, at: Instant) -> int:
        """Return the points that holds reserve at an instant (``S19``)."""
        holds = self.open_holds if at >= self.position else self.holds
        return sum(hold.held_at(at) for hold in holds.values())

    def debt(self, at: Instant) -> int:
        """Return the points that are owed and not repaid at an instant (``S2``)."""
        if at >= self.position:
            return self.debt_left
        return sum(debt.owed_at(at) for debt in self.debts.values())

    def lots_at(self, at: Instant) -> list[LotState]:
        """Return the lots with points left at an instant, in spend order, each with what is left then."""
        if at >= self.position:
            live = self.live[bisect_right(self.live, at, key=attrgetter("expires_at")) :]
            active = [state for state in self.waiting if state.is_alive(at)]
            return sorted([*live, *active], key=_spend_key) if active else live
        return [evolve(state, left=left) for state in self._alive(at) if (left := state.left_at(at))]

    def spendable(self, at: Instant) -> Iterator[tuple[LotState, int]]:
        """Yield what a debit dated at an instant can take, lot by lot in spend order (``S4``, ``S18``)."""
        if at >= self.position:
            live, active = self.live, [state for state in self.waiting if state.is_alive(at)]
            if active:
                live = sorted([*live, *active], key=_spend_key)
            yield from ((state, state.left) for state in live if state.expires_at > at)
            return
        yield from ((state, left) for state in self._alive(at) if (left := state.left_from(at)))

    def _alive(self, at: Instant) -> list[LotState]:
        """Return all lots whose points could be spent at an instant, in spend order."""
        return sorted((state for state in self.lots.values() if state.is_alive(at)), key=_spend_key)

    def open_debts(self) -> list[DebtState]:
        """Return the open debts, oldest first."""
        if not self.debt_left:
            return []
        return sorted((debt for debt in self.debts.values() if debt.left), key=lambda debt: (debt.at, debt.id))

    def unspent(self) -> Iterator[LotState]:
        """Yield the lots with points left whose lapse is not written yet, in no order."""
        yield from {state.lot.id: state for state in (*self.unsettled.values(), *self.live, *self.waiting)}.values()

    def unwritten(self, until: Instant) -> list[tuple[Instant, int, LotState]]:
        """Return the lapses due by an instant that no posting writes yet, in due order."""
        candidates = dict(self.unsettled)
        for state in self.live:
            if state.expires_at > until:
                break
            candidates[state.lot.id] = state
        candidates.update((state.lot.id, state) for state in self.waiting if state.expires_at <= until)
        due = [(when, points, state) for state in candidates.values() for when, points in state.unwritten(until)]
        return sorted(due, key=lambda item: (item[0], item[2].key))

    # -- applying entries ------------------------------------------------------------------------------------------

    def apply(self, posting: Posting) -> None:
        """Apply one posting."""
        self.postings.append(posting)
        self.given += posting.given
        if posting.occurred_at > self.position:
            self._advance(posting.occurred_at)
        if posting.owed:
            self._add_debt(DebtState(posting.debt_id, posting.occurred_at, posting.owed, posting.owed))
        if posting.lot is not None:
            self._add_lot(posting.lot)
        for allocation in posting.allocations:
            self._allocate(allocation)
        if posting.lapse is not None:
            self._apply_lapse(posting)
        elif posting.kind == "redemption":
            self.redemptions[posting.cause] = posting
        if self.rules.follows_activity and posting.kind in ("accrual", "redemption"):
            self._extend_ends(posting.occurred_at)

    def note_reversal(self, redemption: str, postings: Iterable[Posting]) -> None:
        """Record how many points of a redemption were reversed (``S9``)."""
        given = sum(posting.points for posting in postings if posting.kind == "reversal" and posting.lapse is None)
        if given:
            self.restored[redemption] = self.restored.get(redemption, 0) + given

    def apply_movement(self, movement: Movement) -> None:
        """Apply one movement."""
        self.movements.append((len(self.postings), movement))
        if movement.occurred_at > self.position:
            self._advance(movement.occurred_at)
        if movement.kind == "activation":
            assert movement.lot is not None  # an activation names its lot
            self._activate(self.lots[movement.lot], movement.occurred_at)
        elif movement.kind == "hold":
            self._hold(movement)
        elif movement.kind != "merge":
            assert movement.hold is not None  # what is none of these ends a hold
            hold, timed_out = self.holds[movement.hold], movement.kind == "timeout"
            self.holds[hold.id] = evolve(hold, ended_at=movement.occurred_at, timed_out=timed_out)
            self.open_holds.pop(hold.id, None)
        for allocation in movement.allocations:
            self._allocate(allocation)

    def copy(self) -> Self:
        """Return a copy of the ledger, to try an entry on."""
        again = copy(self)
        again.lots, again.live, again.waiting = self.lots.copy(), self.live.copy(), self.waiting.copy()
        again.unsettled, again._following = self.unsettled.copy(), self._following.copy()
        again._activities, again.redemptions = self._activities.copy(), self.redemptions.copy()
        again.debts, again.holds, again.open_holds = self.debts.copy(), self.holds.copy(), self.open_holds.copy()
        again.postings, again.movements = self.postings.copy(), self.movements.copy()
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
        if self.waiting:
            self._recheck_waiting()

    def _recheck_waiting(self) -> None:
        """Move lots that became active or expired out of the waiting ones."""
        waiting, self.waiting = self.waiting, []
        for state in waiting:
            self._insert(state)

    def _activate(self, state: LotState, at: Instant) -> None:
        self._remove(state)
        state = self._replace(state.between(min(state.active_from, at), state.expires_at))
        if state.left:
            self._insert(state)

    def _replace(self, state: LotState) -> LotState:
        """Keep the new state of a lot; it is among neither the live nor the waiting ones."""
        self.lots[state.lot.id] = state
        if state.lot.id in self.unsettled:
            self.unsettled[state.lot.id] = state
        return state

    def _hold(self, movement: Movement) -> None:
        assert movement.hold is not None  # a hold names itself
        hold = HoldState(movement.hold, movement.occurred_at, movement.until, movement.allocations)
        self.holds[hold.id] = self.open_holds[hold.id] = hold

    def _add_debt(self, debt: DebtState) -> None:
        self.debts[debt.id] = debt
        self.debt_left += debt.left

    def _add_lot(self, lot: Lot) -> None:
        state = self.lots[lot.id] = LotState(lot, lot.points, self.end_of(lot), lot.active_from)
        if lot.inactivity is not None:
            self._following.append(lot)
        self._insert(state)

    def _insert(self, state: LotState) -> None:
        """Insert a lot with points left among the live, waiting or unsettled ones."""
        if state.expires_at <= self.position:
            self.unsettled[state.lot.id] = state
            return
        if state.active_from > self.position:
            self.waiting.append(state)
            return
        self.live_left += state.left
        # New lots are mostly the last in spend order: compare with the last one before searching.
        if not self.live or _comes_after(self.live[-1], state):
            self.live.append(state)
        else:
            insort(self.live, state, key=_spend_key)

    def _remove(self, state: LotState) -> None:
        """Remove a lot from the live or waiting ones, if it is among them."""
        if state in self.waiting:
            self.waiting.remove(state)
            return
        place = bisect_left(self.live, state.key, key=_spend_key)
        if place < len(self.live) and self.live[place] is state:
            del self.live[place]
            self.live_left -= state.left

    def _swap(self, before: LotState, state: LotState) -> None:
        """Put the new state of a lot, of the same place in spend order, where its old one is."""
        self._replace(state)
        if before in self.waiting:
            self.waiting[self.waiting.index(before)] = state
        place = bisect_left(self.live, before.key, key=_spend_key)
        if place < len(self.live) and self.live[place] is before:
            self.live[place] = state

    def _allocate(self, allocation: Allocation) -> None:
        state = self.lots[allocation.lot]
        self._remove(state)
        state = self._replace(state.after_move(allocation.at, allocation.points))
        if state.left or state.expires_at <= self.position:
            self._insert(state)
        if allocation.repays is not None:
            debt = self.debts[allocation.repays]
            self.debts[debt.id] = debt.after_repayment(allocation.at, allocation.points)
            self.debt_left -= allocation.points

    def _apply_lapse(self, posting: Posting) -> None:
        assert posting.lapse is not None  # checked by the caller
        before = self.lots[posting.lapse.lot]
        state = before.after_lapse(posting.lapse.at, -posting.points)
        self._swap(before, state)
        if state.unwritten(self.position):
            # After an unmerge a correction may remain without the other side's activity that caused it.
            self.unsettled[state.lot.id] = state
        else:
            self.unsettled.pop(state.lot.id, None)

    # -- expiry after inactivity -----------------------------------------------------------------------------------

    def _extend_ends(self, activity: Instant) -> None:
        """Extend the lots that follow activity (``S3``)."""
        # In order, only live lots can be extended; a late activity may revive others.
        in_order = activity >= self.position and (not self._activities or activity >= self._activities[-1])
        insort(self._activities, activity)
        if in_order:
            self._following = [lot for lot in self._following if self.lots[lot.id].expires_at > activity]
        else:
            self._following = [state.lot for state in self.lots.values() if state.lot.inactivity is not None]
        moved = [self.lots[lot.id] for lot in self._following]
        for state in moved:
            self._remove(state)
        for before in moved:
            state = self._replace(before.between(before.active_from, self.end_of(before.lot)))
            if state.left:
                self._insert(state)

    def end_of(self, lot: Lot) -> Instant:
        """Return the end of a lot, extended as long as no gap between activities is too long."""
        if lot.inactivity is None:
            return lot.expires_at
        calendar = self.rules.calendar
        end = lot.expires_at
        for activity in self._activities_for(lot):
            if activity >= end:
                break
            end = max(end, calendar.end_after(calendar.day_of(activity), lot.inactivity))
        return end

    def _activities_for(self, lot: Lot) -> Iterable[Instant]:
        """Return the activities that may extend a lot, in order."""
        return self._activities[bisect_left(self._activities, lot.occurred_at) :]


def _comes_after(last: LotState, state: LotState) -> bool:
    """Check whether a lot comes after another in spend order; compare what costs least first."""
    if last.expires_at <= state.expires_at and last.lot.occurred_at < state.lot.occurred_at:
        return True
    return last.key < state.key


def _spend_key(state: LotState) -> tuple[Instant, Instant, str]:
    return state.key
