"""Declared fields of members, purchases, lines and events, and the scope in which rules are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from attrs import Factory, field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules import declarations
from loyaltykit.rules.cases import Case
from loyaltykit.rules.limits import MAX_VALUES
from loyaltykit.rules.nodes import MemberField
from loyaltykit.rules.patterns import matches
from loyaltykit.rules.value_types import FIELD_TYPES, FieldValue, ValueType, is_of_type, why_not_value
from loyaltykit.serialization import wire_name
from loyaltykit.values import MAX_TEXT_LENGTH

MisfitCode: TypeAlias = Literal["type", "number", "text", "choice", "pattern", "least", "most"]

_MAX_LISTED = 10
"""Choices that a message lists."""


class Misfit(NamedTuple):
    """The reason why a field refuses a value: a stable code, and words that never show the value."""

    code: MisfitCode
    reason: str


def _type_name(given: type | str) -> ValueType:
    # An unknown type passes through, so that the field reports all its problems together.
    return next((name for kind, name in FIELD_TYPES.items() if given is kind), given)  # type: ignore[arg-type]


def _as_tuple(given: Iterable[Any] | None) -> tuple[Any, ...]:
    # A string would become a tuple of its letters: it stays as it is, and validation reports it.
    if given is None:
        return ()
    return given if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)  # type: ignore[return-value]


def _default(given: object) -> Any:
    # Several choices are a set: their order and repetitions have no meaning.
    if isinstance(given, set | frozenset | list | tuple) and all(isinstance(item, str) for item in given):
        return tuple(sorted(set(given)))
    return given


def _derived(given: object) -> Any:
    # A term stands for its reference, and a list of cases for a tuple of them.
    if given is None or isinstance(given, MemberField | tuple):
        return given
    reference = getattr(given, "reference", None)
    return _as_tuple(given) if reference is None else reference  # type: ignore[arg-type]


@named_arguments
@wire_name("field")
@frozen
class Field:
    """A declared field of members, purchases, lines or events.

    Args:
        name: 1 to 200 printable characters, as in ``member["name"]`` and ``Member(fields={...})``.
        type: ``str``, ``int``, ``Decimal``, ``bool``, ``date``, or ``set`` for several choices. The attribute holds
            its name, such as ``"text"`` or ``"tags"``.
        choices: the allowed values; empty for any value of the type.
        pattern: what the whole text must match: characters, classes and their repetitions.
        least, most: the range of a number or a date, both included.
        required: whether a member must have a value, unless there is a default.
        default: the value of a member that has none; it is never written into the record.
        derived: where the value is computed from: a term such as ``member.birthday_month``, or a list of ``Case``, of
            which the first that holds counts.
        was: earlier names; values under them are read as values of this field.
        retired: whether the field is no longer in use; existing values are kept.
        title, title_zh: headings in English and in Chinese; None for the name.

    The arguments from ``required`` to ``retired``, and sets, are for fields of members.

    Raises:
        InvalidValueError: the declaration is wrong; the error lists every problem.

    >>> Field("favourite", str, choices=("green", "black")).check_value("red")
    "is not one of 'green', 'black'"
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
        problems = [*declarations.name_problems("name", self.name), *declarations.type_problems(self.type)]
        problems = problems or [*self._argument_problems()]
        # The default and the values of cases are checked against choices and limits that are correct.
        problems = problems or [*self._value_problems()]
        if problems:
            raise InvalidValueError(problems)

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then the earlier ones; the first of them that has a value counts."""
        return (self.name, *self.was)

    def heading(self, language: str = "en") -> str:
        """Return the title in a language, or else the English title or the name.

        >>> Field("goal", str, title_zh="目标").heading("zh"), Field("goal", str).heading("zh")
        ('目标', 'goal')
        """
        return (self.title_zh if language == "zh" else None) or self.title or self.name

    def check_value(self, value: object) -> str | None:
        """Return why the field refuses a value, or None; the reason never shows the value.

        Args:
            value: what a member, purchase, line or event carries; None (missing) is for the caller to judge.

        Returns:
            A reason such as ``"is not of type boolean"``, or None.
        """
        found = self.misfit(value)
        return None if found is None else found.reason

    def misfit(self, value: object) -> Misfit | None:
        """Return why the field refuses a value, with a code, or None.

        >>> Field("goal", int).misfit("x").code
        'type'
        """
        if self.type == "tags":
            return self._misfit_of_set(value)
        return self._misfit_of_type(value) or self._misfit_of_limits(value)

    def _argument_problems(self) -> Iterator[Problem]:
        yield from declarations.choice_problems(self.choices, self.type)
        yield from declarations.pattern_problems(self.pattern, self.type)
        yield from declarations.bound_problems(self.least, self.most, self.type)
        for name in ("required", "retired"):
            yield from declarations.boolean_problems(name, getattr(self, name))
        for name in ("title", "title_zh"):
            yield from declarations.title_problems(name, getattr(self, name))
        yield from declarations.earlier_name_problems(self.name, self.was)

    def _value_problems(self) -> Iterator[Problem]:
        if self.default is not None and (reason := self.check_value(self.default)) is not None:
            yield Problem("default", reason, "pass a value that the field allows")
        if self.derived is None:
            return
        if self.required:
            yield Problem("required", "is set for a derived field", "leave out required=True or derived=")
        allows = self.type != "tags"
        yield from declarations.derived_problems(self.derived, lambda value: allows and self.check_value(value) is None)

    def _misfit_of_set(self, value: object) -> Misfit | None:
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            return Misfit("type", "is not a set of texts")
        if len(value) > MAX_VALUES or any(why_not_value(item, MAX_TEXT_LENGTH) for item in value):
            reason = f"has more than {MAX_VALUES:,} texts, or one that is too long or not valid Unicode"
            return Misfit("text", reason)
        return self._not_chosen(all(item in self.choices for item in value))

    def _misfit_of_type(self, value: object) -> Misfit | None:
        if not is_of_type(value, self.type):
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
            return Misfit("pattern", "does not match its pattern")
        return self._not_chosen(value in self.choices)

    def _not_chosen(self, chosen: bool) -> Misfit | None:
        if chosen or not self.choices:
            return None
        return Misfit("choice", f"is not one of {_listed(self.choices)}")


def _listed(choices: tuple[FieldValue, ...]) -> str:
    listed = [repr(choice) if isinstance(choice, str) else str(choice) for choice in choices[:_MAX_LISTED]]
    return ", ".join([*listed, "…"] if len(choices) > _MAX_LISTED else listed)


@wire_name("scope")
@frozen
class Scope:
    """The declarations that rules may refer to.

    Args:
        scale: decimals of the programme's currency; rules see money as an ``int`` of minor units.
        member, purchase, line: declared fields by name.
        events: declared kinds of event, each with its fields by name.
    """

    scale: int = 2
    member: Mapping[str, Field] = Factory(dict)
    purchase: Mapping[str, Field] = Factory(dict)
    line: Mapping[str, Field] = Factory(dict)
    events: Mapping[str, Mapping[str, Field]] = Factory(dict)


def renamed(name: str, declared: Mapping[str, Field]) -> str | None:
    """Return the present name of a field with this earlier name, or None.

    >>> renamed("target", {"goal": Field("goal", str, was=("target",))})
    'goal'
    """
    return next((item.name for item in declared.values() if name in item.was), None)


def not_for_rows(declared: Field) -> Problem | None:
    """Return why a field cannot be one of purchases, lines or events, or None."""
    parts = {
        "required": declared.required,
        "default": declared.default is not None,
        "derived": declared.derived is not None,
        "was": bool(declared.was),
        "retired": declared.retired,
        "a set": declared.type == "tags",
    }
    found = ", ".join(part for part, is_set in parts.items() if is_set)
    if not found:
        return None
    return Problem(declared.name, f"is {found}, which only fields of members can be", "leave that out")
