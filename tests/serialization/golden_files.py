"""The golden files: one JSON text for every class with a wire form.

``python -m tests.serialization.golden_files`` writes them anew. While the forms are version 0 that is a part of the
commit that changes a form; see ``docs/decisions/0027-json-both-ways.md``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from loyaltykit.serialization import to_json
from tests.serialization.samples import samples

FOLDER: Final = Path(__file__).parent / "golden"


def pretty(value: object) -> str:
    """A value's wire form as a golden file holds it."""
    return json.dumps(json.loads(to_json(value)), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def path_of(name: str) -> Path:
    """Where the golden file of a wire name lies."""
    return FOLDER / f"{name}.json"


def write_all() -> None:
    """Write every file anew, and drop those of names that are gone."""
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name, value in samples().items():
        path_of(name).write_text(pretty(value), encoding="utf-8")


if __name__ == "__main__":
    write_all()
