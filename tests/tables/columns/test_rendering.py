"""Values as cells, so that they are read as the same values again (I28)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from loyaltykit.calendars import ShopCalendar
from loyaltykit.tables.columns import parsing, rendering
from loyaltykit.tables.columns.parsing import CellOptions
from loyaltykit.values import to_instant

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kathmandu", "UTC"]
moments = st.datetimes(datetime(1900, 1, 3), datetime(2199, 12, 29), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.sampled_from(ZONES))
@example(datetime(2024, 10, 27, 0, 30, tzinfo=UTC), "Europe/Berlin")
@example(datetime(2024, 10, 27, 1, 30, tzinfo=UTC), "Europe/Berlin")
@example(datetime(1900, 1, 3, 12, tzinfo=UTC), "Asia/Shanghai")
@example(datetime(2018, 11, 4, 3, tzinfo=UTC), "America/Sao_Paulo")
def test_i28_an_instant_is_read_as_the_same_instant(moment: datetime, zone: str) -> None:
    """I28, C1: through both folds of an hour, midnights that do not exist, and offsets of seconds long ago."""
    options = CellOptions(ShopCalendar(zone), "EUR")
    cell = rendering.render_moment(moment, options)
    assert to_instant(parsing.read_moment(cell, options)) == to_instant(moment)


@pytest.mark.parametrize(
    ("moment", "cell"),
    [
        ("2025-01-01T00:00+01:00", date(2025, 1, 1)),
        ("2025-01-01T10:00+01:00", datetime.fromisoformat("2025-01-01T10:00")),
        ("2025-01-01T10:00:00.5+01:00", "2025-01-01T10:00:00.500000+01:00"),
        ("2024-10-27T02:30+01:00", "2024-10-27T02:30:00+01:00"),
        ("2024-10-27T02:30+02:00", datetime.fromisoformat("2024-10-27T02:30")),
    ],
)
def test_how_an_instant_is_shown(moment: str, cell: object) -> None:
    """A moment is written in local time, unless that is ambiguous."""
    berlin = CellOptions(ShopCalendar("Europe/Berlin"), "EUR")
    assert rendering.render_moment(datetime.fromisoformat(moment), berlin) == cell


def test_offsets_with_seconds_are_told_in_utc() -> None:
    """Offsets with seconds cannot be written in ISO 8601."""
    old = CellOptions(ShopCalendar("Africa/Monrovia"), "LRD")
    moment = datetime(1950, 1, 1, 12, 0, 0, 5, tzinfo=ZoneInfo("Africa/Monrovia"))
    assert rendering.render_moment(moment, old) == "1950-01-01T12:44:30.000005+00:00"
