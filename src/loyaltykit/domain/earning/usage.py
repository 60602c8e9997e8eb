"""What caps and achievements count for one member (``S20``)."""

from __future__ import annotations

from attrs import define, evolve, field


@define
class AchievementProgress:
    """A member's progress with one achievement.

    Args:
        matches: activities that counted.
        periods: the days, weeks or months that had one, for streaks.
        given: how often it was completed.
    """

    matches: int = 0
    periods: set[int] = field(factory=set)
    given: int = 0


@define
class Usage:
    """Points granted so far, by cap and period, and the progress of achievements.

    Args:
        granted: by the name of a rule (empty for all together), kind of period and its number.
        progress: by achievement and, if each friend counts separately, the other member.
    """

    granted: dict[tuple[str, str, int], int] = field(factory=dict)
    progress: dict[tuple[str, str | None], AchievementProgress] = field(factory=dict)

    def copy(self) -> Usage:
        """Return a copy."""
        progress = {key: evolve(made, periods=set(made.periods)) for key, made in self.progress.items()}
        return Usage(dict(self.granted), progress)
