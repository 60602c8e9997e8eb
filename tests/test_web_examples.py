"""The two web applications of the docs: the same calls give the same JSON, and errors become statuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import loyaltykit as lk
from docs.examples.web import fastapi_app, flask_app, statuses
from docs.examples.web.programme import CLUB

PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "in-a-web-application.md"
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)

Call = Callable[..., tuple[int, Any]]


def fastapi_call(shop: lk.Loyalty) -> Call:
    client = TestClient(fastapi_app.create_app(shop))

    def call(method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        response = client.request(method, path, content=body, headers={"content-type": "application/json"})
        return response.status_code, response.json()

    return call


def flask_call(shop: lk.Loyalty) -> Call:
    app = flask_app.create_app(shop)

    def call(method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        response = app.test_client().open(path, method=method, data=body, content_type="application/json")
        return response.status_code, response.get_json()

    return call


@pytest.fixture(params=[fastapi_call, flask_call], ids=["fastapi", "flask"])
def call(request: pytest.FixtureRequest) -> Iterator[Call]:
    with lk.Loyalty(CLUB, clock=lambda: NOON) as shop:
        made: Call = request.param(shop)
        assert made("POST", "/members", lk.to_json(lk.Member(id="m-1", name="张三")))[0] == 200
        yield made


def purchase(id: str = "o-1", amount: str = "2100.00", member_id: str = "m-1") -> str:
    return lk.to_json(lk.Purchase(id=id, member_id=member_id, amount=amount))


def test_a_purchase_comes_in_as_json_and_its_receipt_goes_out(call: Call) -> None:
    """A handler takes each transaction from JSON and returns the answer, which reads back as the same value."""
    status, receipt = call("POST", "/transactions", purchase())
    assert status == 200
    assert lk.from_json(lk.Receipt, receipt).tier_after == "silver"
    assert lk.from_json(lk.Balance, call("GET", "/members/m-1/balance")[1]).available == 2100
    assert lk.from_json(lk.TierStatus, call("GET", "/members/m-1/tier")[1]).name == "silver"


def test_transactions_come_in_pages(call: Call) -> None:
    """What was recorded is read back with a cursor, which a query carries."""
    for number in range(51):
        call("POST", "/transactions", purchase(id=f"o-{number:02}", amount="1.00"))
    first = lk.from_json(lk.answers.TransactionPage, call("GET", "/members/m-1/transactions")[1])
    rest = lk.from_json(
        lk.answers.TransactionPage, call("GET", f"/members/m-1/transactions?after={quote(first.next)}")[1]
    )
    assert {item.transaction.id for item in (*first.items, *rest.items)} == {f"o-{number:02}" for number in range(51)}
    assert rest.next is None


def test_a_quote_writes_nothing(call: Call) -> None:
    """A quote gives the receipt and leaves the balance."""
    assert lk.from_json(lk.Receipt, call("POST", "/quotes", purchase())[1]).points == 2100
    assert lk.from_json(lk.Balance, call("GET", "/members/m-1/balance")[1]).available == 0


def test_sending_again_gives_the_first_receipt(call: Call) -> None:
    """S15: a client that got no answer sends the same body again."""
    assert call("POST", "/transactions", purchase()) == call("POST", "/transactions", purchase())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (purchase(member_id="m-9"), 404),
        (purchase(id="o-1").replace('"2100"', '"many"'), 422),
        ('{"type": "bargain"}', 422),
        (purchase(id="o-0", amount="3.00"), 409),
        (lk.to_json(lk.Redemption(id="r-1", member_id="m-1", points=500)), 409),
    ],
)
def test_an_error_becomes_a_status_and_json(call: Call, body: str, status: int) -> None:
    """Each family of errors has its status; the body is the error itself and reads back."""
    call("POST", "/transactions", purchase(id="o-0", amount="2.00"))
    answered, error = call("POST", "/transactions", body)
    assert answered == status
    assert isinstance(lk.from_json(lk.LoyaltyError, error), lk.LoyaltyError)


def test_what_is_not_json_is_a_client_error(call: Call) -> None:
    """I31: a torn body is the client's mistake, never an internal error."""
    assert call("POST", "/transactions", '{"id": ')[0] == 422


def test_requests_may_come_at_once(call: Call) -> None:
    """I9: one shop serves all threads of a process; a purchase sent by eight of them counts once."""
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: json.dumps(call("POST", "/transactions", purchase())), range(8)))
    assert len(set(receipts)) == 1
    assert lk.from_json(lk.Balance, call("GET", "/members/m-1/balance")[1]).available == 2100


def test_what_has_no_family_is_a_server_error() -> None:
    """An unknown outcome asks to try again, a missing extra is the operator's to install."""
    assert statuses.status_of(lk.OutcomeUnknownError("commit", "was lost", "send the same id again")) == 503
    assert statuses.status_of(lk.errors.MissingExtraError("openpyxl", "excel")) == 500


@pytest.mark.parametrize("module", [fastapi_app, flask_app])
def test_the_applications_start(module: Any) -> None:
    """What the command line calls makes an application."""
    assert module.main() is not None


@pytest.mark.parametrize("module", [statuses, fastapi_app, flask_app], ids=lambda module: module.__name__)
def test_the_page_shows_the_code_that_runs(module: Any) -> None:
    """The how-to holds each file from its first import on, word for word."""
    source = Path(module.__file__).read_text("utf-8").split('"""\n\n', 1)[1]
    assert f"```python\n{source}```" in PAGE.read_text("utf-8")
