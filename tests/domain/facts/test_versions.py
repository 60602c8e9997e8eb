"""Which version of a programme holds when (T7)."""

from __future__ import annotations

from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.facts.versions import BEGINNING, ProgramHistory, Version
from loyaltykit.rules import spend
from loyaltykit.values import NEVER_US, Instant
from tests.support.stories import club


def version(number: int, effective_from: Instant = BEGINNING, **changes: object) -> Version:
    return Version(number, club(name=f"Club {number}", **changes), effective_from, sequence=10 * (number - 1))


def rules_of(*starts: Instant) -> ProgramHistory:
    return ProgramHistory([version(1), *(version(number, start) for number, start in enumerate(starts, start=2))])


@given(starts=st.lists(st.integers(0, 6), max_size=6), at=st.integers(-1, 7))
def test_t7_the_newest_one_declared_for_a_date_holds(starts: list[int], at: int) -> None:
    """T7: of all versions that are effective by then, the one with the highest number."""
    rules = rules_of(*starts)
    expected = max([1, *(number for number, start in enumerate(starts, start=2) if start <= at)])
    assert rules.at(at).version == expected
    assert rules.version(expected) is rules.at(at)
    assert rules.at(-NEVER_US + 1).version == 1


def test_t7_a_version_begins_at_its_instant() -> None:
    """T7: at it, and not a microsecond before."""
    rules = rules_of(100)
    assert (rules.at(99).version, rules.at(100).version) == (1, 2)


def test_i16_what_was_known_at_a_position() -> None:
    """I16: versions declared later are not known; the same answer is the same object, compiled once."""
    rules = rules_of(100, 200)
    assert rules.known_by(20) is rules
    assert [len(rules.known_by(sequence).versions) for sequence in (0, 9, 10, 19, 20)] == [1, 1, 2, 2, 3]
    assert rules.known_by(10) is rules.known_by(15)
    assert rules.before_newest() is rules.known_by(19)


def test_t7_a_shop_may_open_with_what_holds_or_is_announced() -> None:
    """T7: not with what is over, nor with what another change replaced."""
    rules = rules_of(100, 300, 200)
    live = [number for number in (1, 2, 3, 4) if rules.is_live(rules.version(number).program, 150)]
    assert live == [2, 4]
    assert not rules.is_live(club(), 150)


def test_t7_tiers_shift_only_where_ladders_differ_or_are_judged_anew() -> None:
    """T7: a change of accrual rules decides nothing about tiers."""
    ladder = lk.TierLadder(lk.Tier("member"), lk.Tier("gold", enter=spend >= 100))
    changed = Version(3, club(tiers=ladder), 200)
    judged = Version(4, club(tiers=ladder, name="Judged"), 300, lk.reevaluate("both"))
    rules = ProgramHistory([version(1), version(2, 100), changed, judged])
    assert [(shift.at, shift.cause) for shift in rules.shifts] == [(200, "program-3"), (300, "program-4")]
    assert rules.shift_after(100) is rules.shifts[0]
    assert rules.shift_after(200) is rules.shifts[1]
    assert rules.shift_after(300) is None
