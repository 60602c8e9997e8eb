"""Rules in words: natural in both languages, complete, and never failing."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from loyaltykit.errors import InvalidRuleError
from loyaltykit.rules import (
    all_of,
    anniversary,
    any_of,
    calendar,
    days,
    days_since_purchase,
    describe,
    event,
    events,
    lifetime,
    line,
    member,
    months,
    purchase,
    purchases,
    since_tier,
    spend,
)
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import Predicate
from loyaltykit.rules.terms import Term
from loyaltykit.rules.words.describe import describe_reference
from loyaltykit.rules.words.wording import Language
from tests.support.strategies import SCOPE, member_predicates

ADULT, EAST, VIP = member.age >= 18, member.region == "east", member.tags.has("vip")
LANGUAGES: list[Language] = ["en", "zh"]


@pytest.mark.parametrize(
    ("rule", "english", "chinese"),
    [
        (
            spend.over(months(12)) >= 2000,
            "spend in the last 12 months is at least 2000",
            "最近12个月消费金额不少于2000",
        ),
        (
            spend.where(line.category == "tea").over(days(90)) >= 100,
            'spend in the last 90 days (where category is "tea") is at least 100',
            "最近90天消费金额（仅限商品类别为“tea”）不少于100",
        ),
        (member.gender == "female", 'gender is "female"', "性别为“female”"),
        (member.age < 30, "age is less than 30", "年龄小于30"),
        (days_since_purchase >= 90, "number of days since the last purchase is at least 90", "距上次消费天数不少于90"),
        (member["press"] != True, "press is not yes", "press不为是"),  # noqa: E712 - a term
        (member.enrolled_on > date(2025, 1, 1), "date of enrolment is after 2025-01-01", "入会日期晚于2025-01-01"),
        (member.age.is_in([1, 2]), "age is one of 1, 2", "年龄为1、2之一"),
        (member.age.is_missing(), "age is missing", "年龄缺失"),
        (VIP, 'tags include "vip"', "标签包含“vip”"),
        (
            spend > spend.over(months(1)),
            "spend over all time is more than spend in the last month",
            "累计消费金额大于最近1个月消费金额",
        ),
        (
            events("review").where(event["stars"] == 5).over(days(1)) == 1,
            'number of "review" events in the last day (where stars is 5) is 1',
            "最近1天“review”事件次数（仅限stars等于5）等于1",
        ),
        (
            ADULT & EAST & VIP,
            'age is at least 18 and region is "east" and tags include "vip"',
            "年龄不少于18且地区为“east”且标签包含“vip”",
        ),
        (
            ADULT & (EAST | VIP),
            'age is at least 18 and (region is "east" or tags include "vip")',
            "年龄不少于18且（地区为“east”或标签包含“vip”）",
        ),
        (~ADULT, "not (age is at least 18)", "并非（年龄不少于18）"),
        (all_of(any_of(ADULT)), "age is at least 18", "年龄不少于18"),
    ],
)
def test_rules_read_naturally(rule: Predicate, english: str, chinese: str) -> None:
    """In English and in Chinese."""
    assert (describe(rule), describe(rule, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("term", "english", "chinese"),
    [
        (purchases.over(lifetime()), "number of purchases over all time", "累计消费次数"),
        (
            purchases.over(anniversary()),
            "number of purchases since the last anniversary of enrolment",
            "上一个入会周年日以来消费次数",
        ),
        (purchases.over(since_tier()), "number of purchases since the current tier began", "进入当前等级以来消费次数"),
        (purchases.over(calendar("year")), "number of purchases in this calendar year", "本年消费次数"),
        (
            purchases.over(calendar("half", first_month=4)),
            "number of purchases in this calendar half-year (years start in April)",
            "本半年（每年自4月起）消费次数",
        ),
        (purchase.amount, "purchase amount", "订单金额"),
        (line.amount, "line amount", "商品金额"),
        (member["favourite"], "favourite", "favourite"),
        (event["stars"], "stars", "stars"),
    ],
)
def test_terms_read_naturally(term: Term, english: str, chinese: str) -> None:
    """All windows, and fields of every kind."""
    assert (describe(term), describe(term, "zh")) == (english, chinese)
    assert describe_reference(term.reference) == english


def test_amounts_have_the_decimals_of_a_known_currency() -> None:
    """Only amounts: a count stays whole."""
    rule = (spend >= "2000.5") & (purchases >= 3)
    assert describe(rule, scope=Scope(scale=2)).startswith("spend over all time is at least 2000.50 and")
    assert describe(rule, scope=Scope(scale=3)).startswith("spend over all time is at least 2000.500 and")
    assert describe(spend >= 2000, scope=Scope(scale=0)) == "spend over all time is at least 2000"
    assert describe(rule).endswith("number of purchases over all time is at least 3")


@given(member_predicates())
def test_describing_never_fails(predicate: Predicate) -> None:
    """In either language, with or without a currency."""
    for language in LANGUAGES:
        assert describe(predicate, language)
        assert describe(predicate, language, SCOPE)


def test_other_languages_are_refused() -> None:
    """With those that there are."""
    language: Any = "fr"
    with pytest.raises(InvalidRuleError, match="use 'en' or 'zh'"):
        describe(ADULT, language)
