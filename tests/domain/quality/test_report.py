"""The quality report: its score (R14)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import loyaltykit as lk
from tests.support.quality import SOUND, look


def test_the_score_is_the_share_of_sound_parts() -> None:
    """Rounded down; by channel as well; of nothing it is 100."""
    assert look().score == 100
    assert look(lk.Member(id="a", **SOUND)).score == 100
    report = look(lk.Member(id="a", **SOUND, channel="pos"), lk.Member(id="b", name="x", phone="138****8888"))
    # a: name, phone, birthday, channel, size, must; b: name, phone, birthday, size, must, of which three are bad
    assert report.score == Decimal("72.7")
    assert [(item.channel, item.members, item.score) for item in report.channels] == [
        ("pos", 1, Decimal(100)),
        (None, 1, Decimal(40)),
    ]
    assert look(lk.Member(id="a"), changed_on={"a": date(2000, 1, 1)}, expected=["name"]).score == Decimal("25.0")
