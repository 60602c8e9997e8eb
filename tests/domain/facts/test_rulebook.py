"""A programme made ready for the till says what the programme says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.facts.facts import History, View
from loyaltykit.domain.facts.rulebook import PredicateSet
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.rules import bonus, days, end_of, member, months, purchases, spend, visits
from loyaltykit.values import NEVER_US, to_datetime, to_instant
from tests.support.stories import club
from tests.test_calendars import shifted

ZONES = ["Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia"]
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)

# An expiry beside the last day on which the points of a day can be spent.
EXPIRIES: dict[str, tuple[Any, Any]] = {
    "months": (months(1), lambda day: shifted(day, 1)),
    "days": (days(30), lambda day: day + timedelta(days=30)),
    "month": (end_of("month"), lambda day: shifted(day.replace(day=1), 1) - timedelta(days=1)),
    "year": (
        end_of("year", after=months(12)),
        lambda day: date(shifted(day, 12).year, 12, 31),
    ),
    "date": (date(2018, 11, 3), lambda _day: date(2018, 11, 3)),
    "inactivity": (lk.inactivity(months(2)), lambda day: shifted(day, 2)),
}


@given(
    st.sampled_from(ZONES),
    st.sampled_from(sorted(EXPIRIES)),
    st.datetimes(datetime(2009, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
@example("America/Sao_Paulo", "months", datetime(2018, 10, 3, 15, tzinfo=UTC))
@example("America/Sao_Paulo", "date", datetime(2018, 10, 3, 15, tzinfo=UTC))
@example("Africa/Cairo", "days", datetime(2024, 3, 26, 12, tzinfo=UTC))
@example("Pacific/Apia", "months", datetime(2011, 11, 29, 12, tzinfo=UTC))
@example("Europe/Berlin", "months", datetime(2025, 1, 31, 23, 30, tzinfo=UTC))
def test_points_end_with_the_last_day_of_their_policy(zone: str, mode: str, moment: datetime) -> None:
    """S3, C1: 00:00 of the day after, in the programme's zone; counted from the purchase."""
    expiry, last_day = EXPIRIES[mode]
    rulebook = ProgramHistory.of(club(timezone=zone, points=lk.PointsPolicy(expire_after=expiry))).newest
    home = ZoneInfo(zone)
    last = last_day(moment.astimezone(home).date())
    end = to_datetime(rulebook.points_end(to_instant(moment)))
    assert end == datetime.combine(last + timedelta(days=1), time(), home).astimezone(UTC)
    assert (rulebook.inactivity is not None) == (mode == "inactivity")


def test_points_never_end_unless_told() -> None:
    """S3: the default is never."""
    assert ProgramHistory.of(club(points=lk.PointsPolicy())).newest.points_end(to_instant(NOON)) == NEVER_US


def test_a_tier_ends_like_everything_else() -> None:
    """T3: ends follow S3."""
    rulebook = ProgramHistory.of(club(tiers=lk.TierLadder(lk.Tier("all"), valid_for=months(1)))).newest
    day = rulebook.calendar.day_of(to_instant(datetime(2025, 1, 31, 12, tzinfo=UTC)))
    assert to_datetime(rulebook.tier_end(day)) == datetime(2025, 2, 28, 23, tzinfo=UTC)
    assert ProgramHistory.of(club()).newest.tier_end(day) == NEVER_US


def test_a_ladder_is_ready_by_rank() -> None:
    """T3, T4: names and multipliers; what the rules to enter and to keep ask for is read together."""
    gold = lk.Tier("gold", enter=spend >= 100, keep=visits >= 1, multiplier="1.5")
    rulebook = ProgramHistory.of(club(tiers=lk.TierLadder(lk.Tier("all"), gold))).newest
    assert rulebook.names == ["all", "gold"]
    assert [str(multiplier) for multiplier in rulebook.multipliers] == ["1", "1.5"]
    assert rulebook.version == 1
    assert set(rulebook.judged.terms) == {spend.reference, visits.reference}


def test_predicates_of_a_set_share_their_terms() -> None:
    """P4: a fact that several predicates ask for is read once."""
    rulebook = ProgramHistory.of(club()).newest
    asked = PredicateSet([spend >= 1, spend >= 2, (purchases >= 1) & (member.gender == "f")], rulebook.book)
    assert len(asked.terms) == 3
    history = History(lk.Member(id="m", gender="f", enrolled_at=NOON), rulebook.book)
    values = asked.values(history, View(to_instant(NOON), 0, to_instant(NOON), "all"))
    assert dict(zip(asked.terms, values, strict=True)) == {
        spend.reference: 0,
        purchases.reference: 0,
        member.gender.reference: "f",
    }
    assert [test(values) for test in asked.tests] == [False, False, False]


@pytest.mark.parametrize("where", [spend >= 1, member.gender == "f", (visits >= 1) & (member.age >= 18)])
def test_facts_of_accrual_rules_are_read_once_each(where: Any) -> None:
    """Accrual rules may ask for facts and fields; those are what is stored with the purchase (S6)."""
    rules = [lk.AccrualRule(name, bonus(1), where=where) for name in ("a", "b")]
    terms = [term for term, _ in ProgramHistory.of(club(accrual=rules)).newest.given_readers]
    assert len(terms) == len(set(terms)) > 0
