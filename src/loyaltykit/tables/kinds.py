"""How the cells of each kind of column are read and written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from loyaltykit.domain.contacts import Contact
from loyaltykit.errors import InvalidValueError
from loyaltykit.rules.fields import ValueType
from loyaltykit.tables import parsing, rendering
from loyaltykit.tables.cells import Cell
from loyaltykit.tables.headings import Kind, Language
from loyaltykit.tables.parsing import CellError, Manner

Reader: TypeAlias = Callable[[Cell, Manner], Any]
Renderer: TypeAlias = Callable[[Any, Manner, Language], Cell]

STATUS_WORDS: Final = {"pending": "待审核", "active": "有效", "closed": "已关闭"}
_STATUSES: Final = {word: status for status, chinese in STATUS_WORDS.items() for word in (status, chinese)}

FIELD_KINDS: Final[Mapping[ValueType, Kind]] = {
    "text": "text",
    "integer": "integer",
    "decimal": "decimal",
    "boolean": "flag",
    "date": "date",
    "tags": "list",
    "money": "decimal",
}
"""The kind of column that holds a declared field, or a fact."""


def _read_status(cell: Cell, _manner: Manner) -> str:
    found = _STATUSES.get(parsing.read_word(cell).casefold())
    if found is None:
        raise CellError("is none of the three", "write active, pending or closed")
    return found


def _read_contacts(cell: Cell, _manner: Manner) -> tuple[Contact, ...]:
    try:
        return tuple(Contact(**item) for item in _json(cell, list))
    except InvalidValueError as error:
        raise CellError(error.reason, error.way_out) from None
    except TypeError:
        raise CellError("is not a list of contacts", "leave it as it was exported, or empty it") from None


def _read_ids(cell: Cell, _manner: Manner) -> dict[str, str]:
    found: dict[str, str] = _json(cell, dict)
    return found


def _json(cell: Cell, kind: type) -> Any:
    try:
        found = json.loads(parsing.read_text(cell))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise CellError("is not what was exported", "leave it as it was exported, or empty it")
    return found


READERS: Final[Mapping[Kind, Reader]] = {
    "text": lambda cell, _manner: parsing.read_text(cell),
    "word": lambda cell, _manner: parsing.read_word(cell),
    "integer": parsing.read_integer,
    "decimal": parsing.read_decimal_number,
    "points": parsing.read_points,
    "flag": lambda cell, _manner: parsing.read_flag(cell),
    "date": parsing.read_date,
    "moment": parsing.read_moment,
    "birthday": parsing.read_birthday,
    "list": lambda cell, _manner: parsing.read_list(cell),
    "status": _read_status,
    "contacts": _read_contacts,
    "ids": _read_ids,
}

_RENDERERS: Final[Mapping[Kind, Renderer]] = {
    "moment": lambda value, manner, _language: rendering.render_moment(value, manner),
    "birthday": lambda value, _manner, _language: rendering.render_birthday(value),
    "list": lambda value, _manner, _language: rendering.render_list(value),
    "status": lambda value, _manner, language: STATUS_WORDS[value] if language == "zh" else value,
    "contacts": lambda value, _manner, _language: rendering.render_contacts(value),
    "ids": lambda value, _manner, _language: rendering.render_ids(value),
}


def render(kind: Kind, value: object, manner: Manner, language: Language) -> Cell:
    """A value as a cell of its kind; None stays None.

    >>> from loyaltykit.calendars import ShopCalendar
    >>> render("status", "active", Manner(ShopCalendar("Asia/Shanghai"), "CNY"), "zh")
    '有效'
    """
    if value is None:
        return None
    renderer = _RENDERERS.get(kind)
    return value if renderer is None else renderer(value, manner, language)  # type: ignore[return-value]
