"""The same facts in many orders of arrival: what happens to one member, and how it reaches the shop.

Facts have instants of their own, for what shares one is a matter of ids (``T12``). Every set of returns fits its
purchase, whatever comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from attrs import frozen
from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit.domain.accounts.account import rebuild
from loyaltykit.domain.tiers import timeline
from loyaltykit.loyalty import intake
from loyaltykit.rules import (
    Term,
    days,
    days_since_purchase,
    end_of,
    months,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    units,
    visits,
)
from loyaltykit.storage.memory import MemoryStorage
from loyaltykit.values import to_instant
from tests.support.clock import Clock
from tests.support.stories import MICROSECOND, START, club, day

LAST_DAY = 50
NOW = day(LAST_DAY + 10)
SAMPLES = [day(number, number % 2 * 12) for number in range(0, LAST_DAY + 40, 5)]
"""Moments at which answers are compared; those of the facts come to them."""

METRICS: Sequence[Term] = (
    spend,
    spend.over(days(20)),
    spend.over(since_tier()),
    purchases.over(months(1)),
    units,
    visits,
    points_accrued,
    days_since_purchase.where(purchase.amount >= 50),
)


def _ladder(*multipliers: str, **terms: object) -> lk.TierLadder:
    low, mid, high = multipliers
    tiers = (
        lk.Tier("low", multiplier=low),
        lk.Tier("mid", enter=(spend.over(days(15)) >= 100) | (visits.over(days(9)) >= 3), multiplier=mid),
        lk.Tier("high", enter=spend.over(days(20)) >= 300, keep=spend.over(days(9)) > 10, multiplier=high),
    )
    return lk.TierLadder(*tiers, **({"valid_for": days(12)} | terms))


EARLY = lk.LatePolicy(before_enrolment_days=5)
PLAIN = (
    club(tiers=_ladder("1", "1", "1", grace_days=3), late=EARLY),
    club(tiers=_ladder("1", "1", "1", downgrade="requalify"), points=lk.PointsPolicy(), late=EARLY),
    club(
        tiers=_ladder("1", "1", "1", on_return="immediately"),
        points=lk.PointsPolicy(expire_after=end_of("month"), on_return="within_balance", active_after=days(2)),
    ),
)
"""No multiplier, so that lots come out the same too."""

MULTIPLIED = (
    club(tiers=_ladder("1", "1.2", "1.5", grace_days=3), late=EARLY),
    club(tiers=_ladder("1", "1.5", "3", on_return="immediately"), points=lk.PointsPolicy(rounding="half_up")),
)
RESTATING = tuple(
    program.evolve(late=lk.LatePolicy(restate=True, before_enrolment_days=early))
    for early, program in zip((5, 0), MULTIPLIED, strict=True)
)


@frozen
class Arrivals:
    """How facts reach the shop.

    Args:
        facts: in the order in which they are sent; what is refused is sent again with the rest.
        cuts: how many come at once, again and again; 0 for one by one, with their receipts.
        settled: behind how many of them somebody settles, and up to when.
    """

    facts: tuple[lk.Transaction, ...]
    cuts: int = 0
    settled: tuple[tuple[int, datetime], ...] = ()


class Shop:
    """A shop with one member and a clock that moves on with everything that is recorded."""

    def __init__(self, program: lk.Program) -> None:
        self.clock = Clock(NOW)
        self.storage = MemoryStorage()
        self.shop = lk.Loyalty(program, storage=self.storage, clock=self.clock)
        self.shop.enroll(lk.Member(id="m", enrolled_at=START))

    def record(self, transaction: lk.Transaction) -> lk.Receipt | None:
        """The receipt; None where it has to be sent again later."""
        self.clock.advance(timedelta(seconds=1))
        try:
            return self.shop.record(transaction)
        except LookupError:
            return None

    def take_in(self, arrivals: Arrivals) -> None:
        """All of it, resent until it is accepted; with settlements in between."""
        waiting, done = list(arrivals.facts), 0
        while waiting:
            part = waiting[: arrivals.cuts or 1]
            refused = self._take(part)
            waiting = [*waiting[len(part) :], *refused]
            done += len(part) - len(refused)
            for place, when in arrivals.settled:
                if place == done:
                    self.shop.settle(as_of=when)

    def _take(self, part: Sequence[lk.Transaction]) -> list[lk.Transaction]:
        if len(part) == 1:
            return [item for item in part if self.record(item) is None]
        self.clock.advance(timedelta(seconds=1))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(intake, "_UNIT_ITEMS", 2)
            report = self.shop.ingest(part)
        return [part[place] for place, _, _ in report.rejected]

    # -- what it says ------------------------------------------------------------------------------------------------

    def tier(self, when: datetime, known_at: datetime | None = None) -> tuple[object, ...]:
        status = self.shop.tier("m", as_of=when, known_at=known_at)
        return (status.name, status.since, status.until, status.grace_until, status.by_hand and status.by_hand.id)

    def metrics(self, when: datetime) -> tuple[object, ...]:
        [(_, values)] = self.shop.select(purchases >= 0, as_of=when).facts(*METRICS)
        return values

    def points(self, when: datetime) -> tuple[object, ...]:
        balance = self.shop.balance("m", as_of=when)
        return (balance.available, balance.pending, balance.debt)

    def lots(self, when: datetime) -> tuple[object, ...]:
        return self.shop.balance("m", as_of=when).lots

    def answers(self, when: datetime, known_at: datetime | None = None) -> tuple[object, ...]:
        """Everything that is told of an instant."""
        balance = self.shop.balance("m", as_of=when, known_at=known_at)
        rows = tuple(self.shop.statement("m", as_of=when, known_at=known_at))
        chosen = tuple(self.shop.select(spend.over(days(20)) >= 100, as_of=when, known_at=known_at).ids())
        return (balance, balance.lots, self.tier(when, known_at), rows, chosen)

    def kept_and_folded(self) -> list[tuple[object, object]]:
        """What the account kept step by step says, beside the one that is folded from all records now (``I13``)."""
        with self.storage.snapshot() as snapshot:
            kept, records, rules = snapshot.account("m"), snapshot.records("m"), snapshot.rules()
            again = rebuild(kept.member, rules, [(item.transaction, item.decision) for item in records])
            found = []
            for when in SAMPLES[::3]:
                at = to_instant(when)
                ones = [
                    (account.state_at(at).row, account.ledger.available(at), account.timeline.at(at).rows)
                    for account in (kept, again)
                ]
                found.append((ones[0], ones[1]))
            return [*found, (kept.standing.rows, again.standing.rows), (kept.closed_until, again.closed_until)]


def moments(facts: Sequence[lk.Transaction]) -> list[datetime]:
    """Where answers are compared: on many days, and around each fact."""
    own = [item.occurred_at for item in facts if item.occurred_at is not None and item.occurred_at > START]
    return sorted({*SAMPLES, *own, *(moment - MICROSECOND for moment in own)})


@contextmanager
def small_copies(every: int = 2) -> Iterator[None]:
    """Checkpoints of so few transactions that small histories have some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timeline, "CHECKPOINT_EVERY", every)
        yield


# -- random histories --------------------------------------------------------------------------------------------------

_AMOUNTS = (1, 20, 33, 100, 150, 300)
KINDS = ("purchase", "purchase", "purchase", "return", "visit", "grant", "end")


@st.composite
def histories(
    draw: st.DrawFn, program: lk.Program, *, kinds: Sequence[str] = KINDS, max_size: int = 9
) -> list[lk.Transaction]:
    """What happens to ``m``, in the order in which it happens, some of it before the enrolment where that may be."""
    first = -program.late.before_enrolment_days
    size = draw(st.integers(2, max_size))
    hours = draw(st.lists(st.integers(first * 24, LAST_DAY * 24), min_size=size, max_size=size, unique=True))
    facts: list[lk.Transaction] = []
    left: dict[str, tuple[int, datetime]] = {}
    for serial, hour in enumerate(sorted(hours)):
        when, kind = START + timedelta(hours=hour, minutes=serial), draw(st.sampled_from(kinds))
        by_hand = {"actor": "staff", "reason": "by hand", "occurred_at": when}
        grants = [item for item in facts if isinstance(item, lk.TierGrant) and item.until is None]
        ended = {item.of for item in facts if isinstance(item, lk.TierGrantEnd)}
        if kind == "return" and (back := [name for name, (rest, _) in left.items() if rest]):
            of = draw(st.sampled_from(back))
            amount = draw(st.integers(1, left[of][0]))
            left[of] = (left[of][0] - amount, when)
            facts.append(lk.Return(id=f"r{serial}", of=of, amount=amount, occurred_at=when))
        elif kind == "grant" and when >= START:
            until = draw(st.none() | st.builds(timedelta, days=st.integers(1, 15)))
            tier, mode = draw(st.sampled_from(["low", "mid", "high"])), draw(st.sampled_from(["floor", "fixed"]))
            end = None if until is None else when + until
            facts.append(lk.TierGrant(id=f"g{serial}", member_id="m", tier=tier, mode=mode, until=end, **by_hand))
        elif kind == "end" and (open := [item for item in grants if item.id not in ended]):
            facts.append(lk.TierGrantEnd(id=f"e{serial}", of=draw(st.sampled_from(open)).id, **by_hand))
        elif kind == "visit":
            facts.append(lk.Visit(id=f"v{serial}", member_id="m", occurred_at=when))
        else:
            amount = draw(st.sampled_from(_AMOUNTS))
            name = f"p{serial * 7 % 10}{serial}"
            left[name] = (amount, when)
            facts.append(lk.Purchase(id=name, member_id="m", amount=amount, occurred_at=when))
    return facts


def arrivals(facts: Sequence[lk.Transaction]) -> st.SearchStrategy[Arrivals]:
    """Any order, any cut into batches, settlements anywhere."""
    settled = st.tuples(st.integers(1, len(facts)), st.sampled_from([item for item in SAMPLES if item <= NOW]))
    return st.builds(
        Arrivals,
        st.permutations(facts).map(tuple),
        cuts=st.sampled_from([0, 0, 2, 3, len(facts)]),
        settled=st.lists(settled, max_size=3).map(tuple),
    )
