"""Tiers by worked examples with real dates (T2, T3, T4, T5, T9, T12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.rules import Predicate, days, end_of, events, months, points_accrued, purchases, spend, visits
from tests.support.stories import MICROSECOND, Story, at, club

IN_A_YEAR = spend.over(months(12))


def ladder(*, silver: Predicate = IN_A_YEAR >= 1000, gold: Predicate = IN_A_YEAR >= 3000, **terms: Any) -> lk.Program:
    """A programme of three tiers: regular, silver (x 1.5), gold (x 2)."""
    tiers = lk.TierLadder(
        lk.Tier("regular"),
        lk.Tier("silver", enter=silver, multiplier="1.5"),
        lk.Tier("gold", enter=gold, keep=terms.pop("keep", None), multiplier="2"),
        **({"valid_for": months(12)} | terms),
    )
    return club(points=lk.PointsPolicy(), tiers=tiers, events=[lk.EventType("review")])


def short(rule: Predicate, **terms: Any) -> lk.Program:
    """A programme of two tiers."""
    tiers = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=rule, multiplier="2"), **terms)
    return club(points=lk.PointsPolicy(), tiers=tiers, events=[lk.EventType("review")])


class TestUpAtOnce:
    """T3, T5: up on the purchase that crosses, which itself earns at the tier before it."""

    def test_t3_the_purchase_that_crosses(self) -> None:
        """T3: the new tier stands from that instant, to the end of the day N months later."""
        story = Story(ladder())
        receipt = story.buy("a", at(2024, 3, 15, 14), "999.99")
        assert (receipt.tier_before, receipt.tier_after) == ("regular", "regular")
        receipt = story.buy("b", at(2024, 3, 16, 14), "0.01")
        assert (receipt.tier_before, receipt.tier_after) == ("regular", "silver")
        assert story.tier(at(2024, 3, 16, 14) - MICROSECOND) == "regular"
        assert story.term(at(2024, 3, 16, 14)) == ("silver", at(2024, 3, 16, 14), at(2025, 3, 17))

    def test_t5_it_earns_at_the_tier_before_it(self) -> None:
        """T5: the purchase that crosses has the old multiplier, the next one the new."""
        story = Story(ladder())
        assert story.buy("a", at(2024, 3, 15), 1000).points == 1000
        receipt = story.buy("b", at(2024, 3, 15, 1), 100)
        assert (receipt.points, str(receipt.multiplier)) == (150, "1.5")

    def test_t3_straight_to_the_top(self) -> None:
        """T3: the highest tier whose rule holds is entered at once, not one rung at a time."""
        story = Story(ladder())
        receipt = story.buy("a", at(2024, 3, 15), 3000)
        assert (receipt.points, receipt.tier_after) == (3000, "gold")

    def test_t3_an_upgrade_restarts_validity_requalifying_does_not(self) -> None:
        """T3: a purchase that merely requalifies leaves the end where it is; an upgrade restarts it."""
        story = Story(ladder())
        story.buy("a", at(2024, 3, 15), 1000)
        story.buy("b", at(2024, 6, 1), 1500)
        assert story.term(at(2024, 6, 2)) == ("silver", at(2024, 3, 15), at(2025, 3, 16))
        story.buy("c", at(2024, 7, 10), 500)
        assert story.term(at(2024, 7, 10)) == ("gold", at(2024, 7, 10), at(2025, 7, 11))

    def test_t10_visits_and_events_are_judged_too(self) -> None:
        """T10, T3: a visit or an event can lift a member at once."""
        story = Story(ladder(silver=visits >= 2, gold=events("review") >= 1))
        story.visit("v1", at(2024, 1, 2))
        assert story.visit("v2", at(2024, 1, 3)).tier_after == "silver"
        review = lk.Event(id="e", member_id="m", name="review", occurred_at=at(2024, 1, 4))
        assert story.shop.record(review).tier_after == "gold"

    def test_t10_judged_at_enrolment_with_nothing_behind(self) -> None:
        """T10: a rule that holds without any history holds from the enrolment on."""
        story = Story(short(purchases < 1, valid_for=days(5)))
        assert story.term(at(2024, 1, 1)) == ("high", at(2024, 1, 1), at(2024, 1, 7))
        story.buy("a", at(2024, 1, 2))
        assert story.term(at(2024, 1, 7)) == ("low", at(2024, 1, 7), None)

    def test_t10_never_by_the_passing_of_time_alone(self) -> None:
        """T10: a rule that begins to hold by itself lifts nobody before the next judgement."""
        from loyaltykit.rules import days_since_enrolment

        story = Story(short(days_since_enrolment >= 30))
        assert story.tier(at(2024, 6, 1)) == "low"
        assert story.visit("v", at(2024, 6, 2)).tier_after == "high"


class TestDownWhenValidityEnds:
    """T4: kept, or one step down, or where one still qualifies."""

    def test_t4_one_down_over_the_years(self) -> None:
        """T4: each fall is one rung with a full new validity of its own; the lower tier's rule is not asked."""
        story = Story(ladder())
        story.buy("a", at(2024, 7, 10, 9), 3000)
        assert story.term(at(2025, 7, 11) - MICROSECOND) == ("gold", at(2024, 7, 10, 9), at(2025, 7, 11))
        assert story.term(at(2025, 7, 11)) == ("silver", at(2025, 7, 11), at(2026, 7, 11))
        assert story.term(at(2026, 7, 11)) == ("regular", at(2026, 7, 11), None)
        assert story.term(at(2040, 1, 1)) == ("regular", at(2026, 7, 11), None)

    @pytest.mark.parametrize(("bought", "name", "until"), [(1000, "silver", at(2026, 7, 11)), (999, "regular", None)])
    def test_t4_requalify(self, bought: int, name: str, until: datetime | None) -> None:
        """T4: with `requalify` one falls to the highest tier whose rule still holds, to the lowest if none does."""
        story = Story(ladder(downgrade="requalify"))
        story.buy("a", at(2024, 7, 10, 9), 3000)
        story.buy("b", at(2025, 3, 1), bought)
        assert story.term(at(2025, 7, 11)) == (name, at(2025, 7, 11), until)

    @pytest.mark.parametrize(("bought", "name"), [(1000, "silver"), (999, "regular"), (100, "regular")])
    def test_t4_requalify_asks_for_the_rule_to_enter(self, bought: int, name: str) -> None:
        """T4: who falls has never been in the tier below, so its rule to keep it does not count."""
        silver = lk.Tier("silver", enter=IN_A_YEAR >= 1000, keep=IN_A_YEAR >= 100)
        tiers = (lk.Tier("regular"), silver, lk.Tier("gold", enter=IN_A_YEAR >= 3000))
        story = Story(club(tiers=lk.TierLadder(*tiers, valid_for=months(12), downgrade="requalify")))
        story.buy("a", at(2024, 7, 10, 9), 3000)
        story.buy("b", at(2025, 3, 1), bought)
        assert story.tier(at(2025, 7, 11)) == name

    def test_t4_keep_has_its_own_rule(self) -> None:
        """T4: `keep` is asked where it is given, `enter` otherwise; `since` stays on renewal."""
        story = Story(ladder(keep=IN_A_YEAR >= 500))
        story.buy("a", at(2024, 7, 10, 9), 3000)
        story.buy("b", at(2025, 3, 1), 500)
        assert story.term(at(2025, 7, 11)) == ("gold", at(2024, 7, 10, 9), at(2026, 7, 11))
        assert story.term(at(2026, 7, 11)) == ("silver", at(2026, 7, 11), at(2027, 7, 11))

    def test_t4_up_at_a_check(self) -> None:
        """T4, T10: a check lifts as well, when a higher rule has come to hold."""
        story = Story(ladder(silver=visits >= 1, gold=(visits >= 1) & (spend.over(months(3)) < 100)))
        story.buy("a", at(2024, 1, 2), 100)
        story.visit("v", at(2024, 1, 3))
        assert story.term(at(2024, 6, 1)) == ("silver", at(2024, 1, 3), at(2025, 1, 4))
        assert story.term(at(2025, 1, 4)) == ("gold", at(2025, 1, 4), at(2026, 1, 5))

    @pytest.mark.parametrize(
        ("entered", "valid_for", "ends"),
        [
            (at(2024, 3, 15), months(12), [at(2025, 3, 16), at(2026, 3, 16), at(2027, 3, 16)]),
            (at(2024, 2, 29), months(12), [at(2025, 3, 1), at(2026, 3, 1), at(2027, 3, 1), at(2028, 2, 29)]),
            (at(2024, 1, 31), months(1), [at(2024, 3, 1), at(2024, 3, 30), at(2024, 4, 30), at(2024, 5, 30)]),
            (at(2025, 1, 31), months(1), [at(2025, 3, 1), at(2025, 3, 29), at(2025, 4, 29)]),
            (at(2024, 3, 29), days(2), [at(2024, 4, 1), at(2024, 4, 3), at(2024, 4, 5)]),
            (at(2024, 5, 5), end_of("year"), [at(2025, 1, 1), at(2026, 1, 1), at(2027, 1, 1)]),
            (at(2024, 5, 5), end_of("year", after=months(12)), [at(2026, 1, 1), at(2027, 1, 1), at(2028, 1, 1)]),
            (at(2024, 5, 31), end_of("quarter"), [at(2024, 7, 1), at(2024, 10, 1), at(2025, 1, 1)]),
            (at(2024, 1, 31), end_of("month", after=months(1)), [at(2024, 3, 1), at(2024, 4, 1), at(2024, 5, 1)]),
        ],
        ids=str,
    )
    def test_t4_ends_stay_apart(self, entered: datetime, valid_for: Any, ends: list[datetime]) -> None:
        """T4, S3: renewals run from the day before the check: ends stay N months apart, a clamped day clamped."""
        story = Story(short(spend >= 100, valid_for=valid_for))
        story.buy("a", entered, 100)
        when = entered
        for end in ends:
            assert story.term(when) == ("high", entered, end)
            assert story.term(end - MICROSECOND) == ("high", entered, end)
            when = end

    def test_t4_without_an_end(self) -> None:
        """T4: with `valid_for=NEVER` a tier has no end and is never checked."""
        story = Story(short(spend.over(days(5)) >= 100))
        story.buy("a", at(2024, 1, 2), 100)
        assert story.term(at(2044, 1, 1)) == ("high", at(2024, 1, 2), None)


class TestGrace:
    """T4: days after the end in which the tier and its multiplier stay and can still be kept."""

    def story(self, **terms: Any) -> Story:
        story = Story(ladder(grace_days=10, **terms))
        story.buy("a", at(2024, 7, 10, 9), 3000)
        return story

    def test_t4_tier_and_multiplier_stay(self) -> None:
        """T4: within grace `until` is the end without it, and purchases earn as before."""
        story = self.story()
        for when in (at(2025, 7, 11), at(2025, 7, 21) - MICROSECOND):
            assert story.term(when) == ("gold", at(2024, 7, 10, 9), at(2025, 7, 11))
        assert story.buy("b", at(2025, 7, 15), 100).points == 200

    def test_t4_the_fall_is_dated_at_the_end_of_grace(self) -> None:
        """T4: whoever does not requalify falls when grace ends, with a validity from there."""
        assert self.story().term(at(2025, 7, 21)) == ("silver", at(2025, 7, 21), at(2026, 7, 21))

    def test_t4_requalifying_within_grace_renews_from_the_old_end(self) -> None:
        """T4: kept within grace, the tier runs on from its old end."""
        story = self.story(keep=IN_A_YEAR >= 500)
        receipt = story.buy("b", at(2025, 7, 15), 500)
        assert (receipt.points, receipt.tier_after) == (1000, "gold")
        assert story.term(at(2025, 7, 15)) == ("gold", at(2024, 7, 10, 9), at(2026, 7, 11))
        assert story.term(at(2026, 7, 11)) == ("gold", at(2024, 7, 10, 9), at(2027, 7, 11))
        assert story.term(at(2027, 7, 20)) == ("gold", at(2024, 7, 10, 9), at(2027, 7, 11))
        assert story.term(at(2027, 7, 21)) == ("silver", at(2027, 7, 21), at(2028, 7, 21))

    def test_t4_not_enough_within_grace(self) -> None:
        """T4: a purchase in grace that does not meet `keep` changes nothing."""
        story = self.story(keep=IN_A_YEAR >= 500)
        assert story.buy("b", at(2025, 7, 15), 499).tier_after == "gold"
        assert story.term(at(2025, 7, 21)) == ("silver", at(2025, 7, 21), at(2026, 7, 21))

    def test_t4_up_within_grace(self) -> None:
        """T3, T4: an upgrade within grace is an upgrade, with a validity from its own day."""
        story = Story(ladder(grace_days=10, gold=spend.over(days(5)) >= 3000))
        story.buy("a", at(2024, 7, 10, 9), 1000)
        story.buy("b", at(2025, 7, 15), 3000)
        assert story.term(at(2025, 7, 15)) == ("gold", at(2025, 7, 15), at(2026, 7, 16))

    def test_t4_a_renewal_that_is_over_already_is_checked_at_once(self) -> None:
        """T4: with a validity shorter than grace, a renewal from the old end may end within that grace."""
        story = Story(short(spend.over(days(30)) >= 100, valid_for=days(1), grace_days=10))
        story.buy("a", at(2024, 1, 2), 100)
        assert story.term(at(2024, 2, 2)) == ("high", at(2024, 1, 2), at(2024, 2, 2))
        assert story.term(at(2024, 2, 5))[0] == "high"
        story.buy("b", at(2024, 2, 8), 100)
        assert story.tier(at(2024, 3, 10)) == "high"
        assert story.tier(at(2024, 4, 1)) == "low"


class TestOneInstant:
    """T12: at one instant checks first, then visits and events, purchases, returns, credits, debits; each by id."""

    def test_t12_a_purchase_at_until_is_judged_after_the_fall(self) -> None:
        """T12: at exactly `until` the purchase earns at the tier one fell to."""
        story = Story(ladder())
        story.buy("a", at(2024, 3, 15), 1000)
        receipt = story.buy("b", at(2025, 3, 16), 100)
        assert (receipt.points, receipt.tier_before, receipt.tier_after) == (100, "regular", "regular")

    def test_t12_one_microsecond_before_it_is_not(self) -> None:
        """T12: just before `until` the old multiplier holds."""
        story = Story(ladder())
        story.buy("a", at(2024, 3, 15), 1000)
        assert story.buy("b", at(2025, 3, 16) - MICROSECOND, 100).points == 150

    @given(order=st.permutations(["v", "p-1", "p-2", "r"]))
    def test_t12_order_of_arrival_at_one_instant_does_not_matter(self, order: list[str]) -> None:
        """T12, I23: visit, purchases by id, then the return, whatever came first."""
        story = Story(ladder(silver=(visits >= 1) & (spend >= 50), gold=spend >= 150, on_return="immediately"))
        when = at(2024, 2, 2, 2)
        told: dict[str, lk.Transaction] = {
            "v": lk.Visit(id="v", member_id="m", occurred_at=when),
            "p-1": lk.Purchase(id="p-1", member_id="m", amount=50, occurred_at=when),
            "p-2": lk.Purchase(id="p-2", member_id="m", amount=100, occurred_at=when),
            "r": lk.Return(id="r", of="p-2", amount=10, occurred_at=when),
        }
        story.shop.ingest([told[id] for id in order])
        assert not [id for _, id, _ in story.shop.ingest([told[id] for id in order]).rejected]
        assert story.term(when) == ("silver", when, at(2025, 2, 3))

    def test_t12_ranks_in_a_statement(self) -> None:
        """T12: an expiry at the instant of a purchase stands before it, a return after it, a redemption last."""
        story = Story()
        end = at(2024, 1, 12)
        story.buy("a", at(2024, 1, 1), 30)
        story.buy("b", end, 100)
        story.spend("x", end, 20)
        story.bring_back("r", "b", end, amount=10)
        story.adjust("less", end, -5)
        story.adjust("more", end, 5)
        kinds = [(row.kind, row.points) for row in story.shop.statement("m", as_of=end)]
        assert kinds == [
            ("accrual", 30),
            ("expiry", -30),
            ("accrual", 100),
            ("clawback", -10),
            ("adjustment", 5),
            ("adjustment", -5),
            ("redemption", -20),
        ]


@given(
    amounts=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 3_000)), max_size=8),
    factor=st.sampled_from([2, 7, 100]),
)
def test_i25_scaling_changes_nothing(amounts: list[tuple[int, int]], factor: int) -> None:
    """I25: all amounts and thresholds multiplied alike give the same tiers; at a purchase they never go down."""
    plain = Story(ladder(valid_for=months(3), grace_days=5))
    scaled = Story(
        ladder(silver=1000 * factor <= IN_A_YEAR, gold=3000 * factor <= IN_A_YEAR, valid_for=months(3), grace_days=5)
    )
    ranks = {"regular": 0, "silver": 1, "gold": 2}
    for serial, (number, amount) in enumerate(sorted(amounts)):
        when = at(2024, 1, 1) + timedelta(days=number)
        receipt = plain.buy(f"p{serial}", when, amount)
        assert ranks[receipt.tier_after] >= ranks[receipt.tier_before]
        other = scaled.buy(f"p{serial}", when, amount * factor)
        assert (receipt.tier_before, receipt.tier_after) == (other.tier_before, other.tier_after)
        assert plain.term(when) == scaled.term(when)


def test_t1_only_qualifying_facts_move_tiers() -> None:
    """T1: redemption, expiry and debt leave every metric and the tier alone; points accrued follow the rules."""
    story = Story(ladder(silver=points_accrued >= 100, gold=points_accrued >= 350))
    story.buy("a", at(2024, 1, 2), 200)
    story.spend("x", at(2024, 1, 3), 200)
    story.adjust("t", at(2024, 1, 4), 1_000)
    assert story.tier(at(2024, 1, 5)) == "silver"
    assert story.buy("b", at(2024, 1, 6), 100).tier_after == "gold"
    found = dict(story.shop.select(purchases >= 1, as_of=at(2024, 1, 7)).facts(points_accrued))
    assert found == {"m": (350,)}
