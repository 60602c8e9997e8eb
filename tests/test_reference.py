"""The pages of the reference say what the docstrings say."""

from inspect import signature

import pytest

import loyaltykit
from docs import generate_reference


@pytest.mark.parametrize("name", generate_reference.PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    """What stands below the marker is what the docstrings give now; `make reference` writes it."""
    page = generate_reference.REFERENCE / f"{name}.md"
    assert page.read_text("utf-8") == generate_reference.page_text(name), "run make reference"


def test_every_public_module_has_a_page() -> None:
    """What is an attribute of the package is in the reference."""
    written = {path for paths in generate_reference.PAGES.values() for path in paths}
    public = {f"loyaltykit.{name}" for name in dir(loyaltykit) if name.islower() and not name.startswith("_")}
    functions = {path for path in public if callable(getattr(loyaltykit, path.partition(".")[2]))}
    assert public - functions <= written


def test_a_long_signature_has_a_line_for_each_parameter() -> None:
    """A signature that does not fit on a line is broken at its parameters, and ends with the answer."""
    text = generate_reference.signature_text(signature(loyaltykit.Loyalty.select))
    assert text.startswith("(\n    self,\n    who: ")
    assert text.splitlines()[-1].startswith(") -> ")
