"""The project's own files agree with each other and with what is installed."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

import loyaltykit

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf-8")
ENGINES = {"cattrs", "email_validator", "narwhals", "numpy", "pandas", "phonenumbers", "pyarrow", "sqlalchemy"}
DECISIONS = sorted(DOCS.glob("decisions/0*.md"))
FIRST_SHOP = """
import loyaltykit as lk
from loyaltykit.rules import months, per_amount, spend
accrual = [lk.AccrualRule("base", per_amount())]
tiers = lk.TierLadder(lk.Tier("regular"), lk.Tier("silver", enter=spend.over(months(12)) >= 2000))
lk.Loyalty(lk.Program(name="Club", currency="EUR", timezone="UTC", accrual=accrual, tiers=tiers))
"""


def classified_versions() -> list[str]:
    prefix = "Programming Language :: Python :: 3."
    return [text.removeprefix(prefix) for text in PROJECT["classifiers"] if text.startswith(prefix)]


def pages_of(nav: object) -> list[str]:
    """Every page that an entry of the navigation leads to."""
    if isinstance(nav, str):
        return [nav]
    entries = nav.values() if isinstance(nav, dict) else nav
    return [page for entry in entries for page in pages_of(entry)]


def test_constraints_are_names_and_versions_only() -> None:
    """No address of a package index, and no path, can stand in the constraints."""
    lines = [line for line in CONSTRAINTS.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []


def test_constraints_pin_what_is_needed_at_run_time() -> None:
    """Each core dependency has a pin."""
    pinned = {line.split("==")[0].lower() for line in CONSTRAINTS.splitlines()}
    assert {re.split(r"[<>=~!\[]", text)[0].lower() for text in PROJECT["dependencies"]} <= pinned


def test_an_extra_arrives_with_its_code() -> None:
    """Each extra is one that the code asks for when it is missing, and `all` is all of them."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(r'MissingExtraError\("\w+", "(\w+)"\)', source))
    extras = dict(PROJECT["optional-dependencies"])
    assert set(re.findall(r"\w+", extras.pop("all")[0])) - {"loyaltykit"} == used == set(extras)


def test_the_architecture_names_every_package() -> None:
    """The page for newcomers lists what exists in the library and in its core, so a new package needs a line."""
    page = (DOCS / "explanation" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)/?`", page))
    package = ROOT / "src" / "loyaltykit"
    found = {path.stem for home in (package, package / "domain") for path in home.iterdir() if path.name[0].isalpha()}
    assert found - {"py"} - named == set()


def test_classifiers_name_only_the_versions_the_suite_ran_on() -> None:
    """The claim, the record in the constraints and the project's own run agree; other Pythons claim nothing."""
    ran_on = re.findall(r"Python 3\.(\d+)", CONSTRAINTS.splitlines()[0])
    assert classified_versions() == ran_on
    assert PROJECT["requires-python"] == f">=3.{ran_on[0]}"
    assert str(sys.version_info.minor) in ran_on or "CI" not in os.environ


def test_version_is_the_same_everywhere() -> None:
    """The project file, the installed metadata and the module say one version."""
    assert PROJECT["version"] == metadata("loyaltykit")["Version"] == loyaltykit.__version__


def test_all_is_what_can_be_imported() -> None:
    """The door: `__all__`, and no public name beside it; tests/test_door.py has its order."""
    public = {
        name
        for name in dir(loyaltykit)
        if not name.startswith("_") and not isinstance(getattr(loyaltykit, name), ModuleType)
    }
    assert public == set(loyaltykit.__all__) - {"__version__"}


@pytest.mark.parametrize(
    "statements", ["import loyaltykit", "from loyaltykit import *", FIRST_SHOP], ids=["import", "names", "shop"]
)
def test_import_loads_no_engine(statements: str) -> None:
    """A fresh `import loyaltykit` loads no engine (P8), and neither do its names, a programme and a shop."""
    script = f"{statements}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "loyaltykit" in loaded
    assert ENGINES & set(loaded) == set()


def test_every_page_is_in_the_navigation() -> None:
    """A page that nobody can reach is not written; a page that is promised exists."""
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    assert sorted(pages_of(nav)) == sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_four_headings(page: Path) -> None:
    """Status, context, decision, consequences, in this order, and a line in the list of decisions."""
    text = page.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Status", "Context", "Decision", "Consequences"]
    assert f"({page.name})" in (DOCS / "decisions" / "index.md").read_text("utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    """The next page takes the next number."""
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
