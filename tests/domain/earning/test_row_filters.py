"""Predicates over rows: which lines, purchases and events a rule means, by the shop's own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
import loyaltykit.domain.earning.row_filters as rows
from loyaltykit.rules import event, events, line, per_unit, purchase, purchases, units
from tests.support.exact import MOMENT
from tests.support.stories import club

DECLARED: dict[str, Any] = {
    "purchase_fields": [lk.Field("guests", int), lk.Field("gift", bool)],
    "line_fields": [lk.Field("size", str), lk.Field("weight", Decimal)],
    "events": [lk.EventType("review", fields=[lk.Field("stars", int), lk.Field("on", date)]), lk.EventType("share")],
}
SHOP = lk.Loyalty(club(accrual=[], **DECLARED), clock=lambda: MOMENT)
SHOP.enroll(lk.Member(id="m", enrolled_at=MOMENT - timedelta(days=30)))

LINES = [
    lk.Line(
        sku="longjing", category="tea", quantity=2, amount="30.00", discount="3.00", tax="1.50", fields={"size": "L"}
    ),
    lk.Line(sku="cup", quantity=5, amount="9.99", fields={"weight": Decimal("0.5")}),
    lk.Line(category="tea", quantity=0, amount=0),
]
SHOP.record(
    lk.Purchase(
        id="p",
        member_id="m",
        lines=LINES,
        channel="web",
        store="s-1",
        fields={"guests": 3, "gift": False},
        occurred_at=MOMENT,
    )
)
for _serial, _attributes in enumerate([{"stars": 5, "on": date(2025, 1, 1)}, {"stars": 2}, {}]):
    SHOP.record(lk.Event(id=f"e{_serial}", member_id="m", name="review", attributes=_attributes, occurred_at=MOMENT))
SHOP.record(lk.Event(id="share", member_id="m", name="share", occurred_at=MOMENT))


def fact(term: Any) -> object:
    """A fact of the one member."""
    ((_, (value,)),) = SHOP.select(purchases >= 0, as_of=MOMENT).facts(term)
    return value


@pytest.mark.parametrize(
    ("where", "count"),
    [
        (line.category == "tea", 2),
        (line.category != "tea", 0),
        (line.category.is_missing(), 5),
        (line.sku == "cup", 5),
        (line.sku.is_in(["cup", "longjing"]), 7),
        (line.quantity >= 2, 7),
        (line.quantity == 0, 0),
        (line.amount >= Decimal("9.99"), 7),
        (line.amount > Decimal("9.99"), 2),
        (line.discount >= 3, 2),
        (line.tax < Decimal("1.50"), 5),
        (line.discount > line.tax, 2),
        (line["size"] == "L", 2),
        (line["size"].is_missing(), 5),
        (line["weight"] < 1, 5),
        (~(line["weight"] < 1), 2),
        (purchase["guests"] == 3, 7),
        (purchase["gift"] == True, 0),  # noqa: E712
        (purchase["gift"] == False, 7),  # noqa: E712
        ((purchase["guests"] > 2) & (line.category == "tea"), 2),
        (purchase.amount == Decimal("39.99"), 7),
        (purchase.amount > 40, 0),
        ((purchase.amount > 40) | (line.sku == "cup"), 5),
        (purchase.channel == "web", 7),
        (purchase.store == "s-2", 0),
    ],
)
def test_a_filter_means_the_lines_that_match(where: Any, count: int) -> None:
    """A row predicate is evaluated per line; one that mentions no line means all lines, or none."""
    assert fact(units.where(where)) == count


@pytest.mark.parametrize(
    ("where", "count"),
    [
        (line.category == "tea", 1),
        (line.category == "cake", 0),
        (purchase.channel == "web", 1),
        (line.quantity == 0, 1),
    ],
)
def test_a_purchase_counts_when_one_line_matches(where: Any, count: int) -> None:
    """Decided: at least one line, of whatever value."""
    assert fact(purchases.where(where)) == count


@pytest.mark.parametrize(
    ("term", "count"),
    [
        (events("review"), 3),
        (events("share"), 1),
        (events("review").where(event["stars"] >= 3), 1),
        (events("review").where(event["stars"] < 3), 1),
        (events("review").where(~(event["stars"] >= 3)), 2),
        (events("review").where(event["stars"].is_missing()), 1),
        (events("review").where((event["on"] == date(2025, 1, 1)) & (event["stars"] == 5)), 1),
    ],
)
def test_events_are_filtered_by_their_attributes(term: Any, count: int) -> None:
    """A missing attribute satisfies only is_missing()."""
    assert fact(term) == count


ZONES = [
    "Asia/Shanghai",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
moments = st.datetimes(datetime(2009, 1, 1), datetime(2024, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.sampled_from(ZONES), moments)
@example("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC))
@example("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC))
@example("Asia/Shanghai", datetime(2023, 12, 31, 16, tzinfo=UTC))
def test_weekday_hour_and_date_are_the_shops(zone: str, moment: datetime) -> None:
    """C1: never the server's, nor the zone in which the moment was told."""
    local = moment.astimezone(ZoneInfo(zone))
    rules = [
        lk.AccrualRule("weekday", per_unit(1), where=purchase.weekday == local.isoweekday()),
        lk.AccrualRule("hour", per_unit(10), where=purchase.hour == local.hour),
        lk.AccrualRule("date", per_unit(100), where=purchase.date == local.date()),
        lk.AccrualRule("not today", per_unit(1_000), where=purchase.date > local.date()),
    ]
    shop = lk.Loyalty(club(timezone=zone, accrual=rules), clock=lambda: MOMENT)
    shop.enroll(lk.Member(id="m", enrolled_at=datetime(2000, 1, 1, tzinfo=UTC)))
    assert shop.quote(lk.Purchase(id="p", member_id="m", amount=1, occurred_at=moment)).points == 111


def test_verdicts_are_remembered_for_so_many_texts_and_hold_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule on a text field says the same of texts that it has no room to remember."""
    monkeypatch.setattr(rows, "_REMEMBERED_TEXTS", 1)
    program = club(accrual=[lk.AccrualRule("tea", per_unit(1), where=line.sku.is_in(["a", "c"]))])
    shop = lk.Loyalty(program, clock=lambda: MOMENT)
    shop.enroll(lk.Member(id="m", enrolled_at=MOMENT))
    bought = [lk.Line(sku=sku, amount=1) for sku in "abcbac"]
    for serial in range(2):
        assert shop.record(lk.Purchase(id=f"p{serial}", member_id="m", lines=bought, occurred_at=MOMENT)).points == 4
