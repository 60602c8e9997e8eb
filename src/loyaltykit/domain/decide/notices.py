"""Finding what members should be told: at once from a decision, or by time from what has entered its horizon (``S21``).

Nothing here is remembered but the ids of what was told: a notice that is due and not told yet is found by the next run,
however late it comes, and whatever happened twice has the same id twice.
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
from loyaltykit.domain.tiers.decisions import TierRow, as_told, due_rows
from loyaltykit.domain.tiers.standing import Standing
from loyaltykit.domain.transactions import AchievementShare, Arrival, Transaction
from loyaltykit.values import NEVER_US, Instant, id_parts, to_datetime


def tell_of(account: Account, transaction: Transaction, decision: Decision) -> tuple[Notice, ...]:
    """What a transaction's decision makes worth telling.

    Args:
        account: before it, with what fell due by itself.
        transaction: what was recorded.
        decision: what it leads to.
    """
    told = _Telling(account, transaction.instant)
    found = [*told.of_points(transaction, decision.postings), *told.of_activation(transaction, decision)]
    if decision.timeline is not None and decision.corrections:
        found += told.of_change(decision.timeline.standing, transaction.instant, transaction.id)
    return told.new([*found, *told.of_tiers(decision.rows), *told.of_issue(decision)])


def tell_by(account: Account, rows: list[TierRow], until: Instant) -> tuple[Notice, ...]:
    """What has become worth telling by an instant and was not told yet.

    Args:
        account: with what fell due by itself.
        rows: the tier checks that are due by then and not written yet.
        until: up to when.
    """
    told = _Telling(account, until)
    found = [*told.of_tiers(rows), *told.of_active_lots(until), *told.of_expiring_lots(until)]
    found += [*told.of_ending_tier(rows, until), *told.of_expiring_vouchers(until)]
    return told.new([*found, *told.of_birthdays(until)])


def tell_of_joining(account: Account, joined: Account, merge: Transaction) -> tuple[Notice, ...]:
    """What a merge makes worth telling: the tier, where the joined history gives another one.

    Args:
        account: of the survivor, before it.
        joined: after it.
        merge: what was recorded.
    """
    told = _Telling(account, merge.instant)
    if not corrections_of(account, joined.standing, merge.id, merge.instant):
        return ()
    return told.new(told.of_change(joined.standing, merge.instant, merge.id))


def tell_of_new_rules(account: Account, standing: Standing, cause: str, at: Instant) -> tuple[Notice, ...]:
    """What a correction of the programme changes of what a member was told (``T7``).

    Args:
        account: before it.
        standing: where the member stands by the corrected rules.
        cause: the version.
        at: from when on they hold.
    """
    if account.rules.at(at).program.notices is None:
        return ()
    told = _Telling(account, at)
    return told.new(told.of_change(standing, at, cause, account.member.id))


class _Telling:
    """Finds what can be told about one member, told before or not.

    Args:
        account: of the member.
        at: the instant whose version of the programme says what is told; it wants notices.
    """

    def __init__(self, account: Account, at: Instant) -> None:
        rulebook = account.rules.at(at)
        wanted = rulebook.program.notices
        assert wanted is not None  # the caller looked
        self._account = account
        self._calendar = rulebook.calendar
        self._leap_day: LeapDay = rulebook.program.birthday_29_february
        self._wanted = wanted

    def new(self, found: Iterable[Notice]) -> tuple[Notice, ...]:
        """What was not told before."""
        told = self._account.told
        return tuple({notice.id: notice for notice in found if notice.id not in told}.values())

    # -- at once ---------------------------------------------------------------------------------------------------

    def of_points(self, transaction: Transaction, postings: Iterable[Posting]) -> Iterator[Notice]:
        """Points that came, were spent or were taken back: one notice of each kind, however many postings."""
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
        """Pending points that an ``Activation`` made active (``S5``); those that repay a debt cannot be spent."""
        for movement in decision.movements if self._wanted.points_active else ():
            if movement.kind == "activation" and movement.cause == transaction.id:
                assert movement.lot is not None  # an activation names its lot
                state = self._account.ledger.lots[movement.lot]
                left = state.left - sum(allocation.points for allocation in movement.allocations)
                if left:
                    yield self._active(state, transaction.instant, left)

    def of_issue(self, decision: Decision) -> Iterator[Notice]:
        """A voucher was issued (``S24``)."""
        change = decision.voucher
        if self._wanted.voucher_issued and change is not None and change.kind == "issued":
            yield self._notice("voucher.issued", [change.code], change.at, self._voucher(change.state))

    def of_tiers(self, rows: Iterable[TierRow]) -> Iterator[Notice]:
        """The member came to another tier."""
        for before, after in pairwise([self._account.standing.row, *as_told(rows)]):
            was, now = self._name(before), self._name(after)
            kind = "tier.up" if self._rises(before, after) else "tier.down"
            if was != now and getattr(self._wanted, kind.replace(".", "_")):
                data: dict[str, Plain] = {"tier_before": was, "tier_after": now, "until": self._iso(after.shown.until)}
                yield self._notice(kind, [self._account.member.id, after.at, now], after.at, data)

    def of_change(self, standing: Standing, at: Instant, cause: str, *parts: str) -> Iterator[Notice]:
        """Closed decisions that come out differently: what was told stays, and is put right (``T8``, ``I24``).

        Args:
            standing: where the member stands by what is now known.
            at: when the cause happened.
            cause: what changes them.
            parts: what else tells this notice from others.
        """
        if not (self._wanted.tier_up or self._wanted.tier_down):
            return
        until = self._account.closed_until
        before = (self._account.standing.rows_due(until) or [self._account.standing.row])[-1]
        after = (standing.rows_due(until) or [standing.row])[-1]
        data: dict[str, Plain] = {
            "tier_before": self._name(before),
            "tier_after": standing.rules.at(after.at).names[after.shown_rank],
            "cause": cause,
            "since": self._iso(after.shown.since),
        }
        yield self._notice("tier.corrected", [cause, *parts], at, data)

    # -- by time ---------------------------------------------------------------------------------------------------

    def of_active_lots(self, until: Instant) -> Iterator[Notice]:
        """Points that have become active by date, as far as they are not spent."""
        if self._wanted.points_active:
            for state, left in self._unspent(until):
                if state.lot.occurred_at < state.active_from <= until and state.active_from < state.expires_at:
                    yield self._active(state, state.active_from, left)

    def of_expiring_lots(self, until: Instant) -> Iterator[Notice]:
        """Points that nobody has spent and whose end is near, or has passed."""
        if self._wanted.points_expiring_days is None:
            return
        horizon = self._horizon(until, self._wanted.points_expiring_days)
        for state, left in self._unspent(until):
            if state.expires_at <= horizon:
                parts = [*id_parts(state.lot.id), state.expires_at]
                yield self._notice("points.expiring", parts, state.expires_at, self._lot(state, left))

    def of_ending_tier(self, rows: list[TierRow], until: Instant) -> Iterator[Notice]:
        """Falls at scheduled checks that are near as things stand, or have passed since the last run."""
        if self._wanted.tier_ending_days is None:
            return
        account = self._account
        horizon = self._horizon(until, self._wanted.tier_ending_days)
        decided = [*account.standing.rows, *rows]
        coming = due_rows(account.standing.history, account.rules, decided[-1], horizon)
        for before, after in pairwise(as_told([*decided, *coming])):
            was, now = self._name(before), self._name(after)
            falls = was != now and not self._rises(before, after) and _is_by_time(before, after)
            if falls and account.settled_until < after.at <= horizon:
                data: dict[str, Plain] = {"tier_before": was, "tier_after": now, "ends_at": self._iso(after.at)}
                yield self._notice("tier.ending", [account.member.id, after.at], after.at, data)

    def of_expiring_vouchers(self, until: Instant) -> Iterator[Notice]:
        """Vouchers that nobody has used and whose end is near, or has passed."""
        if self._wanted.voucher_expiring_days is None:
            return
        horizon = self._horizon(until, self._wanted.voucher_expiring_days)
        for state in self._account.vouchers.values():
            end = state.valid_until
            if state.issued_at <= until and end <= horizon and state.status_at(end - 1) == "issued":
                yield self._notice("voucher.expiring", [state.code, end], end, self._voucher(state))

    def of_birthdays(self, until: Instant) -> Iterator[Notice]:
        """Birthdays since the enrolment that are near, or have passed; each year of their calendar has one (``C3``)."""
        member, birthday = self._account.member, self._account.record.birthday
        if self._wanted.birthday_days is None or birthday is None:
            return
        # Runs before this one told all up to the day they ran and beyond; an enrolment may move back (S23).
        first = to_date(self._calendar.day_of(max(member.enrolled_instant, self._account.settled_until)))
        last = self._calendar.day_of(until) + self._wanted.birthday_days
        year = first.year - 1
        while to_day(day := birthday.observed(year, self._leap_day)) <= last:
            if day >= first:
                yield self._notice("birthday", [member.id, year], until, {"year": year})
            year += 1

    def _unspent(self, until: Instant) -> Iterator[tuple[LotState, int]]:
        """Lots that had come by an instant, with what was not spent of them by then, or by their end."""
        for state in self._account.ledger.unspent():
            if state.lot.occurred_at <= until and state.lot.occurred_at < state.expires_at:
                left = state.left_from(min(until, state.expires_at - 1))
                if left:
                    yield state, left

    def _horizon(self, until: Instant, days: int) -> Instant:
        """The exclusive end of the day so many days ahead: what ends by then has its last day within them."""
        return self._calendar.start_of(self._calendar.day_of(until) + days + 1)

    # -- the notice itself -----------------------------------------------------------------------------------------

    def _parts_of(self, transaction: Transaction) -> list[str]:
        """What is written beside a transaction bears its id: then the member tells the two apart."""
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
        """The name of the tier that a decision shows."""
        return self._account.rules.at(row.at).names[row.shown_rank]

    def _rises(self, before: TierRow, after: TierRow) -> bool:
        """Whether the later tier stands higher, in the ladder that holds then."""
        names = self._account.rules.at(after.at).names
        name = self._name(before)
        return after.shown_rank > (names.index(name) if name in names else before.shown_rank)

    def _iso(self, at: Instant) -> str | None:
        return None if at >= NEVER_US else to_datetime(at, self._calendar.zone).isoformat()


def _kind_of(posting: Posting) -> str | None:
    if posting.lapse is not None:
        return None
    if posting.points > 0:
        return "points.added"
    return "points.spent" if posting.kind in ("redemption", "transfer") else "points.taken_back"


def _pending(posting: Posting) -> int:
    """How many points of a credit cannot be spent at once."""
    lot = posting.lot
    return lot.points if lot is not None and lot.active_from > posting.occurred_at else 0


def _is_by_time(before: TierRow, after: TierRow) -> bool:
    """Whether a decision fell due by a date that members knew: the end of a validity, or of a tier set by hand."""
    return after.at in (before.check_at, *(grant.until for grant in before.grants))
