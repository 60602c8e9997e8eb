"""The oracle of meaning: the whole library again, naively, from plain lists.

Everything is worked out again at each question, with fractions, ``zoneinfo`` and ``datetime``. Nothing here is shared
with the core but the public values (members, transactions, programmes, rules, errors). Where the core and this model
disagree, ``docs/explanation/rules.md`` decides which of them is wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import define, evolve, field

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.migration import Migration
from loyaltykit.domain.program.program import Program
from loyaltykit.domain.transactions import (
    Activation,
    Capture,
    Event,
    Hold,
    Purchase,
    Redemption,
    Release,
    Return,
    Reversal,
    TierGrant,
    TierGrantEnd,
    Transaction,
    Visit,
    VoucherUse,
)
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.errors import (
    ChangeInThePastError,
    IdempotencyConflictError,
    LoyaltyError,
    NotEnrolledError,
    TooLateError,
    UnknownMemberError,
    UnknownTransactionError,
    UnmergeRefusedError,
)
from loyaltykit.rules.nodes import Predicate
from tests.model_account import Account, Balance, Correction, Outlook, Receipt, TierStatus, differences
from tests.model_book import Posting
from tests.model_deeds import Deeds
from tests.model_facts import moment_of
from tests.model_merges import Union, points_of, told
from tests.model_points import Points
from tests.model_purchases import basket, invalid
from tests.model_rewards import Voucher, view_at
from tests.model_time import FOREVER

LEEWAY = timedelta(minutes=5)
"""How far ahead of the clock a shop's till may be."""


@define
class Changed:
    """What a change of the programme comes to: by member who moves when, and what is decided again."""

    moves: dict[str, tuple[datetime, str, str]] = field(factory=dict)
    corrections: list[tuple[str, Correction]] = field(factory=list)


@define
class Model(Deeds):
    """A shop with one programme; ``now`` is the clock's, passed with each call."""

    members: dict[str, Member] = field(factory=dict)  # as the caller passed them
    received: dict[str, tuple[Transaction, Receipt]] = field(factory=dict)  # as the caller passed them
    union: Union | None = None  # one at most: while it holds, both ids have one account
    # -- writing -------------------------------------------------------------------------------------------------------

    def enroll(self, member: Member, now: datetime) -> None:
        if member.id in self.members:
            if self.members[member.id] != member:
                raise IdempotencyConflictError
            return
        resolved = evolve(member, enrolled_at=member.enrolled_at or now)
        assert resolved.enrolled_at is not None
        refuse_future(resolved.enrolled_at, "enrolled_at", now)
        self.members[member.id] = member
        self.accounts[member.id] = Account(self.laws, resolved, Points(self.laws.wall))

    def record(self, transaction: Transaction, now: datetime) -> Receipt:
        """What recording gives; a refusal raises and changes nothing (``S15``)."""
        if transaction.id in self.received:
            content, receipt = self.received[transaction.id]
            if content != transaction:
                raise IdempotencyConflictError
            return receipt
        resolved = evolve(transaction, occurred_at=transaction.occurred_at or now)
        refuse_future(moment_of(resolved), "occurred_at", now)
        self.refuse_too_late(resolved, now)
        account = self.account_for(resolved)
        self.check_content(resolved)
        saved = {account.member.id: account.saved for account in self.accounts.values()}
        before = {id: saved[account.member.id] for id, account in self.accounts.items()}
        try:
            receipt = self.apply(account, resolved, now)
        except LoyaltyError:
            self.accounts |= before
            raise
        self.received[transaction.id] = (transaction, receipt)
        return receipt

    def merge(self, merge: Merge) -> Receipt:
        """Two ids have one account: the records of both (``S23``)."""
        survivor, other = self.accounts[merge.member_id], self.accounts[merge.other]
        self.union = Union.of(merge, survivor, other)
        self.accounts |= dict.fromkeys(self.union.sides, self.union.joint)
        at = moment_of(merge)
        return told(merge.id, merge.kind, at, survivor, self.union.joint, points_of(other, at))

    def unmerge(self, other: str, id: str, now: datetime) -> Receipt:
        """Each side's own records again, unless something since took from one side for the other."""
        joint, union = self.accounts[other], self.union
        sides = None if union is None or union.merge.other != other else union.parted(joint)
        if sides is None:
            raise UnmergeRefusedError("is tied or not merged", "adjust")
        unmerge = Unmerge(id=id, member_id=other, actor="staff", reason="two after all", occurred_at=now)
        sides[other].places.append(unmerge.order)
        self.accounts |= sides
        self.union = None
        return told(id, "unmerge", now, joint, sides[other], points_of(sides[other], now))

    def settle(self, at: datetime, now: datetime) -> int:
        """Write the expiries due at a moment; how many points lapsed."""
        if at > now:
            raise invalid("as_of")
        lapsed = 0
        for id, account in self.accounts.items():
            if id != account.member.id:
                continue
            before, closed = account.points, account.closed
            account.points = before.as_of(at)
            has_moved = account.points != before
            expired = account.points.settle(at, now)
            lapsed += expired
            if has_moved or expired or account.falls_due(closed, at):
                account.settled.append(at)
        return lapsed

    # -- changing the rules --------------------------------------------------------------------------------------------

    def change(self, new: Program, since: datetime, migration: Migration, correction: str | None) -> Changed:
        """The next version; who moves first when, and which decisions come out differently (``T7``)."""
        newest = self.laws.laws[-1]
        if newest.shop.program == new and newest.since == since and newest.migration == migration:
            return Changed()  # the version that stands
        before = self.each_account()
        if correction is None and any(account.closed >= since for account in before.values()):
            raise ChangeInThePastError
        self.laws = self.laws.plus(new, since, migration)
        for account in self.accounts.values():
            account.laws = self.laws
        cause, changed = f"program-{len(self.laws.laws)}", Changed()
        for id, account in self.each_account().items():
            move = first_move(before[id], account, max(since, account.enrolled_at))
            if move is not None:
                changed.moves[id] = move
            if correction is not None:
                closed = account.closed
                found = differences(before[id].line(closed), account.line(closed), cause)
                changed.corrections += [(id, item) for item in found]
        return changed

    def may_open(self, program: Program, now: datetime) -> bool:
        """Whether a shop may open with a programme: one that holds or is announced."""
        holding = [self.laws.law_at(max(now, law.since)) for law in self.laws.laws]
        return any(law.shop.program == program for law in holding)

    def each_account(self) -> dict[str, Account]:
        """Every account once, as it is now."""
        return {id: account.saved for id, account in sorted(self.accounts.items()) if id == account.member.id}

    # -- asking --------------------------------------------------------------------------------------------------------

    def balance(self, member_id: str, at: datetime) -> Balance:
        points = self.asked(member_id, at).points.as_of(at)
        lots = tuple(
            (lot.id, lot.points, points.remaining(lot, at), points.begins_at(lot), end if end != FOREVER else None)
            for lot in points.live_lots(at)
            if points.remaining(lot, at) and (end := points.expires_at(lot))
        )
        return Balance(points.available(at), points.debt(at), points.pending(at), points.held(at), lots)

    def tier(self, member_id: str, at: datetime) -> TierStatus:
        layer = self.asked(member_id, at).shown(at)
        tier = self.laws.at(at).program.tiers.tiers[layer.rank]
        by_hand = None if layer.hand is None else layer.hand.id
        return TierStatus(tier.name, layer.rank, layer.since, layer.until, tier.multiplier, by_hand)

    def outlook(self, member_id: str, at: datetime) -> Outlook:
        account = self.asked(member_id, at)
        view, layer, standing = account.ladder_view(at), account.shown(at), account.standing(at)
        tiers = self.laws.at(at).program.tiers.tiers
        tier, above = tiers[layer.rank], tiers[layer.rank + 1 : layer.rank + 2]
        is_earned, is_fixed = layer.hand is None, layer.hand is not None and layer.hand.mode == "fixed"
        return Outlook(
            grace_until=standing.grace_end if is_earned else None,
            keeps=view.holds(tier.keep if tier.keep is not None else tier.enter) if layer.rank and is_earned else None,
            next=(above[0].name, view.holds(above[0].enter)) if above and not is_fixed else None,
            projected=account.projected(at),
        )

    def vouchers(self, member_id: str, at: datetime) -> list[Voucher]:
        return view_at(self.shop_of, self.asked(member_id, at).history, at)

    def statement(self, member_id: str, at: datetime) -> list[Posting]:
        return self.asked(member_id, at).points.as_of(at).statement(at)

    def select(self, rule: Predicate, at: datetime) -> list[str]:
        """The ids of those who meet a rule at a moment, of all enrolled by then."""
        enrolled = sorted({account.member.id for account in self.accounts.values() if account.enrolled_at <= at})
        return [id for id in enrolled if self.accounts[id].view(at).holds(rule)]

    def asked(self, member_id: str, at: datetime) -> Account:
        account = self.accounts.get(member_id)
        if account is None:
            raise UnknownMemberError
        if at < account.enrolled_at:
            raise NotEnrolledError("as_of")
        return account

    # -- who and whether -----------------------------------------------------------------------------------------------

    def check_content(self, transaction: Transaction) -> None:
        """Whether it fits the programme."""
        if isinstance(transaction, Event) and transaction.name not in {
            kind.name for kind in self.laws.at(moment_of(transaction)).program.events
        }:
            raise invalid("name")
        if isinstance(transaction, Purchase):
            self.check_money(transaction)

    def check_money(self, purchase: Purchase) -> None:
        """Every amount fits its currency, and a foreign one has a rate (``S14``)."""
        if purchase.currency not in (None, self.laws.newest.currency) and purchase.rate is None:
            raise invalid("rate")
        amounts = [amount for line in basket(purchase) for amount in (line.amount, line.discount, line.tax)]
        amounts += [] if purchase.paid_with is None else [purchase.paid_with.value]
        for amount in [*amounts, *purchase.payments.values()]:
            self.laws.at(moment_of(purchase)).own_minor(purchase, amount)

    def account_for(self, transaction: Transaction) -> Account:
        """Whose transaction it is; what follows another one belongs to whoever made that."""
        match transaction:
            case Return(of=of) | Activation(of=of):
                account = self.account_of(of, Purchase)
            case VoucherUse(of=of):
                account = self.account_of(of, Redemption)
            case Reversal(of=of):
                account = self.account_of(of, Redemption, Capture)
            case Capture(of=of) | Release(of=of):
                account = self.account_of(of, Hold)
            case TierGrantEnd(of=of):
                account = self.account_of(of, TierGrant)
            case _:
                account = self.accounts.get(transaction.member_id)
                if account is None or getattr(transaction, "other_member_id", None) not in (None, *self.accounts):
                    raise UnknownMemberError
        if moment_of(transaction) < account.enrolled_at and not self.may_precede(account, transaction):
            raise NotEnrolledError("occurred_at")
        return account

    def may_precede(self, account: Account, transaction: Transaction) -> bool:
        """Whether it may lie before the enrolment: what counts, by the days that the version of its date allows."""
        at = moment_of(transaction)
        days = (self.laws.wall.day(account.enrolled_at) - self.laws.wall.day(at)).days
        allowed = self.laws.at(at).program.late.before_enrolment_days
        return isinstance(transaction, Purchase | Return | Visit | Event) and days <= allowed > 0

    def refuse_too_late(self, transaction: Transaction, now: datetime) -> None:
        """How late something may come is for the version to say that holds as it arrives (``T8``)."""
        limit = self.laws.at(now).program.late.limit_days
        days = (self.laws.wall.day(now) - self.laws.wall.day(moment_of(transaction))).days
        if limit is not None and days > limit:
            raise TooLateError(limit)

    def account_of(self, id: str, *kinds: type[Transaction]) -> Account:
        for account in self.accounts.values():
            if account.find(id, *kinds) is not None:
                return account
        raise UnknownTransactionError("of", kinds[0].kind)


def refuse_future(moment: datetime, name: str, now: datetime) -> None:
    if moment > now + LEEWAY:
        raise invalid(name)


def first_move(before: Account, after: Account, since: datetime) -> tuple[datetime, str, str] | None:
    """The first moment at which another tier shows, up to what falls due next after the change, if nothing happens."""
    ends = [end for account in (before, after) for end in account.ends_after(since)]
    until = max([since, *ends])
    lines = [dict(account.line(until)) for account in (before, after)]
    for at in sorted({since, *lines[0], *lines[1]}):
        was, now = before.name_at(at), after.name_at(at)
        if at >= since and was != now:
            return at, was, now
    return None
