"""Notices as CloudEvents 1.0, with the real package (S21)."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from cloudevents.core.bindings.http import from_structured_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

import loyaltykit as lk
from tests.support.stories import Story, club, day

SHOP = "urn:shop:tea-house"


def notices() -> tuple[lk.Notice, ...]:
    story = Story(club(notices=lk.NoticePolicy(points_expiring_days=20, birthday_days=30)))
    story.shop.enroll(lk.Member(id="会员 1", enrolled_at=day(0), birthday=lk.Birthday(1, 20)))
    story.buy("p", day(0))
    story.shop.settle(as_of=day(3))
    return story.shop.outbox.due()


def test_s21_an_event_says_what_the_notice_says() -> None:
    """S21: id, source, type, subject, time and data; every attribute that CloudEvents 1.0 requires."""
    for notice in notices():
        event = lk.to_cloud_event(notice, SHOP)
        assert isinstance(event, CloudEvent)
        assert event.get_attributes() == {
            "specversion": "1.0",
            "id": notice.id,
            "source": SHOP,
            "type": f"loyaltykit.{notice.kind}",
            "subject": notice.member_id,
            "time": notice.occurred_at,
            "datacontenttype": "application/json",
        }
        assert event.get_data() == dict(notice.data)


def test_s21_an_event_travels() -> None:
    """I28: what is sent in structured mode is read back as it was, by the package's own JSON."""
    told = notices()
    assert {notice.kind for notice in told} == {"points.added", "points.expiring", "birthday"}
    for notice in told:
        message = to_structured_event(lk.to_cloud_event(notice, SHOP), JSONFormat())
        assert json.loads(message.body)["data"] == dict(notice.data)
        back = from_structured_event(message, JSONFormat())
        assert (back.get_id(), back.get_time(), back.get_data()) == (notice.id, notice.occurred_at, dict(notice.data))


@pytest.mark.parametrize(
    ("parts", "wrong"), [({"notice": None}, "notice"), ({"source": ""}, "source"), ({"source": 5}, "source")]
)
def test_only_notices_from_somewhere(parts: dict[str, Any], wrong: str) -> None:
    """A notice and a source, or a refusal that names what is wrong."""
    given: dict[str, Any] = {"notice": notices()[0], "source": SHOP} | parts
    with pytest.raises(lk.InvalidValueError) as refused:
        lk.to_cloud_event(**given)
    assert [problem.field for problem in refused.value.problems] == [wrong]


def test_a_missing_extra_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, the error says what to install."""
    monkeypatch.setitem(sys.modules, "cloudevents.core.v1.event", None)
    with pytest.raises(lk.errors.MissingExtraError, match=r"loyaltykit\[events\]"):
        lk.to_cloud_event(notices()[0], SHOP)
