"""Error texts: they say what must be, name the rule or line they are about, and the way out belongs to the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import loyaltykit as lk
from loyaltykit.rules import bonus, member, per_amount, purchase, spend, times
from tests.stories import Story, club, day

TEXTS: list[tuple[Callable[..., Any], str]] = [
    (
        lambda: lk.Tier("gold", multiplier=0),
        "tiers.gold.multiplier: is not above zero (pass a factor above 0 and up to 1,000, such as '1.5')",
    ),
    (
        lambda: purchase.month,
        "month: is not a built-in field (use one of 'amount', 'channel', 'store', 'weekday', 'hour', 'date')",
    ),
    (lambda: bonus(0), "points: is zero (pass a whole number other than zero)"),
    (
        lambda: lk.Redemption(id="x", member_id="m", points=0),
        "points: is zero (pass a whole number other than zero)",
    ),
    (
        lambda: lk.AccrualRule("half", times("0.5")),
        "accrual.half.earn: is times('0.5'), which would take away points that other rules give "
        "(use a factor of 1 or more, and lower the other rules instead)",
    ),
    (lambda: times(0), "factor: is not above zero (pass a number above zero)"),
    (
        lk.TierLadder,
        "tiers: is empty (pass at least the tier that everyone starts in, such as Tier('member'))",
    ),
    (
        lambda: club(segments=[lk.Segment("vips", member.tags == "vip")]),
        'segments.vips: member.tags: is a set of tags, and cannot be compared (write member.tags.has("tag"))',
    ),
    (
        lambda: lk.Line(amount=-1),
        "amount: is negative (pass zero or more, and record what comes back as a Return)",
    ),
    (
        lambda: lk.AccrualRule("base", per_amount(), priority=0.5),
        "accrual.base.priority: is not an int up to 10^6 (pass a small whole number)",
    ),
    (
        lambda: lk.Reward("pot", 0),
        "rewards.pot.points: is zero (pass a whole number other than zero)",
    ),
    (
        lambda: lk.Segment("rich", spend),
        "segments.rich.where: is not a rule (compare a term, such as member.age < 30)",
    ),
    (lambda: club(currency="RMB"), "currency: is not a currency code of ISO 4217 (use 'CNY')"),
    (lambda: club(currency="eur"), "currency: is not a currency code of ISO 4217 (use 'EUR')"),
    (
        lambda: club(currency="EURO"),
        'currency: is not a currency code of ISO 4217 (use three letters, such as "CNY")',
    ),
    (
        lambda: lk.Purchase(id="p", member_id="m", amount=1, rate="1.1"),
        "rate: is given without a currency (name the currency, or omit the rate)",
    ),
]


@pytest.mark.parametrize(("make", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_an_error_points_the_right_way(make: Callable[[], Any], text: str) -> None:
    """I31: the whole text, with field, reason and way out."""
    with pytest.raises(lk.InvalidValueError) as refused:
        make()
    assert str(refused.value) == text


def test_a_time_zone_may_be_a_zone_info() -> None:
    """C1: the programme keeps its name, so both are one programme."""
    assert club(timezone=ZoneInfo("Europe/Paris")) == club(timezone="Europe/Paris")
    assert club(timezone=ZoneInfo("Europe/Paris")).timezone == "Europe/Paris"
    with pytest.raises(lk.InvalidValueError, match="timezone: is not a known time zone"):
        club(timezone=UTC)


def test_a_return_says_which_line_and_how_much_of_it_is_kept() -> None:
    """S6: the error has the line, what was asked for and what is kept."""
    story = Story(club())
    lines = [lk.Line(amount=3, quantity=3), lk.Line(amount=2, quantity=2)]
    story.shop.record(lk.Purchase(id="p", member_id="m", lines=lines, occurred_at=day(1)))
    story.shop.record(lk.Return(id="r-1", of="p", lines=[lk.ReturnedLine(line=0, quantity=1)], occurred_at=day(2)))
    refused = refusal(story, lk.Return(id="x", of="p", lines=[lk.ReturnedLine(line=0, quantity=3)]))
    assert str(refused) == "lines: asks for 3 of line 0, of which 2 are kept (return at most 2 of it)"
    assert (refused.line, refused.requested, refused.kept) == (0, 3, 2)
    story.shop.record(lk.Return(id="r-2", of="p", lines=[lk.ReturnedLine(line=1)], occurred_at=day(2)))
    refused = refusal(story, lk.Return(id="x", of="p", lines=[lk.ReturnedLine(line=1)]))
    assert str(refused) == "lines: asks for line 1, of which nothing is kept (leave that line out)"
    assert (refused.line, refused.requested, refused.kept) == (1, None, 0)


def test_a_return_by_amount_says_how_much_is_kept() -> None:
    """S6: in the currency of the purchase."""
    story = Story(club())
    story.shop.record(lk.Purchase(id="p", member_id="m", amount="9.50", occurred_at=day(1)))
    refused = refusal(story, lk.Return(id="x", of="p", amount=10))
    assert str(refused) == "amount: asks for 10.00, of which 9.50 is kept (return at most 9.50)"
    assert (refused.line, refused.requested, refused.kept) == (0, Decimal("10.00"), Decimal("9.50"))


def refusal(story: Story, back: lk.Return) -> lk.errors.ReturnExceedsPurchaseError:
    with pytest.raises(lk.errors.ReturnExceedsPurchaseError) as refused:
        story.shop.record(back)
    return refused.value


def test_what_follows_a_transaction_of_another_kind_is_told_what_follows_that() -> None:
    """S9: a purchase is taken back with a return, and a redemption with a reversal."""
    story = Story(club())
    story.shop.record(lk.Purchase(id="p", member_id="m", amount=10, occurred_at=day(1)))
    story.shop.record(lk.Redemption(id="rd", member_id="m", points=5, occurred_at=day(1)))
    story.shop.record(lk.Visit(id="v", member_id="m", occurred_at=day(1)))
    for following, text in (
        (lk.Reversal(id="x", of="p"), "of: names a purchase and not a redemption (follow a purchase with a Return)"),
        (lk.Return(id="x", of="rd"), "of: names a redemption and not a purchase (follow a redemption with a Reversal)"),
        (lk.Return(id="x", of="v"), "of: names a visit and not a purchase (pass the id of a purchase)"),
    ):
        with pytest.raises(lk.errors.UnknownTransactionError) as refused:
            story.shop.record(following)
        assert str(refused.value) == text


def test_a_reversal_says_how_much_is_left() -> None:
    """S9: the error has what was asked for and what is left."""
    story = Story(club())
    story.shop.record(lk.Purchase(id="p", member_id="m", amount=10, occurred_at=day(1)))
    story.shop.record(lk.Redemption(id="rd", member_id="m", points=5, occurred_at=day(1)))
    for points, left, text in (
        (6, 5, "points: asks for 6 where 5 are left to give back (give back at most 5)"),
        (None, 0, "points: was given back whole before (check the id: there is nothing left to reverse)"),
    ):
        with pytest.raises(lk.errors.ReversalExceedsRedemptionError) as refused:
            story.shop.record(lk.Reversal(id="x", of="rd", points=points, occurred_at=day(2)))
        assert str(refused.value) == text
        assert refused.value.left == left
        if left:
            story.shop.record(lk.Reversal(id="all", of="rd", occurred_at=day(2)))
