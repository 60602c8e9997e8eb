"""Allocations: which lots a debit uses, and which debts a credit repays (``S2``, ``S4``, ``S7``, ``S8``)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from loyaltykit.domain.earning.sales import Sale
from loyaltykit.domain.ledger.entries import Allocation, Lot, SpendKey
from loyaltykit.domain.ledger.ledger import Ledger
from loyaltykit.domain.ledger.states import LotState
from loyaltykit.domain.program.points import PointsPolicy
from loyaltykit.errors import InsufficientPointsError
from loyaltykit.values import Instant


def spend(ledger: Ledger, at: Instant, points: int) -> tuple[Allocation, ...]:
    """Return the allocations of a redemption, soonest expiry first.

    Raises:
        InsufficientPointsError: less can be spent at that date; ``available`` is how much (``S18``).
    """
    allocations = _take_from(ledger.spendable(at), at, points)
    if sum(allocation.points for allocation in allocations) < points:
        available = sum(left for _, left in ledger.spendable(at))
        raise InsufficientPointsError(available=available, requested=points)
    return allocations


@frozen
class Claim:
    """How a claim is met: by lots, by debt, or by points that had lapsed (``S7``)."""

    allocations: tuple[Allocation, ...] = ()
    owed: int = 0
    lapsed: int = 0

    @property
    def points(self) -> int:
        """Return how many points the member loses."""
        return sum(allocation.points for allocation in self.allocations) + self.owed


def meet_claim(ledger: Ledger, sale: Sale, at: Instant, points: int, policy: PointsPolicy) -> Claim:
    """Meet the claim of a return: from the pending part of its own lot, what of it lapsed unspent, the rest of it,
    other lots, then debt (``S7``).

    Args:
        ledger: the member's points.
        sale: the purchase before the return; it has a lot or several, or nothing could be claimed.
        at: the instant of the return.
        points: the claim.
        policy: which lots may be used, and whether debt is allowed.
    """
    own = [ledger.lots[name] for name in (sale.purchase.id, *sale.more_lots) if name in ledger.lots]
    lapsed_unspent = sum(state.lapsed_by(at) for state in own if state.expires_at <= at)
    lapsed = max(min(points, lapsed_unspent - sale.lapsed), 0)
    rest = points - lapsed
    reaches_active = policy.on_return != "only_pending"
    reachable = [state for state in own if state.is_pending(at) or (state.is_alive(at) and reaches_active)]
    from_own = _take_from([(state, state.left_from(at)) for state in reachable], at, rest)
    if policy.on_return == "only_pending":
        return Claim(from_own, lapsed=lapsed)
    rest -= sum(allocation.points for allocation in from_own)
    others = ((state, left) for state, left in ledger.spendable(at) if state not in own)
    from_others = _take_from(others, at, rest)
    rest -= sum(allocation.points for allocation in from_others)
    return Claim((*from_own, *from_others), _debt_allowed(ledger, rest, policy), lapsed)


def meet_adjustment(ledger: Ledger, at: Instant, points: int, policy: PointsPolicy) -> Claim:
    """Meet a negative adjustment: like a claim, from other lots on (``S17``)."""
    allocations = _take_from(ledger.spendable(at), at, points)
    rest = points - sum(allocation.points for allocation in allocations)
    return Claim(allocations, _debt_allowed(ledger, rest, policy))


def _debt_allowed(ledger: Ledger, points: int, policy: PointsPolicy) -> int:
    if policy.on_return != "allow_negative":
        return 0
    if policy.debt_limit is None:
        return points
    return max(min(points, policy.debt_limit - ledger.debt_left), 0)


def _take_from(lots: Iterable[tuple[LotState, int]], at: Instant, points: int) -> tuple[Allocation, ...]:
    allocations = []
    for state, left in lots:
        if not points:
            break
        taken = min(left, points)
        if taken:
            allocations.append(Allocation(state.lot.id, taken, at))
        points -= taken
    return tuple(allocations)


class OpenDebts:
    """Open debts, while several lots repay them one after the other (``S8``)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._debts = [(debt.id, debt.at) for debt in ledger.open_debts()]
        self._left = {debt.id: debt.left for debt in ledger.open_debts()}

    def repay_from(self, lot: Lot) -> tuple[Allocation, ...]:
        """Return what a new lot repays, up to its extended end."""
        return self.repay(lot.id, self._ledger.end_of(lot), lot.points, lot.active_from)

    def repay(self, lot: str, expires_at: Instant, points: int, at: Instant) -> tuple[Allocation, ...]:
        """Return what a lot repays, oldest debt first, dated when both the points and the debt exist (``S2``).

        Args:
            lot: one whose points were restored or became active.
            expires_at: its end.
            points: how many of it are free to repay.
            at: since when they are available.
        """
        repayments = []
        for debt, since in self._debts:
            when = max(at, since)
            repaid = min(points, self._left[debt]) if when < expires_at else 0
            if repaid:
                repayments.append(Allocation(lot, repaid, when, repays=debt))
                self._left[debt] -= repaid
                points -= repaid
        return tuple(repayments)


def repay_late_debt(ledger: Ledger, debt: str, since: Instant, claim: Claim) -> tuple[Allocation, ...]:
    """Return what later credits repay of a debt recorded after them, in the order of the credits.

    Args:
        ledger: before the debt.
        debt: its id.
        since: its date.
        claim: the claim that left it; the points it takes from lots cannot repay it.
    """
    if since >= ledger.position:
        return ()
    owed = claim.owed
    repayments: list[Allocation] = []
    taken = {allocation.lot: allocation.points for allocation in claim.allocations}
    for when, _, state in sorted(_credits_after(ledger, since), key=lambda credit: credit[:2]):
        free = state.left_from(when) - taken.get(state.lot.id, 0) if state.is_alive(when) else 0
        repaid = min(free, owed)
        if repaid > 0:
            repayments.append(Allocation(state.lot.id, repaid, when, repays=debt))
            taken[state.lot.id] = taken.get(state.lot.id, 0) + repaid
            owed -= repaid
    return tuple(repayments)


def _credits_after(ledger: Ledger, since: Instant) -> list[tuple[Instant, SpendKey, LotState]]:
    found = []
    for state in ledger.lots.values():
        if since < state.active_from <= ledger.position:
            found.append((state.active_from, state.key, state))
        found += [(when, state.key, state) for when, points in state.moves if points < 0 and when > since]
    return found
