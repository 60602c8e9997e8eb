"""Reports and changes in English and in Chinese."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import loyaltykit as lk
from loyaltykit.domain.quality.checks import KINDS
from loyaltykit.domain.quality.report import IssueChange, QualityChange
from loyaltykit.domain.quality.review import quality_report
from tests.support.quality import CLUB, PHONE, SOUND, look

BEFORE = look(
    lk.Member(id="a", name="x", phone=PHONE, fields={"size": "L", "goal": "y"}, channel="pos"),
    lk.Member(id="b", phone=PHONE, birthday=date(2030, 1, 1)),
    lk.Member(id="c", **SOUND | {"phone": "138****8888"}, external_ids={"wechat": "o1"}),
    lk.Member(id="d", **SOUND | {"phone": "12"}, external_ids={"wechat": "o1"}),
    changed_on={"a": date(2000, 1, 1)},
)
AFTER = quality_report([lk.Member(id="a", **SOUND)], CLUB, date(2025, 7, 1))


def test_a_report_in_english() -> None:
    """One line for each issue over all channels, then the channels."""
    assert str(BEFORE) == (
        "4 member records on 2025-06-01: score 48.0\n"
        "missing\n"
        "  Birthday: 1 (25.0 %) for example a\n"
        "  size: 1 (25.0 %) for example b\n"
        "  Name: 1 (25.0 %) for example b\n"
        "invalid\n"
        "  goal: 1 (25.0 %) does not fit its declaration; for example a\n"
        "  size: 1 (25.0 %) does not fit its declaration; for example a\n"
        "  Phone: 1 (25.0 %) is masked; for example c\n"
        "  Phone: 1 (25.0 %) is not a valid phone number; for example d\n"
        "stale\n"
        "  Record: 1 (25.0 %) has not changed for long; for example a\n"
        "contradictory\n"
        "  Birthday: 1 (25.0 %) is in the future; for example b\n"
        "duplicate\n"
        "  External ids wechat: 2 (50.0 %) for example c, d\n"
        "  Phone: 2 (50.0 %) for example a, b\n"
        "by channel\n"
        "  pos: 1, score 37.5\n"
        "  unknown: 3, score 52.9"
    )


def test_a_report_in_chinese() -> None:
    """With the titles of the programme's fields."""
    lines = BEFORE.describe("zh", CLUB).splitlines()
    assert lines[:2] == ["2025-06-01共4条会员资料：得分48.0", "缺失"]
    assert "  目标：1条（25.0%）不在可选项之中；例如a" in lines
    assert "  电话：2条（50.0%）例如a、b" in lines
    assert "  外部编号 wechat：2条（50.0%）例如c、d" in lines
    assert lines[-1] == "  未知：3条，得分52.9"
    assert str(look(lk.Member(id="m", **SOUND))) == "1 member record on 2025-06-01: score 100.0"
    assert str(look(lk.Member(id="m", **SOUND | {"name": None}), examples=0)).endswith("Name: 1 (100.0 %)")
    unknown = look(lk.Member(id="m", **SOUND | {"fields": {"size": 5, "shoe": 1}}))
    assert "  shoe: 1 (100.0 %) is not declared; for example m" in str(unknown)


def test_a_change_between_two_reports() -> None:
    """R14: as data and in words; what stayed is left out."""
    change = AFTER.since(BEFORE)
    assert (change.members, change.score) == (-3, Decimal("52.0"))
    assert IssueChange("duplicate", "phone", "duplicate", 2, 0) in change.issues
    assert [item.kind for item in change.issues] == sorted((item.kind for item in change.issues), key=KINDS.index)
    assert BEFORE.since(AFTER).issues == tuple(
        IssueChange(item.kind, item.field, item.code, item.after, item.before) for item in change.issues
    )
    assert str(change).startswith(
        "2025-06-01 to 2025-07-01: -3 member records, score +52.0\n  missing, Birthday: 1 -> 0\n"
    )
    assert "  invalid, Phone: 1 -> 0 (is masked)" in str(change)
    assert change.describe("zh").startswith("2025-06-01至2025-07-01：会员资料-3条，得分+52.0\n  缺失，生日：1 → 0\n")
    assert "  无效，电话：1 → 0（经过遮掩）" in change.describe("zh")
    assert AFTER.since(AFTER) == QualityChange(AFTER.on, AFTER.on, 0, Decimal(0), ())


def test_a_report_speaks_two_languages_and_follows_another() -> None:
    """Bad input."""
    for describe in (BEFORE.describe, AFTER.since(BEFORE).describe):
        with pytest.raises(lk.errors.InvalidRuleError, match="language"):
            describe("tlh")  # type: ignore[arg-type]
    with pytest.raises(lk.InvalidValueError, match="program"):
        BEFORE.describe("en", "Club")  # type: ignore[arg-type]
    with pytest.raises(lk.InvalidValueError, match="earlier"):
        AFTER.since("yesterday")  # type: ignore[arg-type]
