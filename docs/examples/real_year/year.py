"""The year through the library: members first, then each month in, settled at its end, and what is asked of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from attrs import evolve, frozen

import loyaltykit as lk
from docs.examples.real_year.data import Item, items_by_month
from docs.examples.real_year.figures import MemberMonth, MonthFigures, YearFigures
from docs.examples.real_year.files import NEW_YORK, CardYear, Month, member_id
from docs.examples.real_year.programme import COUPON_POINTS, EVERYONE, PROGRAM
from docs.examples.real_year.records import Records, take_in
from loyaltykit.rules import calendar, member, purchases, spend, units

Told: TypeAlias = Callable[[int, int | None], None]
"""How the library tells progress: how many are done, and of how many when that is known."""

Watch: TypeAlias = Callable[[str, str], Told]
"""Given a step ("record", "settle", at the end "ask") and a month's name, where that step tells its progress."""

Happened: TypeAlias = lk.Purchase | lk.Redemption

STATEMENT_ROWS = 10
ODD = frozenset("13579")
THIS_MONTH = calendar("month")


@frozen(kw_only=True)
class Points:
    """Where the points went.

    Args:
        by_month: what was posted, by the month's name and the kind of posting, signed.
        outstanding: what members have left at the end, as their balances say.
    """

    by_month: Mapping[str, Mapping[str, int]]
    outstanding: int

    def total(self, kind: str) -> int:
        """What one kind of posting sums to over the year, signed."""
        return sum(kinds.get(kind, 0) for kinds in self.by_month.values())


@frozen(kw_only=True)
class Story:
    """One member's year: a stretch of the statement, and the tier at the end in both languages."""

    member_id: str
    statement: Sequence[lk.answers.StatementRow]
    english: str
    chinese: str


@frozen(kw_only=True)
class Outcome:
    """Everything that the year came to."""

    records: Records
    by_second_card: int
    redeemed: int
    refused: int
    expired: int
    figures: YearFigures
    points: Points
    segments: Mapping[str, int]
    story: Story


def run(year: CardYear, watch: Watch) -> Outcome:
    """Take the year through the library.

    Args:
        year: which part of the files.
        watch: is told how far each month's recording and settling have come.

    Raises:
        SystemExit: the library refused something other than a coupon beyond the balance.
    """
    with lk.Loyalty(PROGRAM, storage="memory://") as shop:
        records = take_in(shop, year)
        seen: Counter[str] = Counter()
        months = []
        for month, items in items_by_month(year):
            happened = _counted(_with_either_card(items, records.second_cards), seen)
            report = shop.ingest(happened, progress=watch("record", month.name))
            seen["refused"] += _coupons_refused(report)
            months.append(MonthFigures(month.name, dict(_members(shop, month))))
            seen["expired"] += shop.settle(as_of=month.end, progress=watch("settle", month.name)).expired_points
        return _outcome(shop, year, records, tuple(months), seen, watch)


def unbalanced(outcome: Outcome) -> Iterator[str]:
    """What does not add up within the library's own answers."""
    posted = sum(sum(kinds.values()) for kinds in outcome.points.by_month.values())
    if posted != outcome.points.outstanding:
        yield f"points: statements sum to {posted}, balances to {outcome.points.outstanding}"
    if -outcome.points.total("expiry") != outcome.expired:
        yield f"points: statements show {-outcome.points.total('expiry')} expired, settlements wrote {outcome.expired}"
    if outcome.redeemed * COUPON_POINTS != -outcome.points.total("redemption"):
        yield f"points: {outcome.redeemed} coupons, but {-outcome.points.total('redemption')} points spent"


def _with_either_card(items: Iterable[Item], second_cards: Mapping[str, str]) -> Iterator[Happened]:
    """What happens to members who are there already; with two cards, each gets its share."""
    for item in items:
        if isinstance(item, lk.Purchase) and item.member_id in second_cards and item.id[-1] in ODD:
            yield evolve(item, member_id=second_cards[item.member_id])
        elif not isinstance(item, lk.Member):
            yield item


def _counted(items: Iterable[Happened], seen: Counter[str]) -> Iterator[Happened]:
    """The same items; what passes by is counted."""
    for item in items:
        if isinstance(item, lk.Purchase):
            seen["lines"] += len(item.lines)
            seen["second card"] += item.member_id.startswith("second-")
        seen["coupons"] += isinstance(item, lk.Redemption)
        yield item


def _coupons_refused(report: lk.IngestReport) -> int:
    for _, id, error in report.rejected:
        if not isinstance(error, lk.InsufficientPointsError):
            raise SystemExit(f"{id} was refused: {error}")
    return len(report.rejected)


def _members(shop: lk.Loyalty, month: Month) -> Iterator[tuple[str, MemberMonth]]:
    """Every member's month, as the library sees it at the month's last instant."""
    facts = (purchases.over(THIS_MONTH), units.over(THIS_MONTH), spend.over(THIS_MONTH))
    for id, values in shop.select(EVERYONE, as_of=month.last).facts(member.tier, *facts):
        yield id, MemberMonth(*values)


def _outcome(
    shop: lk.Loyalty,
    year: CardYear,
    records: Records,
    months: tuple[MonthFigures, ...],
    seen: Counter[str],
    watch: Watch,
) -> Outcome:
    end, asked = year.months[-1].end, watch("ask", year.months[-1].name)
    statements, outstanding = {}, 0
    for done, id in enumerate(sorted(map(member_id, year.numbers)), 1):
        statements[id] = shop.statement(id, as_of=end)
        outstanding += shop.balance(id, as_of=end).total
        asked(done, len(year.numbers))
    return Outcome(
        records=records,
        by_second_card=seen["second card"],
        redeemed=seen["coupons"] - seen["refused"],
        refused=seen["refused"],
        expired=seen["expired"],
        figures=YearFigures(months, seen["lines"], seen["coupons"]),
        points=Points(by_month=_by_month(statements.values()), outstanding=outstanding),
        segments={segment.name: shop.select(segment, as_of=end).count() for segment in PROGRAM.segments},
        story=_story(shop, end, statements),
    )


def _by_month(statements: Iterable[Sequence[lk.answers.StatementRow]]) -> dict[str, Counter[str]]:
    posted: dict[str, Counter[str]] = defaultdict(Counter)
    for statement in statements:
        for row in statement:
            posted[f"{row.occurred_at.astimezone(NEW_YORK):%Y-%m}"][row.kind] += row.points
    return dict(sorted(posted.items()))


def _story(shop: lk.Loyalty, end: datetime, statements: Mapping[str, Sequence[lk.answers.StatementRow]]) -> Story:
    """The member and the ten rows in a row that show most: every kind of posting, and not only the commonest."""
    stretches = (
        (id, statement[start : start + STATEMENT_ROWS])
        for id, statement in statements.items()
        for start in range(max(1, len(statement) - STATEMENT_ROWS + 1))
    )
    id, stretch = max(stretches, key=lambda found: _variety(found[1]))
    status = shop.tier(id, as_of=end)
    return Story(
        member_id=id, statement=stretch, english=status.explain(language="en"), chinese=status.explain(language="zh")
    )


def _variety(rows: Sequence[lk.answers.StatementRow]) -> tuple[int, int]:
    kinds = Counter(row.kind for row in rows)
    return len(kinds), -max(kinds.values(), default=0)
