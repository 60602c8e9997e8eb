"""Limits on the size of a rule. They are checked when a rule is built, so that no interpreter overflows the stack."""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 40
"""Levels of a predicate, including the filters of its facts."""

MAX_NODES: Final = 1_000
"""Nodes of a predicate, including the filters of its facts."""

MAX_LITERAL_LENGTH: Final = 200
"""Characters of a text literal, of the kind of an event, or of the name of a declared field."""

MAX_VALUES: Final = 1_000
"""Values of one ``is_in`` and choices of one field."""
