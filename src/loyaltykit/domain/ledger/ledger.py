"""The points of one member: a fold of postings in the order they were recorded (``S1`` to ``S9``).

Nothing here decides anything: it answers what is there, at any instant, from stored lots and allocations.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Self

from attrs import evolve

from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.facts.versions import Rules
from loyaltykit.domain.ledger.entries import Allocation, Lot, Movement, Posting
from loyaltykit.domain.ledger.states import DebtState, HoldState, LotState
from loyaltykit.values import NEVER_US, Instant


class Ledger:
    """Lots, debts and postings of one member.

    ``live`` are the lots with something left that had not expired by ``position``, the latest date posted so far, in
    spend order; ``waiting`` those that were pending then; ``unsettled`` those that may have lapsed without a posting
    that says so. ``movements`` stand each behind so many postings. ``given`` is the sum of ``Posting.given``.
    """

    def __init__(self, rules: Rules) -> None:
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
        self.given_back: dict[str, int] = {}
        self.redemptions: dict[str, Posting] = {}
        self.holds: dict[str, HoldState] = {}
        self.open_holds: dict[str, HoldState] = {}
        self.movements: list[tuple[int, Movement]] = []
        self.position: Instant = -NEVER_US
        self.rules = rules
        self._activities: list[Instant] = []
        self._following: list[LotState] = []

    # -- questions -------------------------------------------------------------------------------------------------

    @property
    def may_fall_due(self) -> bool:
        """Whether something can fall due by itself: a hold that times out, points that become active and repay."""
        return bool(self.open_holds or (self.waiting and self.debt_left))

    def available(self, at: Instant) -> int:
        """What can be spent at an instant (``S2``)."""
        if at < self.position:
            return sum(state.left_at(at) for state in self.lots.values() if state.is_alive(at))
        left = self.live_left
        for state in self.live:
            if state.expires_at > at:
                break
            left -= state.left
        return left + sum(state.left for state in self.waiting if state.is_alive(at))

    def pending(self, at: Instant) -> int:
        """What has come and cannot be spent yet (``S5``)."""
        if at >= self.position:
            return sum(state.left for state in self.waiting if state.is_pending(at))
        return sum(state.left_at(at) for state in self.lots.values() if state.is_pending(at))

    def held(self, at: Instant) -> int:
        """What is set aside at an instant (``S19``)."""
        holds = self.open_holds if at >= self.position else self.holds
        return sum(hold.held_at(at) for hold in holds.values())

    def debt(self, at: Instant) -> int:
        """What is owed and not repaid by an instant (``S2``)."""
        if at >= self.position:
            return self.debt_left
        return sum(debt.owed_at(at) for debt in self.debts.values())

    def lots_at(self, at: Instant) -> list[tuple[LotState, int]]:
        """The lots that are alive at an instant with something left, in spend order, each with what is left."""
        if at >= self.position:
            return list(self.spendable(at))
        alive = sorted((state for state in self.lots.values() if state.is_alive(at)), key=lambda state: state.key)
        return [(state, left) for state in alive if (left := state.left_at(at))]

    def spendable(self, at: Instant) -> Iterator[tuple[LotState, int]]:
        """What a debit dated at an instant can take, lot by lot in spend order (``S4``, ``S18``)."""
        if at >= self.position:
            live, active = self.live, [state for state in self.waiting if state.is_alive(at)]
            if active:
                live = sorted([*live, *active], key=_spend_key)
            yield from ((state, state.left) for state in live if state.expires_at > at)
            return
        alive = sorted((state for state in self.lots.values() if state.is_alive(at)), key=lambda state: state.key)
        yield from ((state, left) for state in alive if (left := state.left_from(at)))

    def open_debts(self) -> list[DebtState]:
        """What is still owed, oldest first."""
        if not self.debt_left:
            return []
        return sorted((debt for debt in self.debts.values() if debt.left), key=lambda debt: (debt.at, debt.id))

    def unspent(self) -> Iterator[LotState]:
        """The lots with something left whose lapse no posting says yet, in no order."""
        yield from {state.lot.id: state for state in (*self.unsettled.values(), *self.live, *self.waiting)}.values()

    def unwritten(self, until: Instant) -> list[tuple[Instant, int, LotState]]:
        """Lapses due by an instant that no posting says yet, in due order."""
        candidates = dict(self.unsettled)
        for state in self.live:
            if state.expires_at > until:
                break
            candidates[state.lot.id] = state
        candidates.update((state.lot.id, state) for state in self.waiting if state.expires_at <= until)
        due = [(when, points, state) for state in candidates.values() for when, points in state.unwritten(until)]
        return sorted(due, key=lambda item: (item[0], item[2].key))

    # -- the fold --------------------------------------------------------------------------------------------------

    def apply(self, posting: Posting) -> None:
        """Take in one posting."""
        self.postings.append(posting)
        self.given += posting.given
        if posting.occurred_at > self.position:
            self._advance(posting.occurred_at)
        if posting.owed:
            self._owe(DebtState(posting.debt_id, posting.occurred_at, posting.owed, posting.owed))
        if posting.lot is not None:
            self._open(posting.lot)
        for allocation in posting.allocations:
            self._allocate(allocation)
        if posting.lapse is not None:
            self._write(posting)
        elif posting.kind == "redemption":
            self.redemptions[posting.cause] = posting
        if self.rules.follows_activity and posting.kind in ("accrual", "redemption"):
            self._put_off(posting.occurred_at)

    def give_back(self, redemption: str, postings: Iterable[Posting]) -> None:
        """Note what was given back of a redemption (``S9``)."""
        given = sum(posting.points for posting in postings if posting.kind == "reversal" and posting.lapse is None)
        if given:
            self.given_back[redemption] = self.given_back.get(redemption, 0) + given

    def move(self, movement: Movement) -> None:
        """Take in a movement."""
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
            hold = self.holds[movement.hold]
            hold.ended_at, hold.timed_out = movement.occurred_at, movement.kind == "timeout"
            self.open_holds.pop(hold.id, None)
        for allocation in movement.allocations:
            self._allocate(allocation)

    def copy(self) -> Self:
        """The same ledger, to try an entry on: what changes there does not show here."""
        again = copy(self)
        lots = again.lots = {name: state.copy() for name, state in self.lots.items()}
        again.live = [lots[state.lot.id] for state in self.live]
        again.waiting = [lots[state.lot.id] for state in self.waiting]
        again.unsettled = {name: lots[name] for name in self.unsettled}
        again._following = [lots[state.lot.id] for state in self._following]
        again._activities = self._activities.copy()
        again.debts = {name: debt.copy() for name, debt in self.debts.items()}
        holds = again.holds = {name: evolve(hold) for name, hold in self.holds.items()}
        again.open_holds = {name: holds[name] for name in self.open_holds}
        again.postings, again.movements = self.postings.copy(), self.movements.copy()
        again.redemptions = self.redemptions.copy()
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
            self._wake()

    def _wake(self) -> None:
        """Lots whose day has come, or gone, wait no longer."""
        waiting, self.waiting = self.waiting, []
        for state in waiting:
            self._place(state)

    def _activate(self, state: LotState, at: Instant) -> None:
        self._displace(state)
        state.active_from = min(state.active_from, at)
        if state.left:
            self._place(state)

    def _hold(self, movement: Movement) -> None:
        assert movement.hold is not None  # a hold names itself
        hold = HoldState(movement.hold, movement.occurred_at, movement.until, movement.allocations)
        self.holds[hold.id] = self.open_holds[hold.id] = hold

    def _owe(self, debt: DebtState) -> None:
        self.debts[debt.id] = debt
        self.debt_left += debt.left

    def _open(self, lot: Lot) -> None:
        state = LotState(lot, lot.points, lot.expires_at, lot.active_from)
        self.lots[lot.id] = state
        if lot.inactivity is not None:
            state.expires_at = self.end_of(lot)
            self._following.append(state)
        self._place(state)

    def _place(self, state: LotState) -> None:
        """Put a lot with something left where it belongs."""
        if state.expires_at <= self.position:
            self.unsettled[state.lot.id] = state
            return
        if state.active_from > self.position:
            self.waiting.append(state)
            return
        self.live_left += state.left
        # Lots mostly come behind all others: look at the last one before searching.
        if not self.live or _is_behind(self.live[-1], state):
            self.live.append(state)
        else:
            insort(self.live, state, key=_spend_key)

    def _displace(self, state: LotState) -> None:
        """Take a lot out of the live or the waiting ones, if it is among them."""
        if state in self.waiting:
            self.waiting.remove(state)
            return
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
            moved = self._following = [state for state in self.lots.values() if state.lot.inactivity is not None]
        for state in moved:
            self._displace(state)
        for state in moved:
            state.expires_at = self.end_of(state.lot)
            if state.left:
                self._place(state)

    def end_of(self, lot: Lot) -> Instant:
        """The end of a lot, known or new; it lives on as long as no gap between activities is too long."""
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
        """What may put off the end of a lot, in order."""
        return self._activities[bisect_left(self._activities, lot.occurred_at) :]


def _is_behind(last: LotState, state: LotState) -> bool:
    """Whether a lot comes behind another in the spend order; most differ in what costs least to look at."""
    if last.expires_at <= state.expires_at and last.lot.occurred_at < state.lot.occurred_at:
        return True
    return last.key < state.key


def _spend_key(state: LotState) -> tuple[Instant, Instant, str]:
    return state.key
