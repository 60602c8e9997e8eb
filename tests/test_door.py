"""The door: what a user sees of the library, and how little it is."""

from __future__ import annotations

import ast
import pickle
import pydoc
import subprocess
import sys
from importlib import import_module
from inspect import getmembers, isfunction, isroutine
from itertools import groupby
from pathlib import Path

import pytest

import loyaltykit as lk
from loyaltykit.loyalty.maintenance import Maintenance
from loyaltykit.loyalty.members import Members
from loyaltykit.loyalty.outbox import Outbox
from loyaltykit.loyalty.programs import Programs
from loyaltykit.loyalty.selection import Selection
from loyaltykit.loyalty.transactions import Transactions
from tests.support.stories import Story

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
    "vouchers",
}


def public_names(kind: type) -> set[str]:
    """What a class offers: its methods and properties without an underscore."""
    return {
        name
        for name, value in getmembers(kind)
        if not name.startswith("_") and (isfunction(value) or isinstance(value, property))
    }


def assigned(tree: ast.Module, name: str) -> ast.expr:
    """What a module assigns to one of its names."""
    found = [step.value for step in tree.body if isinstance(step, ast.Assign) and ast.unparse(step.targets[0]) == name]
    assert len(found) == 1
    return found[0]


DOOR = ast.parse(Path(str(lk.__file__)).read_text("utf-8"))
HOMES: dict[str, str] = ast.literal_eval(assigned(DOOR, "_HOMES"))
PACKAGES: tuple[str, ...] = ast.literal_eval(assigned(DOOR, "_PACKAGES"))
PRIVATE = (
    "arguments",
    "calendars",
    "domain",
    "loyalty",
    "problem_words",
    "progress",
    "problems",
    "read_only",
    "serialization",
    "values",
    "wire",
)


def in_a_fresh_process(script: str) -> list[str]:
    """The words that a script prints in a process that has not seen the library yet."""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "module", ["loyaltykit", *(f"loyaltykit.{name}" for name in PACKAGES if name not in ("ports", "storage"))]
)
def test_all_is_sorted(module: str) -> None:
    """A public module lists its names in order (constants, classes, words), and each of them is there."""
    door = import_module(module)
    assert list(door.__all__) == sorted(door.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(hasattr(door, name) for name in door.__all__)


def test_the_till_is_flat() -> None:
    """`Loyalty` has the flat names of the design and at most 16 of them; a new kind of transaction is no method."""
    assert public_names(lk.Loyalty) == FLAT
    assert len(FLAT) <= 16


@pytest.mark.parametrize("face", [Members, Transactions, Programs, Maintenance, Outbox])
def test_a_face_has_at_most_ten_names(face: type) -> None:
    """The back office has rooms, and each is small. What reads a storage is a call, never an attribute."""
    assert 1 <= len(public_names(face)) <= 10
    assert not [name for name, value in getmembers(face) if isinstance(value, property)]


def test_faces_and_selection_are_where_the_design_names_them() -> None:
    """What `members`, `transactions`, `programs`, `storage`, `outbox` and a selection offer."""
    shop = Story().shop
    assert public_names(type(shop.members)) == {
        *("history", "match", "merge", "merge_matches", "quality", "search", "segments", "tiers", "unmerge", "update")
    }
    assert {"get", "holds", "list", "receipt", "since"} == public_names(type(shop.transactions))
    assert {"current", "liability", "lint", "simulate"} <= public_names(type(shop.programs))
    assert {"reconcile", "verify"} <= public_names(type(shop.storage))
    assert {"acknowledge", "due"} == public_names(type(shop.outbox))
    assert {"count", "facts", "ids", "members", "page"} == public_names(Selection)


def test_every_error_is_of_the_one_tree() -> None:
    """Each public error is a `LoyaltyError` of one of the three families, and public in `loyaltykit.errors` (I31)."""
    from loyaltykit import errors

    raised = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    families = (lk.RefusedError, lk.ConflictError, lk.OutcomeUnknownError, lk.errors.MissingExtraError)
    assert all(issubclass(error, lk.LoyaltyError) and error.__name__ in errors.__all__ for error in raised)
    assert all(issubclass(error, families) for error in raised if error is not lk.LoyaltyError)


def test_transactions_are_values() -> None:
    """A transaction is frozen and keyword-only: what was told is never changed."""
    told = lk.Redemption(id="x", member_id="m", points=1)
    with pytest.raises(AttributeError):
        told.points = 2  # type: ignore[misc]
    with pytest.raises(lk.InvalidValueError, match="without a name"):
        lk.Redemption("x", "m", 1)  # type: ignore[call-arg,arg-type]


def test_the_door_says_one_thing_three_times() -> None:
    """What type checkers see, the table and `__all__` agree; `__getattr__` is not among what type checkers see."""
    (seen,) = (step for step in DOOR.body if isinstance(step, ast.If))
    assert ast.unparse(seen.test) == "TYPE_CHECKING"
    assert all(isinstance(step, ast.ImportFrom) for step in seen.body)
    imported = {
        alias.name: step.module for step in seen.body if isinstance(step, ast.ImportFrom) for alias in step.names
    }
    assert imported == HOMES
    assert list(HOMES) == ast.literal_eval(assigned(DOOR, "__all__")) == lk.__all__
    assert "__getattr__" in [step.name for step in seen.orelse if isinstance(step, ast.FunctionDef)]
    assert "__getattr__" not in [step.name for step in DOOR.body if isinstance(step, ast.FunctionDef)]


@pytest.mark.parametrize(("name", "home"), HOMES.items())
def test_a_name_is_what_its_home_has(name: str, home: str) -> None:
    """Asked for twice it is the same object, and kept."""
    value = getattr(lk, name)
    assert value is getattr(import_module(home), name)
    assert vars(lk)[name] is getattr(lk, name) is value
    assert name in dir(lk)
    if isinstance(value, type) or isroutine(value):
        assert pickle.loads(pickle.dumps(value)) is value


@pytest.mark.parametrize("name", ["Progam", "nonsense", "TYPE_CHECKING", "import_module", "__wrapped__"])
def test_a_misspelled_name_is_no_attribute(name: str) -> None:
    """Python itself asks "Did you mean", and needs the name and the module for it."""
    assert not hasattr(lk, name)
    with pytest.raises(AttributeError, match=f"module 'loyaltykit' has no attribute '{name}'") as caught:
        getattr(lk, name)
    assert caught.value.name == name
    assert caught.value.obj is lk
    with pytest.raises(ImportError, match=f"cannot import name '{name}'"):
        exec(f"from loyaltykit import {name}")


def test_help_shows_every_name() -> None:
    """`help(loyaltykit)` asks for each of them."""
    text = pydoc.plaintext.document(lk)
    assert [name for name in lk.__all__ if name not in text] == []


def test_a_bare_import_loads_nothing_else_of_the_library() -> None:
    """Only the door; the rest comes with the first name."""
    script = "import sys, loyaltykit; print(*(name for name in sys.modules if name.startswith('loyaltykit')))"
    assert in_a_fresh_process(script) == ["loyaltykit"]


def test_a_star_import_brings_every_name() -> None:
    """`__all__` is what a star import brings, and nothing else."""
    script = """if True:
        from loyaltykit import *
        print(*(name for name in globals() if not name.startswith("_")))
    """
    assert sorted(in_a_fresh_process(script)) == sorted(HOMES)
    assert not set(PACKAGES) & set(HOMES)


def test_what_is_private_is_no_attribute() -> None:
    """However much is loaded, `dir` shows public names only, and no private package becomes an attribute."""
    script = f"""if True:
        import loyaltykit, loyaltykit.domain.views.balance as inner
        from loyaltykit import *
        print(*dir(loyaltykit), inner.Balance.__name__)
        print("and", *(name for name in {PRIVATE} if hasattr(loyaltykit, name)))
    """
    words = in_a_fresh_process(script)
    assert words == [*sorted({*HOMES, *PACKAGES, "__doc__", "__version__"}), "Balance", "and"]
    source = Path(str(lk.__file__)).parent
    there = {path.stem for path in source.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert there - {"__init__"} == {*PACKAGES, *PRIVATE}


def test_a_package_is_there_without_an_import_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """`import loyaltykit; loyaltykit.errors.LoyaltyError`, and so for each public package."""
    monkeypatch.delattr(lk, "errors")
    assert lk.errors is import_module("loyaltykit.errors")
    script = f"import loyaltykit; print(*(getattr(loyaltykit, name).__name__ for name in {PACKAGES}))"
    assert in_a_fresh_process(script) == [f"loyaltykit.{name}" for name in PACKAGES]


def test_any_module_of_the_door_can_be_the_first() -> None:
    """The door no longer loads the modules in one fixed order, so none may count on another having been there."""
    script = """if True:
        import sys
        from importlib import import_module
        for first in sys.stdin.read().split():
            for name in [name for name in sys.modules if name.partition(".")[0] == "loyaltykit"]:
                del sys.modules[name]
            import_module(first)
    """
    modules = "\n".join(sorted({*HOMES.values(), *(f"loyaltykit.{name}" for name in PACKAGES)}))
    done = subprocess.run([sys.executable, "-c", script], input=modules, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_threads_load_one_after_the_other() -> None:
    """While one thread loads what a name needs, the others wait: what they look for comes in one piece per thread."""
    script = """if True:
        import sys, threading, time
        import loyaltykit
        class Watch:
            def find_spec(self, name, *_):
                if name.startswith("loyaltykit."):
                    print(threading.current_thread().name)
                    time.sleep(0.001)
        sys.meta_path.insert(0, Watch())
        names = ["Field", "rules", "extend", "Loyalty", "TierLadder", "errors"]
        threads = [threading.Thread(target=getattr, args=(loyaltykit, name), name=name) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """
    runs = [name for name, _ in groupby(in_a_fresh_process(script))]
    assert sorted(runs) == sorted(set(runs))
