"""What the year came to, as tables for the terminal, and the bars that move while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TypeAlias

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from docs.examples.real_year.figures import YearFigures
from docs.examples.real_year.files import NEW_YORK
from docs.examples.real_year.programme import COUPON_POINTS, TIER_NAMES
from docs.examples.real_year.records import Records
from docs.examples.real_year.year import Outcome, Points, Story, Told

Row: TypeAlias = tuple[object, ...]
"""Texts, whole numbers and dollars."""

NUMBER_SIGNS = frozenset("0123456789,.+-")


class Bars(Progress):
    """A bar for each step, over the whole year.

    Args:
        console: where they are drawn; only their last state when it is no terminal.
        totals: how much each step has to do.
    """

    def __init__(self, console: Console, totals: dict[str, int]) -> None:
        words = TextColumn("{task.description:<16}")
        super().__init__(words, BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn(), console=console)
        self._steps = {step: self.add_task(step, total=total) for step, total in totals.items()}

    def watch(self, step: str, month: str) -> Told:
        """Where one month of one step, or without a name the whole of it, tells how far it has come."""
        bar = self._steps[step]
        before = self._tasks[bar].completed
        self.update(bar, description=f"{step} {month}".rstrip())
        return lambda done, _total: self.update(bar, completed=before + done)


def show(console: Console, outcome: Outcome) -> None:
    """Print everything."""
    show_records(console, outcome.records)
    figures = outcome.figures
    members = outcome.records.after.members
    console.print(
        f"\n[bold]The year[/bold]: {members:,} members, {figures.purchases:,} purchases with {figures.lines:,} lines"
    )
    console.print(
        f"{outcome.redeemed:,} coupons at {COUPON_POINTS} points, {outcome.refused:,} refused for want of points"
    )
    if outcome.by_second_card:
        console.print(f"{outcome.by_second_card:,} of the purchases name a second card")
    for title, content in _sections(outcome):
        console.print(f"\n[bold]{title}[/bold]")
        console.print(content, soft_wrap=isinstance(content, Text))


def show_records(console: Console, records: Records) -> None:
    """Print what came of the household table, and the quality of the records before and after."""
    console.print("[bold]The household table[/bold], with mistakes and duplicates planted in it")
    for title, told in (
        ("Read", records.first),
        ("The rejected rows, mended and read again", records.mended),
        ("Before: what was accepted", records.before),
        (f"After: put right, and {len(records.second_cards):,} second cards merged", records.after),
        ("What that changed", records.after.since(records.before)),
    ):
        console.print(f"\n[bold]{title}[/bold]")
        console.print(Text(str(told)), soft_wrap=True)


def _sections(outcome: Outcome) -> Iterator[tuple[str, Table | Text]]:
    told = outcome.story
    yield "Purchases, and members per tier at the month's end", months(outcome.figures)
    yield "Spend by the tier held at the month's end", spend(outcome.figures)
    yield "Tier moves from one month's end to the next", moves(outcome.figures)
    yield "Points", points_by_month(outcome.points)
    yield "Segments at the end", table(("segment", "members"), outcome.segments.items())
    yield f"{len(told.statement)} lines of the statement of {told.member_id}", statement(told)
    yield f"The tier of {told.member_id} at the end", Text(f"{told.english}\n\n{told.chinese}")


def months(figures: YearFigures) -> Table:
    """Purchases, sales and members by month."""
    rows = [(month.name, month.purchases, month.sales, month.active, *month.tiers.values()) for month in figures.months]
    total = ("year", figures.purchases, figures.sales, figures.active, *("" for _ in TIER_NAMES))
    return table(("month", "purchases", "sales", "active", *TIER_NAMES), rows, total)


def spend(figures: YearFigures) -> Table:
    """What each tier brought by month."""
    rows = [(month.name, *month.spend.values()) for month in figures.months]
    return table(("month", *TIER_NAMES), rows, ("year", *figures.spend.values()))


def moves(figures: YearFigures) -> Table:
    """Who rose and who fell."""
    pairs = [(old, new) for old in TIER_NAMES for new in TIER_NAMES if old != new]
    rows = [(old, new, figures.moves[old, new]) for old, new in pairs if (old, new) in figures.moves]
    return table(("from", "to", "members"), rows)


def points_by_month(points: Points) -> Table:
    """Points issued, spent, expired and outstanding."""
    left, rows = 0, []
    for month, kinds in points.by_month.items():
        left += sum(kinds.values())
        rows.append((month, kinds["accrual"], -kinds["redemption"], -kinds["expiry"], left))
    total = ("year", points.total("accrual"), -points.total("redemption"), -points.total("expiry"), points.outstanding)
    return table(("month", "issued", "spent", "expired", "outstanding"), rows, total)


def statement(told: Story) -> Table:
    """What happened to one member's points."""
    rows = [
        (f"{row.occurred_at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}", row.kind, row.cause, f"{row.points:+,}", row.balance)
        for row in told.statement
    ]
    return table(("when", "what", "because of", "points", "balance"), rows)


def table(headings: tuple[str, ...], rows: Iterable[Row], total: Row | None = None) -> Table:
    """Rows in columns, numbers to the right.

    Args:
        headings: one for each column.
        rows: their cells.
        total: what stands below the rule.
    """
    drawn = Table(box=SIMPLE, show_edge=False, show_footer=total is not None)
    texts = [tuple(map(_text, row)) for row in rows]
    for i, heading in enumerate(headings):
        numbers = i > 0 and all(NUMBER_SIGNS.issuperset(row[i]) for row in texts)
        drawn.add_column(
            heading, _text(total[i]) if total else "", justify="right" if numbers else "left", no_wrap=True
        )
    for row in texts:
        drawn.add_row(*row)
    return drawn


def _text(cell: object) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
