"""Problems, and the families of errors that carry them; the whole tree is drawn in ``loyaltykit.errors``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import signature
from typing import Any, ClassVar, Literal, TypeAlias

import attrs
from attrs import frozen

from loyaltykit.problem_words import WORDS
from loyaltykit.read_only import NOTHING, ReadOnly

Language: TypeAlias = Literal["en", "zh"]


def _as_read_only(parameters: Mapping[str, object]) -> Mapping[str, object]:
    return ReadOnly(parameters) if parameters else NOTHING


@frozen
class Problem:
    """One thing that is wrong with a value. No personal value is in it.

    Args:
        field: where: ``"phone"``, ``"fields.goal"``, ``"contacts[1].value"``, ``"tiers.gold.enter"``.
        reason: why, in English.
        way_out: what to do, in English.
        code: what is wrong, in a word that stays the same, such as ``"phone.invalid"``.
        parameters: what the words of some codes name: limits, names that the programme declares.

    >>> print(Problem("amount", "is a float", "pass a Decimal or a string"))
    amount: is a float (pass a Decimal or a string)
    """

    field: str
    reason: str
    way_out: str
    code: str = attrs.field(default="value.invalid", kw_only=True)
    parameters: Mapping[str, Any] = attrs.field(default=NOTHING, kw_only=True, converter=_as_read_only)

    def __str__(self) -> str:
        return self.describe()

    def describe(self, language: Language = "en") -> str:
        """Return the problem in one line.

        Args:
            language: ``"en"`` or ``"zh"``; a code without Chinese words is described in English.

        Raises:
            InvalidRuleError: problems are not described in that language.

        >>> print(problem_of("phone", "phone.invalid").describe("zh"))
        phone：不是有效的电话号码（请核对号码）
        """
        reason, way_out = words_of(self, language)
        if (reason, way_out) == (self.reason, self.way_out):
            return f"{self.field}: {reason} ({way_out})"
        return f"{self.field}：{reason}（{way_out}）"


def words_of(problem: Problem, language: Language) -> tuple[str, str]:
    """Return the reason and the way out of a problem in a language."""
    if language == "en":
        return problem.reason, problem.way_out
    if language != "zh":
        raise InvalidRuleError(
            [Problem("language", "is not one that problems are described in", "use 'en' or 'zh'", code="language")]
        )
    words = WORDS.get(problem.code)
    if words is None:
        return problem.reason, problem.way_out
    return words.reason_zh.format_map(problem.parameters), words.way_out_zh.format_map(problem.parameters)


def problem_of(field: str, code: str, **parameters: object) -> Problem:
    """Return the problem of a code in the words of ``WORDS``.

    Args:
        field: where.
        code: one of ``WORDS``.
        parameters: what the words of some codes name, from the programme and never from the value.

    >>> print(problem_of("points", "points.negative"))
    points: is negative (record what is owed as an Adjustment)
    """
    words = WORDS[code]
    reason, way_out = words.reason.format_map(parameters), words.way_out.format_map(parameters)
    return Problem(field, reason, way_out, code=code, parameters=parameters)


class LoyaltyError(Exception):
    """Base class of every error of loyaltykit.

    Every parameter of an error's constructor is an attribute of the same name, so that ``content`` has all there is
    to know about it. Two errors of one class with equal content are equal.

    Args:
        field: what the error is about, a field or an id's role.
        reason: why, without any personal value.
        way_out: what the caller can do.
    """

    code: ClassVar[str] = "loyalty"
    """What went wrong, in a word that stays the same; see the reference for all of them."""

    def __init__(self, field: str, reason: str, way_out: str) -> None:
        super().__init__(field, reason, way_out)
        self.field = field
        self.reason = reason
        self.way_out = way_out

    def __str__(self) -> str:
        return f"{self.field}: {self.reason} ({self.way_out})"

    def content(self) -> dict[str, Any]:
        """Return what makes the error again: ``type(error)(**error.content()) == error``.

        >>> from loyaltykit.errors import InsufficientPointsError
        >>> InsufficientPointsError(available=10, requested=11).content()
        {'available': 10, 'requested': 11}
        """
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.content() == other.content()

    def __hash__(self) -> int:
        return hash((type(self), *self.content().values()))

    def __reduce__(self) -> tuple[object, ...]:
        # The constructor may take other arguments than those that Exception keeps in args.
        return (_restored, (type(self), self.args, self.__dict__))


def _restored(kind: type[LoyaltyError], args: tuple[object, ...], held: dict[str, object]) -> LoyaltyError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(held)
    return error


class RefusedError(LoyaltyError):
    """A refused call: nothing was written, and the id stays free."""

    code = "refused"


class InvalidValueError(RefusedError, ValueError):
    """A value breaks a limit; ``problems`` lists everything that is wrong with it.

    >>> error = InvalidValueError([Problem("id", "is empty", "give it one"), Problem("amount", "is NaN", "be finite")])
    >>> [problem.field for problem in error.problems]
    ['id', 'amount']
    """

    code = "invalid_value"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.field, first.reason, first.way_out)
        self.args = (self.problems,)

    def __str__(self) -> str:
        return "; ".join(str(problem) for problem in self.problems)


class InvalidRuleError(InvalidValueError):
    """A rule that names an unknown field, compares different types, or is not a rule."""

    code = "invalid_rule"
