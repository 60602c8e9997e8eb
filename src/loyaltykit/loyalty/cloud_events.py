"""Notices as CloudEvents 1.0, by the ``cloudevents`` package (the extra ``events``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyaltykit.domain.program.notices import Notice
from loyaltykit.errors import InvalidValueError, MissingExtraError, Problem
from loyaltykit.values import check_id

if TYPE_CHECKING:
    from cloudevents.core.v1.event import CloudEvent


def to_cloud_event(notice: Notice, source: str) -> CloudEvent:
    """Return a notice as an event of CloudEvents 1.0, for the formats and bindings of the package.

    Args:
        notice: from the outbox, a receipt or a settlement.
        source: a URI that names the shop; unique together with the notice's id.

    Returns:
        An event of type ``loyaltykit.<kind>`` about the member, with the notice's data.

    Raises:
        MissingExtraError: the package is not installed.
        InvalidValueError: ``notice`` is not a notice, or ``source`` is not valid.

    >>> from loyaltykit import Adjustment, Loyalty, Member, NoticePolicy, Program
    >>> with Loyalty(Program(name="Club", currency="CNY", timezone="Asia/Shanghai", notices=NoticePolicy())) as shop:
    ...     shop.enroll(Member(id="m-1"))
    ...     given = Adjustment(id="a-1", member_id="m-1", points=50, actor="staff-7", reason="late delivery")
    ...     event = to_cloud_event(shop.record(given).notices[0], source="urn:shop:tea-house")
    Member(id='m-1')
    >>> event.get_id(), event.get_type(), event.get_subject(), event.get_data()["points"]
    ('points.added:a-1', 'loyaltykit.points.added', 'm-1', 50)
    """
    problems: list[Problem] = []
    if not isinstance(notice, Notice):
        problems.append(Problem("notice", "is not a Notice", "pass one that shop.outbox.due() returned"))
    check_id(source, "source", problems)
    if problems:
        raise InvalidValueError(problems)
    try:
        from cloudevents.core.v1.event import CloudEvent
    except ImportError as error:
        raise MissingExtraError("cloudevents", "events") from error
    attributes = {
        "specversion": "1.0",
        "id": notice.id,
        "source": source,
        "type": f"loyaltykit.{notice.kind}",
        "subject": notice.member_id,
        "time": notice.occurred_at,
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes, dict(notice.data))
