"""Functions that read and write the cells of each kind of column."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from loyaltykit.domain.forms.text import read_texts, write_texts
from loyaltykit.rules.value_types import ValueType
from loyaltykit.rules.words.wording import Language
from loyaltykit.tables.columns import parsing, rendering
from loyaltykit.tables.columns.headings import Kind
from loyaltykit.tables.columns.parsing import CellError, CellOptions
from loyaltykit.tables.formats.cells import Cell

Reader: TypeAlias = Callable[[Cell, CellOptions], Any]
Renderer: TypeAlias = Callable[[Any, CellOptions], Cell]

FIELD_KINDS: Final[Mapping[ValueType, Kind]] = {
    "text": "text",
    "integer": "integer",
    "decimal": "decimal",
    "boolean": "flag",
    "date": "date",
    "tags": "texts",
    "money": "decimal",
}
"""The kind of column of a declared field or a fact."""

_CHINESE: Final[Mapping[str, Mapping[str, str]]] = {
    "gender": {"male": "男", "female": "女"},
    "status": {"pending": "待审核", "active": "正常", "closed": "已注销"},
    "posting": {
        "accrual": "获得",
        "redemption": "兑换",
        "reversal": "退回",
        "clawback": "收回",
        "expiry": "过期",
        "adjustment": "调整",
        "transfer": "转让",
        "opening": "期初",
    },
}
_POSTINGS: Final = {word: kind for kind, chinese in _CHINESE["posting"].items() for word in (kind, chinese)}


def _read_text(cell: Cell, _options: CellOptions) -> str:
    return parsing.read_text(cell)


def _read_birthday(cell: Cell, options: CellOptions) -> object:
    """Return a date, or a text as ``RecordChecker`` takes it; a text that begins with the day becomes a date."""
    if isinstance(cell, str) and options.dates == "ymd":
        return cell
    try:
        return parsing.read_day(cell, options)
    except CellError:
        if isinstance(cell, str):
            return cell
        raise


def _json_of(kind: type) -> Reader:
    def read(cell: Cell, _options: CellOptions) -> Any:
        try:
            found = json.loads(parsing.read_text(cell))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, kind):
            raise CellError("cell.exported")
        return found

    return read


def _read_posting(cell: Cell, _options: CellOptions) -> str:
    found = _POSTINGS.get(parsing.read_text(cell))
    if found is None:
        raise CellError("cell.exported")
    return found


TEXT_KINDS: Final[tuple[Kind, ...]] = ("text", "word", "list", "gender", "status")
"""Kinds whose cells stay texts, because ``RecordChecker`` reads them."""

READERS: Final[Mapping[Kind, Reader]] = {
    **dict.fromkeys(TEXT_KINDS, _read_text),
    "birthday": _read_birthday,
    "integer": parsing.read_integer,
    "decimal": parsing.read_number,
    "points": parsing.read_points,
    "flag": lambda cell, _options: parsing.read_flag(cell),
    "date": parsing.read_day,
    "moment": parsing.read_moment,
    "contacts": _json_of(list),
    "ids": _json_of(dict),
    "texts": lambda cell, _options: read_texts(parsing.read_text(cell)),
    "posting": _read_posting,
}

_RENDERERS: Final[Mapping[Kind, Renderer]] = {
    "moment": rendering.render_moment,
    "birthday": lambda value, _options: rendering.render_birthday(value),
    "list": lambda value, _options: write_texts(tuple(value)) or None,
    "texts": lambda value, _options: write_texts(tuple(value)) or "[]",  # an empty set, not a missing value
    "contacts": lambda value, _options: rendering.render_contacts(value),
    "ids": lambda value, _options: rendering.render_ids(value),
}


def render(kind: Kind, value: Any, options: CellOptions, language: Language) -> Cell:
    """Return the cell of a value of a kind; None stays None.

    >>> from loyaltykit.calendars import ShopCalendar
    >>> render("status", "active", CellOptions(ShopCalendar("Asia/Shanghai"), "CNY"), "zh")
    '正常'
    """
    if value is None:
        return None
    renderer = _RENDERERS.get(kind)
    found: Cell = value if renderer is None else renderer(value, options)
    if language == "zh" and kind in _CHINESE and isinstance(found, str):
        return _CHINESE[kind].get(found, found)
    return found
