"""The face `programs`: what is in force, what another programme would do, and what it cannot mean (T7, I28)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from loyaltykit.rules import event, events, member, months, purchases, spend
from tests.support.digest import canonical
from tests.support.stories import FEW, PROGRAMS, START, Story, accepted, at, club, day, happenings

IN_A_YEAR = spend.over(months(12))
TIERS = lk.TierLadder(lk.Tier("low"), lk.Tier("mid", enter=IN_A_YEAR >= 100), lk.Tier("high", enter=IN_A_YEAR >= 500))
PROGRAM = club(tiers=TIERS)


def three() -> Story:
    """Members with 50, 200 and 700 of spend."""
    story = Story(PROGRAM)
    story.buy("p-m", day(1), 50)
    for member_id, amount in (("n", 200), ("o", 700)):
        story.shop.enroll(lk.Member(id=member_id, enrolled_at=START))
        story.shop.record(lk.Purchase(id=f"p-{member_id}", member_id=member_id, amount=amount, occurred_at=day(1)))
    return story


def test_current_is_the_programme_in_force() -> None:
    """What the shop was opened with."""
    assert three().shop.programs.current() == PROGRAM


def test_t7_simulate_judges_facts_at_one_instant() -> None:
    """T7: who would stand where, with who moves; nothing is written."""
    story = three()
    before = canonical(story.storage)
    stricter = PROGRAM.evolve(tiers=TIERS.replace("mid", enter=IN_A_YEAR >= 300))
    whatif = story.shop.programs.simulate(stricter, as_of=day(5))
    assert whatif.counts == {("low", "low"): 1, ("mid", "low"): 1, ("high", "high"): 1}
    assert whatif.moves() == [("n", "mid", "low")]
    assert canonical(story.storage) == before


def test_t7_another_ladder_altogether() -> None:
    """T7: tiers of other names and rules are judged by the same facts, of the instant asked about."""
    story = three()
    other = club(tiers=lk.TierLadder(lk.Tier("plain"), lk.Tier("gold", enter=(purchases >= 1) & (spend < 100))))
    assert story.shop.programs.simulate(other, as_of=day(5)).tiers == {
        "m": ("low", "gold"),
        "n": ("mid", "plain"),
        "o": ("high", "plain"),
    }
    assert set(story.shop.programs.simulate(other, as_of=day(0)).tiers.values()) == {("low", "plain")}
    assert story.shop.programs.simulate(other, as_of=at(2023, 1, 1)).tiers == {}


def test_t7_rules_of_the_other_programme_may_know_other_fields() -> None:
    """T7, I31: fields and events that only the new programme declares are missing for everyone today."""
    new = club(
        fields=[lk.Field("shoe", int)],
        events=[lk.EventType("review", fields=[lk.Field("stars", int)])],
        tiers=lk.TierLadder(
            lk.Tier("plain"),
            lk.Tier("walker", enter=member["shoe"] >= 40),
            lk.Tier("critic", enter=events("review").where(event["stars"] >= 4) >= 1),
            lk.Tier("quiet", enter=events("review") == 0),
        ),
    )
    assert set(three().shop.programs.simulate(new, as_of=day(5)).tiers.values()) == {
        ("low", "quiet"),
        ("mid", "quiet"),
        ("high", "quiet"),
    }


def test_lint_looks_at_the_programme_in_force_or_at_another() -> None:
    """The other one need not hold yet; nobody's facts are looked at."""
    shop = three().shop
    assert shop.programs.lint() == shop.programs.lint(PROGRAM) == ()
    never = PROGRAM.evolve(segments=[lk.Segment("nobody", spend < 0)])
    assert shop.programs.lint(never) == lint(never)
    assert [finding.code for finding in lint(never)] == ["lint.never_applies"]
    with pytest.raises(lk.InvalidValueError):
        shop.programs.lint(TIERS)  # type: ignore[arg-type]


@pytest.mark.parametrize("new", [None, "stricter", TIERS])
def test_what_is_no_programme(new: Any) -> None:
    """I31: only a programme can be simulated."""
    with pytest.raises(lk.InvalidValueError):
        three().shop.programs.simulate(new)


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings())
def test_t7_the_same_rules_move_nobody_upwards_from_what_holds(program: lk.Program, told: list[lk.Transaction]) -> None:
    """T7, T3: by the rules in force facts never say more than the tier that stands just after something happened."""
    story = Story(program)
    taken = accepted(story.shop, told)
    for transaction in taken:
        if isinstance(transaction, lk.Purchase):
            [(stands, gives)] = story.shop.programs.simulate(program, as_of=transaction.occurred_at).tiers.values()
            if not any(isinstance(item, lk.Return) for item in taken):
                assert program.tiers.rank(gives) <= program.tiers.rank(stands)


@pytest.mark.parametrize("program", [*PROGRAMS, PROGRAM])
def test_i28_a_programme_in_json_comes_back(program: lk.Program) -> None:
    """I28: decode(encode(program)) is the programme, and equal programmes have equal text."""
    again = lk.Program.from_json(program.to_json())
    assert again == program
    assert again.to_json() == program.to_json()
    assert program.difference(again) == ()
