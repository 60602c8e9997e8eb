"""Other ways to record a purchase in memory, each doing the whole of P1: the floor, typed events, ``eventsourcing``.

Each gives points by the tier before the purchase, one lot and one posting, keeps the spend of the last 365 days, lifts
the tier, and answers a repeated id with its first receipt ``(points, rank before, rank after)``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

from attrs import frozen
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

Receipt: TypeAlias = tuple[int, int, int]
Record: TypeAlias = Callable[[str, str, int, int], Receipt]
"""Records a purchase: its id, its member's id, its instant in microseconds, its amount in cents."""

WINDOW_US = 365 * 86_400_000_000
SILVER_CENTS, GOLD_CENTS = 300_00, 800_00
TENTHS = (10, 12, 15)  # the multipliers 1, 1.2 and 1.5


def rank_of(spend: int) -> int:
    """The tier that a spend of the last 365 days reaches."""
    return 2 if spend >= GOLD_CENTS else 1 if spend >= SILVER_CENTS else 0


def floor(member_ids: list[str]) -> Record:
    """The least that the job needs: ints, lists and tuples."""
    # rank, spend, (instant, cents) of the window, lots
    accounts: dict[str, list] = {member_id: [0, 0, deque(), []] for member_id in member_ids}
    receipts: dict[str, Receipt] = {}
    postings: list[tuple[str, str, int, int]] = []

    def record(purchase_id: str, member_id: str, instant: int, cents: int) -> Receipt:
        if purchase_id in receipts:
            return receipts[purchase_id]
        account = accounts[member_id]
        rank, spend, window, lots = account
        while window and window[0][0] < instant - WINDOW_US:
            spend -= window.popleft()[1]
        window.append((instant, cents))
        spend += cents
        points = cents * TENTHS[rank] // 1000
        lots.append((purchase_id, points, instant))
        postings.append((purchase_id, member_id, points, instant))
        reached = 2 if spend >= GOLD_CENTS else 1 if spend >= SILVER_CENTS else 0
        after = account[0] = max(rank, reached)
        account[1] = spend
        receipt = receipts[purchase_id] = (points, rank, after)
        return receipt

    return record


@frozen
class Bought:
    """A purchase happened."""

    purchase_id: str
    member_id: str
    instant: int
    cents: int


@frozen
class Posted:
    """A purchase gave points."""

    purchase_id: str
    points: int
    instant: int


@frozen
class LotOpened:
    """The points live on as a lot."""

    lot_id: str
    points: int
    instant: int


@frozen
class Account:
    """One member's state after the events so far."""

    rank: int = 0
    spend: int = 0
    points: int = 0


def typed_events(member_ids: list[str]) -> Record:
    """The same job with a frozen value for everything that happens and for the state it leads to."""
    accounts = {member_id: Account() for member_id in member_ids}
    windows: dict[str, deque[Bought]] = {member_id: deque() for member_id in member_ids}
    receipts: dict[str, Receipt] = {}
    events: list[Bought | Posted | LotOpened] = []

    def record(purchase_id: str, member_id: str, instant: int, cents: int) -> Receipt:
        if purchase_id in receipts:
            return receipts[purchase_id]
        account, window = accounts[member_id], windows[member_id]
        lapsed = 0
        while window and window[0].instant < instant - WINDOW_US:
            lapsed += window.popleft().cents
        bought = Bought(purchase_id, member_id, instant, cents)
        window.append(bought)
        points = cents * TENTHS[account.rank] // 1000
        events.extend((bought, Posted(purchase_id, points, instant), LotOpened(purchase_id, points, instant)))
        spend = account.spend - lapsed + cents
        after = max(account.rank, rank_of(spend))
        accounts[member_id] = Account(after, spend, account.points + points)
        receipt = receipts[purchase_id] = (points, account.rank, after)
        return receipt

    return record


class Card(Aggregate):
    """A member as an aggregate of the ``eventsourcing`` package."""

    @event("Registered")
    def __init__(self, member_id: str) -> None:
        self.member_id = member_id
        self.rank = 0
        self.spend = 0
        self.window: deque[tuple[int, int]] = deque()
        self.lots: list[tuple[str, int, int]] = []
        self.receipts: dict[str, Receipt] = {}

    @staticmethod
    def create_id(member_id: str) -> UUID:
        """The aggregate's id, from the member's."""
        return uuid5(NAMESPACE_URL, member_id)

    @event("Recorded")
    def record(self, purchase_id: str, instant: int, cents: int) -> None:
        """One purchase; the event is stored, the body rebuilds the state."""
        while self.window and self.window[0][0] < instant - WINDOW_US:
            self.spend -= self.window.popleft()[1]
        self.window.append((instant, cents))
        self.spend += cents
        before, points = self.rank, cents * TENTHS[self.rank] // 1000
        self.lots.append((purchase_id, points, instant))
        self.rank = max(before, rank_of(self.spend))
        self.receipts[purchase_id] = (points, before, self.rank)


def eventsourcing(member_ids: list[str]) -> Record:
    """The ``eventsourcing`` package in memory, at its fastest: all aggregates cached, and not copied when used."""
    shop: Application[UUID] = Application(
        env={"AGGREGATE_CACHE_MAXSIZE": str(len(member_ids)), "DEEPCOPY_FROM_AGGREGATE_CACHE": "n"}
    )
    ids = {member_id: Card.create_id(member_id) for member_id in member_ids}
    for member_id in member_ids:
        shop.save(Card(member_id))

    def record(purchase_id: str, member_id: str, instant: int, cents: int) -> Receipt:
        card: Card = shop.repository.get(ids[member_id])
        if purchase_id not in card.receipts:
            card.record(purchase_id, instant, cents)
            shop.save(card)
        return card.receipts[purchase_id]

    return record
