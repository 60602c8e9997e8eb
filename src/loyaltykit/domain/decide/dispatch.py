"""The entry point of the core: the decision on a transaction, from the account and the rules.

``decide`` is pure: no clock, no storage, no randomness. Its decision is appended as a whole or not at all. A new kind
of transaction is one more handler here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.accounts.receipt import ReceiptParts
from loyaltykit.domain.decide.activities import apply_caps, award_points, find_achieved, other_side_shares
from loyaltykit.domain.decide.admission import check_status
from loyaltykit.domain.decide.credits import accrue, adjust, arrival_of, open_balance, receive_transfer, sell_for_points
from loyaltykit.domain.decide.late import corrections_of
from loyaltykit.domain.decide.notices import notices_due, notices_of_decision
from loyaltykit.domain.decide.postings import check_limit, correct_expiries, post
from loyaltykit.domain.decide.redemptions import price, voucher_change
from loyaltykit.domain.decide.restating import restate
from loyaltykit.domain.decide.returns import claw_back, price_return
from loyaltykit.domain.decide.reversals import reverse
from loyaltykit.domain.ledger.allocation import spend
from loyaltykit.domain.ledger.entries import Allocation, Lapse, Movement, Posting
from loyaltykit.domain.ledger.movements import activate, capture, release_hold, reserve
from loyaltykit.domain.program.declared_fields import declared_problems
from loyaltykit.domain.tiers.timeline import Timeline
from loyaltykit.domain.transactions import (
    AchievementShare,
    Activation,
    Adjustment,
    Arrival,
    Capture,
    Event,
    Hold,
    OpeningBalance,
    Purchase,
    Redemption,
    Release,
    Return,
    Reversal,
    TierGrant,
    TierGrantEnd,
    Transaction,
    Transfer,
    Visit,
    VoucherUse,
)
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.transactions.merges import KeepApart
from loyaltykit.domain.transactions.transaction import unknown_kind
from loyaltykit.errors import InsufficientPointsError, InvalidValueError, NotEnrolledError, Problem, TierGrantEndedError
from loyaltykit.values import Instant


def decide(account: Account, transaction: Transaction) -> Decision:
    """Decide a transaction.

    Args:
        account: the member's.
        transaction: with ``occurred_at`` given.

    Raises:
        NotEnrolledError: it precedes the member's enrolment.
        NotActiveError: the record is pending or closed.
        InsufficientPointsError, ReturnExceedsPurchaseError, ReversalExceedsRedemptionError, RewardUnavailableError,
        VoucherNotUsableError, InvalidValueError: it asks for what its member, purchase, hold or voucher does not allow.
    """
    if transaction.instant < account.member.enrolled_instant and not _allowed_before_enrollment(account, transaction):
        raise NotEnrolledError("occurred_at")
    if account.was_inactive:
        check_status(account, transaction)
    due: tuple[Movement, ...] = ()
    if account.ledger.open_holds or account.ledger.waiting:
        # A late transaction sees everything due by the latest posting: a hold recorded late may have ended before it.
        account, due = account.catch_up(max(transaction.instant, account.ledger.position))
    effects = _EFFECTS.get(type(transaction)) or _effects_of_base(type(transaction))
    decision = effects(transaction, account)
    if decision.timeline is not None:
        _correct_late(account, transaction, decision, decision.timeline)
    if decision.postings:
        check_limit(account.ledger, decision.postings)
    if transaction.instant < account.ledger.position and (decision.postings or decision.movements):
        decision.postings += correct_expiries(account, transaction, decision.movements, decision.postings)
    _add_receipt(account, transaction, decision)
    if due:
        decision.movements = due + decision.movements
    if account.rules.tells and account.rules.at(transaction.instant).program.notices is not None:
        decision.notices = notices_of_decision(account, transaction, decision)
    return decision


def _correct_late(account: Account, late: Transaction, decision: Decision, timeline: Timeline) -> None:
    """Add the closed tier decisions that a late transaction changes (``T8``)."""
    decision.corrections = corrections_of(account, timeline.standing, late.id)
    if account.rules.at(late.instant).program.late.restate:
        restate(account, late, decision, timeline)


def _allowed_before_enrollment(account: Account, transaction: Transaction) -> bool:
    """Check whether a transaction may precede the enrolment: only metrics, within a number of days (``T8``)."""
    allowed = account.rules.at(transaction.instant).program.late.before_enrolment_days
    if not isinstance(transaction, _METRIC_KINDS) or not allowed:
        return False
    day_of = account.rules.calendar.day_of
    return day_of(account.member.enrolled_instant) - day_of(transaction.instant) <= allowed


def settle(account: Account, until: Instant) -> Decision | None:
    """Decide what is due by an instant and not written yet: time-outs, tier checks, expiries, notices (``T10``); None
    if nothing is.
    """
    account, movements = account.catch_up(until)
    rows = account.standing.rows_due(until)
    due = account.ledger.unwritten(until)
    rulebook = account.rules.at(until)
    notices = notices_due(account, rows, until) if rulebook.program.notices is not None else ()
    if not rows and not due and not movements and not notices:
        return None
    first, version = len(account.ledger.postings), rulebook.version
    postings = tuple(
        Posting(number, "expiry", -points, when, state.lot.id, version, lapse=Lapse(state.lot.id, when))
        for number, (when, points, state) in enumerate(due, start=first)
    )
    return Decision(postings, tuple(rows), settled_until=until, movements=movements, notices=notices)


def _add_receipt(account: Account, transaction: Transaction, decision: Decision) -> None:
    """Add the receipt and new tier decisions; a late transaction has none, it changes the past."""
    step, rules = decision.step, account.rules
    assert step is not None  # every handler sets it
    rulebook = rules.at(transaction.instant)
    if decision.timeline is None and transaction.order >= account.timeline.standing.position:
        decision.rows = step.rows
    before = step.before.effective_rank
    after = before if step.after is step.before else step.after.effective_rank
    moved = sum(_moved(account, movement) for movement in decision.movements) if decision.movements else 0
    issued = decision.voucher
    voucher = None if issued is None else issued.state.as_of(issued.at, rules.calendar.zone)
    decision.receipt_parts = ReceiptParts(
        transaction,
        account.member.id,
        Decimal(1) if decision.sale is None else decision.sale.multiplier,
        rulebook.names[before],
        rulebook.names[after],
        moved,
        voucher,
    )


def _moved(account: Account, movement: Movement) -> int:
    """Return how many points a movement reserves, releases or activates."""
    if movement.lot is not None:
        return account.ledger.lots[movement.lot].left_at(movement.occurred_at)
    if movement.kind == "hold":
        return sum(allocation.points for allocation in movement.allocations)
    assert movement.hold is not None  # it ends one
    return account.ledger.holds[movement.hold].points


# -- kind by kind ------------------------------------------------------------------------------------------------------


def _purchase(transaction: Purchase, account: Account) -> Decision:
    step, timeline = account.step_for(transaction)
    sale = step.sale
    assert sale is not None  # a purchase always makes one
    if account.rules.counts and account.rules.version(sale.version).caps is not None:
        sale = apply_caps(account, sale)
    postings = (
        accrue(account, transaction, sale)
        if transaction.paid_with is None
        else sell_for_points(account, transaction, sale)
    )
    return Decision(postings, sale=sale, step=step, timeline=timeline)


def _return(transaction: Return, account: Account) -> Decision:
    # The ledger decides whether a return is accepted, before it gets its place in the past.
    returned = price_return(account, transaction)
    step, timeline = account.step_for(transaction)
    return Decision(claw_back(account, transaction, returned), sale=returned.sale, step=step, timeline=timeline)


def _activity(transaction: Visit | Event | AchievementShare, account: Account) -> Decision:
    if isinstance(transaction, Event):
        _check_event(account, transaction)
    step, timeline = account.step_for(transaction)
    has_any = account.rules.at(transaction.instant).has_achievements
    achieved = find_achieved(account, transaction, step) if has_any else None
    if achieved is None:
        return Decision(step=step, timeline=timeline)
    postings, beside = award_points(account, transaction, achieved), other_side_shares(transaction, achieved)
    return Decision(postings, step=step, timeline=timeline, beside=beside, achieved=achieved)


def _tier_grant(transaction: TierGrant, account: Account) -> Decision:
    if transaction.tier not in account.rules.at(transaction.instant).names:
        raise InvalidValueError([Problem("tier", "is not in the ladder of its date", "name one of its tiers")])
    if transaction.end_instant <= transaction.instant:
        raise InvalidValueError([Problem("until", "is not after occurred_at", "it is the exclusive end")])
    step, timeline = account.step_for(transaction)
    return Decision(step=step, timeline=timeline)


def _tier_grant_end(transaction: TierGrantEnd, account: Account) -> Decision:
    granted = account.grants.get(transaction.of)
    if granted is None or transaction.instant >= granted.end_instant:
        raise TierGrantEndedError("of", "names a grant that has ended", "leave it as it is")
    if transaction.instant < granted.instant:
        raise TierGrantEndedError("occurred_at", "is before the grant", "date it at or after the grant")
    step, timeline = account.step_for(transaction)
    return Decision(step=step, timeline=timeline)


def _member_edit(transaction: MemberEdit, account: Account) -> Decision:
    step, timeline = account.step_for(transaction)
    return Decision(step=step, timeline=timeline)


def _keep_apart(transaction: KeepApart, account: Account) -> Decision:
    return Decision(step=account.timeline.step(transaction))


def _redemption(transaction: Redemption, account: Account) -> Decision:
    voucher = voucher_change(account, transaction)
    points = price(account, transaction)
    postings = (post(account, transaction, "redemption", -points, spend(account.ledger, transaction.instant, points)),)
    return Decision(postings, step=account.timeline.step(transaction), voucher=voucher)


def _reversal(transaction: Reversal, account: Account) -> Decision:
    voucher = voucher_change(account, transaction)
    return Decision(reverse(account, transaction), step=account.timeline.step(transaction), voucher=voucher)


def _voucher_use(transaction: VoucherUse, account: Account) -> Decision:
    return Decision(step=account.timeline.step(transaction), voucher=voucher_change(account, transaction))


def _adjustment(transaction: Adjustment, account: Account) -> Decision:
    return Decision(adjust(account, transaction), step=account.timeline.step(transaction))


def _transfer(transaction: Transfer, account: Account) -> Decision:
    taken = spend(account.ledger, transaction.instant, transaction.points)
    postings = (post(account, transaction, "transfer", -transaction.points, taken),)
    return Decision(
        postings, step=account.timeline.step(transaction), beside=(arrival_of(account, transaction, postings),)
    )


def _arrival(transaction: Arrival, account: Account) -> Decision:
    return Decision(receive_transfer(account, transaction), step=account.timeline.step(transaction))


def _opening(transaction: OpeningBalance, account: Account) -> Decision:
    return Decision(open_balance(account, transaction), step=account.timeline.step(transaction))


def _hold(transaction: Hold, account: Account) -> Decision:
    return Decision(movements=(reserve(account.ledger, transaction),), step=account.timeline.step(transaction))


def _release(transaction: Release, account: Account) -> Decision:
    return Decision(movements=(release_hold(account.ledger, transaction),), step=account.timeline.step(transaction))


def _capture(transaction: Capture, account: Account) -> Decision:
    movement, taken = capture(account.ledger, transaction)
    _check_late_capture(account, transaction, movement, taken)
    points = sum(allocation.points for allocation in taken)
    posting = post(account, transaction, "redemption", -points, taken)
    return Decision((posting,), movements=(movement,), step=account.timeline.step(transaction))


def _activation(transaction: Activation, account: Account) -> Decision:
    return Decision(movements=activate(account.ledger, transaction), step=account.timeline.step(transaction))


_Effects: TypeAlias = Callable[[Any, Account], Decision]

_EFFECTS: Final[Mapping[type[Transaction], _Effects]] = {
    Purchase: _purchase,
    Return: _return,
    Visit: _activity,
    Event: _activity,
    AchievementShare: _activity,
    Redemption: _redemption,
    Reversal: _reversal,
    VoucherUse: _voucher_use,
    Adjustment: _adjustment,
    Transfer: _transfer,
    Arrival: _arrival,
    OpeningBalance: _opening,
    Hold: _hold,
    Release: _release,
    Capture: _capture,
    Activation: _activation,
    TierGrant: _tier_grant,
    TierGrantEnd: _tier_grant_end,
    MemberEdit: _member_edit,
    KeepApart: _keep_apart,
}

_KINDS: Final = tuple(_EFFECTS)
_INTERNAL: Final = (Arrival, AchievementShare)
"""Kinds that the library records together with another transaction, for the other member."""

_METRIC_KINDS: Final = (Purchase, Return, Visit, Event)


def check_kind(transaction: Transaction) -> None:
    """Check that a transaction is of a known kind, or of a subclass of one."""
    if isinstance(transaction, _INTERNAL) or not isinstance(transaction, _KINDS):
        raise InvalidValueError([unknown_kind()])


def _effects_of_base(kind: type[Transaction]) -> _Effects:
    """Return the handler of a caller's subclass: that of its base kind."""
    return next(_EFFECTS[parent] for parent in kind.__mro__ if parent in _EFFECTS)


def _check_late_capture(account: Account, given: Capture, movement: Movement, taken: tuple[Allocation, ...]) -> None:
    """Check that points which a written time-out released were not spent before a late capture (``S18``)."""
    if not account.ledger.holds[given.of].timed_out:
        return
    trial = account.ledger.copy()
    trial.apply_movement(movement)
    free = {item.lot: max(trial.lots[item.lot].left_from(given.instant), 0) for item in taken}
    available = sum(min(item.points, free[item.lot]) for item in taken)
    requested = sum(item.points for item in taken)
    if available < requested:
        raise InsufficientPointsError(available=available, requested=requested)


def _check_event(account: Account, event: Event) -> None:
    declared = account.rules.at(event.instant).program.scope.events.get(event.name)
    if declared is None:
        raise InvalidValueError([Problem("name", "is not a declared kind of event", "declare it with EventType")])
    problems = declared_problems(event.attributes, declared, "attributes")
    if problems:
        raise InvalidValueError(problems)
