"""A shop in Flask. Run it with ``flask --app docs.examples.web.flask_app:main run``."""

from flask import Flask, Response, request

import loyaltykit as lk
from docs.examples.web.programme import CLUB
from docs.examples.web.statuses import status_of


def answer(value: object, status: int = 200) -> Response:
    return Response(lk.to_json(value), status, mimetype="application/json")


def create_app(shop: lk.Loyalty) -> Flask:
    app = Flask(__name__)

    @app.errorhandler(lk.LoyaltyError)
    def refuse(error: lk.LoyaltyError) -> Response:
        return answer(error, status_of(error))

    @app.post("/members")
    def enroll() -> Response:
        return answer(shop.enroll(lk.from_json(lk.Member, request.get_data())))

    @app.post("/transactions")
    def record() -> Response:
        return answer(shop.record(lk.from_json(lk.Transaction, request.get_data())))

    @app.post("/quotes")
    def quote() -> Response:
        return answer(shop.quote(lk.from_json(lk.Transaction, request.get_data())))

    @app.get("/members/<member_id>/balance")
    def balance(member_id: str) -> Response:
        return answer(shop.balance(member_id))

    @app.get("/members/<member_id>/tier")
    def tier(member_id: str) -> Response:
        return answer(shop.tier(member_id))

    @app.get("/members/<member_id>/transactions")
    def transactions(member_id: str) -> Response:
        return answer(shop.transactions.list(member_id, after=request.args.get("after")))

    return app


def main() -> Flask:
    return create_app(lk.Loyalty(CLUB))
