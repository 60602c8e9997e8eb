"""Finding members by parts of names, phones and e-mails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.search import Fragments, folded

ANNA: dict[str, Any] = {
    "name": "Smith, Anna Zoé",
    "contacts": [
        lk.Contact("phone", "+86 138-0013-8000"),
        lk.Contact("phone", "139****8888"),
        lk.Contact("email", "Anna.S@Example.com"),
        lk.Contact("address", "Teestraße 7, Bremen"),
    ],
}


def found(text: str, **parts: Any) -> bool:
    return Fragments(text).are_in(lk.Member(id="m-1", **parts))


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("ANNA", True),
        ("anna smi", True),
        ("\uff21\uff2e\uff2e\uff21", True),
        ("Zoe\u0301", True),
        ("138 0013", True),
        ("+8613800138000", True),
        ("(0013)", True),
        ("\uff11\uff13\uff18", True),
        ("139**", True),
        ("anna.s@EX", True),
        ("anna 139", True),
        ("\u202danna\u202c", True),
        ("bob", False),
        ("anna bob", False),
        ("1380014", False),
        ("bremen", False),
        ("77", False),
        ("m-1", False),
        ("nazoé", False),
    ],
)
def test_what_is_found(text: str, there: Any) -> None:
    """Parts of names, phones and e-mails, each of which must be there; nothing else of the record."""
    assert found(text, **ANNA) is there


@pytest.mark.parametrize("text", ["张三", "张 三", "三", "张\u3000三"])
@pytest.mark.parametrize("name", ["张三", "张 三", "张\u3000三"])
def test_spaces_in_names_without_capitals_are_for_looks(name: str, text: str) -> None:
    """People write them both ways."""
    assert found(text, name=name)


def test_digits_are_looked_for_in_names_and_emails_too() -> None:
    """A name can be a number."""
    assert found("007", name="Agent 007")
    assert found("2024", email="li2024@example.com")
    assert not found("2024")


@given(st.text(min_size=1, max_size=20), st.data())
def test_every_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    """Whatever the script."""
    words = [word for word in folded(name).split() if word.isalnum()]
    if words and "\x00" not in name:
        word = data.draw(st.sampled_from(words))
        start = data.draw(st.integers(0, len(word) - 1))
        assert found(word[start : data.draw(st.integers(start + 1, len(word)))], name=name)


@pytest.mark.parametrize("text", ["", "  ", "\u202d", "x" * 201, "\ud800", 7, b"x", ["x"]])
def test_what_is_nothing_to_look_for(text: Any) -> None:
    """A text with something in it."""
    with pytest.raises(lk.InvalidValueError) as caught:
        Fragments(text)
    assert caught.value.field == "text"
