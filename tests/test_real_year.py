"""The real year's demo on a few households: the same code, the same checks, in seconds."""

import sys
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

import pytest
from attrs import evolve

import loyaltykit as lk
from docs.examples.real_year import __main__ as demo, records
from docs.examples.real_year.arrivals import SENT, shuffled, till_of
from docs.examples.real_year.data import Item, items_by_month, last_instant
from docs.examples.real_year.expected import expected_figures
from docs.examples.real_year.figures import YearFigures, differences
from docs.examples.real_year.files import CardYear
from docs.examples.real_year.household_table import (
    HOUSEHOLDS,
    PLANTED,
    Planted,
    plant,
    read_rows,
    write_rows,
    write_table,
)
from docs.examples.real_year.late import LateChapter, LateYear, sample_of
from docs.examples.real_year.people import row_of
from docs.examples.real_year.programme import PROGRAM
from docs.examples.real_year.year import Outcome, Points, Told, run, unbalanced

FEW = CardYear(households=60, month_count=2)


def silent(_step: str, _month: str) -> Told:
    return lambda _done, _total: None


@pytest.fixture(scope="module")
def expected() -> YearFigures:
    return expected_figures(FEW)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(FEW, silent)


@pytest.fixture(scope="module")
def late(expected: YearFigures) -> LateYear:
    return LateChapter(FEW).run(expected, silent)


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return list(chain.from_iterable(items for _, items in items_by_month(FEW)))


def test_the_library_finds_what_plain_sql_finds(expected: YearFigures, outcome: Outcome) -> None:
    """Tier, purchases, units and spend of every member and month, to the cent; points add up."""
    assert list(differences(expected, outcome.figures)) == []
    assert list(unbalanced(outcome)) == []
    assert (outcome.records.after.members, expected.purchases, expected.active) == (60, 591, 55)


def test_every_tier_is_reached(expected: YearFigures) -> None:
    """The comparison says something: members stand in all three tiers."""
    assert all(count > 0 for count in expected.months[-1].tiers.values())


def test_the_whole_year_is_all_of_the_files() -> None:
    """The plain figures are those that are known of the data: sales to the cent, purchases, lines, coupons, members."""
    whole = expected_figures(CardYear())
    assert (whole.sales, whole.purchases, whole.lines) == (Decimal("4596039.58"), 155_848, 1_469_307)
    assert (whole.coupons, whole.active) == (2_102, 2_469)


def test_items_come_in_the_order_in_which_they_happened(items: list[Item]) -> None:
    """Members first, then purchases and redemptions by their instants; ids are unique."""
    members, happened = items[:60], items[60:]
    assert all(isinstance(item, lk.Member) for item in members)
    times = [item.occurred_at for item in happened if not isinstance(item, lk.Member)]
    assert len(times) == len(happened)
    assert times == sorted(times)
    assert len({item.id for item in items}) == len(items)


def test_a_coupon_takes_the_last_instant_of_its_local_day() -> None:
    """A coupon's date is the shop's: its redemption comes after every purchase of the day, in winter and in summer."""
    assert last_instant(date(2017, 1, 1)) == datetime(2017, 1, 2, 4, 59, 59, 999_999, tzinfo=UTC)
    assert last_instant(date(2017, 7, 1)) == datetime(2017, 7, 2, 3, 59, 59, 999_999, tzinfo=UTC)


def test_a_difference_is_named(expected: YearFigures) -> None:
    """A member in another tier is seen in the month, in the year's sums, and by id."""
    january = expected.months[0]
    id, was = next(iter(january.members.items()))
    other = evolve(january, members={**january.members, id: was._replace(tier="gold")})
    found = evolve(expected, months=(other, *expected.months[1:]))
    places = [line.split(":")[0] for line in differences(expected, found)]
    assert places == ["the year, spend", "the year, moves", "2017-01, tiers", "2017-01, spend", f"2017-01, {id}"]


def test_points_that_do_not_add_up_are_named(outcome: Outcome) -> None:
    """Points that vanish, and coupons that cost nothing, are seen."""
    points = Points(by_month=outcome.points.by_month, outstanding=outcome.points.outstanding + 1)
    wrong = evolve(outcome, points=points, redeemed=outcome.redeemed + 1, expired=outcome.expired + 1)
    assert len(list(unbalanced(wrong))) == 3


# -- the household table -----------------------------------------------------------------------------------------------


def test_what_is_found_in_the_table_was_planted(outcome: Outcome) -> None:
    """Each mistake by its code, each second card by its key; in the end the members are the households."""
    found = outcome.records
    assert found.problems == ()
    assert (found.first.rows, found.first.rejected, found.mended.rejected) == (62, 4, 0)
    assert (found.enrolled, found.after.members, len(found.second_cards)) == (62, 60, 2)
    assert found.before.score < found.after.score == 100
    assert found.before.count("duplicate") == 4
    assert outcome.by_second_card > 0


def test_the_whole_table_has_the_stated_mistakes() -> None:
    """No household has two of them, and nobody shares what was not planted."""
    year = CardYear()
    planted = plant(year)
    assert len(year.numbers) == HOUSEHOLDS
    assert planted.counts(list(PLANTED)) == PLANTED
    drawn = [number for numbers in planted.households.values() for number in numbers]
    assert len(set(drawn)) == len(drawn) == 200
    rows = [row_of(number, year) for number in year.numbers]
    for column in ("Member ID", "Name", "Phone", "E-mail", "Birthday", "card"):
        assert len({row[column] for row in rows}) == HOUSEHOLDS


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"Member ID": "second-1", "card": "90000001"}, {"table, twice, household-1 and second-1"}),
        ({"Member ID": "household-1", "Phone": "12"}, {"table, rejected, phone.invalid"}),
        (
            {"Member ID": "lost-1", "Name": "Nobody", "Phone": "", "E-mail": "", "Birthday": "2055-01-01"},
            {"table, doubtful, birthday.future", "table, members, lost-1", "table, quality"},
        ),
    ],
)
def test_what_was_not_planted_is_named(monkeypatch: pytest.MonkeyPatch, cells: dict[str, str], named: set[str]) -> None:
    """A second card, a phone and a member too many: each is seen."""

    def write(path: Path, year: CardYear, planted: Planted) -> None:
        write_table(path, year, planted)
        write_rows(path, [*read_rows(path), row_of(1, year) | cells])

    monkeypatch.setattr(records, "write_table", write)
    with lk.Loyalty(PROGRAM) as shop:
        assert {problem.split(":")[0] for problem in records.take_in(shop, FEW).problems} == named


# -- the chapter about what comes late ---------------------------------------------------------------------------------


def test_late_and_twice_it_is_the_same_year(late: LateYear) -> None:
    """I23, I16: metrics, tiers and, without multipliers, points are those of on time; what was known stays known."""
    assert late.problems == ()
    assert late.members == 60
    assert late.shop.again == late.purchases == 591
    assert late.shop.late > 100
    assert late.shop.corrections != []


def test_the_deliveries_are_shuffled_and_complete(items: list[Item]) -> None:
    """Each basket comes twice, four weeks of a till at once, in no order of time; the same order in every run."""
    began = FEW.months[0].start
    arrivals = list(shuffled(items, began))
    bought = [item for _, item in arrivals if isinstance(item, lk.Purchase)]
    assert Counter(item.id for item in bought) == Counter(
        {item.id: SENT for item in items if isinstance(item, lk.Purchase)}
    )
    assert arrivals == list(shuffled(items, began))
    times = [at for at, _ in arrivals]
    assert times == sorted(times)
    assert all(item.occurred_at is not None and item.occurred_at <= at for at, item in arrivals)
    happened = [item.occurred_at for item in bought if item.occurred_at is not None]
    assert happened != sorted(happened)
    assert {till_of(item) for item in bought} == {0, 1, 2}


def test_a_difference_between_late_and_on_time_is_named(expected: YearFigures) -> None:
    """A basket that never arrives, and a figure of the whole year that is another, are seen."""
    chapter = LateChapter(FEW)
    lost = next(item for _, item in chapter.arrivals["late"] if isinstance(item, lk.Purchase)).id
    for step in ("late", "plain, late"):
        chapter.arrivals[step] = [(at, item) for at, item in chapter.arrivals[step] if item.id != lost]
    found = chapter.run(expected, silent)
    assert {problem.split(", household")[0].split(":")[0] for problem in found.problems} >= {
        "late, 2017-01, late",
        "late, 2017-01, points",
    }


def test_a_sample_is_spread_over_all() -> None:
    """About a hundred of all households; of a few, all."""
    assert sample_of(CardYear()).every == 24
    assert sample_of(FEW).numbers == FEW.numbers


@pytest.fixture
def arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["real_year", "--households", "20", "--months", "1"])


@pytest.mark.usefixtures("arguments")
def test_the_demo_prints_and_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with 0 and says what it checked."""
    assert demo.main() == 0
    printed = capsys.readouterr().out
    assert demo.RECORDS_AGREED in printed
    assert demo.AGREED in printed
    assert demo.LATE_AGREED in printed
    assert "member records on 2017-01-01: score 100.0" in printed
    assert "issued" in printed
    assert "To reach silver" in printed
    assert "升级到 silver" in printed


@pytest.mark.usefixtures("arguments")
def test_the_demo_fails_on_a_mismatch_in_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Second cards that are not merged: the command names the members too many and ends with 1."""
    monkeypatch.setattr(lk.matching, "find_matches", lambda _members, _matching: lk.matching.MatchReport((), (), ()))
    assert demo.main() == 1
    printed = capsys.readouterr().out
    assert "DIFFERS table, twice" in printed
    assert "DIFFERS table, members" in printed
    assert demo.RECORDS_AGREED not in printed


@pytest.mark.usefixtures("arguments")
def test_the_demo_fails_on_a_mismatch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One coupon too many in the plain figures: the command names it and ends with 1."""
    monkeypatch.setattr(demo, "expected_figures", lambda year: evolve(expected_figures(year), coupons=7))
    assert demo.main() == 1
    printed = capsys.readouterr().out
    assert "DIFFERS the year, coupons: expected 7" in printed
    assert demo.AGREED not in printed
