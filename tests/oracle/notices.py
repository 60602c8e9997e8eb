"""What members should be told: at once, or by time from what has entered its horizon (``S21``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from attrs import frozen

from tests.oracle.answers import Notice, Receipt
from tests.oracle.facts import observed
from tests.oracle.ledger import Lot, Posting
from tests.oracle.moves import Points
from tests.oracle.order import Happening, moment_of
from tests.oracle.store import Account
from tests.oracle.tiers import Walk
from tests.oracle.versions import Version
from tests.oracle.vouchers import Vouchers
from tests.oracle.wall import FOREVER, MICROSECOND

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Step:
    """A tier that shows from a moment on."""

    at: datetime
    name: str
    rank: int
    until: datetime | None


@frozen
class Teller:
    """Finds what one member can be told, told before or not.

    Args:
        account: of the member.
        version: of the programme that says what is told.
        closed: up to when tiers were told or written before.
    """

    account: Account
    version: Version
    closed: datetime

    @property
    def wanted(self) -> Any:
        return self.version.program.notices

    def new(self, found: Iterable[Notice]) -> tuple[Notice, ...]:
        """Keep what was not told before, and remember it."""
        store = self.account.store
        told = {notice.id for notice in store.notices}
        new = tuple({notice.id: notice for notice in found if notice.id not in told}.values())
        store.notices += new
        return new

    # -- at once -------------------------------------------------------------------------------------------------------

    def of_points(
        self, cause: Happening, new: Sequence[Posting], pending: int, parts: Sequence[str]
    ) -> Iterator[Notice]:
        """Tell of points that came, were spent or were taken back: one notice of each kind."""
        kinds = [(kind_of(posting), posting) for posting in new]
        for kind in dict.fromkeys(kind for kind, _ in kinds):
            postings = [posting for other, posting in kinds if other == kind]
            data = {"cause": cause.id, "posting": postings[0].kind, "points": abs(sum(row.points for row in postings))}
            data |= {"pending": pending} if kind == "points.added" else {}
            if getattr(self.wanted, kind.replace(".", "_")):
                yield self.notice(kind, parts, moment_of(cause), data)

    def of_activation(self, lots: Sequence[Lot], book: Points, at: datetime) -> Iterator[Notice]:
        """Tell of pending points that somebody made active, but for those that repay a debt."""
        for lot in lots:
            left = book.remaining(lot, FOREVER - MICROSECOND)
            if left and self.wanted.points_active:
                yield self.of_lot("points.active", [], lot, at, left, book)

    def of_issue(self, receipt: Receipt) -> Iterator[Notice]:
        voucher = receipt.voucher
        if self.wanted.voucher_issued and voucher is not None and voucher.code == receipt.id:
            yield self.of_voucher("voucher.issued", [voucher.code], voucher.issued_at, voucher)

    def of_tiers(self, steps: Sequence[Step]) -> Iterator[Notice]:
        """Tell that the member came to another tier."""
        for was, now in pairwise(steps):
            kind = "tier.up" if self.rises(was, now) else "tier.down"
            if was.name != now.name and getattr(self.wanted, kind.replace(".", "_")):
                data = {"tier_before": was.name, "tier_after": now.name, "until": self.iso(now.until)}
                yield self.notice(kind, [self.account.id, micros(now.at), now.name], now.at, data)

    def of_change(
        self, before: Walk, after: Walk, last: datetime, at: datetime, cause: str, *parts: str
    ) -> Iterator[Notice]:
        """Tell that what was decided comes out differently: what was told stays, and is put right (``T8``, ``I24``)."""
        if self.wanted.tier_up or self.wanted.tier_down:
            names = {"tier_before": before.name_at(self.closed), "tier_after": after.name_at(last), "cause": cause}
            data = {**names, "since": self.iso(after.shown(last).since)}
            yield self.notice("tier.corrected", [cause, *parts], at, data)

    # -- by time -------------------------------------------------------------------------------------------------------

    def by_time(self, walk: Walk, book: Points, until: datetime) -> Iterator[Notice]:
        """Tell what has become worth telling by a moment."""
        due = [at for at in walk.due() if self.closed < at <= until]
        yield from self.of_tiers(steps_of(walk, [self.closed, *due]))
        yield from self.of_lots(book, until)
        yield from self.of_ending_tier(until)
        yield from self.of_expiring_vouchers(until)
        yield from self.of_birthdays(until)

    def of_lots(self, book: Points, until: datetime) -> Iterator[Notice]:
        """Tell of points that nobody has spent and that have become active, or whose end is near or has passed."""
        horizon = self.horizon(until, self.wanted.points_expiring_days)
        for lot, left in unspent(book, until):
            begin, end = book.begins_at(lot), book.expires_at(lot)
            if self.wanted.points_active and lot.came_at < begin <= until and begin < end:
                yield self.of_lot("points.active", [], lot, begin, left, book)
            if end <= horizon:
                yield self.of_lot("points.expiring", [micros(end)], lot, end, left, book)

    def of_ending_tier(self, until: datetime) -> Iterator[Notice]:
        """Tell of falls by a date that members knew, which are near or have passed since the last run."""
        horizon = self.horizon(until, self.wanted.tier_ending_days)
        walk = self.account.walk(horizon)
        steps = steps_of(walk, [at for at in walk.moments() if at <= horizon])
        for was, now in pairwise(steps):
            falls = was.name != now.name and not self.rises(was, now) and now.at in walk.ends(was.at, shifts=False)
            if falls and now.at > self.account.settled:
                data = {"tier_before": was.name, "tier_after": now.name, "ends_at": self.iso(now.at)}
                yield self.notice("tier.ending", [self.account.id, micros(now.at)], now.at, data)

    def of_expiring_vouchers(self, until: datetime) -> Iterator[Notice]:
        """Tell of vouchers that nobody has used and whose end is near, or has passed."""
        vouchers, horizon = (
            Vouchers(self.account.store, self.account),
            self.horizon(until, self.wanted.voucher_expiring_days),
        )
        for item in vouchers.issued():
            end = vouchers.end_of(item)
            if moment_of(item) <= until and end <= horizon and vouchers.status(item, end - MICROSECOND) == "issued":
                yield self.of_voucher("voucher.expiring", [item.id, micros(end)], end, vouchers.seen(item, end))

    def of_birthdays(self, until: datetime) -> Iterator[Notice]:
        """Tell of birthdays since the last run that are near, or have passed; each year has one (``C3``)."""
        wall, born = self.version.wall, self.account.record().birthday
        if self.wanted.birthday_days is None or born is None:
            return
        first = wall.day(max(self.account.enrolled_at, self.account.settled))
        last = wall.day(until) + timedelta(days=self.wanted.birthday_days)
        for year in range(first.year, last.year + 1):
            if first <= observed(self.version, born, year) <= last:
                yield self.notice("birthday", [self.account.id, year], until, {"year": year})

    def horizon(self, until: datetime, days: int | None) -> datetime:
        """Return the exclusive end of the day so many days ahead; before everything where nothing is wanted."""
        if days is None:
            return self.account.enrolled_at
        return self.version.wall.moment(self.version.wall.day(until) + timedelta(days=days + 1))

    # -- the notice itself ---------------------------------------------------------------------------------------------

    def rises(self, was: Step, now: Step) -> bool:
        """Say whether the later tier stands higher, in the ladder that holds then."""
        names = [tier.name for tier in self.account.store.versions.at(now.at).ladder]
        return now.rank > (names.index(was.name) if was.name in names else was.rank)

    def of_lot(self, kind: str, parts: list[object], lot: Lot, at: datetime, left: int, book: Points) -> Notice:
        data = {"lot": lot.id, "points": left, "expires_at": self.iso(book.expires_at(lot))}
        return self.notice(kind, [*lot.id.split("\x1f"), *parts], at, data)

    def of_voucher(self, kind: str, parts: list[object], at: datetime, voucher: Any) -> Notice:
        data = {"voucher": voucher.code, "reward": voucher.reward, "valid_until": self.iso(voucher.valid_until)}
        return self.notice(kind, parts, at, data)

    def notice(self, kind: str, parts: Iterable[object], at: datetime, data: dict[str, Any]) -> Notice:
        id = ":".join([kind, *(str(part).replace("%", "%25").replace(":", "%3A") for part in parts)])
        return Notice(id, kind, self.account.id, at, data)

    def iso(self, at: datetime | None) -> str | None:
        return None if at is None or at >= FOREVER else self.version.wall.clock(at).isoformat()


def steps_of(walk: Walk, moments: Iterable[datetime]) -> list[Step]:
    """Return which tier shows at some moments."""
    shown = [(at, walk.shown(at)) for at in moments]
    return [Step(at, walk.name_at(at), layer.rank, layer.until) for at, layer in shown]


def kind_of(posting: Posting) -> str:
    if posting.points > 0:
        return "points.added"
    return "points.spent" if posting.kind in ("redemption", "transfer") else "points.taken_back"


def unspent(book: Points, until: datetime) -> Iterator[tuple[Lot, int]]:
    """Yield lots that had come, with what was not spent of them by then, or by their end, and not written off."""
    for lot in book.lots:
        end = book.expires_at(lot)
        written = sum(-posting.points for posting in book.postings if posting.lapse and posting.lapse[0] == lot.id)
        is_open = lot.came_at <= until and lot.came_at < end and book.lapsed(lot, FOREVER) > written
        left = book.usable(lot, min(until, end - MICROSECOND)) if is_open or end == FOREVER else 0
        if left and lot.came_at <= until:
            yield lot, left


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
