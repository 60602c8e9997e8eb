"""What becomes of tiers when a standard changes (T7)."""

from __future__ import annotations

from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.program.migration import KEEP, Migration
from loyaltykit.rules import spend
from loyaltykit.serialization import from_json, to_json


def ladder(*names: str) -> lk.TierLadder:
    return lk.TierLadder(
        lk.Tier(names[0]), *(lk.Tier(name, enter=spend >= 100 * (place + 1)) for place, name in enumerate(names[1:]))
    )


@pytest.mark.parametrize(
    ("renamed", "after", "ranks"),
    [
        ({}, ("low", "mid", "high"), (0, 1, 2)),
        ({}, ("low", "new", "mid", "high"), (0, 2, 3)),
        ({}, ("low", "high"), (0, 0, 1)),
        ({}, ("start", "low", "mid"), (1, 2, 2)),
        ({}, ("start", "end"), (0, 0, 0)),
        ({"mid": "silver"}, ("low", "silver", "high"), (0, 1, 2)),
        ({"mid": "top", "high": "top"}, ("low", "top"), (0, 1, 1)),
    ],
)
def test_t7_tiers_are_carried_over_by_name(renamed: dict[str, str], after: tuple[str, ...], ranks: tuple[int]) -> None:
    """T7: by name, or by the word for it; a tier that is gone goes to the highest below it that is still there."""
    assert Migration(renamed=renamed).ranks(ladder("low", "mid", "high"), ladder(*after)) == ranks


def test_t7_words_for_tiers_that_are_not_there() -> None:
    """Bad input: a word for a tier that its ladder lacks is a mistake in writing."""
    before, after = ladder("low", "mid"), ladder("low", "silver")
    assert Migration(renamed={"mid": "silver"}).problems(before, after) == []
    for renamed in ({"middle": "silver"}, {"mid": "sliver"}):
        [problem] = Migration(renamed=renamed).problems(before, after)
        assert problem.field == "migration.renamed"


def test_t7_the_words_of_a_migration() -> None:
    """T7: two words, and what they stand for."""
    assert lk.keep_until_validity_ends() == KEEP
    assert lk.reevaluate("up_only", {"a": "b"}) == Migration("up_only", {"a": "b"})
    assert from_json(Migration, to_json(lk.reevaluate("both"))) == Migration("both")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Migration("down_only"),  # type: ignore[arg-type]
        lambda: lk.reevaluate("no"),  # type: ignore[arg-type]
        lambda: lk.reevaluate(1),  # type: ignore[arg-type]
        lambda: Migration(renamed=[("a", "b")]),  # type: ignore[arg-type]
        lambda: Migration(renamed={str(n): "x" for n in range(51)}),
        lambda: Migration(renamed={"a": ""}),
    ],
)
def test_bad_migrations_are_refused(wrong: Any) -> None:
    """Bad input: unknown words, and names that are none."""
    with pytest.raises(lk.InvalidValueError):
        wrong()
