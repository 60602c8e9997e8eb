"""Tables out: what is written reads back equal (I28), and no spreadsheet sees a formula in it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.tables import Layout, MemberTable, write_members
from loyaltykit.tables.columns.headings import Language
from loyaltykit.tables.formats.files import Format
from tests.support.texts import HOSTILE, texts

CLUB = lk.Program(
    name="Club",
    currency="EUR",
    timezone="Europe/Berlin",
    fields=[
        lk.Field("note", str),
        lk.Field("Name", str),  # the name of a column that the library knows
        lk.Field("no te", str),  # and one that differs from another by what does not matter
        lk.Field("count", int),
        lk.Field("amount", Decimal, title="Amount (EUR)"),
        lk.Field("news", bool),
        lk.Field("since", date),
        lk.Field("diet", set, title_zh="饮食"),
        lk.Field("age", str, derived=lk.rules.member.region),
        lk.Field("old", str, retired=True),
    ],
)
CHECKER = RecordChecker(CLUB, "DE")
TABLE = MemberTable(source="x", default_region="DE")
BERLIN = ZoneInfo("Europe/Berlin")
FORMATS: tuple[Format, ...] = ("csv", "tsv", "xlsx")
ids = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="\0"), min_size=1, max_size=128)
short = st.sampled_from([text for text in HOSTILE if text.isprintable() and text.strip() == text and text][:-2]) | ids
moments = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.sampled_from([UTC, BERLIN]))  # noqa: DTZ001
phones = st.sampled_from(["+8613800138000", "030 123456", "138****8888", "138xxxxx8888", "+49 30 901820"])
emails = st.sampled_from(["li@example.com", "Li.Na@Example.COM", "l***@example.com"])
contacts = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"kind": st.just("phone"), "value": phones}, optional={"label": short, "preferred": st.booleans()}
        ),
        st.fixed_dictionaries({"kind": st.just("email"), "value": emails}, optional={"label": short}),
        st.fixed_dictionaries({"kind": st.just("address"), "value": texts}, optional={"label": short}),
    ),
    max_size=3,
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "note": texts,
        "Name": texts,
        "no te": texts,
        "count": st.integers(-(10**17), 10**17),
        "amount": st.decimals(-(10**9), 10**9, places=4),
        "news": st.booleans(),
        "since": st.dates(date(1000, 1, 1)),
        "diet": st.sets(texts, max_size=3),
        "old": texts,
    },
)
records = st.fixed_dictionaries(
    {"id": short, "name": texts},
    optional={
        "gender": st.sampled_from(["male", "female", "男"]) | texts,
        "birthday": st.dates(date(1000, 1, 1), date(9000, 1, 1)) | st.sampled_from(["--02-29", "1890-03-01"]),
        "region": texts,
        "contacts": contacts,
        "preferences": st.lists(short, max_size=3),
        "tags": st.lists(short, max_size=3),
        "channel": short,
        "store": short,
        "external_ids": st.dictionaries(short, short, max_size=3),
        "status": st.sampled_from(["pending", "active", "closed"]),
        "reviewer": short,
        "review_due": st.dates(date(1000, 1, 1)),
        "enrolled_at": moments,
        "fields": fields,
    },
)


def checked(record: dict[str, Any]) -> list[lk.Member]:
    """A member as every way in makes it; hostile records may have no valid form."""
    member, _ = CHECKER.check(record)
    return [] if member is None else [member]


def written(members: Any, format: Format, program: lk.Program = CLUB, **settings: Any) -> bytes:
    stream = io.BytesIO()
    write_members(stream, members, program, format=format, **settings)
    return stream.getvalue()


def read(content: bytes) -> list[Any]:
    with TABLE.read(io.BytesIO(content), CLUB) as reading:
        found = list(reading)
    assert reading.summary.rejected == 0, reading.summary
    assert reading.summary.unknown_columns == ()
    return found


@pytest.mark.parametrize("format", FORMATS)
@given(language=st.sampled_from(["en", "zh"]), given=st.lists(records, min_size=1, max_size=2))
@example(
    language="zh",
    given=[
        {"id": f"m-{i}", "name": text, "region": text, "fields": {"note": text, "diet": [text]}, "tags": ["a,b", "c;d"]}
        for i, text in enumerate(HOSTILE)
    ],
)
@example(
    language="en",
    given=[{"id": "00123", "name": "０１２", "enrolled_at": datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=BERLIN)}],
)
def test_i28_members_come_back_equal(format: Format, language: Language, given: list[dict[str, Any]]) -> None:
    """I28: import(export(x)) = x, whatever stands in a record, in every kind of file and both languages."""
    members = [member for record in given for member in checked(record)]
    assert read(written(members, format, language=language)) == members


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@given(given=st.lists(records, min_size=1, max_size=2))
@example(given=[{"id": f"m-{i}", "name": text} for i, text in enumerate(HOSTILE)])
def test_no_cell_is_a_formula(format: Format, given: list[dict[str, Any]]) -> None:
    """Faults: numbers may be negative; no text begins as a formula does."""
    content = written([member for record in given for member in checked(record)], format)
    if format == "csv":
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            assert [
                cell
                for cell in row
                if cell[:1] in tuple("=+@\t\r＝＋－＠") or (cell[:1] == "-" and not is_number(cell))
            ] == []
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "b"}


def is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


@pytest.mark.parametrize("format", FORMATS)
def test_lone_surrogates_are_refused(format: Format) -> None:
    """Faults: a value is refused in a record and in a file."""
    with pytest.raises(lk.InvalidValueError):
        lk.Member(id="m", name="\ud800")
    assert checked({"id": "m", "name": "\ud800"}) == []
    content = written([lk.Member(id="m", name="CANARY")], "csv").replace(b"CANARY", b"\xed\xa0\x80")
    with pytest.raises(lk.errors.TableError):
        read(content)


def test_cells_have_types() -> None:
    """Numbers, days and times are what they are; phones and ids are texts."""
    member = lk.Member(
        id="00123",
        phone="+8613800138000",
        birthday=date(1990, 2, 28),
        enrolled_at=datetime(2025, 1, 1, 12, 30, tzinfo=BERLIN),
        fields={"count": 5, "amount": Decimal("12.50"), "news": True, "since": date(2025, 1, 2)},
    )
    layout = Layout(
        ["id", "phone", "birthday", "enrolled_at", "fields.count", "fields.amount", "fields.news", "fields.since"]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(written([member], "xlsx", layout=layout))).worksheets[0]
    assert [(cell.value, cell.number_format) for cell in sheet[2]] == [
        ("00123", "@"),
        ("+8613800138000", "@"),
        (datetime.fromisoformat("1990-02-28"), "yyyy-mm-dd"),
        (datetime.fromisoformat("2025-01-01T12:30"), "yyyy-mm-dd hh:mm:ss"),
        (5, "0"),
        (12.5, "0.00"),
        (True, "General"),
        (datetime.fromisoformat("2025-01-02"), "yyyy-mm-dd"),
    ]
    assert [cell.value for cell in sheet[1]] == [
        "Member ID",
        "Phone",
        "Birthday",
        "Enrolled at",
        "count",
        "Amount (EUR)",
        "news",
        "since",
    ]
    assert (sheet.title, sheet.freeze_panes) == ("Members", "A2")


def test_values_under_an_earlier_name_go_out_under_the_present_one() -> None:
    """A renamed field."""
    renamed = CLUB.evolve(fields=[lk.Field("goal", str, was=("target",))])
    layout = Layout(["fields.goal"])
    member = lk.Member(id="m", fields={"target": "weight"})
    assert written([member], "csv", renamed, layout=layout).decode("utf-8-sig") == "goal\r\nweight\r\n"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"program": 5}, "program"),
        ({"language": "fr"}, "language"),
        ({"layout": 5}, "layout"),
        ({"layout": Layout(["fields.unknown"])}, "layout"),
        ({"members": [5]}, "members"),
    ],
)
def test_what_cannot_be_written(settings: dict[str, Any], field: str) -> None:
    """I31: refused with its name."""
    call: dict[str, Any] = {"target": io.BytesIO(), "members": [], "program": CLUB, "format": "csv"} | settings
    with pytest.raises(lk.InvalidValueError) as caught:
        write_members(**call)
    assert caught.value.field == field


def test_a_generator_is_written_as_it_goes() -> None:
    """An error of the reader leaves no file open."""
    assert write_members(io.BytesIO(), (lk.Member(id=f"m-{i}") for i in range(5)), CLUB, format="tsv") == 5


def test_a_record_too_long_for_a_cell_is_told() -> None:
    """Fifty long addresses have no place in one cell."""
    member = lk.Member(id="m", contacts=[lk.Contact("address", f"{i}" + "x" * 990) for i in range(50)])
    for format in FORMATS:
        with pytest.raises(lk.errors.TableError, match="longer than 32,767"):
            written([member], format)
