"""The member form as a JSON Schema (draft 2020-12), so that a web page checks what the library checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from loyaltykit.domain.forms.custom_fields import is_required, plain_value
from loyaltykit.domain.forms.labels import headings
from loyaltykit.domain.members.contacts import CONTACT_KINDS, MAX_CONTACTS
from loyaltykit.domain.members.member import MAX_EXTERNAL_IDS, MAX_TAGS, STATUSES
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.fields import Field
from loyaltykit.rules.limits import MAX_VALUES
from loyaltykit.rules.patterns import MAX_PATTERN_TEXT, portable
from loyaltykit.rules.words.wording import Language
from loyaltykit.values import MAX_DIGITS, MAX_ID_LENGTH, MAX_TEXT_LENGTH

Schema: TypeAlias = dict[str, Any]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[Schema] = {"type": "string", "maxLength": MAX_TEXT_LENGTH}
_FILLED: Final[Schema] = _TEXT | {"minLength": 1}
_ID: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH}
_SET: Final[Schema] = {"type": "array", "items": _ID, "maxItems": MAX_TAGS, "uniqueItems": True}
_DATE: Final[Schema] = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_DECIMAL: Final = r"^[+-]?[0-9]{1,18}(\.[0-9]{1,18})?$"

_PARTS: Final[Mapping[str, Schema]] = {
    "id": _ID,
    "name": _TEXT,
    "phone": _FILLED,
    "email": _FILLED | {"format": "idn-email"},
    "address": _FILLED,
    "gender": _TEXT | {"examples": ["female", "male"]},
    "birthday": {"type": "string", "pattern": r"^(.+:)?([0-9]{4}|-)-[0-9]{2}-[0-9]{2}$"},
    "region": _TEXT,
    "tags": _SET,
    "enrolled_at": {
        "type": "string",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "anyOf": [{"format": "date"}, {"format": "date-time"}],
    },
    "preferences": _SET,
    "channel": _ID,
    "store": _ID,
    "external_ids": {
        "type": "object",
        "propertyNames": {"minLength": 1, "maxLength": MAX_ID_LENGTH},
        "additionalProperties": _ID,
        "maxProperties": MAX_EXTERNAL_IDS,
    },
    "reviewer": _ID,
    "review_due": _DATE,
}


def member_schema(program: Program, language: Language = "en") -> Schema:
    """Return the schema of a member record as a form sends it and as ``record_of`` writes it.

    Args:
        program: declares the fields; derived ones are not asked for, retired ones are marked as deprecated.
        language: of the titles, ``"en"`` or ``"zh"``.

    Returns:
        Plain data, ready for ``json.dumps``.

    Raises:
        InvalidValueError: no programme.
        InvalidRuleError: there are no titles in that language.

    >>> goal = Field("goal", str, title_zh="目标")
    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai", fields=[goal])
    >>> schema = member_schema(club, "zh")
    >>> schema["required"], schema["properties"]["fields"]["properties"]["goal"]["title"]
    (['id'], '目标')
    """
    if not isinstance(program, Program):
        raise InvalidValueError([Problem("program", "is not a Program", "pass a Program")])
    words = headings(language)
    parts: dict[str, Schema] = {name: {"title": words[name]} | part for name, part in _PARTS.items()}
    parts["status"] = {"title": words["status"], "default": "active", "oneOf": _named(STATUSES, words)}
    parts["contacts"] = {"title": words["contacts"]} | _contacts(words)
    parts["fields"] = {"title": words["fields"]} | _own_fields(program, language)
    required = ["id", "fields"] if parts["fields"]["required"] else ["id"]
    return {"$schema": _DRAFT, "title": program.name, **_object(parts, required)}


def _object(parts: Mapping[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": parts, "required": required, "additionalProperties": False}


def _named(values: tuple[str, ...], words: Mapping[str, str]) -> list[Schema]:
    return [{"const": value, "title": words[value]} for value in values]


def _contacts(words: Mapping[str, str]) -> Schema:
    parts = {
        "kind": {"oneOf": _named(CONTACT_KINDS, words)},
        "value": _FILLED,
        "label": _ID,
        "verified": {"type": "boolean", "default": False},
        "preferred": {"type": "boolean", "default": False},
    }
    titled = {name: {"title": words[name]} | part for name, part in parts.items()}
    return {"type": "array", "maxItems": MAX_CONTACTS, "items": _object(titled, ["kind", "value"])}


def _own_fields(program: Program, language: Language) -> Schema:
    asked = [item for item in program.fields if item.derived is None]
    parts = {item.name: _own_field(item, language) for item in asked}
    return _object(parts, [item.name for item in asked if is_required(item)])


def _own_field(declared: Field, language: Language) -> Schema:
    found: Schema = {"title": declared.heading(language), **_value(declared)}
    if declared.default is not None:
        found["default"] = plain_value(declared.default)
    if declared.retired:
        found["deprecated"] = True
    return found


def _value(declared: Field) -> Schema:
    chosen: Schema = {"enum": [plain_value(item) for item in declared.choices]} if declared.choices else {}
    match declared.type:
        case "tags":
            return {"type": "array", "items": _TEXT | chosen, "maxItems": MAX_VALUES, "uniqueItems": True}
        case "integer":
            return {"type": "integer", **_range(declared), **chosen}
        case "decimal":
            # A text, since JSON's numbers become floats; of a text a schema knows no range.
            whole = {"type": "integer", **_range(declared)}
            return {"anyOf": [{"type": "string", "pattern": _DECIMAL}, whole], **chosen}
        case "boolean":
            return {"type": "boolean", **chosen}
        case "date":
            return _DATE | chosen
        case _:
            shape = {} if declared.pattern is None else {"pattern": portable(declared.pattern)}
            return _FILLED | shape | ({"maxLength": MAX_PATTERN_TEXT} if shape else {}) | chosen


def _range(declared: Field) -> Schema:
    """Return bounds as JSON numbers; without declared ones, those of the whole numbers that the library holds."""
    limit = 10**MAX_DIGITS - 1
    least = -limit if declared.least is None else _bound(declared.least)
    return {"minimum": least, "maximum": limit if declared.most is None else _bound(declared.most)}


def _bound(bound: Any) -> int | float:
    return int(bound) if bound == int(bound) else float(bound)
