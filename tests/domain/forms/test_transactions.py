"""Transactions read out of what web forms and JSON bodies send."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings, strategies as st

import loyaltykit as lk
from loyaltykit.domain.forms.transactions import BY_NAME
from loyaltykit.serialization.shapes import attributes_of, key_of
from tests.domain.decide.test_checks import CLUB, problems_of, purchase
from tests.serialization.samples import MEMBER


def test_what_a_form_sends_is_read() -> None:
    """Texts for numbers, blanks for what is missing, local time, parts without a type of their own."""
    raw = purchase(
        amount="",
        occurred_at="2025-01-31 08:00",
        store=" ",
        lines=[{"amount": "9.90", "quantity": "2", "fields": {"organic": "yes"}}, {"amount": 3}],
        paid_with={"points": "50", "value": "0.50"},
        fields={"table": "7", "day": "2025-01-01"},
    )
    bought, problems = lk.check_transaction(raw, CLUB)
    assert problems == ()
    assert bought == lk.Purchase(
        id="o-1",
        member_id="m-1",
        occurred_at=datetime(2025, 1, 31, 7, tzinfo=UTC),
        lines=[lk.Line(amount="9.90", quantity=2, fields={"organic": True}), lk.Line(amount=3)],
        paid_with=lk.PointsPayment(points=50, value="0.50"),
        fields={"table": 7, "day": date(2025, 1, 1)},
    )


def test_python_values_pass_as_they_are() -> None:
    """A web framework may have read them already."""
    moment = datetime(2025, 1, 31, 8, tzinfo=UTC)
    raw = purchase(amount=Decimal(5), occurred_at=moment, lines=[lk.Line(amount=5)])
    bought, problems = lk.check_transaction(raw, CLUB)
    assert problems == ()
    assert bought == lk.Purchase(id="o-1", member_id="m-1", amount=5, occurred_at=moment, lines=[lk.Line(amount=5)])


def test_a_record_is_read_as_check_record_reads_it() -> None:
    """The member of an edit comes from the same form; its problems have their place in it."""
    raw = {
        "type": "member_edit",
        "id": "ed-1",
        "member_id": "m-1",
        "actor": "s",
        "member": {"id": "m-1", "name": "Ada"},
    }
    edit, problems = lk.check_transaction(raw, CLUB)
    assert problems == ()
    assert edit == lk.MemberEdit(id="ed-1", member_id="m-1", actor="s", member=lk.Member(id="m-1", name="Ada"))
    raw["member"] = {"id": "m-1", "nme": "Ada", "birthday": "31/12/1990"}
    assert [field for field, _ in problems_of(**raw)] == ["member.nme", "member.birthday"]
    raw["member"] = json.loads(lk.to_json(MEMBER.evolve(fields={"goals": "x"})))
    assert problems_of(**raw) == [("member.fields.goals", "is not declared")]
    raw["member"] = {"type": "member", "id": 5}
    assert problems_of(**raw) == [("member.id", "is not of type str")]


def test_only_so_many_unknown_keys_are_named() -> None:
    """A hostile body does not make a long answer."""
    assert len(problems_of(**purchase(**{f"key-{number}": 1 for number in range(1_000)}))) == 20


KEYS = sorted({key_of(item) for kind in BY_NAME.values() for item in attributes_of(kind)} | {"amount", "points", "sku"})
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["1.5", "2025-01-01"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, "type", "secret"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(kind=st.sampled_from(sorted(BY_NAME)), raw=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8))
@settings(deadline=timedelta(seconds=2))
def test_whatever_comes_gives_a_transaction_or_problems(kind: str, raw: dict[str, Any]) -> None:
    """Never another exception; and never a value in a problem."""
    transaction, problems = lk.check_transaction({**raw, "type": kind, "id": "secret-1\n"}, CLUB)
    assert transaction is None
    assert problems
    assert not any("secret-1" in str(problem) for problem in problems)
