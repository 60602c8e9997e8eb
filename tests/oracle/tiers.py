"""The tiers of one member: the whole past walked through again at each question (``T1`` to ``T12``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from attrs import define, evolve, field, frozen

import loyaltykit as lk
from tests.oracle.achievements import Activity, Counted, matching, reached
from tests.oracle.baskets import Kept, brought_back, kept_after
from tests.oracle.by_hand import Layer, lying_on_top, shown
from tests.oracle.caps import Granted, Room, capped, room_for, shares_of
from tests.oracle.earning import Price, Till
from tests.oracle.facts import Given, Past, Sold, View
from tests.oracle.order import Edit, Happening, Merge, moment_of, place_of
from tests.oracle.predicates import asked_of_history
from tests.oracle.versions import Shift, Version, Versions
from tests.oracle.wall import FOREVER, MICROSECOND

JUDGED = (lk.Purchase, lk.Visit, lk.Event, lk.TierGrant, lk.TierGrantEnd, Merge, Edit)
"""What the tier is judged at; returns where the ladder says so."""


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
    """From ``at`` on a member stands there; ``is_due`` by time alone: by a check, or by another ladder."""

    at: datetime
    standing: Standing
    is_due: bool = False


@frozen
class Earned:
    """A purchase as it earned: what a return needs to price what is kept (``S6``)."""

    version: Version  # by which it was made
    purchase: lk.Purchase
    multiplier: Fraction
    given: Given
    room: Room
    price: Price

    @property
    def granted(self) -> Price:
        """What caps left of it (``S20``)."""
        return capped(self.price, self.room)

    def of_kept(self, kept: list[Kept]) -> Price:
        """Price what is kept by the rules, the facts, the multiplier and the room of the purchase."""
        return capped(Till(self.version, self.purchase, kept, self.multiplier, self.given).price(), self.room)

    def after(self, returns: Sequence[lk.Return]) -> Price:
        return self.of_kept(kept_after(self.version, self.purchase, returns))


@define
class Walk:
    """One walk through a member's past in the order of T12, with what falls due by itself, up to a moment.

    ``member`` is the record at the place that was reached, ``version`` and ``standing`` what holds there.
    """

    versions: Versions
    member: lk.Member
    past: Past = field(factory=Past)
    by_hand: list[Happening] = field(factory=list)
    rows: list[Row] = field(factory=list)
    tiers: dict[str, tuple[int, int]] = field(factory=dict)  # what showed just before and just after each thing
    earned: dict[str, Earned] = field(factory=dict)
    granted: list[Granted] = field(factory=list)  # in the order of dates
    counted: list[Counted] = field(factory=list)
    version: Version = field(init=False)
    standing: Standing = field(init=False)

    @classmethod
    def through(cls, versions: Versions, member: lk.Member, history: Iterable[Happening], until: datetime) -> Walk:
        walk = cls(versions, member)
        in_order = sorted(history, key=place_of)
        early = [item for item in in_order if moment_of(item) < walk.enrolled_at]
        for item in early:
            walk.take_early(item)
        walk.enroll()
        for item in in_order[len(early) :]:
            walk.take(item)
        walk.fall_due(until)
        return walk

    @property
    def enrolled_at(self) -> datetime:
        assert self.member.enrolled_at is not None
        return self.member.enrolled_at

    @property
    def ladder(self) -> lk.TierLadder:
        return self.version.ladder

    # -- what it says --------------------------------------------------------------------------------------------------

    def at(self, moment: datetime) -> Standing:
        return [row.standing for row in self.rows if row.at <= moment][-1]

    def shown(self, moment: datetime) -> Layer:
        """Return the tier that shows at a moment, earned or set by hand (``T6``)."""
        by_hand = [item for item in self.by_hand if moment_of(item) <= moment]
        return shown(self.versions, by_hand, self.at(moment).layer, moment)

    def name_at(self, moment: datetime) -> str:
        return self.versions.at(moment).ladder.tiers[self.shown(moment).rank].name

    def moments(self) -> list[datetime]:
        """Return when another tier may show: at each decision, and where a tier by hand begins or ends."""
        ends = [item.until for item in self.by_hand if isinstance(item, lk.TierGrant) and item.until is not None]
        found = {row.at for row in self.rows} | {moment_of(item) for item in self.by_hand} | {*ends}
        return sorted(moment for moment in found if moment >= self.enrolled_at)

    def line(self, until: datetime) -> list[tuple[datetime, str]]:
        """Return which tier shows since when, oldest first, from the enrolment up to a moment."""
        return [(at, self.name_at(at)) for at in self.moments() if at <= until]

    def ends(self, moment: datetime, *, shifts: bool = True) -> list[datetime]:
        """Return when something ends next, by time alone: a validity, a tier set by hand, a ladder."""
        by_hand = [item for item in self.by_hand if moment_of(item) <= moment]
        found = [self.at(moment).next_check or FOREVER]
        found += [layer.end for layer in lying_on_top(self.versions, by_hand, moment)]
        found += [shift.at for shift in self.versions.shifts(moment, FOREVER) if shifts]
        return [end for end in found if end < FOREVER]

    def due(self) -> list[datetime]:
        """Return what fell due by time alone: checks, other ladders, ends of tiers by hand that nothing had ended."""
        ended = {item.of for item in self.by_hand if isinstance(item, lk.TierGrantEnd)}
        grants = [item for item in self.by_hand if isinstance(item, lk.TierGrant) and item.id not in ended]
        lasting = [item.until for item in grants if item.until is not None and self.lies_on_top(item)]
        return sorted({*lasting, *(row.at for row in self.rows if row.is_due)})

    def lies_on_top(self, grant: lk.TierGrant) -> bool:
        """Say whether a tier by hand still lay there in its last moment."""
        assert grant.until is not None
        layers = lying_on_top(self.versions, self.by_hand, grant.until - MICROSECOND)
        return grant in [layer.hand for layer in layers]

    # -- what happens --------------------------------------------------------------------------------------------------

    def enroll(self) -> None:
        """Judge a new member once, with what came before, if anything."""
        at = self.enrolled_at
        self.version = self.versions.at(at)
        self.stand(at, Standing(0, at))
        self.rise(self.view(at), at)

    def take_early(self, item: Happening) -> None:
        """Count what is older than the enrolment: it earns at the lowest tier and judges nothing (``T8``)."""
        at = moment_of(item)
        self.version, self.standing = self.versions.at(at), Standing(0, at)
        self.count(item, Layer(0, at, None))
        self.tiers[item.id] = (0, 0)

    def take(self, item: Happening) -> None:
        """Judge what happened by what stands before it, and itself."""
        at = moment_of(item)
        self.fall_due(at)
        self.version, before = self.versions.at(at), self.layer(at)
        self.count(item, before)
        if isinstance(item, JUDGED):
            self.judge(self.view(at), at)
        if isinstance(item, lk.Return) and self.ladder.on_return == "immediately":
            self.judge_return(self.view(at), at)
        self.tiers[item.id] = (before.rank, self.layer(at).rank)

    def layer(self, at: datetime) -> Layer:
        """Return what shows after everything that was taken so far."""
        return shown(self.versions, self.by_hand, self.standing.layer, at) if self.by_hand else self.standing.layer

    def count(self, item: Happening, before: Layer) -> None:
        """Add what it adds; rules about earning see the tier that shows before it."""
        match item:
            case lk.Purchase():
                self.sell(item, before)
            case lk.Return():
                self.bring_back(item)
            case lk.Visit() | lk.Event():
                self.act(item, before)
            case lk.TierGrant() | lk.TierGrantEnd():
                self.by_hand.append(item)
            case Edit():
                self.member = self.member.evolve(**item.parts)

    def sell(self, purchase: lk.Purchase, before: Layer) -> None:
        """Price a purchase at the tier before it (``T5``)."""
        version, at, kept = self.version, moment_of(purchase), kept_after(self.version, purchase, [])
        self.past.sold.append(Sold(purchase, kept, kept))
        rules = [rule.where for rule in version.program.accrual] + [version.program.earns.exclude]
        view, asked = self.view_by(before, at), [item for rule in rules for item in asked_of_history(rule)]
        multiplier = Fraction(self.ladder.tiers[before.rank].multiplier)
        given, room = {item: view.value(item) for item in asked}, room_for(self.versions, self.granted, at)
        price = Till(version, purchase, kept, multiplier, given).price()
        earned = self.earned[purchase.id] = Earned(version, purchase, multiplier, given, room, price)
        self.granted.append(Granted.by(at, earned.granted))
        self.past.accrued[purchase.id] = earned.granted.points

    def bring_back(self, back: lk.Return) -> None:
        """Take back what is kept less; a return never raises what was accrued."""
        sold, earned = self.past.sale(back.of), self.earned[back.of]
        kept = brought_back(earned.version, sold.purchase, sold.kept, back)
        self.past.sold[self.past.sold.index(sold)] = evolve(sold, kept=kept)
        self.past.accrued[back.of] = min(self.past.accrued[back.of], earned.of_kept(kept).points)

    def act(self, activity: Activity, before: Layer) -> None:
        """Count a visit or an event, and what it gives in the order of dates (``S20``)."""
        at = moment_of(activity)
        acts = self.past.visits if isinstance(activity, lk.Visit) else self.past.events
        acts.append(activity)  # type: ignore[arg-type]
        counted = Counted(activity, matching(self.version, activity, self.view_by(before, at).value))
        asked = [(item.name, item.points) for item in reached(self.version, self.counted, counted)]
        points = sum(points for _, points, _ in shares_of(self.versions, asked, self.granted, at))
        self.counted.append(counted)
        self.granted.append(Granted(at, points))
        self.past.accrued[activity.id] = points

    # -- what falls due by itself --------------------------------------------------------------------------------------

    def fall_due(self, moment: datetime) -> None:
        """Decide checks up to a moment, and another ladder before a check of the same instant (``T12``)."""
        while True:
            shifts = self.versions.shifts(self.rows[-1].at, moment)
            check = self.standing.next_check
            if shifts and (check is None or shifts[0].at <= check):
                self.carry_over(shifts[0])
            elif check is not None and check <= moment:
                self.check(check)
            else:
                return

    def carry_over(self, shift: Shift) -> None:
        """Put the tier into another ladder, and judge it anew where the change says so (``T7``)."""
        at, self.version = shift.at, shift.after
        self.stand(at, self.carried(shift), is_due=True)
        view, rank = self.view_before(at), self.standing.rank
        if shift.judges == "no" or self.rise(view, at) or shift.judges == "up_only" or rank == 0 or self.keeps(view):
            return
        lower = self.highest(view, rank - 1)
        self.stand(at, Standing(lower, at, self.end_of_validity(at) if lower else None))

    def carried(self, shift: Shift) -> Standing:
        standing, rank = self.standing, shift.carried(self.standing.rank)
        since = standing.since if shift.finds(standing.rank) else shift.at
        if rank == 0:
            return Standing(0, since)
        if standing.until is None:
            return Standing(rank, since, self.end_of_validity(shift.at))
        return evolve(standing, rank=rank, since=since)

    def check(self, at: datetime) -> None:
        """Judge by what happened before a scheduled check, as seen on the day before it (``T4``)."""
        self.version = self.versions.at(at)
        self.stand(at, self.standing, is_due=True)
        view = self.view_before(at)
        if self.rise(view, at):
            return
        if self.keeps(view):
            self.renew(at)
        elif self.ladder.grace_days and self.standing.grace_end is None:
            last_day = self.version.wall.day(at) + timedelta(days=self.ladder.grace_days)
            self.stand(at, evolve(self.standing, grace_end=self.version.wall.moment(last_day)))
        else:
            self.fall(view, at)

    # -- judging -------------------------------------------------------------------------------------------------------

    def judge(self, view: View, at: datetime) -> None:
        if not self.rise(view, at) and self.standing.grace_end is not None and self.keeps(view):
            self.renew(at)

    def judge_return(self, view: View, at: datetime) -> None:
        if self.standing.rank > 0 and not self.keeps(view):
            self.fall(view, at)

    def rise(self, view: View, at: datetime) -> bool:
        """Enter the highest tier that can be entered, if it is above the present one: a new validity (``T3``)."""
        rank = self.highest(view)
        if rank <= self.standing.rank:
            return False
        self.stand(at, Standing(rank, at, self.end_of_validity(at)))
        return True

    def renew(self, at: datetime) -> None:
        """Add a validity, from the day before the old end."""
        assert self.standing.until is not None
        self.stand(at, evolve(self.standing, until=self.next_end(self.standing.until), grace_end=None))

    def fall(self, view: View, at: datetime) -> None:
        below = self.standing.rank - 1
        rank = below if self.ladder.downgrade == "one_down" else self.highest(view, below)
        self.stand(at, Standing(rank, at, self.next_end(at) if rank else None))

    def stand(self, at: datetime, standing: Standing, *, is_due: bool = False) -> None:
        self.standing = standing
        self.rows.append(Row(at, standing, is_due))

    def highest(self, view: View, top: int | None = None) -> int:
        ranks = range(1, len(self.ladder) if top is None else top + 1)
        return max((rank for rank in ranks if view.holds(self.ladder.tiers[rank].enter)), default=0)

    def keeps(self, view: View) -> bool:
        tier = self.ladder.tiers[self.standing.rank]
        return view.holds(tier.keep if tier.keep is not None else tier.enter)

    def end_of_validity(self, moment: datetime) -> datetime | None:
        end = self.version.wall.end_after(self.version.wall.day(moment), self.ladder.valid_for)
        return None if end == FOREVER else end

    def next_end(self, moment: datetime) -> datetime | None:
        """Return a validity more, from the day before; from the day itself where that would end at once (``T4``)."""
        end = self.end_of_validity(moment - MICROSECOND)
        return self.end_of_validity(moment) if end is not None and end <= moment else end

    # -- views ---------------------------------------------------------------------------------------------------------

    def view(self, at: datetime) -> View:
        """Return what the ladder sees: the earned tier, and everything so far."""
        return self.view_by(self.standing.layer, at)

    def seen(self, moment: datetime, layer: Layer | None = None) -> View:
        """Return what a question at the moment that was reached sees: the tier that shows, or another one."""
        layer, version = layer or self.shown(moment), self.versions.at(moment)
        name = version.ladder.tiers[layer.rank].name
        return View(version, self.member, self.past, moment, moment, name, layer.since)

    def view_by(self, layer: Layer, at: datetime) -> View:
        return View(self.version, self.member, self.past, at, at, self.ladder.tiers[layer.rank].name, layer.since)

    def view_before(self, at: datetime) -> View:
        """Return what is seen by whatever judges at a moment by time alone (``T2``)."""
        return evolve(self.view(at), today=at - MICROSECOND, past=self.past.before(at))
