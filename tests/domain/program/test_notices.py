"""The programme's wishes, and the notice itself (S21)."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from attrs import fields
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.program.notices import notice_id
from tests.support.stories import START, club

FLAGS = [part.name for part in fields(lk.NoticePolicy) if not part.name.endswith("_days")]
DAYS = [part.name for part in fields(lk.NoticePolicy) if part.name.endswith("_days")]
TEXTS = st.text(st.sampled_from("a:%23A"), min_size=1, max_size=5)


def test_s21_what_happens_is_told_unless_refused_what_comes_by_time_if_asked_for() -> None:
    """S21: the defaults; a programme has no outbox unless it says so."""
    plain = lk.NoticePolicy()
    assert all(getattr(plain, name) is True for name in FLAGS)
    assert all(getattr(plain, name) is None for name in DAYS)
    assert club().notices is None


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_a_flag_is_a_bool(name: str, value: Any) -> None:
    """What is neither True nor False is refused by its name."""
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.NoticePolicy(**{name: value})
    assert [problem.field for problem in refused.value.problems] == [name]


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("value", [True, -1, 3_661, 1.5, "3"])
def test_days_are_a_number_of_days(name: str, value: Any) -> None:
    """0 to ten years, or None."""
    right: dict[str, Any] = {name: 3_660}
    assert getattr(lk.NoticePolicy(**right), name) == 3_660
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.NoticePolicy(**right | {name: value})
    assert [problem.field for problem in refused.value.problems] == [name]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """One refusal names all fields."""
    wrong: dict[str, Any] = dict.fromkeys((*FLAGS, *DAYS), "x")
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.NoticePolicy(**wrong)
    assert {problem.field for problem in refused.value.problems} == set(wrong)
    with pytest.raises(lk.errors.InvalidProgramError, match="notices"):
        club(notices="all")


WANTED: dict[str, st.SearchStrategy[Any]] = {name: st.booleans() for name in FLAGS}
WANTED |= {name: st.none() | st.integers(0, 3_660) for name in DAYS}


@given(st.fixed_dictionaries({}, optional=WANTED))
def test_i28_a_programme_keeps_its_notices(wanted: dict[str, Any]) -> None:
    """I28: what is told is part of the programme and of its canonical text."""
    program = club(notices=lk.NoticePolicy(**wanted))
    assert lk.Program.from_json(program.to_json()) == program
    assert program.difference(club()) == ("notices",)


@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3))
def test_s21_ids_tell_apart(first: list[str], second: list[str]) -> None:
    """S21: no two things have one id, whatever signs the shop's ids have in them."""
    assert (notice_id("birthday", *first) == notice_id("birthday", *second)) == (first == second)


def test_i24_a_notice_cannot_be_changed() -> None:
    """I24: neither it nor what it holds; a queue can carry it."""
    given: dict[str, Any] = {"points": 5}
    notice = lk.Notice(id="points.added:p", kind="points.added", member_id="m", occurred_at=START, data=given)
    given["points"] = 6
    assert notice.data["points"] == 5
    with pytest.raises(TypeError):
        notice.data["points"] = 6  # type: ignore[index]
    assert pickle.loads(pickle.dumps(notice)) == notice
