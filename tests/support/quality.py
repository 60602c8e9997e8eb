"""A programme whose member records are reviewed."""

from __future__ import annotations

from datetime import date
from typing import Any

import loyaltykit as lk
from loyaltykit.domain.quality.report import QualityReport
from loyaltykit.domain.quality.review import quality_report
from loyaltykit.rules import member

TODAY = date(2025, 6, 1)
PHONE = "+8613800008888"
CLUB = lk.Program(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    fields=[
        lk.Field("goal", str, choices=("weight", "health"), was=("target",), title_zh="目标"),
        lk.Field("must", str, required=True, default="x"),
        lk.Field("size", int, required=True),
        lk.Field("old", str, required=True, retired=True),
        lk.Field("month", int, derived=member.birthday_month),
    ],
)
SOUND: dict[str, Any] = {"name": "张三", "phone": PHONE, "birthday": date(1990, 2, 28), "fields": {"size": 5}}


def look(*members: lk.Member, **options: Any) -> QualityReport:
    return quality_report(members, CLUB, TODAY, **options)


def found(parts: dict[str, Any], **options: Any) -> list[str]:
    """Kind, field and code of everything that is found in one record."""
    report = look(lk.Member(id="m", **SOUND | parts), **options)
    assert all((issue.count, issue.ids) == (1, ("m",)) for issue in report.issues)
    return [f"{issue.kind} {issue.field} {issue.code}" for issue in report.issues]
