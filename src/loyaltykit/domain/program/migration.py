"""What happens to the tiers of members when a ladder changes (``T7``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_mapping, raise_problems
from loyaltykit.domain.program.points import check_choice
from loyaltykit.domain.program.tiers import TierLadder
from loyaltykit.errors import Problem
from loyaltykit.read_only import NOTHING
from loyaltykit.serialization import wire_name
from loyaltykit.values import check_id

Judging: TypeAlias = Literal["no", "up_only", "both"]
Direction: TypeAlias = Literal["up_only", "both"]

_MAX_RENAMED = 50


@named_arguments
@wire_name("migration")
@frozen
class Migration:
    """The way tiers are carried over to another ladder; see ``keep_until_validity_ends`` and ``reevaluate``.

    Args:
        judges: whether everybody is judged anew on the day of the change: ``"no"``, ``"up_only"`` or ``"both"``.
        renamed: old names of tiers with the new ones.

    >>> Migration() == keep_until_validity_ends()
    True
    """

    judges: Judging = "no"
    renamed: Mapping[str, str] = field(default=NOTHING, converter=as_mapping)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        check_choice(self.judges, Judging, "judges", problems)
        if not isinstance(self.renamed, Mapping) or len(self.renamed) > _MAX_RENAMED:
            problems.append(Problem("renamed", "is not a mapping of names of tiers", 'pass {"old": "new"}'))
        else:
            for name in (*self.renamed, *self.renamed.values()):
                check_id(name, "renamed", problems)
        raise_problems(problems)

    def problems(self, before: TierLadder, after: TierLadder) -> list[Problem]:
        """Yield what does not fit the two ladders."""
        old, new = {tier.name for tier in before}, {tier.name for tier in after}
        return [
            Problem("migration.renamed", "names a tier that its ladder lacks", 'pass {"old": "new"}')
            for was, now in self.renamed.items()
            if was not in old or now not in new
        ]

    def ranks(self, before: TierLadder, after: TierLadder) -> tuple[int, ...]:
        """Return for each tier of the old ladder its rank in the new one.

        A tier that is gone goes to the highest below it that is still there: no member rises because a tier is removed.
        """
        places = {tier.name: rank for rank, tier in enumerate(after)}
        ranks: list[int] = []
        for tier in before:
            below = ranks[-1] if ranks else 0
            ranks.append(places.get(self.renamed.get(tier.name, tier.name), below))
        return tuple(ranks)


KEEP: Final = Migration()
"""The default: members keep their tier until its validity ends."""


def keep_until_validity_ends(renamed: Mapping[str, str] = NOTHING) -> Migration:
    """Keep each member's tier until its validity ends; what follows is judged by the new ladder (``T7``).

    Args:
        renamed: old names of tiers with the new ones; a tier of the same name needs no word.

    >>> keep_until_validity_ends({"silver": "bronze"}).judges
    'no'
    """
    return Migration(renamed=renamed)


def reevaluate(direction: Direction, renamed: Mapping[str, str] = NOTHING) -> Migration:
    """Judge all members by the new ladder on the day of the change (``T7``).

    Args:
        direction: ``"up_only"``: members who meet a higher tier rise; ``"both"``: those who do not keep theirs fall.
        renamed: old names of tiers with the new ones.

    >>> reevaluate("both").judges
    'both'
    """
    problems: list[Problem] = []
    check_choice(direction, Direction, "direction", problems)
    raise_problems(problems)
    return Migration(direction, renamed)
