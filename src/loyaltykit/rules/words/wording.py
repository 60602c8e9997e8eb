"""What a language must provide for rules to be described in it: names for what is built in, and sentence patterns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypeAlias

from loyaltykit.rules.nodes import Operator
from loyaltykit.rules.windows import Anniversary, CalendarWindow, Lifetime, Rolling, SinceTier

Language: TypeAlias = Literal["en", "zh"]
AnyWindow: TypeAlias = Lifetime | Rolling | CalendarWindow | Anniversary | SinceTier


class Wording(ABC):
    """One language: its names for what is built in, and its patterns for every kind of node."""

    language: ClassVar[Language]
    member: ClassVar[Mapping[str, str]]
    purchase: ClassVar[Mapping[str, str]]
    line: ClassVar[Mapping[str, str]]
    metrics: ClassVar[Mapping[str, str]]
    booleans: ClassVar[Mapping[bool, str]]
    quotes: ClassVar[str]
    separator: ClassVar[str]
    conjunctions: ClassVar[tuple[str, str]]
    groups: ClassVar[tuple[str, str, str]]
    outcomes: ClassVar[Mapping[bool, str]]
    nothing: ClassVar[str]

    def quoted(self, text: str) -> str:
        """A text that is somebody else's word."""
        return f"{self.quotes[0]}{text}{self.quotes[1]}"

    @abstractmethod
    def metric(self, metric: str, kind: str | None, window: str, where: str | None) -> str:
        """A fact, out of its described parts."""

    @abstractmethod
    def window(self, window: AnyWindow) -> str:
        """A stretch of history, placed before or behind the metric as ``metric`` expects it."""

    @abstractmethod
    def compare(self, op: Operator, left: str, right: str, *, numbers: bool) -> str:
        """A comparison of numbers, or of texts, dates and booleans."""

    @abstractmethod
    def is_in(self, term: str, values: Sequence[str]) -> str:
        """A term among constants."""

    @abstractmethod
    def is_missing(self, term: str) -> str:
        """A term without a value."""

    @abstractmethod
    def has(self, term: str, tag: str) -> str:
        """Tags that hold one."""

    @abstractmethod
    def grouped(self, text: str) -> str:
        """A part that must be read on its own."""

    @abstractmethod
    def negation(self, text: str) -> str:
        """A complement."""

    @abstractmethod
    def outcome(self, text: str, *, met: bool, value: str | None, shortfall: str | None) -> str:
        """A described predicate with its outcome, what the member has, and what is missing."""
