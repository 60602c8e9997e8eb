"""What a programme declares: fields of its own, their types, and the scope in which its rules are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from attrs import Factory, field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.cases import Case
from loyaltykit.rules.declarations import declaration_problems
from loyaltykit.rules.limits import MAX_VALUES
from loyaltykit.rules.nodes import MemberField
from loyaltykit.rules.patterns import matches
from loyaltykit.rules.value_types import (
    FIELD_TYPES,
    TYPE_NAMES,
    FieldValue,
    ValueType,
    type_of_value,
    why_not_value,
)
from loyaltykit.serialization import wire_name
from loyaltykit.values import MAX_TEXT_LENGTH

# Where rules and programmes have looked for the types since the first release.
__all__ = [
    "TYPE_NAMES",
    "Case",
    "Field",
    "FieldValue",
    "Misfit",
    "Scope",
    "ValueType",
    "type_of_value",
    "why_not_value",
]

MisfitCode: TypeAlias = Literal["type", "number", "text", "choice", "pattern", "least", "most"]


class Misfit(NamedTuple):
    """Why a value does not fit: a code that stays the same, and the reason in words, without the value."""

    code: MisfitCode
    reason: str


def _type_name(given: type | str) -> ValueType:
    # Anything unknown passes through, so that the field reports all its problems together.
    return next((name for kind, name in FIELD_TYPES.items() if given is kind), given)  # type: ignore[arg-type]


def _as_tuple(given: Iterable[Any] | None) -> tuple[Any, ...]:
    # One text would fall apart into its letters: what is no list stays as it is, and is reported as that mistake.
    if given is None:
        return ()
    return given if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)  # type: ignore[return-value]


def _default(given: object) -> Any:
    """Several choices are a set: their order and repetitions mean nothing."""
    if isinstance(given, set | frozenset | list | tuple) and all(isinstance(item, str) for item in given):
        return tuple(sorted(set(given)))
    return given


def _derived(given: object) -> Any:
    """A term stands for what it refers to, and a list of cases for a tuple of them."""
    if given is None or isinstance(given, MemberField | tuple):
        return given
    reference = getattr(given, "reference", None)
    return _as_tuple(given) if reference is None else reference  # type: ignore[arg-type]


@named_arguments
@wire_name("field")
@frozen
class Field:
    """A field of the shop's own: of members, purchases, lines or events.

    Args:
        name: 1 to 200 printable characters; what ``member["name"]`` and ``Member(fields={...})`` say.
        type: ``str``, ``int``, ``Decimal``, ``bool``, ``date``, or ``set`` for several choices; read back it is its
            name, such as ``"text"`` or ``"tags"``.
        choices: the only values allowed; none given means any value of the type.
        pattern: what a text looks like as a whole: characters, classes and their repetitions.
        least, most: the range of a number or a date, both included.
        required: a member must have a value, unless there is a default.
        default: what is read where a member has none; it is never written into the record.
        derived: what is read from the rest of the record: a term such as ``member.birthday_month``, or ``Case`` after
            ``Case``, the first that holds; nobody gives a value.
        was: the names that it had before; values under them are read as its own.
        retired: values stay where they are, and nothing asks for them any more.
        title, title_zh: headings of forms and tables in English and in Chinese; the name where there is none.

    The parts from ``required`` to ``retired`` and sets are for fields of members.

    Raises:
        InvalidValueError: everything that is wrong with the declaration at once.

    >>> Field("favourite", str, choices=("green", "black")).check_value("red")
    'is not one of its choices'
    >>> Field("shoe size", int, least=15, most=50).check_value(60)
    'is more than 50'
    """

    name: str
    type: ValueType = field(converter=_type_name)
    choices: tuple[FieldValue, ...] = field(default=(), converter=_as_tuple)
    pattern: str | None = None
    least: int | Decimal | date | None = None
    most: int | Decimal | date | None = None
    required: bool = False
    default: FieldValue | tuple[str, ...] | None = field(default=None, converter=_default)
    derived: MemberField | tuple[Case, ...] | None = field(default=None, converter=_derived)
    was: tuple[str, ...] = field(default=(), converter=_as_tuple)
    retired: bool = False
    title: str | None = None
    title_zh: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*declaration_problems(self)]
        if problems:
            raise InvalidValueError(problems)

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then those it had before: under the first of them that has a value it is found."""
        return (self.name, *self.was)

    def heading(self, language: str = "en") -> str:
        """Its title in a language, or what comes nearest.

        >>> Field("goal", str, title_zh="目标").heading("zh"), Field("goal", str).heading("zh")
        ('目标', 'goal')
        """
        return (self.title_zh if language == "zh" else None) or self.title or self.name

    def check_value(self, value: object) -> str | None:
        """Why a value does not fit, or None; the reason never shows the value.

        Args:
            value: what a member, purchase, line or event carries; None (missing) is for the caller to judge.

        Returns:
            A reason such as ``"is not a boolean"``, or None.
        """
        found = self.misfit(value)
        return None if found is None else found.reason

    def misfit(self, value: object) -> Misfit | None:
        """The same with a code beside the reason.

        >>> Field("goal", int).misfit("x").code
        'type'
        """
        if self.type == "tags":
            return self._misfit_of_set(value)
        return self._misfit_of_type(value) or self._misfit_of_limits(value)

    def _misfit_of_set(self, value: object) -> Misfit | None:
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            return Misfit("type", "is not a set of texts")
        if len(value) > MAX_VALUES or any(why_not_value(item, MAX_TEXT_LENGTH) for item in value):
            return Misfit("text", "has too many texts, or one that is too long or no valid Unicode")
        return self._not_chosen(all(item in self.choices for item in value))

    def _misfit_of_type(self, value: object) -> Misfit | None:
        given = type_of_value(value)
        if given != self.type and (given, self.type) != ("integer", "decimal"):
            return Misfit("type", f"is not of type {self.type}")
        problem = why_not_value(value, MAX_TEXT_LENGTH)
        if problem is None:
            return None
        return Misfit("text" if self.type == "text" else "number", problem.reason)

    def _misfit_of_limits(self, value: Any) -> Misfit | None:
        if self.least is not None and value < self.least:
            return Misfit("least", f"is less than {self.least}")
        if self.most is not None and value > self.most:
            return Misfit("most", f"is more than {self.most}")
        if self.pattern is not None and not matches(self.pattern, value):
            return Misfit("pattern", "does not look like its pattern")
        return self._not_chosen(value in self.choices)

    def _not_chosen(self, chosen: bool) -> Misfit | None:
        return Misfit("choice", "is not one of its choices") if self.choices and not chosen else None


@frozen
class Scope:
    """What rules may refer to beside the built-in fields.

    Args:
        scale: decimals of the programme's currency; money reaches rules as an ``int`` of minor units.
        member, purchase, line: the declared fields by name.
        events: the declared kinds of event, each with its fields by name.
    """

    scale: int = 2
    member: Mapping[str, Field] = Factory(dict)
    purchase: Mapping[str, Field] = Factory(dict)
    line: Mapping[str, Field] = Factory(dict)
    events: Mapping[str, Mapping[str, Field]] = Factory(dict)


def renamed(name: str, declared: Mapping[str, Field]) -> str | None:
    """The present name of a field that was called otherwise, or None.

    >>> renamed("target", {"goal": Field("goal", str, was=("target",))})
    'goal'
    """
    return next((item.name for item in declared.values() if name in item.was), None)


def not_for_rows(declared: Field) -> Problem | None:
    """Why a field cannot be one of purchases, lines or events, or None."""
    parts = {
        "required": declared.required,
        "default": declared.default is not None,
        "derived": declared.derived is not None,
        "was": bool(declared.was),
        "retired": declared.retired,
        "a set": declared.type == "tags",
    }
    found = ", ".join(part for part, is_there in parts.items() if is_there)
    if not found:
        return None
    return Problem(declared.name, f"is {found}, as only fields of members can be", "leave that out")
