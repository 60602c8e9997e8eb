"""Statements page by page (C5)."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.answers import Statement, StatementRow
from loyaltykit.loyalty.paging import encode_cursor
from tests.support.stories import FEW, LATE, PROGRAMS, START, Story, accepted, day, happenings


def pages(shop: lk.Loyalty, limit: int, **asked: Any) -> list[Statement]:
    """All pages, one after the other."""
    found = [shop.statement("m", limit=limit, **asked)]
    while found[-1].next is not None:
        found.append(shop.statement("m", limit=limit, after=found[-1].next, **asked))
    return found


@FEW
@given(
    program=st.sampled_from(PROGRAMS),
    told=happenings(),
    later=happenings(),
    limit=st.integers(1, 4),
    since=st.none() | st.builds(day, st.integers(0, 60)),
    until=st.none() | st.builds(day, st.integers(0, 60)),
    settles=st.booleans(),
)
def test_c5_pages_joined_are_the_whole_statement(
    program: lk.Program,
    told: list[lk.Transaction],
    later: list[lk.Transaction],
    limit: int,
    since: datetime | None,
    until: datetime | None,
    settles: bool,
) -> None:
    """C5: whatever is written between pages; each row has the running balance of the whole statement."""
    story = Story(program)
    accepted(story.shop, told)
    story.clock.set(day(70))
    whole = story.shop.statement("m")
    between = [item for item in later if item.id not in {row.cause for row in whole}]
    page = story.shop.statement("m", since=since, until=until, limit=limit)
    rows = [*page]
    while page.next is not None:
        assert len(page) == limit
        story.clock.advance(timedelta(days=1))
        accepted(story.shop, between[:1])
        between = between[1:]
        if settles:
            story.shop.settle()
        page = story.shop.statement("m", since=since, until=until, limit=limit, after=page.next)
        rows += page
    assert rows == [
        row
        for row in whole
        if (since is None or row.occurred_at >= since) and (until is None or row.occurred_at < until)
    ]


def test_c5_a_statement_is_a_sequence() -> None:
    """C5: rows by number and range, from behind too, without a cursor when it is whole."""
    story = Story()
    for number in range(3):
        story.buy(f"p-{number}", day(number), 10 * number + 10)
    statement = story.shop.statement("m", as_of=day(5))
    assert isinstance(statement, Statement)
    assert (len(statement), statement.next, bool(Statement())) == (3, None, False)
    assert [row.cause for row in statement[1:]] == ["p-1", "p-2"]
    assert (statement[-1].balance, statement[0].points) == (60, 10)
    assert sum(row.points for row in statement) == 60
    assert statement[1] in statement
    assert pickle.loads(pickle.dumps(statement)) == statement == story.shop.statement("m", as_of=day(5))
    assert hash(statement) == hash(story.shop.statement("m", as_of=day(5)))
    assert [type(row) for row in reversed(statement)] == [StatementRow] * 3


def test_c5_a_page_keeps_the_instant_and_the_state_of_the_first() -> None:
    """C5, I16: the running balance goes on from page to page."""
    story = Story()
    for number in range(5):
        story.buy(f"p-{number}", day(number), 10)
    story.clock.set(day(5))
    assert [[row.balance for row in page] for page in pages(story.shop, 2)] == [[10, 20], [30, 40], [50]]
    first = story.shop.statement("m", limit=2)
    story.clock.set(LATE)
    story.buy("p-early", day(0), 1_000)
    rest = story.shop.statement("m", limit=10_000, after=first.next)
    assert [row.balance for row in rest] == [30, 40, 50]
    assert [len(page) for page in pages(story.shop, 5, as_of=day(5), since=day(1), until=day(4))] == [3]


@pytest.mark.parametrize(
    "bad",
    [
        {"limit": 0},
        {"limit": 10_001},
        {"limit": True},
        {"after": "x"},
        {"after": 7},
        {"after": encode_cursor(10**9, 0, 0)},
        {"after": encode_cursor(-1, 0, 0)},
        {"after": encode_cursor(1, 10**30, 0)},
        {"after": encode_cursor(1, 0, -1)},
        {"after": encode_cursor(1, 0)},
        {"after": encode_cursor("1", 0, 0)},
        {"since": "today"},
        {"until": START.replace(tzinfo=None)},
    ],
)
def test_what_is_not_a_page(bad: dict[str, Any]) -> None:
    """I31: a limit, a cursor or a bound that is none is refused by its name."""
    with pytest.raises(lk.InvalidValueError):
        Story().shop.statement("m", **bad)
