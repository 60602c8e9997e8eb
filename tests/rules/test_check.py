"""Checks find everything that is wrong with a predicate where it stands, and nothing in what is right."""

from datetime import date
from decimal import Decimal

import pytest

from loyaltykit.errors import InvalidRuleError
from loyaltykit.rules import (
    calendar,
    days_since_purchase,
    event,
    events,
    line,
    member,
    points_accrued,
    purchase,
    purchases,
    since_tier,
    spend,
    visits,
)
from loyaltykit.rules.check import Context, check, check_or_raise, written
from loyaltykit.rules.fields import Field, Scope
from loyaltykit.rules.nodes import Compare, Fact, Has, Literal, Predicate
from loyaltykit.rules.terms import Term
from tests.support.strategies import SCOPE

TEA = line.category == "tea"
STARS = event["stars"] >= 4


def reasons(predicate: Predicate, context: Context = "member", kind: str | None = None) -> list[str]:
    """What the check says, field and reason."""
    return [f"{problem.field} {problem.reason}" for problem in check(predicate, SCOPE, context, kind)]


@pytest.mark.parametrize(
    ("rule", "context"),
    [
        (member.age < 30, "member"),
        (member.age < Decimal("29.5"), "member"),
        (member["favourite"] == "绿茶", "member"),
        (member["favourite"].is_in(["green", "black"]), "member"),
        (member["favourite"] != member.region, "member"),
        (member["favourite"] >= "aaa", "member"),
        (member["rating"] > member.age, "member"),
        (member["press"] == True, "member"),  # noqa: E712 - a term
        (member["wedding"] < date(2025, 1, 1), "member"),
        (member.tags.has("press") & member.tags.is_missing(), "member"),
        (member.tier == "gold", "member"),
        (spend.where(TEA & (purchase.weekday == 1)).over(since_tier()) >= "19.99", "member"),
        (spend.over(since_tier()) >= spend.over(calendar("year")), "tier"),
        (points_accrued.where(purchase.channel == "web") >= 1_000, "tier"),
        (member.tier.is_in(["gold"]) & TEA & (purchase.amount >= 100) & (visits >= 2), "purchase"),
        (line["weight"] > 1, "purchase"),
        (events("review").where(STARS) >= 3, "purchase"),
        (TEA & (purchase.hour < 12) & (line.discount <= line.tax), "line"),
    ],
)
def test_what_makes_sense_passes(rule: Predicate, context: Context) -> None:
    """In each context."""
    assert reasons(rule, context) == []


def test_a_filter_of_events_knows_its_kind() -> None:
    """Each kind has its own fields."""
    assert reasons(STARS, "event", "review") == []
    assert reasons(STARS, "event", "share") == ['event["stars"] is not declared in the programme']
    assert reasons(STARS, "event") == ['event["stars"] is not declared in the programme']


@pytest.mark.parametrize(
    ("term", "name"),
    [
        (member["favorite"], 'member["favorite"]'),
        (purchase["x"], 'purchase["x"]'),
        (line["x"], 'line["x"]'),
    ],
)
def test_unknown_fields_are_found(term: Term, name: str) -> None:
    """Wherever they stand, and once."""
    rule = (term == 1) | term.is_in([2]) | term.is_missing() | term.has("x") | (line.quantity > term)
    found = check(rule, SCOPE, "purchase")
    assert [problem.field for problem in found] == [name]


def test_an_unknown_field_says_what_was_meant() -> None:
    """The names of the programme are known."""
    (problem,) = check(member["favorite"] == "green", SCOPE, "member")
    assert problem.way_out == "did you mean 'favourite'?"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (member.age == "old", "member.age is of type integer and compared with text"),
        (member.age == True, "member.age is of type integer and compared with boolean"),  # noqa: E712
        (member["press"] == 1, 'member["press"] is of type boolean and compared with integer'),
        (member.region > 1, "member.region is of type text and compared with integer"),
        (member.enrolled_on > "2025-01-01", "member.enrolled_on is of type date and compared with text"),
        (spend > purchases, "spend is of type money and compared with integer"),
        (spend > member["rating"], "spend is of type money and compared with decimal"),
        (purchases > spend, "purchases is of type integer and compared with money"),
        (member.age.is_in([1, "a"]), "member.age is of type integer and compared with text"),
        (Compare("==", Fact("spend"), Literal("20")), "spend is of type money and compared with text"),
        (member.tags.is_in(["a"]), "member.tags is of type tags and compared with text"),
        (member.tags == "vip", "member.tags is a set of tags, and cannot be compared"),
        (member.region == member.tags, "member.tags is a set of tags, and cannot be compared"),
        (member.region.has("vip"), "member.region is not a set of tags"),
        (Has(member.tags.reference, Literal(5)), "member.tags is asked for a tag that is not a string"),
        (member["press"] > False, 'member["press"] is a boolean, which has no order'),
        (spend >= "0.005", "spend is compared with an amount of more decimals than the currency has"),
        (spend.is_in(["1.00", "0.001"]), "spend is compared with an amount of more decimals than the currency has"),
        (member["favourite"] == "red", 'member["favourite"] is compared with a value that is not one of its choices'),
        (
            member["favourite"].is_in(["red"]),
            'member["favourite"] is compared with a value that is not one of its choices',
        ),
    ],
)
def test_unlike_things_are_found(rule: Predicate, reason: str) -> None:
    """Types, tags, order, currency and choices."""
    assert reasons(rule) == [reason]


@pytest.mark.parametrize(
    ("rule", "context", "reason"),
    [
        (TEA, "member", "line.category belongs to one purchase, and a member has many"),
        (purchase.amount > 1, "tier", "purchase.amount belongs to one purchase, and a member has many"),
        (STARS, "member", 'event["stars"] belongs to one event'),
        (STARS, "purchase", 'event["stars"] belongs to one event'),
        (member.tier == "gold", "tier", "member.tier is decided by the standard of the tier"),
        (member.age > 1, "line", "member.age belongs to the member, and a filter sees single rows"),
        (spend > 1, "line", "spend belongs to the member, and a filter sees single rows"),
        (TEA, "event", "line.category does not belong to the rows that this fact counts"),
        (
            spend.where(member.age > 1) > 1,
            "member",
            "member.age belongs to the member, and a filter sees single rows",
        ),
        (
            points_accrued.where(TEA) > 1,
            "member",
            "line.category does not belong to the rows that this fact counts",
        ),
        (
            events("review").where(TEA) > 1,
            "member",
            "line.category does not belong to the rows that this fact counts",
        ),
        (
            spend.over(since_tier()) > 1,
            "purchase",
            "spend is measured since the start of a tier, which a purchase can change",
        ),
        (events("call") > 1, "member", 'events("call") is of a kind that the programme does not declare'),
        (spend.where(line.quantity == "a") > 1, "member", "line.quantity is of type integer and compared with text"),
    ],
)
def test_what_is_out_of_place_is_found(rule: Predicate, context: Context, reason: str) -> None:
    """With the reason, instead of a result that makes no sense."""
    assert reasons(rule, context) == [reason]


def test_all_problems_come_together() -> None:
    """In the order of the rule, each once."""
    rule = (member.age == "old") | ~((spend > "0.001") & (member["x"] == 1)) | (member.age == "old")
    assert reasons(rule) == [
        "member.age is of type integer and compared with text",
        "spend is compared with an amount of more decimals than the currency has",
        'member["x"] is not declared in the programme',
    ]


def test_check_or_raise_raises_them_together() -> None:
    """Otherwise ``check_or_raise`` returns None."""
    check_or_raise(days_since_purchase >= 90, SCOPE, "member")
    with pytest.raises(InvalidRuleError) as caught:
        check_or_raise((member.age == "old") & (member["x"] == 1), SCOPE, "member")
    assert len(caught.value.problems) == 2


def test_references_are_named_as_they_are_written() -> None:
    """So that the problem can be found in the source."""
    terms = [member.age, member["age"], purchase.hour, line["size"], event["stars"], spend, events("review")]
    assert [written(term.reference) for term in terms] == [
        "member.age",
        'member["age"]',
        "purchase.hour",
        'line["size"]',
        'event["stars"]',
        "spend",
        'events("review")',
    ]


# -- what a field's declaration says of rules about it -----------------------------------------------------------------

DECLARED = Scope(
    member={
        declared.name: declared
        for declared in (
            Field("diet", set, choices=("vegan", "halal")),
            Field("words", set),
            Field("level", int, least=1, most=5),
            Field("plate", str, pattern=r"[A-Z]+"),
            Field("goal", str, was=("target",)),
            Field("old", str, retired=True),
            Field("month", int, derived=member.birthday_month),
        )
    }
)


@pytest.mark.parametrize(
    ("rule", "context", "problems"),
    [
        (member["diet"].has("vegan") & member["words"].has("anything"), "member", []),
        (member["diet"].has("fish"), "member", ['member["diet"] is asked for a tag that is not one of its choices']),
        (member["diet"] == "vegan", "member", ['member["diet"] is a set of tags, and cannot be compared']),
        (member["level"] == 6, "member", ['member["level"] is compared with a value outside its range']),
        (member["level"].is_in([0, 3]), "member", ['member["level"] is compared with a value outside its range']),
        (member["level"] < 6, "member", []),
        (
            member["plate"] == "a1",
            "member",
            ['member["plate"] is compared with a value that does not match its pattern'],
        ),
        (member["target"] == "x", "member", ["member[\"target\"] is called 'goal' now"]),
        (member["old"].is_missing(), "tier", ['member["old"] is retired']),
        (member["month"] == 3, "member", []),
        (member["month"] == 3, "record", ['member["month"] is a derived field itself']),
        (member["goal"] == "x", "record", []),
        (spend >= 5, "record", ["spend depends on the member's history, not on the record"]),
        (member.tier == "gold", "record", ["member.tier depends on the member's history, not on the record"]),
    ],
)
def test_declarations_say_what_makes_sense(rule: Predicate, context: Context, problems: list[str]) -> None:
    """Sets, ranges, patterns, names, retired and derived fields."""
    found = check(rule, DECLARED, context)
    assert [f"{problem.field} {problem.reason}" for problem in found] == problems
    assert all(problem.way_out for problem in found)
