"""Vouchers (``S24``): what a redemption of a reward issues, and its state."""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Literal, TypeAlias

from attrs import field, frozen

from loyaltykit.domain.attributes import instant_or_none
from loyaltykit.domain.program.rewards import RewardKind
from loyaltykit.serialization import wire_name
from loyaltykit.values import NEVER_US, Instant, to_datetime

VoucherStatus: TypeAlias = Literal["issued", "used", "expired", "cancelled"]


@wire_name("voucher")
@frozen(kw_only=True)
class Voucher:
    """A voucher issued by the redemption of a reward, as of an instant (``S24``).

    Args:
        code: the redemption's id, which the member presents.
        reward: the reward's id.
        kind: ``"gift"``, ``"coupon"`` or ``"amount_off"``.
        value: in money of the programme's currency; None if the reward has none.
        issued_at: when points were spent on it.
        valid_until: exclusive; None without an end.
        status: ``"issued"``, ``"used"``, ``"expired"`` or ``"cancelled"``.
        used_at: when it was used; None until then.
    """

    code: str
    reward: str
    kind: RewardKind
    value: Decimal | None = None
    issued_at: datetime = field(eq=instant_or_none)
    valid_until: datetime | None = field(default=None, eq=instant_or_none)
    status: VoucherStatus = "issued"
    used_at: datetime | None = field(default=None, eq=instant_or_none)


ChangeKind: TypeAlias = Literal["issued", "used", "cancelled"]


@frozen
class VoucherState:
    """The state of a voucher.

    Args:
        code: the id of the redemption that issued it.
        reward: the reward's id.
        kind, value: of the reward, as it was then.
        issued_at: when it was issued.
        valid_until: exclusive; ``NEVER_US`` for no end.
        used_at: when it was used; None until then.
        cancelled_at: when its redemption was reversed; None until then.
    """

    code: str
    reward: str
    kind: RewardKind
    value: Decimal | None
    issued_at: Instant
    valid_until: Instant
    used_at: Instant | None = None
    cancelled_at: Instant | None = None

    @property
    def is_outstanding(self) -> bool:
        """Check whether it counts against the stock and the member's limit."""
        return self.cancelled_at is None

    def status_at(self, at: Instant) -> VoucherStatus:
        """Return its status at an instant since it was issued."""
        if self.cancelled_at is not None and self.cancelled_at <= at:
            return "cancelled"
        if self.used_at is not None and self.used_at <= at:
            return "used"
        return "expired" if at >= self.valid_until else "issued"

    def as_of(self, at: Instant, zone: tzinfo) -> Voucher:
        """Return the voucher as of an instant, for the caller."""
        is_used = self.used_at is not None and self.used_at <= at
        return Voucher(
            code=self.code,
            reward=self.reward,
            kind=self.kind,
            value=self.value,
            issued_at=to_datetime(self.issued_at, zone),
            valid_until=None if self.valid_until >= NEVER_US else to_datetime(self.valid_until, zone),
            status=self.status_at(at),
            used_at=to_datetime(self.used_at, zone) if is_used and self.used_at is not None else None,
        )


@frozen
class VoucherChange:
    """A decision's change of one voucher.

    Args:
        kind: issued, used or cancelled.
        at: when the change counts.
        state: the voucher after it.
    """

    kind: ChangeKind
    at: Instant
    state: VoucherState

    @property
    def code(self) -> str:
        """Return the voucher's code."""
        return self.state.code

    @property
    def reward(self) -> str:
        """Return the reward's id."""
        return self.state.reward

    @property
    def value(self) -> Decimal | None:
        """Return its value in money, if it has one."""
        return self.state.value

    @property
    def valid_until(self) -> Instant:
        """Return its exclusive end; ``NEVER_US`` for none."""
        return self.state.valid_until
