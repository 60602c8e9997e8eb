"""The door: what a user sees of the library, and how little it is."""

from __future__ import annotations

from importlib import import_module
from inspect import getmembers, isfunction

import pytest

import loyaltykit as lk
from loyaltykit.loyalty.maintenance import Maintenance
from loyaltykit.loyalty.programs import Programs
from loyaltykit.loyalty.selection import Selection
from tests.stories import Story

FLAT = {
    "balance",
    "close",
    "enroll",
    "ingest",
    "member",
    "quote",
    "record",
    "select",
    "settle",
    "statement",
    "tier",
}


def public_names(kind: type) -> set[str]:
    """What a class offers: its methods and properties without an underscore."""
    return {
        name
        for name, value in getmembers(kind)
        if not name.startswith("_") and (isfunction(value) or isinstance(value, property))
    }


@pytest.mark.parametrize("module", ["loyaltykit", "loyaltykit.rules", "loyaltykit.errors"])
def test_all_is_sorted(module: str) -> None:
    """A public module lists its names in order (constants, classes, words), and each of them is there."""
    door = import_module(module)
    assert list(door.__all__) == sorted(door.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(hasattr(door, name) for name in door.__all__)


def test_the_till_is_flat() -> None:
    """`Loyalty` has the flat names of the design and at most 16 of them; a new kind of transaction is no method."""
    assert public_names(lk.Loyalty) == FLAT
    assert len(FLAT) <= 16


@pytest.mark.parametrize("face", [Programs, Maintenance])
def test_a_face_has_at_most_ten_names(face: type) -> None:
    """The back office has rooms, and each is small."""
    assert 1 <= len(public_names(face)) <= 10


def test_faces_and_selection_are_where_the_design_names_them() -> None:
    """`programs` offers current and simulate, `storage` verify, a selection ids, count, members, facts and page."""
    shop = Story().shop
    assert {"current", "simulate"} <= public_names(type(shop.programs))
    assert "verify" in public_names(type(shop.storage))
    assert {"count", "facts", "ids", "members", "page"} == public_names(Selection)


def test_every_error_is_of_the_one_tree() -> None:
    """Each public error is a `LoyaltyError` of one of the three families, and can be imported at the top (I31)."""
    from loyaltykit import errors

    raised = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    families = (lk.RefusedError, lk.ConflictError, lk.OutcomeUnknownError, lk.MissingExtraError)
    assert all(issubclass(error, lk.LoyaltyError) and hasattr(lk, error.__name__) for error in raised)
    assert all(issubclass(error, families) for error in raised if error is not lk.LoyaltyError)


def test_transactions_are_values() -> None:
    """A transaction is frozen and keyword-only: what was told is never changed."""
    told = lk.Redemption(id="x", member_id="m", points=1)
    with pytest.raises(AttributeError):
        told.points = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        lk.Redemption("x", "m", 1)  # type: ignore[call-arg,arg-type]
