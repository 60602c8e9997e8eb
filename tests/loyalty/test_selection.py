"""Choosing members: by predicate, lazily, pinned to what was known (I26, C3, C4, C5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import (
    Predicate,
    Term,
    days,
    days_since_purchase,
    descending,
    event,
    events,
    line,
    member,
    months,
    purchase,
    purchases,
    since_tier,
    spend,
    units,
    visits,
)
from loyaltykit.rules.evaluate import evaluate
from loyaltykit.rules.fields import Field
from loyaltykit.rules.references import references
from loyaltykit.values import to_minor
from tests.support.stories import START, Story, at, club, day
from tests.support.strategies import SCOPE, member_predicates

EVERYONE = purchases >= 0
REVIEW = lk.EventType("review", fields=[Field("stars", int), Field("place", str)])
PROGRAM = club(
    fields=[*SCOPE.member.values()],
    purchase_fields=[*SCOPE.purchase.values()],
    line_fields=[*SCOPE.line.values()],
    events=[REVIEW, lk.EventType("share")],
    tiers=lk.TierLadder(lk.Tier("green"), lk.Tier("black", enter=spend >= 2), valid_for=months(1)),
    segments=[lk.Segment("dormant", days_since_purchase >= 20)],
)


def shop_with_six() -> Story:
    """Members of many kinds: with everything and with nothing known, who bought much or never."""
    story = Story(PROGRAM)
    known = {"favourite": "green", "goal": 2, "rating": Decimal("2.25"), "press": True, "wedding": date(2025, 1, 1)}
    born = [None, date(2000, 2, 29), date(1990, 7, 1), lk.Birthday(12, 31), date(2024, 1, 1)]
    for number, birthday in enumerate(born):
        story.shop.enroll(
            lk.Member(
                id=f"m-{number}",
                name="绿茶" if number == 2 else None,
                gender="green" if number % 2 else None,
                region="black" if number == 4 else None,
                birthday=birthday,
                tags=["press", "vip"][: number % 3],
                fields=known if number in (1, 4) else {"goal": number},
                enrolled_at=day(number, 0),
            )
        )
    for number in range(1, 5):
        lines = [
            lk.Line(amount="0.50", category="green", quantity=2, fields={"size": "green", "weight": Decimal(1)}),
            lk.Line(amount="1.75" if number == 2 else "0", sku="black", quantity=number, fields={"size": "black"}),
        ]
        told = lk.Purchase(
            id=f"p-{number}",
            member_id=f"m-{number}",
            occurred_at=day(10 + number * 9),
            lines=lines,
            channel="green" if number == 1 else None,
            fields={"gift": number == 2, "guests": number},
        )
        story.shop.record(told)
        stars = {"stars": number, "place": "green"} if number != 3 else {}
        story.shop.record(
            lk.Event(id=f"e-{number}", member_id=f"m-{number}", name="review", attributes=stars, occurred_at=day(12))
        )
        story.shop.record(lk.Visit(id=f"v-{number}", member_id=f"m-{number}", occurred_at=day(5 * number)))
    story.shop.record(lk.Return(id="r", of="p-4", lines=[lk.ReturnedLine(line=0)], occurred_at=day(50)))
    return story


SIX = shop_with_six()


def inside(value: object) -> object:
    """A value as rules see it: money in minor units."""
    return to_minor(value, 2) if isinstance(value, Decimal) else value


@given(predicate=member_predicates(), number=st.integers(4, 70))
def test_i26_select_is_the_predicate_on_each_member(predicate: Predicate, number: int) -> None:
    """I26: whom `select` chooses is whom the reference evaluator finds, from the facts it tells of each member."""
    when = day(number)
    terms = list(references(predicate))
    facts = SIX.shop.select(EVERYONE, as_of=when).facts(*(Term(term) for term in terms))
    expected = []
    for member_id, values in facts:
        known = dict(zip(terms, values, strict=True))
        money = {
            term: inside(value) if getattr(term, "metric", None) == "spend" else value for term, value in known.items()
        }
        if evaluate(predicate, money.get, PROGRAM.scope):
            expected.append(member_id)
    assert list(SIX.shop.select(predicate, as_of=when).ids()) == expected
    assert list(SIX.shop.select(~predicate, as_of=when).ids()) == [
        found for found in SIX.shop.select(EVERYONE, as_of=when).ids() if found not in expected
    ]


class TestWaysToAsk:
    """ids, count, members, facts and page tell of the same members in the same order."""

    def test_all_of_them_agree(self) -> None:
        """I26: one selection, five ways to read it."""
        selection = SIX.shop.select(purchases >= 1, as_of=day(60))
        ids = list(selection.ids())
        assert ids == ["m-1", "m-2", "m-3", "m-4"]
        assert selection.count() == 4
        assert [found.id for found in selection.members()] == ids
        assert [found for found, _ in selection.facts()] == ids
        assert [found.id for found in selection.page(10).members] == ids

    def test_by_name_by_segment_by_predicate(self) -> None:
        """A segment is chosen by its name, as a value, or by its rule."""
        segment = PROGRAM.segment("dormant")
        for who in ("dormant", segment, segment.where):
            assert list(SIX.shop.select(who, as_of=day(60)).ids()) == ["m-1", "m-2", "m-3"]
        with pytest.raises(lk.errors.InvalidProgramError):
            SIX.shop.select("unheard of")

    @pytest.mark.parametrize("who", [None, True, 5, spend, ["dormant"]])
    def test_what_is_no_predicate(self, who: Any) -> None:
        """I31: anything else is refused."""
        with pytest.raises(lk.errors.InvalidRuleError):
            SIX.shop.select(who)

    def test_rules_are_checked_against_the_programme(self) -> None:
        """I31: unknown fields, unlike types and facts that are none are refused at once, in every place."""
        for refused in (
            lambda: SIX.shop.select(member["shoe"] == 42),
            lambda: SIX.shop.select(spend == "much"),
            lambda: SIX.shop.select(EVERYONE, order_by=line.amount),
            lambda: SIX.shop.select(EVERYONE, order_by=["spend"]),  # type: ignore[list-item]
            lambda: list(SIX.shop.select(EVERYONE).facts(member["shoe"])),
            lambda: list(SIX.shop.select(EVERYONE).facts("spend")),  # type: ignore[arg-type]
        ):
            with pytest.raises(lk.errors.InvalidRuleError):
                refused()

    def test_facts_are_told_as_the_shop_reads_them(self) -> None:
        """Money is a Decimal of whole units, missing is None, fields come as they were given."""
        terms = (spend, units, visits.over(days(30)), days_since_purchase, member["wedding"], member.tags, member.tier)
        found = dict(SIX.shop.select(EVERYONE, as_of=day(60)).facts(*terms))
        assert found["m-0"] == (Decimal(0), 0, 0, None, None, (), "green")
        assert found["m-4"] == (Decimal(0), 4, 0, 14, date(2025, 1, 1), ("press",), "green")
        assert found["m-2"] == (Decimal("2.25"), 4, 0, 32, None, ("press", "vip"), "black")
        assert str(found["m-2"][0]) == "2.25"

    def test_filters_over_rows(self) -> None:
        """Rows are seen as they were bought, values net of what came back."""
        green, stars = spend.where(line.category == "green"), events("review").where(event["stars"] >= 2)
        gifts = purchases.where((purchase["gift"] == True) | (line["size"] == "black"))  # noqa: E712
        found = dict(SIX.shop.select(EVERYONE, as_of=day(60)).facts(green, stars, gifts))
        assert found["m-1"] == (Decimal("0.50"), 0, 1)
        assert found["m-4"] == (Decimal(0), 1, 1)
        before = dict(SIX.shop.select(EVERYONE, as_of=day(49)).facts(green))
        assert before["m-4"] == (Decimal("0.50"),)

    def test_enrolled_later_is_left_out(self) -> None:
        """T10: whoever was not enrolled yet is not there."""
        assert list(SIX.shop.select(EVERYONE, as_of=day(2, 0)).ids()) == ["m", "m-0", "m-1", "m-2"]
        assert list(SIX.shop.select(EVERYONE, as_of=day(-1)).ids()) == []

    def test_since_tier_and_tier(self) -> None:
        """T2: the tier at the instant asked about, and what was bought since it began."""
        rule = (member.tier == "black") & (spend.over(since_tier()) >= 2)
        assert list(SIX.shop.select(rule, as_of=day(28)).ids()) == ["m-2"]
        assert list(SIX.shop.select(member.tier == "black", as_of=day(27)).ids()) == []


class TestOrder:
    """By the terms asked for, missing last, ties by id."""

    def test_smallest_first_missing_last_ties_by_id(self) -> None:
        """The order is total: values, then ids; whoever has no value comes last, both ways."""
        asked = SIX.shop.select(EVERYONE, as_of=day(60), order_by=days_since_purchase)
        assert list(asked.ids()) == ["m-4", "m-3", "m-2", "m-1", "m", "m-0"]
        turned = SIX.shop.select(EVERYONE, as_of=day(60), order_by=descending(days_since_purchase))
        assert list(turned.ids()) == ["m-1", "m-2", "m-3", "m-4", "m", "m-0"]
        both = SIX.shop.select(EVERYONE, as_of=day(60), order_by=[member.gender, descending(units)])
        assert list(both.ids()) == ["m-3", "m-1", "m-2", "m-4", "m", "m-0"]

    @pytest.mark.parametrize("order_by", [(), spend, [descending(spend)], [member.gender, spend], [member["wedding"]]])
    @pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
    def test_pages_join_to_the_whole(self, order_by: Any, limit: int) -> None:
        """Page after page gives everyone once, in order; the last page has no next."""
        selection = SIX.shop.select(EVERYONE, as_of=day(60), order_by=order_by)
        found, after = [], None
        for _ in range(7):
            page = selection.page(limit, after)
            found += [item.id for item in page.members]
            after = page.next
            if after is None:
                break
        assert after is None
        assert found == list(selection.ids())

    @pytest.mark.parametrize("limit", [0, -1, 10_001, "5", None, 2.5])
    def test_limits_of_a_page(self, limit: Any) -> None:
        """I31: a page has 1 to 10,000 members."""
        with pytest.raises(lk.InvalidValueError):
            SIX.shop.select(EVERYONE).page(limit)


class TestPinned:
    """C5: a selection sees what was known when it was made."""

    def test_c5_what_comes_later_does_not_show(self) -> None:
        """C5, I16: members, transactions and settlements recorded later change nothing in it."""
        story = Story()
        story.buy("a", day(0), 50)
        selection = story.shop.select(spend >= 50, as_of=day(5))
        everyone = story.shop.select(EVERYONE, as_of=day(5))
        story.shop.enroll(lk.Member(id="n", enrolled_at=START))
        story.shop.record(lk.Purchase(id="b", member_id="n", amount=70, occurred_at=day(1)))
        story.bring_back("r", "a", day(2))
        story.shop.settle(as_of=day(4))
        assert list(selection.ids()) == ["m"]
        assert dict(selection.facts(spend)) == {"m": (Decimal(50),)}
        assert everyone.count() == 1
        assert list(story.shop.select(spend >= 50, as_of=day(5)).ids()) == ["n"]

    def test_c5_now_is_when_it_was_made(self) -> None:
        """C5: without `as_of` the instant is frozen when the selection is made."""
        story = Story()
        story.buy("a", day(0), 50)
        story.clock.set(day(3))
        selection = story.shop.select(days_since_purchase >= 5)
        story.clock.set(day(9))
        assert selection.count() == 0
        assert story.shop.select(days_since_purchase >= 5).count() == 1


class TestBirthdays:
    """C3, C4: birthdays and ages in the programme's zone."""

    @pytest.mark.parametrize(
        ("leap_day", "when", "to_birthday", "age"),
        [
            ("02-28", at(2025, 2, 27, 23, 59), 1, 24),
            ("02-28", at(2025, 2, 28), 0, 25),
            ("02-28", at(2025, 3, 1), 364, 25),
            ("03-01", at(2025, 2, 28), 1, 24),
            ("03-01", at(2025, 3, 1), 0, 25),
            ("02-28", at(2028, 2, 28), 1, 27),
            ("02-28", at(2028, 2, 29), 0, 28),
            ("02-28", at(2024, 12, 30), 60, 24),
        ],
    )
    def test_c3_born_on_29_february(self, leap_day: Any, when: Any, to_birthday: int, age: int) -> None:
        """C3, C4: observed on 28 February (or 1 March) in common years; ages are completed years."""
        story = Story(club(birthday_29_february=leap_day))
        story.shop.enroll(lk.Member(id="n", birthday=date(2000, 2, 29), enrolled_at=START))
        rule = (member.days_to_birthday == to_birthday) & (member.age == age)
        assert list(story.shop.select(rule, as_of=when).ids()) == ["n"]

    def test_c3_an_unknown_year_gives_no_age(self) -> None:
        """C3: the birthday counts, the age is missing; windows cross the year's end."""
        story = Story()
        story.shop.enroll(lk.Member(id="n", birthday=lk.Birthday(1, 3), enrolled_at=START))
        when = at(2024, 12, 30)
        assert list(story.shop.select(member.days_to_birthday <= 4, as_of=when).ids()) == ["n"]
        assert list(story.shop.select(member.age.is_missing(), as_of=when).ids()) == ["m", "n"]

    def test_c4_age_is_of_the_programmes_day(self) -> None:
        """C1, C4: a birthday begins with the shop's midnight."""
        story = Story(club(timezone="Asia/Shanghai"))
        story.shop.enroll(lk.Member(id="n", birthday=date(2000, 5, 2), enrolled_at=START))
        eve = at(2025, 5, 1, 18)  # midnight in Shanghai
        assert story.shop.select(member.age == 25, as_of=eve).count() == 1
        assert story.shop.select(member.age == 25, as_of=eve.replace(hour=17, minute=59)).count() == 0

    def test_c4_a_registered_calendar(self) -> None:
        """C4: a lunar birthday is placed by the calendar that the shop registered."""

        class Lunar:
            def observed(self, year: int, month: int, day: int) -> date:
                """A month of this calendar begins twenty days after the solar one."""
                return date.fromordinal(date(year, month, 1).toordinal() + 19 + day)

        lk.register_calendar("tests.lunar", Lunar())
        story = Story()
        story.shop.enroll(lk.Member(id="n", birthday=lk.Birthday(8, 15, 1990, "tests.lunar"), enrolled_at=START))
        rule = (member.days_to_birthday == 0) & (member.age == 35)
        assert list(story.shop.select(rule, as_of=at(2025, 9, 4)).ids()) == ["n"]


def test_a_selection_is_iterated_by_id() -> None:
    """C5: iterating yields the ids in order, again and again, as of when the selection was made."""
    story = Story()
    story.shop.enroll(lk.Member(id="n", enrolled_at=START))
    selection = story.shop.select(visits >= 0)
    story.shop.enroll(lk.Member(id="later", enrolled_at=START))
    assert [*selection] == [*selection] == [*selection.ids()] == ["m", "n"]
    assert "n" in selection
