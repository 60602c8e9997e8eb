"""The heading row: where it is, and what its columns mean."""

from __future__ import annotations

import io
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.tables import MemberTable
from tests.support.member_tables import CLUB, TABLE, items, member


def test_columns_that_mean_nothing_are_named_by_letter() -> None:
    """What nobody knows is not read, and the summary says so; a derived field is not read either."""
    with TABLE.read(io.BytesIO(b"name,shoe,,age group,skip\nx,1,2,3,4\n"), CLUB) as reading:
        assert len(list(reading)) == 1
    assert reading.summary.unknown_columns == ("B", "D", "E")
    table = MemberTable(source="old", columns={"shoe": "fields.size", "skip": "ignore", "age group": "ignore"})
    found = member("name,shoe,,age group,skip\nx,1,2,3,4\n", table)
    assert found.fields == {"size": 1}


def test_headings_below_a_title() -> None:
    """Many sheets have one; dates of export and the like too."""
    text = "会员管理表格,,\n导出于,2025-01-01,\n姓名,积分,备注\n张三,5,x\n"
    assert [item.id for item in items(text)] == ["old:4", "opening:old:4"]


@pytest.mark.parametrize(
    ("text", "settings", "reason"),
    [
        ("", {}, "has no known heading"),
        ("a,b\n1,2\n", {}, "has no known heading"),
        ("name,姓名\nx,y\n", {}, "has a second column for name"),
        ("name,goal,目标\nx,y,z\n", {}, "has a second column for fields.goal"),
        ("name\nx\n", {"key": "no"}, "lacks the key column"),
        ("name\nx\n", {"columns": {"a": "nonsense"}}, "has an unknown target in columns="),
    ],
)
def test_headings_that_cannot_be(text: str, settings: dict[str, Any], reason: str) -> None:
    """The file is refused before any row is read."""
    with pytest.raises(lk.errors.TableError) as caught:
        MemberTable(source="old", **settings).read(io.BytesIO(text.encode()), CLUB)
    assert caught.value.reason == reason
