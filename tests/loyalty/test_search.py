"""members.search: fragments, predicates, order and pages that hold while others write (C5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.loyalty.selection import MemberPage
from loyaltykit.rules import descending, member, purchases, spend
from tests.support.stories import FEW, LATE, START, Story, club, day

NAMES = {"a": "Li Na", "b": "李娜", "c": "Wang Li", "d": None, "e": "Anna"}


def shop() -> lk.Loyalty:
    story = Story(club(segments=[lk.Segment("buyers", purchases >= 1)]))
    for id, name in NAMES.items():
        story.shop.enroll(lk.Member(id=id, name=name, enrolled_at=START, phone=f"+861380013800{ord(id) % 10}"))
        if id in "ace":
            story.shop.record(lk.Purchase(id=f"p-{id}", member_id=id, amount=ord(id), occurred_at=day(5)))
    return story.shop


def ids(page: MemberPage) -> list[str]:
    return [item.id for item in page.members]


def test_fragments_come_on_top_of_any_field_and_fact() -> None:
    """Text and predicate must both hold; without either it is everyone."""
    face = shop().members
    assert ids(face.search("li")) == ["a", "c"]
    assert ids(face.search("li", where=spend > 97)) == ["c"]
    assert ids(face.search("li", where="buyers", order_by=descending(spend))) == ["c", "a"]
    assert ids(face.search("李")) == ["b"]
    assert ids(face.search("138007")) == ["a"]
    assert ids(face.search(where=member.name.is_missing())) == ["d", "m"]
    assert ids(face.search()) == ["a", "b", "c", "d", "e", "m"]
    assert ids(face.search("li", where="buyers", as_of=day(4))) == []


def test_pages_and_counts() -> None:
    """The total is that of all pages."""
    face = shop().members
    first = face.search(order_by=(member.name,), limit=4)
    assert (ids(first), first.total) == (["e", "a", "c", "b"], 6)
    rest = face.search(order_by=(member.name,), limit=4, after=first.next)
    assert (ids(rest), rest.next, rest.total) == (["d", "m"], None, 6)


def test_the_record_of_the_instant_is_searched() -> None:
    """Somebody who changed the name is found by the old one in the past, and by the new one now."""
    club_ = shop()
    club_.members.update(lk.Member(id="e", name="Bob"), id="ed", actor="a")
    assert (ids(club_.members.search("anna")), ids(club_.members.search("bob"))) == ([], ["e"])
    assert ids(club_.members.search("anna", as_of=LATE - timedelta(days=1))) == ["e"]


def test_what_is_no_search() -> None:
    """Errors name the argument."""
    face = shop().members
    with pytest.raises(lk.InvalidValueError, match="text"):
        face.search("")
    with pytest.raises(lk.InvalidValueError, match="limit"):
        face.search("x", limit=0)
    with pytest.raises(lk.InvalidValueError, match="after"):
        face.search("x", after="x")
    with pytest.raises(lk.errors.InvalidProgramError):
        face.search(where="nobody")
    with pytest.raises(lk.errors.InvalidRuleError):
        face.search(where=7)  # type: ignore[arg-type]


WRITES = st.lists(
    st.tuples(st.sampled_from(["enroll", "edit", "buy"]), st.sampled_from([f"m-{number}" for number in range(12)])),
    max_size=8,
)


@FEW
@given(WRITES, st.integers(1, 4), st.booleans())
def test_a_cursor_survives_writes(writes: list[tuple[str, str]], limit: int, down: Any) -> None:
    """Whoever does not move is shown exactly once, in order, whatever is written between two pages."""
    story = Story()
    for number in range(0, 12, 2):
        name = None if number == 4 else f"n{number * 7 % 5}"
        story.shop.enroll(lk.Member(id=f"m-{number}", name=name, enrolled_at=START))
    order = descending(member.name) if down else member.name
    expected = ids(story.shop.members.search(order_by=order))
    seen, after, moved, turn = list[str](), None, set[str](), 0
    while turn == 0 or after is not None:
        page = story.shop.members.search(order_by=order, limit=limit, after=after)
        seen, after, turn = seen + ids(page), page.next, turn + 1
        # Writes are few, so that the last page comes.
        for serial, (kind, id) in enumerate(writes if turn < 4 else []):
            moved |= write(story, kind, id, f"{kind}-{serial}-{turn}")
    assert [id for id in seen if id in expected and id not in moved] == [id for id in expected if id not in moved]


def write(story: Story, kind: str, id: str, name: str) -> set[str]:
    """Does something to a member; who moves in the order by it."""
    known = ids(story.shop.members.search())
    if kind == "enroll" and id not in known:
        story.shop.enroll(lk.Member(id=id, name="n3", enrolled_at=START))
    elif kind == "edit" and id in known:
        story.shop.members.update(story.shop.member(id).evolve(name=name), id=name, actor="a")
        return {id}
    elif kind == "buy" and id in known:
        story.shop.record(lk.Purchase(id=name, member_id=id, amount=1, occurred_at=day(3)))
    return set()
