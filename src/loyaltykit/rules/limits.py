"""How large a rule may be: beyond these numbers it is refused where it is written, so no reader can overflow."""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 40
"""Levels of a predicate, the filters of its facts included."""

MAX_NODES: Final = 1_000
"""Nodes of a predicate, the filters of its facts included."""

MAX_LITERAL_LENGTH: Final = 200
"""Characters of a text literal, an event's kind or a custom field's name."""

MAX_VALUES: Final = 1_000
"""Values of one ``is_in`` and choices of one field."""
