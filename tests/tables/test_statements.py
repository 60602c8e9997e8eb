"""Statements as tables (I28)."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.ledger.entries import PostingKind
from loyaltykit.tables import read_statement, write_statement
from loyaltykit.tables.formats.files import Format
from tests.stories import Story, day
from tests.support.texts import texts

CLUB = lk.Program(name="Club", currency="EUR", timezone="Europe/Berlin")
FORMATS: tuple[Format, ...] = ("csv", "tsv", "xlsx")
moments = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
rows = st.builds(
    lk.answers.StatementRow,
    kind=st.sampled_from(get_args(PostingKind)),
    points=st.integers(-(10**15), 10**15),
    balance=st.integers(-(10**18), 10**18 - 1).filter(lambda number: abs(number) < 10**18),
    occurred_at=moments,
    recorded_at=st.none() | moments,
    cause=texts,
    actor=st.none() | texts,
    reason=st.none() | texts,
)


def back(lines: list[lk.answers.StatementRow], format: Format, **settings: Any) -> list[lk.answers.StatementRow]:
    stream = io.BytesIO()
    assert write_statement(stream, lines, CLUB, format=format, **settings) == len(lines)
    return list(read_statement(stream, CLUB))


@pytest.mark.parametrize("format", FORMATS)
@given(lines=st.lists(rows, max_size=3), language=st.sampled_from(["en", "zh"]))
def test_i28_statements_come_back_equal(format: Format, lines: list[lk.answers.StatementRow], language: str) -> None:
    """I28: every row is read back equal, to the microsecond and with any text as its reason."""
    assert back(lines, format, language=language) == lines


def test_a_shop_s_own_statement() -> None:
    """C5: as `statement` gives it."""
    story = Story()
    story.shop.ingest([lk.Purchase(id="p", member_id="m", amount=100, occurred_at=day(1))])
    story.shop.record(lk.Redemption(id="r", member_id="m", points=30, occurred_at=day(2), reason="=gift"))
    lines = list(story.shop.statement("m", as_of=day(3)))
    assert back(lines, "xlsx", language="zh") == lines


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has other headings"),
        (b"Kind,Points\naccrual,5\n", "has other headings"),
        (b"Occurred at,Kind,Points,Balance,Cause,Actor,Reason,Recorded at\n2025-01-01,accrual,5\n", "another number"),
        (
            b"Occurred at,Kind,Points,Balance,Cause,Actor,Reason,Recorded at\n2025-01-01,gift,5,5,x,,,\n",
            "cannot be read",
        ),
        (
            b"Occurred at,Kind,Points,Balance,Cause,Actor,Reason,Recorded at\n2025-01-01,accrual,x,5,x,,,\n",
            "cannot be read",
        ),
    ],
)
def test_another_table_is_refused(content: bytes, reason: str) -> None:
    """With the place where it differs."""
    with pytest.raises(lk.errors.TableError, match=reason):
        list(read_statement(io.BytesIO(content), CLUB))


@pytest.mark.parametrize("settings", [{"rows": [5]}, {"program": 5}, {"language": "fr"}])
def test_what_cannot_be_written(settings: dict[str, Any]) -> None:
    """I31: refused with its name."""
    call: dict[str, Any] = {"target": io.BytesIO(), "rows": [], "program": CLUB, "format": "csv"} | settings
    with pytest.raises(lk.InvalidValueError) as caught:
        write_statement(**call)
    assert caught.value.field == next(iter(settings))
