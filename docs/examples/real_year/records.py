"""The members as records: the household table is read, mended and taken in, and who is in it twice becomes one.

Each step is held against what was planted. What is in the shop in the end must be the households, no more and no less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve, frozen

import loyaltykit as lk
from docs.examples.real_year.data import members
from docs.examples.real_year.figures import unlike
from docs.examples.real_year.files import NEW_YORK, CardYear, member_id
from docs.examples.real_year.household_table import (
    DOUBTFUL,
    REJECTED,
    TWICE,
    Planted,
    plant,
    read_rows,
    second_id,
    write_rows,
    write_table,
)
from docs.examples.real_year.people import row_of
from docs.examples.real_year.programme import EVERYONE, PROGRAM
from loyaltykit.tables import ImportSummary, MemberTable

EXPECTED = ("name", "phone", "email", "birthday")
TABLE = MemberTable(
    source="households",
    columns={"card": "fields.card"},  # otherwise a heading of ids
    default_region="US",
    actor="demo",
)


@frozen(kw_only=True)
class Records:
    """What came of the table.

    Args:
        first: of the table as it was handed over.
        mended: of its rejected rows, mended.
        before: the quality of what was accepted at first.
        after: the quality of what is in the shop.
        enrolled: how many records were taken in.
        second_cards: the id of a household's second card by that of the household; they are merged.
        problems: what is not as it must be.
    """

    first: ImportSummary
    mended: ImportSummary
    before: lk.quality.QualityReport
    after: lk.quality.QualityReport
    enrolled: int
    second_cards: Mapping[str, str]
    problems: tuple[str, ...]


def take_in(shop: lk.Loyalty, year: CardYear) -> Records:
    """Write the table, and take its members in as a shop would."""
    planted, households = plant(year), {one.id: one for one in members(year)}
    right = {member_id(number): row_of(number, year) for number in year.numbers}
    with TemporaryDirectory() as folder:
        table, rejected, mended = (Path(folder, f"{name}.csv") for name in ("households", "rejected", "mended"))
        write_table(table, year, planted)
        with TABLE.read(table, PROGRAM, rejected=rejected) as reading:
            accepted = _members(reading)
        write_rows(mended, [row | right[row["Member ID"]] for row in read_rows(rejected)])
        with TABLE.read(mended, PROGRAM) as again:
            rest = _members(again)
    before = _quality(accepted, year)
    asked = [_put_right(one, households.get(one.id, one), year) for one in accepted]
    report = shop.ingest([*asked, *rest])
    found = lk.matching.find_matches(shop.select(EVERYONE).members(), lk.matching.MatchPolicy(policy="merge"))
    _merge(shop, found, year)
    kept = list(shop.select(EVERYONE).members())
    records = Records(
        first=reading.summary,
        mended=again.summary,
        before=before,
        after=_quality(kept, year),
        enrolled=report.enrolled,
        second_cards={member_id(number): second_id(number) for code in TWICE for number in planted.households[code]},
        problems=(),
    )
    return evolve(records, problems=tuple(_problems(records, planted, found, households, kept)))


def _members(items: Iterable[object]) -> list[lk.Member]:
    return [item for item in items if isinstance(item, lk.Member)]


def _quality(records: Iterable[lk.Member], year: CardYear) -> lk.quality.QualityReport:
    return lk.quality.quality_report(records, PROGRAM, _first_day(year), expected=EXPECTED)


def _first_day(year: CardYear) -> date:
    return year.months[0].start.astimezone(NEW_YORK).date()


def _put_right(one: lk.Member, asked: lk.Member, year: CardYear) -> lk.Member:
    """What the report complains of, as asked again: a phone with hidden digits, a birthday that is still to come."""
    hidden = any(contact.is_masked for contact in one.contacts)
    unborn = one.birthday is not None and one.birthday.age(_first_day(year)) is None
    return one.evolve(phone=asked.phone, birthday=asked.birthday) if hidden or unborn else one


def _merge(shop: lk.Loyalty, found: lk.matching.MatchReport, year: CardYear) -> None:
    """One member of each group: the household's own card stays, since its id is the first in order."""
    for group in found.groups:
        survivor, *others = group.ids
        for other in others:
            shop.members.merge(
                survivor,
                other,
                id=f"merge-{other}",
                actor="demo",
                reason="two cards of one household",
                occurred_at=year.months[0].start,
            )


def _problems(
    records: Records,
    planted: Planted,
    found: lk.matching.MatchReport,
    households: Mapping[str, lk.Member],
    kept: Iterable[lk.Member],
) -> Iterator[str]:
    """Where something else was found than what was planted."""
    reasons = Counter[str]()
    for problem, count in records.first.reasons:
        reasons[problem.code] += count
    yield from unlike("table, rejected", planted.counts(REJECTED), reasons)
    if records.mended.rejected:
        yield f"table, mended: {records.mended.rejected} rows are rejected again"
    seen = Counter[str]()
    for issue in records.before.issues:
        if issue.kind in ("invalid", "contradictory"):
            seen[issue.code] += issue.count
    yield from unlike("table, doubtful", planted.counts(DOUBTFUL), seen)
    want = {
        _named(member_id(number), second_id(number)): (code,) for code in TWICE for number in planted.households[code]
    }
    yield from unlike("table, twice", want, {_named(*group.ids): group.reasons for group in found.groups})
    if found.queue or found.crowds:
        yield f"table, twice: {len(found.queue)} likely pairs and {len(found.crowds)} crowds that nobody planted"
    yield from unlike("table, members", households, {one.id: one for one in kept})
    if records.after.issues:
        yield f"table, quality: {records.after.count()} issues are left"


def _named(*ids: str) -> str:
    return " and ".join(ids)
