"""Notices (``S21``): those that a decision causes at once, and those that fall due by time.

Only the ids of earlier notices are kept: the next run, however late, finds each notice that is due and was not made
before. The same cause always has the same id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from loyaltykit.calendars import to_date, to_day
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.decide.late import corrections_of
from loyaltykit.domain.ledger.entries import Posting
from loyaltykit.domain.ledger.states import LotState
from loyaltykit.domain.ledger.vouchers import VoucherState
from loyaltykit.domain.members.birthday import LeapDay
from loyaltykit.domain.program.notices import Notice, Plain, notice_id
from loyaltykit.domain.tiers.decisions import TierRow, due_rows, last_of_each_instant
from loyaltykit.domain.tiers.standing import Standing
from loyaltykit.domain.transactions import AchievementShare, Arrival, Transaction
from loyaltykit.values import NEVER_US, Instant, id_parts, to_datetime


def notices_of_decision(account: Account, transaction: Transaction, decision: Decision) -> tuple[Notice, ...]:
    """Return the notices of a transaction's decision.

    Args:
        account: before it, with what fell due by itself.
        transaction: the recorded transaction.
        decision: its decision.
    """
    finder = _NoticeFinder(account, transaction.instant)
    found = [*finder.of_points(transaction, decision.postings), *finder.of_activation(transaction, decision)]
    if decision.timeline is not None and decision.corrections:
        found += finder.of_change(decision.timeline.standing, transaction.instant, transaction.id)
    return finder.new([*found, *finder.of_tiers(decision.rows), *finder.of_issue(decision)])


def notices_due(account: Account, rows: list[TierRow], until: Instant) -> tuple[Notice, ...]:
    """Return the notices that have fallen due by an instant and were not made before.

    Args:
        account: with what fell due by itself.
        rows: the tier checks that are due by then and not written yet.
        until: the instant.
    """
    finder = _NoticeFinder(account, until)
    found = [*finder.of_tiers(rows), *finder.of_active_lots(until), *finder.of_expiring_lots(until)]
    found += [*finder.of_ending_tier(rows, until), *finder.of_expiring_vouchers(until)]
    return finder.new([*found, *finder.of_birthdays(until)])


def notices_of_merge(account: Account, joined: Account, merge: Transaction) -> tuple[Notice, ...]:
    """Return the notices of a merge: a corrected tier, if the joined history gives another one.

    Args:
        account: the survivor's, before it.
        joined: the survivor's, after it.
        merge: the recorded merge.
    """
    finder = _NoticeFinder(account, merge.instant)
    if not corrections_of(account, joined.standing, merge.id, merge.instant):
        return ()
    return finder.new(finder.of_change(joined.standing, merge.instant, merge.id))


def notices_of_program_change(account: Account, standing: Standing, cause: str, at: Instant) -> tuple[Notice, ...]:
    """Return the notices of a programme correction (``T7``).

    Args:
        account: before it.
        standing: the metrics and tiers by the corrected rules.
        cause: the version.
        at: since when they hold.
    """
    if account.rules.at(at).program.notices is None:
        return ()
    finder = _NoticeFinder(account, at)
    return finder.new(finder.of_change(standing, at, cause, account.member.id))


class _NoticeFinder:
    """Finds the notices of one member, made before or not.

    Args:
        account: the member's.
        at: the instant whose version of the programme has the notice policy.
    """

    def __init__(self, account: Account, at: Instant) -> None:
        rulebook = account.rules.at(at)
        wanted = rulebook.program.notices
        assert wanted is not None  # checked by the caller
        self._account = account
        self._calendar = rulebook.calendar
        self._leap_day: LeapDay = rulebook.program.birthday_29_february
        self._wanted = wanted

    def new(self, found: Iterable[Notice]) -> tuple[Notice, ...]:
        """Return the notices that were not made before."""
        known = self._account.notice_ids
        return tuple({notice.id: notice for notice in found if notice.id not in known}.values())

    # -- at once ---------------------------------------------------------------------------------------------------

    def of_points(self, transaction: Transaction, postings: Iterable[Posting]) -> Iterator[Notice]:
        """Yield notices of points added, spent or taken back: one of each kind for all postings."""
        kinds: dict[str, list[Posting]] = {}
        for posting in postings:
            kind = _kind_of(posting)
            if kind is not None and getattr(self._wanted, kind.replace(".", "_")):
                kinds.setdefault(kind, []).append(posting)
        for kind, items in kinds.items():
            data: dict[str, Plain] = {"cause": transaction.id, "posting": items[0].kind}
            data["points"] = abs(sum(posting.points for posting in items))
            if kind == "points.added":
                data["pending"] = sum(_pending(posting) for posting in items)
            yield self._notice(kind, self._parts_of(transaction), transaction.instant, data)

    def of_activation(self, transaction: Transaction, decision: Decision) -> Iterator[Notice]:
        """Yield notices of points that an ``Activation`` made active (``S5``), without those that repay debt."""
        for movement in decision.movements if self._wanted.points_active else ():
            if movement.kind == "activation" and movement.cause == transaction.id:
                assert movement.lot is not None  # an activation names its lot
                state = self._account.ledger.lots[movement.lot]
                left = state.left - sum(allocation.points for allocation in movement.allocations)
                if left:
                    yield self._active(state, transaction.instant, left)

    def of_issue(self, decision: Decision) -> Iterator[Notice]:
        """Yield the notice of a new voucher (``S24``)."""
        change = decision.voucher
        if self._wanted.voucher_issued and change is not None and change.kind == "issued":
            yield self._notice("voucher.issued", [change.code], change.at, self._voucher(change.state))

    def of_tiers(self, rows: Iterable[TierRow]) -> Iterator[Notice]:
        """Yield notices of upgrades and downgrades."""
        for before, after in pairwise([self._account.standing.row, *last_of_each_instant(rows)]):
            was, now = self._name(before), self._name(after)
            kind = "tier.up" if self._rises(before, after) else "tier.down"
            if was != now and getattr(self._wanted, kind.replace(".", "_")):
                data: dict[str, Plain] = {
                    "tier_before": was,
                    "tier_after": now,
                    "until": self._iso(after.effective.until),
                }
                yield self._notice(kind, [self._account.member.id, after.at, now], after.at, data)

    def of_change(self, standing: Standing, at: Instant, cause: str, *parts: str) -> Iterator[Notice]:
        """Yield the notice that corrects closed decisions; earlier notices stay as they are (``T8``, ``I24``).

        Args:
            standing: the metrics and tiers by what is now known.
            at: when the cause happened.
            cause: what changes them.
            parts: more parts of the notice's id.
        """
        if not (self._wanted.tier_up or self._wanted.tier_down):
            return
        until = self._account.closed_until
        before = (self._account.standing.rows_due(until) or [self._account.standing.row])[-1]
        after = (standing.rows_due(until) or [standing.row])[-1]
        data: dict[str, Plain] = {
            "tier_before": self._name(before),
            "tier_after": standing.rules.at(after.at).names[after.effective_rank],
            "cause": cause,
            "since": self._iso(after.effective.since),
        }
        yield self._notice("tier.corrected", [cause, *parts], at, data)

    # -- by time ---------------------------------------------------------------------------------------------------

    def of_active_lots(self, until: Instant) -> Iterator[Notice]:
        """Yield notices of unspent points that became active by date."""
        if self._wanted.points_active:
            for state, left in self._unspent(until):
                if state.lot.occurred_at < state.active_from <= until and state.active_from < state.expires_at:
                    yield self._active(state, state.active_from, left)

    def of_expiring_lots(self, until: Instant) -> Iterator[Notice]:
        """Yield notices of unspent points that expire soon, or have expired."""
        if self._wanted.points_expiring_days is None:
            return
        horizon = self._horizon(until, self._wanted.points_expiring_days)
        for state, left in self._unspent(until):
            if state.expires_at <= horizon:
                parts = [*id_parts(state.lot.id), state.expires_at]
                yield self._notice("points.expiring", parts, state.expires_at, self._lot(state, left))

    def of_ending_tier(self, rows: list[TierRow], until: Instant) -> Iterator[Notice]:
        """Yield notices of downgrades at coming checks, or at checks since the last run."""
        if self._wanted.tier_ending_days is None:
            return
        account = self._account
        horizon = self._horizon(until, self._wanted.tier_ending_days)
        decided = [*account.standing.rows, *rows]
        coming = due_rows(account.standing.history, account.rules, decided[-1], horizon)
        for before, after in pairwise(last_of_each_instant([*decided, *coming])):
            was, now = self._name(before), self._name(after)
            falls = was != now and not self._rises(before, after) and _is_by_time(before, after)
            if falls and account.settled_until < after.at <= horizon:
                data: dict[str, Plain] = {"tier_before": was, "tier_after": now, "ends_at": self._iso(after.at)}
                yield self._notice("tier.ending", [account.member.id, after.at], after.at, data)

    def of_expiring_vouchers(self, until: Instant) -> Iterator[Notice]:
        """Yield notices of unused vouchers that expire soon, or have expired."""
        if self._wanted.voucher_expiring_days is None:
            return
        horizon = self._horizon(until, self._wanted.voucher_expiring_days)
        for state in self._account.vouchers.values():
            end = state.valid_until
            if state.issued_at <= until and end <= horizon and state.status_at(end - 1) == "issued":
                yield self._notice("voucher.expiring", [state.code, end], end, self._voucher(state))

    def of_birthdays(self, until: Instant) -> Iterator[Notice]:
        """Yield notices of birthdays since the enrolment that are near or past, one for each calendar year (``C3``)."""
        member, birthday = self._account.member, self._account.current_member.birthday
        if self._wanted.birthday_days is None or birthday is None:
            return
        # Earlier runs made all notices up to their day and beyond; an unmerge may date the enrolment later (S23).
        first = to_date(self._calendar.day_of(max(member.enrolled_instant, self._account.settled_until)))
        last = self._calendar.day_of(until) + self._wanted.birthday_days
        year = first.year - 1
        while to_day(day := birthday.observed(year, self._leap_day)) <= last:
            if day >= first:
                yield self._notice("birthday", [member.id, year], until, {"year": year})
            year += 1

    def _unspent(self, until: Instant) -> Iterator[tuple[LotState, int]]:
        """Yield lots credited by an instant, with what was not spent by then or by their end."""
        for state in self._account.ledger.unspent():
            if state.lot.occurred_at <= until and state.lot.occurred_at < state.expires_at:
                left = state.left_from(min(until, state.expires_at - 1))
                if left:
                    yield state, left

    def _horizon(self, until: Instant, days: int) -> Instant:
        """Return the exclusive end of the day that is ``days`` ahead."""
        return self._calendar.start_of(self._calendar.day_of(until) + days + 1)

    # -- the notice itself -----------------------------------------------------------------------------------------

    def _parts_of(self, transaction: Transaction) -> list[str]:
        """Return the parts of a notice's id; the member tells two sides of one transaction apart."""
        if isinstance(transaction, Arrival | AchievementShare):
            return [transaction.id, self._account.member.id]
        return [transaction.id]

    def _active(self, state: LotState, at: Instant, left: int) -> Notice:
        return self._notice("points.active", id_parts(state.lot.id), at, self._lot(state, left))

    def _lot(self, state: LotState, left: int) -> dict[str, Plain]:
        return {"lot": state.lot.id, "points": left, "expires_at": self._iso(state.expires_at)}

    def _notice(self, kind: str, parts: Iterable[object], at: Instant, data: dict[str, Plain]) -> Notice:
        moment = to_datetime(at, self._calendar.zone)
        member_id = self._account.member.id
        return Notice(id=notice_id(kind, *parts), kind=kind, member_id=member_id, occurred_at=moment, data=data)

    def _voucher(self, state: VoucherState) -> dict[str, Plain]:
        return {"voucher": state.code, "reward": state.reward, "valid_until": self._iso(state.valid_until)}

    def _name(self, row: TierRow) -> str:
        """Return the name of a decision's effective tier."""
        return self._account.rules.at(row.at).names[row.effective_rank]

    def _rises(self, before: TierRow, after: TierRow) -> bool:
        """Check whether the later tier is higher, in the ladder that holds then."""
        names = self._account.rules.at(after.at).names
        name = self._name(before)
        return after.effective_rank > (names.index(name) if name in names else before.effective_rank)

    def _iso(self, at: Instant) -> str | None:
        return None if at >= NEVER_US else to_datetime(at, self._calendar.zone).isoformat()


def _kind_of(posting: Posting) -> str | None:
    if posting.lapse is not None:
        return None
    if posting.points > 0:
        return "points.added"
    return "points.spent" if posting.kind in ("redemption", "transfer") else "points.taken_back"


def _pending(posting: Posting) -> int:
    """Return how many points of a credit are pending."""
    lot = posting.lot
    return lot.points if lot is not None and lot.active_from > posting.occurred_at else 0


def _is_by_time(before: TierRow, after: TierRow) -> bool:
    """Check whether a decision fell due at a date known before: the end of a validity or of a grant."""
    return after.at in (before.check_at, *(grant.until for grant in before.grants))
