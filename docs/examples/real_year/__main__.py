"""Run the real year: ``make demo``, or ``python docs/examples/real_year --households 100 --months 3``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from time import perf_counter

if __package__ in (None, ""):  # run as a folder: its modules are named from the project's root
    sys.path[0] = str(Path(__file__).resolve().parents[3])

from rich.console import Console

from docs.examples.real_year.expected import expected_figures
from docs.examples.real_year.figures import YearFigures, differences
from docs.examples.real_year.files import MONTHS, CardYear
from docs.examples.real_year.late import LateChapter, LateYear
from docs.examples.real_year.late_report import show_late
from docs.examples.real_year.report import Bars, show
from docs.examples.real_year.year import run, unbalanced

AGREED = "Checked: each member's tier, purchases, units and spend of each month are those of the plain SQL."
RECORDS_AGREED = (
    "Checked: the mistakes and duplicates found in the table are those that were planted; mended and merged, its "
    "members are the households."
)
LATE_AGREED = (
    "Checked: late and twice, each member's tier, purchases, units, spend and metric are those of the year on time; "
    "without multipliers and coupons so are balances and lots; what was known at a month's end is told the same again."
)
FAILED = "The library and the plain SQL differ, or late and on time do, or the table and its members: this is a bug."


def main() -> int:
    """Work the figures out apart, run the year, on time and late, print it and compare; 1 when anything differs."""
    console, began = Console(highlight=False), perf_counter()
    chosen = _arguments()
    year = CardYear(chosen.households, chosen.months)
    with console.status("working the figures out apart, with Arrow and SQL"):
        expected = expected_figures(year)
    members = len(year.numbers)
    totals = {"record": expected.purchases + expected.coupons, "settle": members * chosen.months, "ask": members}
    with Bars(console, totals) as bars:
        outcome = run(year, bars.watch)
    show(console, outcome)
    late = _late_chapter(console, year, expected)
    console.print()
    problems = [
        *outcome.records.problems,
        *differences(expected, outcome.figures),
        *unbalanced(outcome),
        *late.problems,
    ]
    for line in (
        *(f"DIFFERS {problem}" for problem in problems),
        *([FAILED] if problems else [RECORDS_AGREED, AGREED, LATE_AGREED]),
    ):
        console.print(line, soft_wrap=True, markup=False)
    console.print(f"{perf_counter() - began:.0f} seconds")
    return 1 if problems else 0


def _late_chapter(console: Console, year: CardYear, expected: YearFigures) -> LateYear:
    """The same year, late, for a part of the households."""
    console.print()
    with console.status("sorting baskets into late deliveries"):
        chapter = LateChapter(year)
    with Bars(console, chapter.totals) as bars:
        late = chapter.run(expected, bars.watch)
    show_late(console, late)
    return late


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="real_year", description="A real year of a grocery's loyalty card.")
    parser.add_argument("--households", type=_at_least_one, help="how many households; all 2,469 unless told")
    parser.add_argument("--months", type=_month_count, default=MONTHS, help="how many months, from January on")
    return parser.parse_args()


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("pass a whole number from 1 on")
    return int(text)


def _month_count(text: str) -> int:
    if _at_least_one(text) > MONTHS:
        raise ArgumentTypeError(f"the year has {MONTHS}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
