"""One member as the naive model keeps it, and the values it answers with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import itemgetter

from attrs import asdict, define, evolve, field, frozen

from loyaltykit.domain.members.member import Member
from loyaltykit.domain.transactions import Order, TierGrant, Transaction
from tests.model_book import Grouped, grouped
from tests.model_facts import Past, View, moment_of
from tests.model_grants import Counted, Grant
from tests.model_hand import Layer, is_by_hand, lying_on_top, shown
from tests.model_laws import Laws
from tests.model_points import Points
from tests.model_rewards import Voucher
from tests.model_tiers import Earned, Standing, Walk
from tests.model_time import BEGINNING, FOREVER, MICROSECOND

ZERO = datetime(1970, 1, 1, tzinfo=UTC)
"""Where the places of transactions are counted from, in microseconds."""

LOOK_AHEAD = timedelta(days=80)
"""How far the checks of a walk are worked out beyond the moment asked about."""


@frozen
class Correction:
    """A part of the past in which another tier holds than was decided."""

    since: datetime
    until: datetime | None
    before: str
    after: str
    cause: str


@frozen
class Receipt:
    id: str
    kind: str
    member_id: str
    occurred_at: datetime
    points: int
    breakdown: tuple[tuple[str, int, int], ...]
    lines: tuple[int, ...]
    multiplier: Decimal
    tier_before: str
    tier_after: str
    moved: int = 0
    points_paid: int = 0
    voucher: Voucher | None = None
    corrections: tuple[Correction, ...] = ()
    restated: Mapping[str, int] = field(factory=dict)


@frozen
class Balance:
    available: int
    debt: int
    pending: int
    held: int
    lots: tuple[tuple[str, int, int, datetime, datetime | None], ...]


@frozen
class TierStatus:
    name: str
    rank: int
    since: datetime
    until: datetime | None
    multiplier: Decimal
    by_hand: str | None = None


@frozen
class Outlook:
    """Whether the tier would be kept by now, whether the next one is reached, and where it goes if nothing happens."""

    grace_until: datetime | None
    keeps: bool | None
    next: tuple[str, bool] | None
    projected: str


@define
class Account:
    """One member: what was recorded, and the points that it moved."""

    laws: Laws
    member: Member
    points: Points
    history: list[Transaction] = field(factory=list)  # in the order recorded
    earned: dict[str, Earned] = field(factory=dict)
    grants: list[Grant] = field(factory=list)  # in the order recorded, as what follows
    counted: list[Counted] = field(factory=list)
    places: list[Order] = field(factory=list)  # of everything recorded, what came from other members included
    settled: list[datetime] = field(factory=list)  # up to when a settlement wrote something
    last_walk: Walk | None = None
    has_more: bool = False  # than the last walk went through
    hand: Grouped = grouped(lambda transaction: [is_by_hand(transaction)])

    @property
    def saved(self) -> Account:
        """The same account, which what happens to this one does not change."""
        parts = asdict(self, recurse=False)
        return evolve(self, **{name: copy(part) for name, part in parts.items() if isinstance(part, list | dict)})

    @property
    def enrolled_at(self) -> datetime:
        assert self.member.enrolled_at is not None
        return self.member.enrolled_at

    # -- the past as it is now known -----------------------------------------------------------------------------------

    def walk(self, moment: datetime) -> Walk:
        """The tiers up to a moment at least; the last walk serves until something new is recorded."""
        last = self.last_walk
        if last is None or last.laws is not self.laws or last.member is not self.member:
            self.last_walk = Walk.through(self.laws, self.member, self.history, moment + LOOK_AHEAD)
        elif self.has_more or last.horizon < moment:
            self.last_walk = last.again(self.history, moment + LOOK_AHEAD)
        self.has_more = False
        return self.last_walk

    def add(self, transaction: Transaction) -> None:
        self.history.append(transaction)
        self.places.append(transaction.order)
        self.has_more = True

    def standing(self, moment: datetime) -> Standing:
        return self.walk(moment).at(moment).standing

    def past(self, moment: datetime) -> list[Transaction]:
        """What happened up to a moment, in order."""
        return sorted((item for item in self.history if moment_of(item) <= moment), key=lambda item: item.order)

    def shown(self, moment: datetime) -> Layer:
        """The tier that shows, earned or set by hand (``T6``)."""
        return shown(self.laws, self.by_hand(moment), self.standing(moment).layer, moment)

    def by_hand(self, moment: datetime) -> list[Transaction]:
        """What was done by hand up to a moment (``T6``)."""
        found = self.hand.of(self.history, True)
        return [item for item in found if moment_of(item) <= moment]

    def name_at(self, moment: datetime) -> str:
        return self.laws.at(moment).program.tiers.tiers[self.shown(moment).rank].name

    def view(self, moment: datetime) -> View:
        """What a question at a moment sees: everything up to it, and the tier that shows."""
        layer = self.shown(moment)
        return evolve(self.ladder_view(moment), tier=self.name_at(moment), since=layer.since)

    def ladder_view(self, moment: datetime) -> View:
        """The same as the ladder sees it: with the earned tier."""
        row, shop = self.walk(moment).at(moment), self.laws.at(moment)
        tier = shop.program.tiers.tiers[row.standing.rank].name
        return View(shop, self.member, Past(self.past(moment)), moment, moment, tier, row.standing.since, row.accrued)

    def projected(self, moment: datetime) -> str:
        """The tier that shows when the validity that runs at a moment has ended, if nothing more happens."""
        alone = evolve(self, history=self.past(moment), has_more=True)
        end, at = alone.shown(moment).until, moment
        while end is not None and alone.shown(at).until == end:
            at = min(item for item in alone.ends(at))
        return alone.name_at(at)

    def ends_after(self, since: datetime) -> list[datetime]:
        """When what stands at a moment is looked at next; of a moment that is past, what stands by now."""
        at = max(since, self.closed)
        by_hand = [layer.end for layer in lying_on_top(self.laws, self.by_hand(at), at)]
        return [end for end in [self.standing(at).next_check or FOREVER, *by_hand] if end < FOREVER]

    def ends(self, moment: datetime) -> list[datetime]:
        """When something ends next, by time alone: a validity, a tier set by hand, a ladder."""
        by_hand = [layer.end for layer in lying_on_top(self.laws, self.by_hand(moment), moment)]
        shifts = [shift.at for shift in self.laws.shifts(moment, FOREVER)]
        return [end for end in [self.standing(moment).next_check or FOREVER, *by_hand, *shifts] if end < FOREVER]

    @property
    def lengths(self) -> dict[str, int]:
        """How much was recorded."""
        return {"history": len(self.history), "settled": len(self.settled)}

    # -- what was decided ----------------------------------------------------------------------------------------------

    @property
    def closed(self) -> datetime:
        """Up to when tiers were told or written: by everything recorded, and by settlements."""
        return max([self.enrolled_at, *(moment_at(place) for place in self.places), *self.settled])

    def is_late(self, transaction: Transaction) -> bool:
        """Whether it lies before something that was recorded, or written, already (``T8``)."""
        settled = max(self.settled, default=BEGINNING)
        is_before = transaction.order < max(self.places, default=transaction.order)
        return moment_of(transaction) < max(settled, self.enrolled_at) or is_before

    def line(self, until: datetime) -> list[tuple[datetime, str]]:
        """Which tier shows since when, oldest first, from the enrolment up to a moment."""
        moments = {row.at for row in self.walk(until).rows}
        for item in self.history:
            moments |= {moment_of(item)}
            if isinstance(item, TierGrant) and item.until is not None:
                moments |= {item.until}
        return [(at, self.name_at(at)) for at in sorted(moments) if self.enrolled_at <= at <= until]

    def falls_due(self, after: datetime, until: datetime) -> bool:
        """Whether something about the tier falls due by time alone, behind one moment and up to another."""
        by_hand = [item for item in self.history if isinstance(item, TierGrant) and item.until is not None]
        ends = [
            item.until
            for item in by_hand
            if item.until is not None
            if item in [layer.hand for layer in lying_on_top(self.laws, self.history, item.until - MICROSECOND)]
        ]
        moments = [*ends, *(row.at for row in self.walk(until).rows if row.is_due)]
        return any(after < moment <= until for moment in moments)

    def find(self, id: str, *kinds: type[Transaction]) -> Transaction | None:
        return next((item for item in self.history if item.id == id and isinstance(item, kinds)), None)


def moment_at(place: Order) -> datetime:
    """The moment of a place in the order of ``T12``."""
    return ZERO + timedelta(microseconds=place[0])


def differences(
    before: Sequence[tuple[datetime, str]], after: Sequence[tuple[datetime, str]], cause: str
) -> tuple[Correction, ...]:
    """From when and until when another tier shows than was decided (``T8``)."""
    moments = sorted({at for at, _ in (*before, *after)})
    found: list[tuple[datetime, str, str]] = []
    for at in moments:
        was, now = (line[bisect_right(line, at, key=itemgetter(0)) - 1][1] for line in (before, after))
        if not found or found[-1][1:] != (was, now):
            found.append((at, was, now))
    ends = [*(at for at, _, _ in found[1:]), None]
    return tuple(
        Correction(at, end, was, now, cause) for (at, was, now), end in zip(found, ends, strict=True) if was != now
    )
