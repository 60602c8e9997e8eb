"""Why a predicate holds for one member: values, thresholds and what is missing, in both languages."""

from decimal import Decimal

import pytest
from hypothesis import given

from loyaltykit.rules import days_since_purchase, days_since_visit, member, months, purchases, spend, visits
from loyaltykit.rules.evaluate import evaluate
from loyaltykit.rules.explain import Explanation, explain
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import Compare, Predicate
from tests.support.strategies import SCOPE, Values, decided

YEAR = spend.over(months(12))
GOLD = (YEAR >= 5000) & (purchases >= 4) & ~member.tags.has("staff")
FACTS = {YEAR.reference: 2149_00, purchases.reference: 6, member.tags.reference: ("press", "staff")}


def explained(rule: Predicate, value: object) -> Explanation:
    """The explanation of a rule over one term."""
    return explain(rule, lambda _reference: value, Scope(scale=2))


def test_an_explanation_reads_as_lines() -> None:
    """Every fact and threshold, and the distance."""
    assert explain(GOLD, FACTS.get, Scope(scale=2)).describe() == (
        "[not met] all of\n"
        "  [not met] spend in the last 12 months is at least 5000.00: 2149.00 now, 2851.00 to go\n"
        "  [met] number of purchases over all time is at least 4: 6 now\n"
        "  [not met] not\n"
        '    [met] tags include "staff": "press", "staff" now'
    )


def test_an_explanation_reads_as_lines_in_chinese() -> None:
    """The same lines."""
    assert explain(GOLD | member.age.is_missing(), FACTS.get, Scope(scale=2)).describe("zh") == (
        "【满足】满足任一\n"
        "  【未满足】全部满足\n"
        "    【未满足】最近12个月消费金额不少于5000.00：现为2149.00，还差2851.00\n"
        "    【满足】累计消费次数不少于4：现为6\n"
        "    【未满足】并非\n"
        "      【满足】标签包含“staff”：现为“press”、“staff”\n"
        "  【满足】年龄缺失：现为空"
    )


@pytest.mark.parametrize(
    ("rule", "value", "needed", "shortfall"),
    [
        (spend >= 20, 15_00, Decimal("20.00"), Decimal("5.00")),
        (spend > 20, 15_00, Decimal("20.01"), Decimal("5.01")),
        (spend >= 20, 25_00, Decimal("20.00"), Decimal("0.00")),
        (purchases > 3, 1, 4, 3),
        (purchases >= Decimal("3.5"), 1, 4, 3),
        (purchases > Decimal("3.5"), 1, 4, 3),
        (days_since_purchase >= 90, None, 90, None),
        (purchases >= visits, 3, 3, 0),
        (days_since_purchase > days_since_visit, None, None, None),
        (purchases <= 3, 1, None, None),
        (member.age >= 18, 17, None, None),
    ],
)
def test_what_is_missing_is_worked_out(rule: Predicate, value: object, needed: object, shortfall: object) -> None:
    """A comparison by ``>=`` or ``>`` has an exact needed value, in whole units for money."""
    explanation = explained(rule, value)
    assert (explanation.needed, explanation.shortfall) == (needed, shortfall)


def test_values_are_public_values() -> None:
    """Money in whole units, anything else as it is."""
    assert explained(spend.is_missing(), 15_00).value == Decimal("15.00")
    assert explained(member["rating"] > 1, Decimal("1.5")).value == Decimal("1.5")
    assert explained(member.region.is_in(["east"]), "east").describe() == '[met] region is one of "east": "east" now'
    assert explained(member.tags.has("x"), ()).describe() == '[not met] tags include "x": no value now'


def test_a_declared_number_is_no_amount() -> None:
    """It keeps its own decimals."""
    assert explained(member["rating"] > 1, Decimal("1.5")).describe() == "[met] rating is more than 1: 1.5 now"


@given(decided())
def test_explanations_agree_with_the_evaluator(case: tuple[Predicate, Values]) -> None:
    """Root and leaves; and every one can be read in both languages."""
    predicate, values = case

    def known(reference: object) -> object:
        # A filter in normal form is another spelling, of which nothing is known here.
        return next((value for written, value in values.items() if written == reference), None)

    explanation = explain(predicate, known, SCOPE)
    assert explanation.outcome is evaluate(explanation.predicate, known, SCOPE)
    assert explanation.describe("en")
    assert explanation.describe("zh")


@given(decided())
def test_a_shortfall_of_zero_means_that_the_leaf_holds(case: tuple[Predicate, Values]) -> None:
    """The conversion is invertible."""
    pending = [explain(case[0], case[1].get, SCOPE)]
    while pending:
        explanation = pending.pop()
        pending.extend(explanation.children)
        if explanation.shortfall is not None:
            assert isinstance(explanation.predicate, Compare)
            assert (explanation.shortfall == 0) is explanation.outcome
