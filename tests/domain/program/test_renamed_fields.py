"""Names that fields get later: values under them are found by the rules of older versions (T7, decision 0020)."""

from __future__ import annotations

from datetime import timedelta

import loyaltykit as lk
from loyaltykit.domain.program.renamed_fields import newer_names
from loyaltykit.rules import member, per_amount, purchase
from tests.support.stories import START, Story, club, day

TARGET, GOAL = lk.Field("target", str), lk.Field("goal", str, was=("target",))
AIM = lk.Field("aim", str, was=("goal",))


def test_names_are_followed_from_version_to_version() -> None:
    """Each version names its predecessor's name at least; what was named twice is the same name."""
    assert newer_names([TARGET], [[GOAL], [AIM], [AIM]]) == {"target": ("goal", "aim")}
    assert newer_names([GOAL], [[AIM]]) == {"goal": ("aim",)}
    assert newer_names([GOAL], [[GOAL]]) == newer_names([TARGET], []) == {}


def test_another_field_is_not_taken_for_a_newer_name() -> None:
    """Neither one of another type, which rules could not compare, nor one that the version itself declares."""
    assert newer_names([TARGET], [[lk.Field("goal", int, was=("target",))]]) == {}
    assert newer_names([TARGET, lk.Field("goal", str)], [[GOAL]]) == {}


def test_t7_an_older_version_finds_values_under_the_newer_name() -> None:
    """T7: a late purchase of the old version's days is judged by it, for a member enrolled under the new one."""
    double = lk.AccrualRule("double", where=member["target"] == "weight", earn=per_amount(points=1, every=1))
    story = Story(club(accrual=[double], fields=[TARGET, lk.Field("wish", str, derived=member["target"])]))
    renamed = lk.AccrualRule("double", where=(member["goal"] == "weight") & (purchase.amount > 0), earn=double.earn)
    story.shop.programs.change(club(accrual=[renamed], fields=[GOAL]), effective_from=day(10), actor="staff-1")
    story.clock.now = day(20)
    fields = {"goal": "weight"}
    story.shop.enroll(lk.Member(id="late", fields=fields, enrolled_at=START + timedelta(days=1)))
    receipt = story.shop.record(lk.Purchase(id="p-1", member_id="late", amount=7, occurred_at=day(5)))
    assert receipt.points == 7
