"""One member as the naive model keeps it, and the values it answers with."""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta
from decimal import Decimal

from attrs import asdict, define, evolve, field, frozen

from loyaltykit.domain.member import Member
from loyaltykit.domain.transactions import Transaction
from tests.model_facts import View, moment_of
from tests.model_grants import Counted, Grant
from tests.model_points import Points
from tests.model_purchases import Shop
from tests.model_rewards import Voucher
from tests.model_tiers import Earned, Standing, Walk

LOOK_AHEAD = timedelta(days=80)
"""How far the checks of a walk are worked out beyond the moment asked about."""


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

    shop: Shop
    member: Member
    points: Points
    history: list[Transaction] = field(factory=list)  # in the order recorded
    earned: dict[str, Earned] = field(factory=dict)
    grants: list[Grant] = field(factory=list)  # in the order recorded, as what follows
    counted: list[Counted] = field(factory=list)
    last_walk: Walk | None = None

    @property
    def saved(self) -> Account:
        """The same account, which what happens to this one does not change."""
        parts = asdict(self, recurse=False)
        return evolve(self, **{name: copy(part) for name, part in parts.items() if isinstance(part, list | dict)})

    @property
    def enrolled_at(self) -> datetime:
        assert self.member.enrolled_at is not None
        return self.member.enrolled_at

    def walk(self, moment: datetime) -> Walk:
        """The tiers up to a moment at least; the last walk serves until something new is recorded."""
        if self.last_walk is None or self.last_walk.horizon < moment:
            self.last_walk = Walk.through(self.shop, self.member, self.history, moment + LOOK_AHEAD)
        return self.last_walk

    def add(self, transaction: Transaction) -> None:
        self.history.append(transaction)
        self.last_walk = None

    def standing(self, moment: datetime) -> Standing:
        return self.walk(moment).at(moment).standing

    def view(self, moment: datetime) -> View:
        """What a question at a moment sees: everything up to it."""
        row = self.walk(moment).at(moment)
        past = sorted((item for item in self.history if moment_of(item) <= moment), key=lambda item: item.order)
        tier = self.shop.program.tiers.tiers[row.standing.rank].name
        return View(self.shop, self.member, past, moment, moment, tier, row.standing.since, row.accrued)

    def projected(self, moment: datetime) -> Standing:
        """The standing when the validity that runs at a moment has ended, grace included, if nothing more happens."""
        past = [item for item in self.history if moment_of(item) <= moment]
        walk = Walk.through(self.shop, self.member, past, moment)
        end = walk.standing.until
        while walk.standing.until == end and walk.standing.next_check is not None:
            walk.check(walk.standing.next_check)
        return walk.standing

    def find(self, id: str, *kinds: type[Transaction]) -> Transaction | None:
        return next((item for item in self.history if item.id == id and isinstance(item, kinds)), None)
