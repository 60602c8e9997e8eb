"""Broken tills, and a broken door."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from loyaltykit.domain.earning import accrual
from loyaltykit.domain.earning.accrual import Accrual, Earned
from loyaltykit.domain.facts import facts
from loyaltykit.loyalty import Loyalty, runtime
from tests.broken.registry import broken
from tests.broken.story import Story


def pennies_at_a_higher_tier(story: Story) -> None:
    story.buy(0, "p1", "100")
    story.buy(1, "p2", "1.70")


@broken("rolling", pennies_at_a_higher_tier)
def the_multiplier_comes_after_rounding(patch: pytest.MonkeyPatch) -> None:
    """S13: one rounding, at the end."""
    right = Accrual._round

    def too_late(self: Accrual, pieces: Any, multiplier: Decimal, lines: int) -> Earned:
        plain = right(self, pieces, Decimal(1), lines)
        points = int(plain.points * multiplier)
        by_rule = [share.points for share in plain.shares]
        shares = accrual.spread(points, by_rule)
        named = tuple((item.rule, share) for item, share in zip(plain.shares, shares, strict=True) if share)
        return Earned(points, by_rule=named, by_line=accrual.spread(points, plain.lines))

    patch.setattr(Accrual, "_round", too_late)


@broken("inactive")
def everything_is_rounded_down(patch: pytest.MonkeyPatch) -> None:
    """S13: the programme says how to round."""
    patch.setattr(accrual, "_rounded", lambda exact, unit, _rounding: exact // unit)


@broken("rounded")
def tax_earns_too(patch: pytest.MonkeyPatch) -> None:
    """S12: the programme says what earns."""
    right = accrual._eligible

    def greedy(basket: Any, earns: Any) -> Any:
        return [amount + tax for amount, tax in zip(right(basket, earns), basket.taxes, strict=True)]

    patch.setattr(accrual, "_eligible", greedy)


def a_first_purchase_twice(story: Story) -> None:
    story.buy(0, "p1", "10")
    story.bring_back(1, "r", "p1")
    story.buy(2, "p2", "10")


@broken("rounded", a_first_purchase_twice)
def a_purchase_fully_returned_still_counts(patch: pytest.MonkeyPatch) -> None:
    """S6: neither in purchases nor in days since the last one."""
    right = facts.SeriesRule.of_sale

    def counting_all(self: facts.SeriesRule, sale: Any, baskets: Any) -> int:
        return 1 if self.key.metric == "purchases" else right(self, sale, baskets)

    patch.setattr(facts.SeriesRule, "of_sale", counting_all)


@broken("rolling")
def a_known_id_is_a_known_content(patch: pytest.MonkeyPatch) -> None:
    """S15, I10: idempotency that looks at the id alone."""

    def trusting(_self: Any, reads: Any, given: Any) -> Any:
        known = reads.find_record(given.id)
        return None if known is None else known.decision

    patch.setattr(runtime.Runtime, "_known", trusting)


@broken("rolling")
def quotes_are_recorded(patch: pytest.MonkeyPatch) -> None:
    """C2: a quote writes nothing."""
    patch.setattr(Loyalty, "quote", Loyalty.record)
