"""Facts of a member's history, against plain lists and zoneinfo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

import loyaltykit as lk
from loyaltykit.calendars import to_date, to_day
from loyaltykit.domain.facts.facts import last_anniversary
from loyaltykit.rules import (
    anniversary,
    calendar,
    days,
    days_since_enrolment,
    days_since_purchase,
    days_since_visit,
    event,
    events,
    lifetime,
    line,
    member,
    months,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    units,
    visits,
)
from tests.support.stories import BASE, club
from tests.test_calendars import shifted

ZONES = ["Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Shanghai"]
REVIEW = lk.EventType("review", fields=[lk.Field("stars", int)])
TEA = line.category == "tea"


def shop_of(zone: str, enrolled: datetime, **parts: Any) -> lk.Loyalty:
    """A shop with one member, far in the future."""
    shop = lk.Loyalty(club(timezone=zone, events=[REVIEW], **parts), clock=lambda: datetime(2100, 1, 1, tzinfo=UTC))
    shop.enroll(lk.Member(id="m", enrolled_at=enrolled))
    return shop


def facts(shop: lk.Loyalty, at: datetime, *terms: Any) -> tuple[object, ...]:
    """Facts of the one member as of an instant."""
    ((_, values),) = shop.select(purchases >= 0, as_of=at).facts(*terms)
    return values


# -- windows -----------------------------------------------------------------------------------------------------------


def window_starts(at: datetime, zone: str, enrolled: datetime) -> dict[str, datetime]:
    """Where each window begins, by zoneinfo alone."""
    home = ZoneInfo(zone)
    wall = at.astimezone(home).replace(tzinfo=None)
    joined = enrolled.astimezone(home).date()

    def instant(day: date, clock: time = time()) -> datetime:
        return datetime.combine(day, clock).replace(tzinfo=home).astimezone(UTC)

    birthday = shifted(joined, 12 * (wall.year - joined.year))
    if birthday > wall.date():
        birthday = shifted(joined, 12 * (wall.year - joined.year - 1))
    return {
        "lifetime": datetime(1, 1, 2, tzinfo=UTC),
        "months": instant(shifted(wall.date(), -1), wall.time()),
        "days": instant(wall.date() - timedelta(days=10), wall.time()),
        "month": instant(wall.date().replace(day=1)),
        "year": instant(shifted(wall.date().replace(day=1), -((wall.month - 3) % 12))),
        "anniversary": instant(birthday),
        "since_tier": enrolled,
    }


WINDOWS: dict[str, Any] = {
    "lifetime": lifetime(),
    "months": months(1),
    "days": days(10),
    "month": calendar("month"),
    "year": calendar("year", first_month=3),
    "anniversary": anniversary(),
    "since_tier": since_tier(),
}
JOINED = datetime(2016, 2, 29, 15, tzinfo=UTC)
moments = st.datetimes(datetime(2016, 3, 1), datetime(2019, 4, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(minute=0, second=0, microsecond=0)
)


@settings(max_examples=60)
@given(st.sampled_from(ZONES), moments, st.sampled_from(sorted(WINDOWS)), st.lists(st.integers(-2, 2), max_size=4))
def test_a_window_holds_its_first_instant_and_the_question_itself(
    zone: str, at: datetime, window: str, offsets: Sequence[int]
) -> None:
    """T2, C1: t - window <= occurred_at <= t, the edges to the microsecond, in the programme's zone."""
    start = window_starts(at, zone, JOINED)[window]
    shop = shop_of(zone, JOINED)
    told = [start + timedelta(microseconds=off) for off in offsets] + [
        at + timedelta(microseconds=off) for off in offsets
    ]
    told = [moment for moment in told if moment >= JOINED]
    for serial, moment in enumerate(told):
        shop.record(lk.Visit(id=f"v{serial}", member_id="m", occurred_at=moment))
    expected = len([moment for moment in told if start <= moment <= at])
    assert facts(shop, at, visits.over(WINDOWS[window])) == (expected,)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 8_000))
def test_an_anniversary_is_the_last_one(enrolled: date, later: int) -> None:
    """T2: the same day of the latest year that had it already; 29 February clamps to the 28th."""
    day = enrolled + timedelta(days=later)
    years = [shifted(enrolled, 12 * count) for count in range(day.year - enrolled.year + 1)]
    assert to_date(last_anniversary(to_day(enrolled), to_day(day))) == max(year for year in years if year <= day)


# -- metrics -----------------------------------------------------------------------------------------------------------

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


class Diary:
    """Plain lists of what happened: everything is summed anew for every question."""

    def __init__(self) -> None:
        self.bought: dict[str, tuple[datetime, list[tuple[str | None, int, int]], str]] = {}
        self.back: list[tuple[datetime, str, int | None]] = []
        self.visited: list[datetime] = []
        self.reviewed: list[tuple[datetime, int]] = []

    def kept(self, at: datetime) -> dict[str, tuple[datetime, list[tuple[str | None, int, int]], str]]:
        """What was bought and is still kept, as seen from an instant; lines that came back are left out."""
        kept = {}
        for id, (moment, lines, channel) in self.bought.items():
            gone = {line for when, of, line in self.back if of == id and when <= at}
            left = [] if None in gone else [item for place, item in enumerate(lines) if place not in gone]
            if moment <= at and left:
                kept[id] = (moment, left, channel)
        return kept

    def metrics(self, at: datetime) -> dict[str, object]:
        """All facts over a lifetime."""
        kept = [(moment, lines, channel) for moment, lines, channel in self.kept(at).values()]
        lines = [item for _, items, _ in kept for item in items]

        def days_since(moments: list[datetime]) -> int | None:
            return (at.date() - max(moments).date()).days if moments else None

        seen = [moment for moment in self.visited if moment <= at]
        return {
            "spend": sum(Decimal(amount) for _, amount, _ in lines),
            "purchases": len(kept),
            "units": sum(count for _, _, count in lines),
            "visits": len(seen),
            "reviews": len([moment for moment, _ in self.reviewed if moment <= at]),
            "bad reviews": len([moment for moment, stars in self.reviewed if moment <= at and stars < 3]),
            "points": sum(amount for _, amount, _ in lines),
            "tea spend": sum(Decimal(amount) for category, amount, _ in lines if category == "tea"),
            "tea purchases": len([items for _, items, _ in kept if any(category == "tea" for category, _, _ in items)]),
            "tea units": sum(count for category, _, count in lines if category == "tea"),
            "web points": sum(amount for _, items, channel in kept if channel == "web" for _, amount, _ in items),
            "days": days_since([moment for moment, _, _ in kept]),
            "tea days": days_since([m for m, items, _ in kept if any(category == "tea" for category, _, _ in items)]),
            "visit days": days_since(seen),
            "enrolled": (at.date() - NOON.date()).days,
        }


TERMS = {
    "spend": spend,
    "purchases": purchases,
    "units": units,
    "visits": visits,
    "reviews": events("review"),
    "bad reviews": events("review").where(event["stars"] < 3),
    "points": points_accrued,
    "tea spend": spend.where(TEA),
    "tea purchases": purchases.where(TEA),
    "tea units": units.where(TEA),
    "web points": points_accrued.where(purchase.channel == "web"),
    "days": days_since_purchase,
    "tea days": days_since_purchase.where(TEA),
    "visit days": days_since_visit,
    "enrolled": days_since_enrolment,
}
# A tier that nobody reaches makes the programme keep all of them up to date; without it they are worked out when asked.
TRACKING = lk.TierLadder(lk.Tier("all"), *(lk.Tier(name, enter=term >= 10**6) for name, term in TERMS.items()))

lines_bought = st.lists(
    st.tuples(st.sampled_from(["tea", "cup", None]), st.integers(0, 50), st.integers(0, 3)), min_size=1, max_size=3
)


@settings(max_examples=40)
@given(st.data())
def test_every_metric_is_what_a_plain_list_says(data: st.DataObject) -> None:
    """T1, T9, C1, S6: at every instant, told in any order, whether the programme tracks the fact or not."""
    diary = Diary()
    shops = [shop_of("UTC", NOON), shop_of("UTC", NOON, tiers=TRACKING)]
    for serial in range(data.draw(st.integers(1, 6))):
        moment = NOON + timedelta(days=data.draw(st.integers(0, 20)), hours=data.draw(st.sampled_from([0, 0, 11])))
        told = data.draw(st.sampled_from(["buy", "buy", "back", "visit", "review"]))
        transaction = _tell(told, serial, moment, diary, data)
        for shop in shops:
            shop.record(transaction)
    for day in (0, data.draw(st.integers(0, 20)), 25):
        at = NOON + timedelta(days=day)
        expected = tuple(diary.metrics(at).values())
        for shop in shops:
            assert facts(shop, at, *TERMS.values()) == expected


def _tell(told: str, serial: int, moment: datetime, diary: Diary, data: st.DataObject) -> lk.Transaction:
    common: dict[str, Any] = {"id": f"t{serial}", "occurred_at": moment}
    left = {
        id: len(entry[1])
        for id, entry in diary.bought.items()
        if (None not in {p for _, o, p in diary.back if o == id})
    }
    if told == "back" and left:
        of = data.draw(st.sampled_from(sorted(left)))
        common["occurred_at"] = moment = max(moment, diary.bought[of][0])
        open_lines = sorted(
            set(range(left[of])) - {place for _, o, place in diary.back if o == of and place is not None}
        )
        is_part: bool = data.draw(st.booleans())
        if open_lines and is_part:
            place = data.draw(st.sampled_from(open_lines))
            diary.back.append((moment, of, place))
            return lk.Return(of=of, lines=[lk.ReturnedLine(line=place)], **common)
        if open_lines:
            diary.back.append((moment, of, None))
            return lk.Return(of=of, **common)
    if told == "visit":
        diary.visited.append(moment)
        return lk.Visit(member_id="m", **common)
    if told == "review":
        stars = data.draw(st.integers(1, 5))
        diary.reviewed.append((moment, stars))
        return lk.Event(member_id="m", name="review", attributes={"stars": stars}, **common)
    lines, channel = data.draw(lines_bought), data.draw(st.sampled_from(["web", "shop"]))
    diary.bought[f"t{serial}"] = (moment, lines, channel)
    items = [lk.Line(category=category, amount=amount, quantity=count) for category, amount, count in lines]
    return lk.Purchase(member_id="m", lines=items, channel=channel, **common)


def test_a_purchase_of_nothing_counts_until_it_is_returned() -> None:
    """S6: one of value zero counts in purchases and days, one that came back whole in neither."""
    shop = shop_of("UTC", NOON)
    shop.record(lk.Purchase(id="p", member_id="m", amount=0, occurred_at=NOON))
    assert facts(shop, NOON + timedelta(days=3), purchases, days_since_purchase, spend) == (1, 3, 0)
    shop.record(lk.Return(id="r", of="p", occurred_at=NOON + timedelta(days=1)))
    assert facts(shop, NOON + timedelta(days=3), purchases, days_since_purchase, spend) == (0, None, 0)
    assert facts(shop, NOON, purchases, days_since_purchase) == (1, 0)


def test_a_return_that_is_judged_is_seen_at_once() -> None:
    """T9: judged at the return, days since the last purchase are those of the one before it."""
    fresh = lk.Tier("fresh", enter=(purchases >= 2) & (days_since_purchase <= 3), keep=days_since_purchase <= 3)
    shop = shop_of("UTC", NOON, tiers=lk.TierLadder(lk.Tier("all"), fresh, on_return="immediately"))

    def at(day: int) -> datetime:
        return NOON + timedelta(days=day)

    shop.record(lk.Purchase(id="a", member_id="m", amount=5, occurred_at=at(0)))
    shop.record(lk.Purchase(id="b", member_id="m", amount=5, occurred_at=at(5)))
    assert shop.tier("m", as_of=at(6)).name == "fresh"
    shop.record(lk.Return(id="r", of="b", occurred_at=at(6)))
    assert shop.tier("m", as_of=at(6)).name == "all"


# -- the member's own fields -------------------------------------------------------------------------------------------

KNOWN = lk.Member(
    id="known",
    name="Ada",
    phone="1",
    email="a@b",
    gender="f",
    birthday=date(2000, 2, 29),
    region="east",
    tags=["vip"],
    fields={"goal": 7},
    enrolled_at=datetime(2024, 12, 31, 23, 30, tzinfo=UTC),
)
UNKNOWN = lk.Member(id="unknown", enrolled_at=NOON)


@pytest.mark.parametrize(
    ("term", "known", "unknown"),
    [
        (member.id, "known", "unknown"),
        (member.name, "Ada", None),
        (member.phone, "1", None),
        (member.email, "a@b", None),
        (member.gender, "f", None),
        (member.region, "east", None),
        (member.tags, ("vip",), ()),
        (member.tier, "all", "all"),
        (member.age, 24, None),
        (member.birthday_month, 2, None),
        (member.days_to_birthday, 1, None),
        (member.enrolled_on, date(2025, 1, 1), date(2024, 1, 1)),
        (member["goal"], 7, None),
        (days_since_enrolment, 57, 423),
    ],
)
def test_a_field_of_a_member_is_known_or_missing(term: Any, known: object, unknown: object) -> None:
    """C1, C3, C4: days and ages in the shop's zone, as of the instant; nothing is invented."""
    program = club(fields=[lk.Field("goal", int)], tiers=lk.TierLadder(lk.Tier("all")), accrual=[BASE])
    shop = lk.Loyalty(program, clock=lambda: datetime(2030, 1, 1, tzinfo=UTC))
    shop.ingest([KNOWN, UNKNOWN])
    found = shop.select(purchases >= 0, as_of=datetime(2025, 2, 26, 23, 30, tzinfo=UTC)).facts(term)
    assert list(found) == [("known", (known,)), ("unknown", (unknown,))]


@pytest.mark.parametrize(("leap_day", "ages"), [("02-28", (24, 25, 25)), ("03-01", (24, 24, 25))])
def test_a_programme_says_where_29_february_falls(leap_day: Any, ages: tuple[int, ...]) -> None:
    """C3: on 28 February or 1 March of a common year, by the shop's midnight."""
    shop = lk.Loyalty(
        club(birthday_29_february=leap_day, fields=[lk.Field("goal", int)]),
        clock=lambda: datetime(2030, 1, 1, tzinfo=UTC),
    )
    shop.enroll(KNOWN)
    berlin = ZoneInfo("Europe/Berlin")
    asked = [datetime(2025, 2, 27, 23, 59, tzinfo=berlin), datetime(2025, 2, 28, tzinfo=berlin)]
    asked.append(datetime(2025, 3, 1, tzinfo=berlin))
    assert tuple(facts(shop, at, member.age)[0] for at in asked) == ages
