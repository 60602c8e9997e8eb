"""The tiers of one member, for the naive model: the whole past walked again at each question (``T1`` to ``T12``)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from fractions import Fraction
from operator import attrgetter, is_
from typing import ClassVar

from attrs import define, evolve, field, frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.tiers import TierLadder
from loyaltykit.domain.transactions import Event, Purchase, Return, TierGrant, TierGrantEnd, Transaction, Visit
from loyaltykit.domain.transactions.merges import Merge
from loyaltykit.rules.nodes import Reference
from tests.model_earning import Priced, Till
from tests.model_facts import Past, View, moment_of
from tests.model_grants import Counted, Grant, Room, capped, matching, reached, room_for, shares_of
from tests.model_hand import Layer, is_by_hand, shown
from tests.model_laws import Laws, Shift
from tests.model_purchases import Shop, kept_lines
from tests.model_rules import asked_of_history
from tests.model_time import FOREVER, MICROSECOND


@frozen
class Standing:
    """The earned tier: ``until`` is the end without grace, ``grace_end`` is set while grace runs."""

    rank: int
    since: datetime
    until: datetime | None = None
    grace_end: datetime | None = None

    @property
    def next_check(self) -> datetime | None:
        return self.grace_end or self.until

    @property
    def layer(self) -> Layer:
        return Layer(self.rank, self.since, self.until)


@frozen
class Row:
    """From ``at`` on this is known of a member."""

    at: datetime
    standing: Standing
    accrued: Mapping[str, int]
    is_due: bool = False  # by time alone: a check, or another ladder


@frozen
class Earned:
    """A purchase as it earned: what a return needs to price what is kept."""

    shop: Shop  # of the version it was made with
    priced: Priced
    multiplier: Fraction
    given: Mapping[Reference, object]
    room: Room

    @property
    def granted(self) -> Priced:
        """What caps left of it (``S20``)."""
        return capped(self.priced, self.room)


@define
class Walk:
    """One walk through a member's past in the order of T12, with what falls due by itself, up to ``horizon``."""

    laws: Laws
    member: Member
    horizon: datetime
    past: Past = field(factory=Past)
    by_hand: list[Transaction] = field(factory=list)
    accrued: dict[str, int] = field(factory=dict)
    rows: list[Row] = field(factory=list)
    tiers: dict[str, tuple[int, int]] = field(factory=dict)  # what showed just before and just after each transaction
    earned: dict[str, Earned] = field(factory=dict)
    grants: list[Grant] = field(factory=list)  # in the order of dates
    counted: list[Counted] = field(factory=list)
    marks: list[Walk] = field(factory=list)  # as far as it was behind each transaction
    shop: Shop = field(init=False)  # of the moment that is looked at
    standing: Standing = field(init=False)

    leaves_marks: ClassVar[bool] = False
    """Whether a walk can be taken up again behind each transaction, or each is from the start."""

    @classmethod
    def through(cls, laws: Laws, member: Member, history: Iterable[Transaction], horizon: datetime) -> Walk:
        walk = cls(laws, member, horizon)
        in_order = sorted(history, key=lambda item: item.order)
        early = [item for item in in_order if moment_of(item) < walk.enrolled_at]
        for transaction in early:
            walk.take_early(transaction)
        walk.enrol()
        walk.go_on(in_order[len(early) :], horizon)
        return walk

    def again(self, history: Iterable[Transaction], horizon: datetime) -> Walk:
        """A walk through another past, from the last mark up to which it is the same."""
        in_order = sorted(history, key=lambda item: item.order)
        for place, mark in reversed([*enumerate(self.marks)]):
            done = mark.past.items
            if len(done) <= len(in_order) and all(map(is_, done, in_order)):
                walk = mark.copied
                walk.marks = self.marks[: place + 1]
                walk.go_on(in_order[len(done) :], horizon)
                return walk
        return Walk.through(self.laws, self.member, history, horizon)

    def go_on(self, coming: Iterable[Transaction], horizon: datetime) -> None:
        for transaction in coming:
            self.fall_due(moment_of(transaction))
            before = self.shown(moment_of(transaction)).rank
            self.take(transaction)
            self.tiers[transaction.id] = (before, self.shown(moment_of(transaction)).rank)
            if self.leaves_marks:
                self.marks.append(self.copied)
        self.fall_due(horizon)
        self.horizon = horizon

    @property
    def copied(self) -> Walk:
        walk = copy(self)
        walk.past = Past([*self.past.items])
        walk.accrued, walk.tiers, walk.earned = {**self.accrued}, {**self.tiers}, {**self.earned}
        walk.rows, walk.by_hand, walk.grants, walk.counted = (
            [*part] for part in (self.rows, self.by_hand, self.grants, self.counted)
        )
        return walk

    @property
    def enrolled_at(self) -> datetime:
        assert self.member.enrolled_at is not None
        return self.member.enrolled_at

    def at(self, moment: datetime) -> Row:
        assert moment <= self.horizon
        return self.rows[bisect_right(self.rows, moment, key=attrgetter("at")) - 1]

    def shown(self, moment: datetime) -> Layer:
        """What shows after everything that was taken in so far (``T6``)."""
        return shown(self.laws, self.by_hand, self.standing.layer, moment)

    # -- what happens --------------------------------------------------------------------------------------------------

    def enrol(self) -> None:
        """A new member is judged once, with what came before, if anything."""
        at = self.enrolled_at
        self.shop = self.laws.at(at)
        self.stand(at, Standing(0, at))
        self.rise(self.view(at, at), at)

    def take_early(self, transaction: Transaction) -> None:
        """What is older than the enrolment counts, and earns at the lowest tier; it judges nothing (``T8``)."""
        at = moment_of(transaction)
        self.shop, self.standing = self.laws.at(at), Standing(0, at)
        self.count(transaction, at)
        self.tiers[transaction.id] = (0, 0)

    def take(self, transaction: Transaction) -> None:
        """A transaction is judged by what stands before it, and itself."""
        at = moment_of(transaction)
        self.shop = self.laws.at(at)
        self.count(transaction, at)
        view = self.view(at, at)
        self.stand(at, self.standing)  # what was accrued may have changed
        if isinstance(transaction, Purchase | Visit | Event | Merge | TierGrant | TierGrantEnd):
            self.judge(view, at)
        if isinstance(transaction, Return) and self.ladder.on_return == "immediately":
            self.judge_return(view, at)

    def count(self, transaction: Transaction, at: datetime) -> None:
        """What it adds, and what it earns; rules about earning see the tier that shows before it."""
        layer = self.shown(at)
        self.past.items.append(transaction)
        self.by_hand += [transaction] if is_by_hand(transaction) else []
        view = evolve(self.view(at, at), tier=self.ladder.tiers[layer.rank].name, since=layer.since)
        if isinstance(transaction, Purchase):
            self.earn(transaction, view, Fraction(self.ladder.tiers[layer.rank].multiplier))
        if isinstance(transaction, Return):
            self.claim(transaction)
        if isinstance(transaction, Visit | Event):
            self.achieve(transaction, view)

    def earn(self, purchase: Purchase, view: View, multiplier: Fraction) -> None:
        """A purchase earns at the tier before it (``T5``)."""
        shop, at = self.shop, moment_of(purchase)
        rules = [rule.where for rule in shop.program.accrual] + [shop.program.earns.exclude]
        given = {reference: view.value(reference) for rule in rules for reference in asked_of_history(rule)}
        priced = Till(shop, purchase, kept_lines(shop, purchase, []), multiplier, given).price()
        earned = self.earned[purchase.id] = Earned(
            shop, priced, multiplier, given, room_for(self.laws, self.grants, at)
        )
        self.grants.append(grant_of(at, earned.granted))
        self.accrued[purchase.id] = earned.granted.points

    def achieve(self, activity: Visit | Event, view: View) -> None:
        """What a visit or an event counts for, and what it gives in the order of dates (``S20``)."""
        at, counted = moment_of(activity), Counted(activity, matching(self.shop, activity, view.value))
        asked = [(item.name, item.points) for item in reached(self.shop, self.counted, counted)]
        points = sum(points for _, points, _ in shares_of(self.laws, asked, self.grants, at))
        self.counted.append(counted)
        self.grants.append(Grant(at, points))
        self.accrued[activity.id] = points

    def claim(self, back: Return) -> None:
        """A return never raises what was accrued."""
        [purchase] = [item for item in self.past.of(Purchase) if item.id == back.of]
        left = price_of_kept(purchase, self.past.returns_of(back.of), self.earned[back.of]).points
        self.accrued[back.of] = min(self.accrued[back.of], left)

    # -- what falls due by itself --------------------------------------------------------------------------------------

    def fall_due(self, moment: datetime) -> None:
        """Checks, and another ladder before a check of the same instant (``T12``), up to a moment."""
        while True:
            shifts = self.laws.shifts(self.rows[-1].at, moment)
            check = self.standing.next_check
            if shifts and (check is None or shifts[0].at <= check):
                self.carry_over(shifts[0])
            elif check is not None and check <= moment:
                self.check(check)
            else:
                return

    def carry_over(self, shift: Shift) -> None:
        """The tier in another ladder, judged anew where the change says so (``T7``)."""
        at, standing = shift.at, self.standing
        self.shop = shift.after.shop
        rank = shift.carried(standing.rank)
        since = standing.since if shift.finds(standing.rank) else at
        if rank == 0:
            carried = Standing(0, since)
        elif standing.until is None:
            carried = Standing(rank, since, self.end_of_validity(at))
        else:
            carried = evolve(standing, rank=rank, since=since)
        self.stand(at, carried, is_due=True)
        view = self.view_before(at)
        if shift.judges == "no" or self.rise(view, at) or shift.judges == "up_only" or rank == 0 or self.keeps(view):
            return
        lower = self.highest(view, rank - 1)
        self.stand(at, Standing(lower, at, self.end_of_validity(at) if lower else None))

    # -- judging -------------------------------------------------------------------------------------------------------

    def judge(self, view: View, at: datetime) -> None:
        if self.rise(view, at):
            return
        if self.standing.grace_end is not None and self.keeps(view):
            self.renew(at)

    def judge_return(self, view: View, at: datetime) -> None:
        if self.standing.rank > 0 and not self.keeps(view):
            self.fall(view, at)

    def check(self, at: datetime) -> None:
        """A scheduled check sees what happened before it, and looks at the day before it."""
        self.shop = self.laws.at(at)
        self.stand(at, self.standing, is_due=True)
        view = self.view_before(at)
        if self.rise(view, at):
            return
        if self.keeps(view):
            self.renew(at)
        elif self.ladder.grace_days and self.standing.grace_end is None:
            until_day = self.shop.wall.day(at)
            grace_end = self.shop.wall.moment(until_day + timedelta(days=self.ladder.grace_days))
            self.stand(at, evolve(self.standing, grace_end=grace_end))
        else:
            self.fall(view, at)

    def rise(self, view: View, at: datetime) -> bool:
        """The highest tier that can be entered, if it is above the present one; a new validity from this day on."""
        rank = self.highest(view)
        if rank <= self.standing.rank:
            return False
        self.stand(at, Standing(rank, at, self.end_of_validity(at)))
        return True

    def renew(self, at: datetime) -> None:
        """A validity more, from the day before the old end."""
        assert self.standing.until is not None
        self.stand(at, evolve(self.standing, until=self.next_end(self.standing.until), grace_end=None))

    def fall(self, view: View, at: datetime) -> None:
        below = self.standing.rank - 1
        rank = below if self.ladder.downgrade == "one_down" else self.highest(view, below)
        until = self.next_end(at) if rank else None
        self.stand(at, Standing(rank, at, until))

    # -- what judging needs --------------------------------------------------------------------------------------------

    @property
    def ladder(self) -> TierLadder:
        return self.shop.program.tiers

    def stand(self, at: datetime, standing: Standing, *, is_due: bool = False) -> None:
        self.standing = standing
        self.rows.append(Row(at, standing, dict(self.accrued), is_due))

    def highest(self, view: View, top: int | None = None) -> int:
        ranks = range(1, len(self.ladder) if top is None else top + 1)
        return max((rank for rank in ranks if view.holds(self.ladder.tiers[rank].enter)), default=0)

    def keeps(self, view: View) -> bool:
        tier = self.ladder.tiers[self.standing.rank]
        return view.holds(tier.keep if tier.keep is not None else tier.enter)

    def end_of_validity(self, moment: datetime) -> datetime | None:
        end = self.shop.wall.end_after(self.shop.wall.day(moment), self.ladder.valid_for)
        return None if end == FOREVER else end

    def next_end(self, moment: datetime) -> datetime | None:
        """A validity more, from the day before; from the day itself where that would end at once (``T4``)."""
        end = self.end_of_validity(moment - MICROSECOND)
        return self.end_of_validity(moment) if end is not None and end <= moment else end

    def view_before(self, at: datetime) -> View:
        """What is seen of the past by whatever judges at a moment by time alone (``T2``)."""
        return self.view(at, at - MICROSECOND, self.past.before(at))

    def view(self, end: datetime, today: datetime, past: Past | None = None) -> View:
        return View(
            shop=self.shop,
            member=self.member,
            past=self.past if past is None else past,
            end=end,
            today=today,
            tier=self.ladder.tiers[self.standing.rank].name,
            since=self.standing.since,
            accrued=self.accrued,
        )


def price_of_kept(purchase: Purchase, returns: Sequence[Return], earned: Earned) -> Priced:
    """What the kept part earns, by the rules, the facts and the multiplier of the purchase (``S6``)."""
    kept = kept_lines(earned.shop, purchase, returns)
    return capped(Till(earned.shop, purchase, kept, earned.multiplier, earned.given).price(), earned.room)


def grant_of(at: datetime, granted: Priced) -> Grant:
    return Grant(at, granted.points, {name: points for name, points, _ in granted.breakdown})
