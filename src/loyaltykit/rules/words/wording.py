"""The parts of a language in which rules are described: names and sentence patterns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Literal, TypeAlias, get_args

from loyaltykit.rules.nodes import Operator
from loyaltykit.rules.refusals import refuse
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, SinceTier

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
AnyWindow: TypeAlias = Lifetime | Rolling | CalendarWindow | Anniversary | SinceTier


def check_language(language: Language) -> None:
    """Check that texts exist in a language.

    Raises:
        InvalidRuleError: the language is not ``"en"`` or ``"zh"``.
    """
    if not isinstance(language, str) or language not in LANGUAGES:
        raise refuse("language", "is not a supported language", "use 'en' or 'zh'")


class Wording(ABC):
    """A language: names of the built-in fields and metrics, and patterns for ``str.format``."""

    language: ClassVar[Language]
    member: ClassVar[Mapping[str, str]]
    purchase: ClassVar[Mapping[str, str]]
    line: ClassVar[Mapping[str, str]]
    metrics: ClassVar[Mapping[str, str]]
    number_operators: ClassVar[Mapping[Operator, str]]
    other_operators: ClassVar[Mapping[Operator, str]]
    booleans: ClassVar[Mapping[bool, str]]
    quotes: ClassVar[str]
    separator: ClassVar[str]
    conjunctions: ClassVar[tuple[str, str]]
    groups: ClassVar[tuple[str, str, str]]
    outcomes: ClassVar[Mapping[bool, str]]
    nothing: ClassVar[str]

    fact_pattern: ClassVar[str]
    filter_pattern: ClassVar[str]
    compare_pattern: ClassVar[str]
    is_in_pattern: ClassVar[str]
    is_missing_pattern: ClassVar[str]
    has_pattern: ClassVar[str]
    grouped_pattern: ClassVar[str]
    negation_pattern: ClassVar[str]
    outcome_pattern: ClassVar[str]
    value_pattern: ClassVar[str]
    shortfall_pattern: ClassVar[str]

    @abstractmethod
    def window(self, window: AnyWindow) -> str:
        """Describe a window of history."""

    def quoted(self, text: str) -> str:
        """Put a text into quotation marks."""
        return f"{self.quotes[0]}{text}{self.quotes[1]}"

    def fact(self, metric: str, kind: str | None, window: str, where: str | None) -> str:
        """Describe a fact by its described parts."""
        name = self.metrics[metric].format(kind=self.quoted(kind or ""))
        return self.fact_pattern.format(name=name, window=window) + self._optional(self.filter_pattern, where)

    def compare(self, op: Operator, left: str, right: str, *, numbers: bool) -> str:
        """Describe a comparison of numbers, or of texts, dates and booleans."""
        operators = self.number_operators if numbers else self.other_operators
        return self.compare_pattern.format(left, operators[op], right)

    def is_in(self, term: str, values: Sequence[str]) -> str:
        """Describe a term that is one of several constants."""
        return self.is_in_pattern.format(term, self.separator.join(values))

    def is_missing(self, term: str) -> str:
        """Describe a term without a value."""
        return self.is_missing_pattern.format(term)

    def has(self, term: str, tag: str) -> str:
        """Describe tags that include a tag."""
        return self.has_pattern.format(term, tag)

    def grouped(self, text: str) -> str:
        """Put a part of a sentence into parentheses."""
        return self.grouped_pattern.format(text)

    def negation(self, text: str) -> str:
        """Describe a complement."""
        return self.negation_pattern.format(text)

    def outcome(self, text: str, *, met: bool, value: str | None, shortfall: str | None) -> str:
        """Describe the outcome of a described predicate, with the member's value and the shortfall."""
        outcome = self.outcome_pattern.format(self.outcomes[met], text)
        return outcome + self._optional(self.value_pattern, value) + self._optional(self.shortfall_pattern, shortfall)

    @staticmethod
    def _optional(pattern: str, text: str | None) -> str:
        return "" if text is None else pattern.format(text)
