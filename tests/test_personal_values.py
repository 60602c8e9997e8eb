"""Personal values live in the member record only: no error, no answer and no log shows one (I31)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import member
from tests.support.bad_shop import NOW, PROGRAM, Shop

CANARY = "kanari-4711"
PERSONAL: dict[str, Any] = {
    "name": f"name-{CANARY}",
    "phone": f"phone-{CANARY}",
    "email": f"mail-{CANARY}@example.com",
    "gender": f"gender-{CANARY}",
    "region": f"region-{CANARY}",
    "tags": [f"tag-{CANARY}"],
    "fields": {"secret": f"field-{CANARY}"},
    "birthday": date(1947, 11, 4),
    "contacts": [lk.Contact("address", f"address-{CANARY}"), lk.Contact("phone", f"2-{CANARY}", label=CANARY)],
    "preferences": [f"preference-{CANARY}"],
    "channel": f"channel-{CANARY}",
    "store": f"store-{CANARY}",
    "external_ids": {"wechat": f"external-{CANARY}"},
    "reviewer": f"reviewer-{CANARY}",
}
CANARIES = (CANARY, "1947", "11-04")

SECRETIVE = PROGRAM.evolve(
    fields=[*PROGRAM.fields, lk.Field("secret", str)],
    notices=lk.NoticePolicy(birthday_days=400, points_expiring_days=400),
    segments=[lk.Segment("those", (member.region.is_missing()) | (member["secret"] != "x"))],
)

TOGETHER = SECRETIVE.evolve(
    segments=[
        lk.Segment("one", (member.phone == PERSONAL["phone"]) & (member.name == PERSONAL["name"]), family="f"),
        lk.Segment("two", (member.email == PERSONAL["email"]) & (member.age >= 18), family="f"),
    ]
)


def told(error: BaseException) -> str:
    """Everything that an error tells: message, arguments, attributes, and the whole traceback with its causes."""
    lines = traceback.TracebackException.from_exception(error).format()
    messages = [text for text in lines if not text.startswith("  File")]
    return "\n".join([str(error), repr(error), repr(error.args), repr(vars(error)), *messages])


def is_silent(text: str) -> bool:
    return not any(canary in text for canary in CANARIES)


SECRETS: dict[str, Any] = {"id": "s", "enrolled_at": NOW - timedelta(days=9)} | PERSONAL


def with_secrets(**parts: Any) -> lk.Member:
    return lk.Member(**SECRETS | parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"name": CANARY * 200},
        {"phone": [CANARY]},
        {"email": f"{CANARY}\ud800"},
        {"gender": CANARY.encode()},
        {"region": {CANARY: CANARY}},
        {"birthday": CANARY},
        {"tags": [f"{CANARY}\n"]},
        {"tags": CANARY},
        {"tags": [[CANARY]]},
        {"fields": {"secret": CANARY * 200}},
        {"fields": {"secret": {CANARY: CANARY}}},
        {"fields": {"secret": CANARY, "undeclared": CANARY}},
        {"fields": {"goal": CANARY}},
        {"fields": {"note": CANARY}},
        {"fields": CANARY},
        {"fields": {"secret": [f"{CANARY}\ud800"]}},
        {"contacts": CANARY},
        {"contacts": [CANARY]},
        {"phone": CANARY, "contacts": [lk.Contact("phone", f"2-{CANARY}", preferred=True)]},
        {"preferences": [f"{CANARY}\n"]},
        {"channel": f"{CANARY}\n"},
        {"store": [CANARY]},
        {"external_ids": CANARY},
        {"external_ids": {"wechat": f"{CANARY}\n"}},
        {"status": CANARY},
        {"reviewer": f"{CANARY}\n"},
        {"review_due": CANARY},
        {"enrolled_at": CANARY},
        {"id": f"{CANARY}\n"},
        {"id": f" {CANARY}", "name": CANARY * 200, "tags": [f"{CANARY}\n"], "birthday": CANARY, "fields": CANARY},
    ],
)
def test_no_refusal_shows_what_was_refused(parts: dict[str, Any]) -> None:
    """I31: message, repr, arguments and traceback name the field, never what stood in it."""
    shop = Shop(SECRETIVE)
    with pytest.raises(lk.LoyaltyError) as caught:
        shop.loyalty.enroll(with_secrets(**parts))
    message = "\n".join([str(caught.value), repr(caught.value), repr(vars(caught.value)), repr(caught.value.__cause__)])
    assert is_silent(message)
    context = caught.value.__context__
    assert caught.value.__suppress_context__ or context is None or is_silent(repr(context))
    report = shop.loyalty.ingest([lk.Member(id="fine", enrolled_at=NOW)])
    assert report.enrolled == 1


def _everything(shop: Shop) -> Iterator[object]:
    """What a shop is told about a member full of secrets, and what it is refused."""
    loyalty = shop.loyalty
    moment = NOW - timedelta(days=5)
    yield loyalty.enroll(with_secrets())
    yield loyalty.member("s")
    yield loyalty.record(lk.Purchase(id="sp", member_id="s", amount=2000, occurred_at=moment, actor="a", reason="r"))
    yield loyalty.quote(lk.Redemption(id="sq", member_id="s", points=5))
    yield loyalty.record(lk.Return(id="sr", of="sp", amount=5))
    yield loyalty.balance("s")
    yield loyalty.balance("s").lots
    edited = loyalty.member("s").evolve(region=f"other-{CANARY}", contacts=[], fields={"secret": f"other-{CANARY}"})
    yield loyalty.members.update(edited, id="se", actor="a", reason="r", occurred_at=moment)
    yield loyalty.members.update(with_secrets(), id="se-2", actor="a", base=2)
    yield loyalty.members.history("s")
    yield loyalty.members.search(CANARY, order_by=member.region).members
    loyalty.enroll(with_secrets(id="s2", name="other"))
    # A channel is a word of the shop's, and a report is by channel.
    yield repr(loyalty.members.quality()).replace(PERSONAL["channel"], "")
    yield str(loyalty.members.quality(as_of=moment)).replace(PERSONAL["channel"], "")
    yield loyalty.members.match()
    yield loyalty.members.merge_matches(loyalty.members.match(), actor="a")
    yield loyalty.record(lk.KeepApart(id="sa", member_id="s", other="s2", actor="a", reason="r"))
    yield loyalty.members.segments("s")
    yield loyalty.transactions.receipt("sp")
    yield loyalty.transactions.list("s", limit=1).next
    yield [loyalty.transactions.since(limit=limit).next for limit in (1, 1_000)]
    yield loyalty.transactions.holds("s")
    yield loyalty.statement("s", limit=1)
    yield [version.changes for version in loyalty.members.history("s")]
    yield loyalty.statement("s")
    yield loyalty.tier("s")
    yield loyalty.tier("s").explain()
    yield loyalty.settle()
    yield loyalty.outbox.due()
    yield loyalty.programs.simulate(SECRETIVE)
    yield str(loyalty.programs.liability())
    yield [str(finding) for finding in loyalty.programs.lint(TOGETHER)]
    yield loyalty.storage.reconcile({"s": 1})
    yield loyalty.storage.verify()
    yield loyalty.select("those")
    yield loyalty.select("those").page(1)
    yield list(loyalty.select(member.phone == PERSONAL["phone"]).members())
    yield loyalty.ingest([with_secrets(), with_secrets(phone="other"), lk.Visit(id="sv", member_id="s")])
    yield loyalty
    yield shop.storage.snapshot()


REFUSED_CALLS: dict[str, Callable[[lk.Loyalty], object]] = {
    "another record of one member": lambda shop: shop.enroll(with_secrets(phone=f"2-{CANARY}")),
    "too many points": lambda shop: shop.record(lk.Redemption(id="x", member_id="s", points=10**6)),
    "another purchase of one id": lambda shop: shop.record(lk.Purchase(id="sp", member_id="s", amount=1)),
    "before the enrolment": lambda shop: shop.balance("s", as_of=NOW - timedelta(days=50)),
    "a stale edit": lambda shop: shop.members.update(with_secrets(), id="x", actor="a", base=1),
    "another edit of one id": lambda shop: shop.members.update(with_secrets(name=None), id="se", actor="a"),
    "an edit that does not fit": lambda shop: shop.members.update(
        with_secrets(fields={"goal": CANARY}), id="x", actor="a"
    ),
    "an edit of nobody": lambda shop: shop.members.update(with_secrets(id=CANARY), id="x", actor="a"),
    "a name that is too long to look for": lambda shop: shop.members.search(CANARY * 99),
    "a name that nobody could have": lambda shop: shop.members.search(f"{CANARY}\ud800"),
    "a name for who": lambda shop: shop.members.search("x", where=CANARY),
    "a name for the next page": lambda shop: shop.members.search(CANARY, after=CANARY),
    "a name for another member": lambda shop: shop.record(
        lk.KeepApart(id="x", member_id="s", other=CANARY, actor="a", reason="r")
    ),
    "a name for a page of transactions": lambda shop: shop.transactions.list("s", after=CANARY),
    "a name for a kind": lambda shop: shop.transactions.list("s", kinds=[CANARY]),
    "a name for a feed": lambda shop: shop.transactions.since(CANARY),
    "a name for a page of a statement": lambda shop: shop.statement("s", after=CANARY),
    "a name for a recorded transaction": lambda shop: shop.transactions.get(CANARY),
    "a name for a part": lambda shop: shop.members.quality(expected=[CANARY]),
    "a phone for an id": lambda shop: shop.member(PERSONAL["phone"]),
    "a phone for a member": lambda shop: shop.record(lk.Visit(id="x", member_id=PERSONAL["phone"])),
    "a secret compared with a number": lambda shop: shop.select(member["secret"] > 5),
    "a choice that is none": lambda shop: shop.select(member["note"] == CANARY),
    "a name for a segment": lambda shop: shop.select(PERSONAL["name"]),
    "a name for a cursor": lambda shop: shop.select("those").page(1, after=PERSONAL["name"]),
    "a name for a moment": lambda shop: shop.tier("s", as_of=PERSONAL["name"]),
    "a name for a member": lambda shop: shop.enroll(PERSONAL["name"]),
    "a name for a transaction": lambda shop: shop.record(PERSONAL["name"]),
    "a name for a programme": lambda _shop: lk.Program.from_json(PERSONAL["name"]),
    "a secret in a programme": lambda _shop: lk.Program.from_json(f'{{"type":"program","name":"{CANARY}"}}'),
    "a fact of a name": lambda shop: shop.select("those").facts(PERSONAL["name"]),
    "an order by a name": lambda shop: shop.select("those", order_by=PERSONAL["name"]),
}


def test_no_answer_and_no_log_shows_anything_personal(caplog: pytest.LogCaptureFixture) -> None:
    """Fixed: personal values live in the member record only; reprs, receipts, statements and logs hold none."""
    caplog.set_level(logging.DEBUG)
    for answer in _everything(Shop(SECRETIVE)):
        assert is_silent(repr(answer))
        assert is_silent(str(answer))
    assert caplog.records
    assert is_silent(caplog.text)


def test_a_notice_of_a_birthday_does_not_tell_it() -> None:
    """S21: a notice has ids, numbers and names of the programme: of a birthday only that it is near."""
    shop = Shop(SECRETIVE)
    for _ in _everything(shop):
        pass
    told = [notice for notice in shop.loyalty.outbox.due() if notice.kind == "birthday"]
    assert told
    assert all(notice.occurred_at == NOW for notice in told)
    assert all(is_silent(str(lk.to_cloud_event(notice, "urn:shop").get_attributes())) for notice in told)


@pytest.mark.parametrize("call", REFUSED_CALLS)
def test_no_error_and_no_log_shows_anything_personal(call: str, caplog: pytest.LogCaptureFixture) -> None:
    """I31: whatever is asked wrongly about a member full of secrets."""
    shop = Shop(SECRETIVE)
    for _ in _everything(shop):
        pass
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    with pytest.raises(lk.LoyaltyError) as caught:
        REFUSED_CALLS[call](shop.loyalty)
    assert is_silent(told(caught.value))
    assert is_silent(caplog.text)


def test_rejected_items_are_named_by_position_and_id() -> None:
    """I31: the report of an import can be printed."""
    shop = Shop(SECRETIVE)
    rejected = shop.loyalty.ingest([with_secrets(fields={"goal": CANARY}), PERSONAL["name"], [PERSONAL]]).rejected  # type: ignore[list-item]
    assert [(position, id) for position, id, _ in rejected] == [(0, "s"), (1, ""), (2, "")]
    assert is_silent(repr(rejected))
    assert all(is_silent(told(error)) for _, _, error in rejected)
