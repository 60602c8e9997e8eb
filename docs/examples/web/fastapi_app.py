"""A shop in FastAPI. Run it with ``uvicorn --factory docs.examples.web.fastapi_app:main``."""

from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response

import loyaltykit as lk
from docs.examples.web.programme import CLUB
from docs.examples.web.statuses import status_of

Json = Annotated[Any, Body()]


def answer(value: object, status: int = 200) -> Response:
    return Response(lk.to_json(value), status, media_type="application/json")


def create_app(shop: lk.Loyalty) -> FastAPI:
    app = FastAPI()

    @app.exception_handler(lk.LoyaltyError)
    def refuse(_: Request, error: lk.LoyaltyError) -> Response:
        return answer(error, status_of(error))

    @app.post("/members")
    def enroll(raw: Json) -> Response:
        return answer(shop.enroll(lk.from_json(lk.Member, raw)))

    @app.post("/transactions")
    def record(raw: Json) -> Response:
        return answer(shop.record(lk.from_json(lk.Transaction, raw)))

    @app.post("/quotes")
    def quote(raw: Json) -> Response:
        return answer(shop.quote(lk.from_json(lk.Transaction, raw)))

    @app.get("/members/{member_id}/balance")
    def balance(member_id: str) -> Response:
        return answer(shop.balance(member_id))

    @app.get("/members/{member_id}/tier")
    def tier(member_id: str) -> Response:
        return answer(shop.tier(member_id))

    @app.get("/members/{member_id}/transactions")
    def transactions(member_id: str, after: str | None = None) -> Response:
        return answer(shop.transactions.list(member_id, after=after))

    return app


def main() -> FastAPI:
    return create_app(lk.Loyalty(CLUB))
