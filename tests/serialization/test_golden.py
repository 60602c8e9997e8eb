"""Golden files: every class with a wire form has one, and it is read and written as it stands."""

from __future__ import annotations

import pytest

from loyaltykit.serialization import from_json, registered_names
from tests.serialization.golden_files import FOLDER, path_of, pretty
from tests.serialization.samples import library_names, samples

SAMPLES = samples()


def test_every_class_has_a_golden_file() -> None:
    """A class that gets a wire name gets a sample and a file with it; ``golden_files`` says how to write it."""
    assert (
        sorted(path.stem for path in FOLDER.glob("*.json"))
        == library_names()
        == sorted({*SAMPLES} & {*library_names()})
    )


@pytest.mark.parametrize("name", library_names())
def test_a_golden_file_is_read_to_an_equal_value(name: str) -> None:
    """What was written by an earlier commit can be read (``I28``)."""
    assert from_json(registered_names()[name], path_of(name).read_bytes()) == SAMPLES[name]


@pytest.mark.parametrize("name", library_names())
def test_a_value_is_written_as_its_golden_file(name: str) -> None:
    """The form does not change unnoticed."""
    assert pretty(SAMPLES[name]) == path_of(name).read_text("utf-8")
