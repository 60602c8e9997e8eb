"""Which member records are one person: exact keys, and likely pairs for somebody to review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_mapping, raise_problems
from loyaltykit.domain.matching.blocking import Crowd, Pair, candidates, crowd, in_order
from loyaltykit.domain.matching.likeness import REASONS, WEIGHTS, Traits, contradictions, reasons_of, traits_of
from loyaltykit.domain.members.member import Member
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.serialization import wire_name

MatchingPolicy: TypeAlias = Literal["merge", "queue"]

EXACT_SCORE: Final = 100
_MAX_WEIGHT: Final = 1_000
_EXAMPLES: Final = 5


def _weights(given: Mapping[str, int]) -> Mapping[str, int]:
    return as_mapping({**WEIGHTS, **given} if isinstance(given, Mapping) else given)


@named_arguments
@wire_name("match_policy")
@frozen(kw_only=True)
class MatchPolicy:
    """How records are matched.

    Args:
        policy: what becomes of records that share a key (a phone in E.164, an e-mail, an id of one channel):
            ``"merge"`` them, or ``"queue"`` them for review. Two genders or two dates of birth are always reviewed.
        weights: what reasons weigh, in place of the built-in weights of those that are named.
        threshold: the score from which a likely pair goes to the queue.
        max_group: a key that more records share is no key: it is somebody's placeholder, and reported.
        max_block: how many records are compared two by two because of one thing that they share.

    Raises:
        InvalidValueError: everything that is wrong with it at once.

    >>> MatchPolicy(weights={"same_region": 10}).weights["same_region"]
    10
    """

    policy: MatchingPolicy = "queue"
    weights: Mapping[str, int] = field(default=WEIGHTS, converter=_weights)
    threshold: int = 60
    max_group: int = 20
    max_block: int = 200

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not isinstance(self.policy, str) or self.policy not in get_args(MatchingPolicy):
            problems.append(Problem("policy", "is no policy", 'use "merge" or "queue"'))
        if not isinstance(self.weights, Mapping):
            problems.append(Problem("weights", "is not a mapping", "pass a dict of reasons and weights"))
        else:
            problems += _weight_problems(self.weights)
        for name, least, most in (("threshold", 1, 10_000), ("max_group", 2, 1_000), ("max_block", 2, 10_000)):
            if not _is_whole(getattr(self, name), least, most):
                problems.append(Problem(name, "is no whole number of its range", f"pass {least} to {most}"))
        raise_problems(problems)


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _weight_problems(weights: Mapping[str, int]) -> list[Problem]:
    if any(reason not in REASONS for reason in weights):
        return [Problem("weights", "name a reason that there is not", f"use {', '.join(REASONS)}")]
    if not all(_is_whole(weight, -_MAX_WEIGHT, _MAX_WEIGHT) for weight in weights.values()):
        return [Problem("weights", "have a weight that is none", f"pass whole numbers up to {_MAX_WEIGHT} either way")]
    return []


@wire_name("match_group")
@frozen
class MatchGroup:
    """Records that are one person by their keys: their ids in order, and the kinds of key that they share."""

    ids: tuple[str, ...]
    reasons: tuple[str, ...]


@named_arguments
@wire_name("likely_pair")
@frozen
class LikelyPair:
    """Two records that somebody should look at: their ids, the score, and the reasons for and against."""

    left: str
    right: str
    score: int
    reasons: tuple[str, ...]


@wire_name("match_report")
@frozen
class MatchReport:
    """What matching found; no personal value stands in it.

    Args:
        groups: to be merged, under the policy ``"merge"``.
        queue: to be reviewed, the likeliest first.
        crowds: what too many records share, so that it was not trusted or not compared.
    """

    groups: tuple[MatchGroup, ...]
    queue: tuple[LikelyPair, ...]
    crowds: tuple[Crowd, ...]


def find_matches(
    members: Iterable[Member], matching: MatchPolicy | None = None, apart: Iterable[tuple[str, str]] = ()
) -> MatchReport:
    """Records that are, or may be, one person. The answer does not depend on their order.

    Args:
        members: the records, each once; those that were merged into another are left out by the caller.
        matching: how; the default queues everything.
        apart: pairs of ids that somebody has looked at and found to be two people.

    Raises:
        InvalidValueError: an id comes twice, or something is no Member, no Matching or no pair.

    >>> pair = [Member(id="a", name="张三", phone="138****8888"), Member(id="b", name="张三", phone="+8613800008888")]
    >>> find_matches(pair).queue
    (LikelyPair(left='a', right='b', score=65, reasons=('same_name', 'phone_fits')),)
    """
    rules = matching if matching is not None else MatchPolicy()
    if not isinstance(rules, MatchPolicy):
        raise InvalidValueError([Problem("matching", "is not a MatchPolicy", "pass MatchPolicy(...)")])
    records = _sorted_traits(members)
    kept_apart = _pairs_apart(apart)
    shared, crowds = _shared_keys(records, rules)
    shared = {pair: kinds for pair, kinds in shared.items() if _ids(records, pair) not in kept_apart}
    parts = _groups(records, shared, rules.max_group) if rules.policy == "merge" else ()
    # A third record does not make one person of two that somebody has told apart.
    groups = tuple(group for group in parts if kept_apart.isdisjoint(combinations(group.ids, 2)))
    group_of = {id: number for number, group in enumerate(groups) for id in group.ids}
    pairs, blocks = candidates(records, rules.max_block, _EXAMPLES)
    found = [_exact(records, pair, kinds) for pair, kinds in shared.items()]
    found += [item for pair in pairs if pair not in shared and (item := _likely(records, pair, rules)) is not None]
    queue = [item for item in found if (item.left, item.right) not in kept_apart and not _settled(item, group_of)]
    return MatchReport(groups, tuple(sorted(queue, key=_urgency)), (*crowds, *blocks))


def _settled(pair: LikelyPair, group_of: Mapping[str, int]) -> bool:
    """Both are in one group already."""
    return pair.left in group_of and group_of[pair.left] == group_of.get(pair.right)


def _urgency(pair: LikelyPair) -> tuple[int, str, str]:
    return -pair.score, pair.left, pair.right


def _sorted_traits(members: Iterable[Member]) -> list[Traits]:
    if not isinstance(members, Iterable):
        raise InvalidValueError([Problem("members", "is not a list of members", "pass Members")])
    found: dict[str, Traits] = {}
    for member in members:
        if not isinstance(member, Member):
            raise InvalidValueError([Problem("members", "has something else than a Member", "pass Members")])
        if member.id in found:
            raise InvalidValueError([Problem("members", "has an id twice", "pass each record once")])
        found[member.id] = traits_of(member)
    return [found[id] for id in sorted(found)]


def _pairs_apart(apart: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    problem = Problem("apart", "is not a list of pairs of ids", 'pass [("m-1", "m-2")]')
    if isinstance(apart, str) or not isinstance(apart, Iterable):
        raise InvalidValueError([problem])
    found: set[tuple[str, str]] = set()
    for pair in apart:
        if not isinstance(pair, tuple) or len(pair) != 2 or not all(isinstance(id, str) for id in pair):
            raise InvalidValueError([problem])
        left, right = sorted(pair)
        found.add((left, right))
    return found


def _ids(records: Sequence[Traits], pair: Pair) -> tuple[str, str]:
    return records[pair[0]].id, records[pair[1]].id


def _shared_keys(records: Sequence[Traits], rules: MatchPolicy) -> tuple[dict[Pair, list[str]], list[Crowd]]:
    """The pairs that share a key, with the kinds of the keys; keys of too many records are reported instead."""
    holders: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, traits in enumerate(records):
        for key in traits.keys:
            holders[key].append(place)
    shared: defaultdict[Pair, list[str]] = defaultdict(list)
    crowds: list[Crowd] = []
    for (kind, _), places in sorted(holders.items()):
        if len(places) > rules.max_group:
            crowds.append(crowd(kind, [records[place].id for place in places], _EXAMPLES))
            continue
        for pair in combinations(places, 2):
            shared[pair].append(kind)
    return shared, in_order(crowds)


def _exact(records: Sequence[Traits], pair: Pair, kinds: Iterable[str]) -> LikelyPair:
    left, right = records[pair[0]], records[pair[1]]
    reasons = (*dict.fromkeys(kinds), *contradictions(left, right))
    return LikelyPair(left.id, right.id, EXACT_SCORE, reasons)


def _likely(records: Sequence[Traits], pair: Pair, rules: MatchPolicy) -> LikelyPair | None:
    left, right = records[pair[0]], records[pair[1]]
    reasons = tuple(reasons_of(left, right))
    score = sum(rules.weights[reason] for reason in reasons)
    return LikelyPair(left.id, right.id, score, reasons) if score >= rules.threshold else None


def _groups(records: Sequence[Traits], shared: Mapping[Pair, Sequence[str]], max_group: int) -> tuple[MatchGroup, ...]:
    """The records that hang together by keys, where they are few and no two of them contradict each other."""
    parts = [part for part in _connected(shared) if len(part) <= max_group and not _contradictory(records, part)]
    part_of = {place: number for number, part in enumerate(parts) for place in part}
    kinds: list[set[str]] = [set() for _ in parts]
    for (place, _), of_pair in shared.items():
        if place in part_of:
            kinds[part_of[place]].update(of_pair)
    return tuple(
        MatchGroup(tuple(records[place].id for place in part), tuple(sorted(found)))
        for part, found in zip(parts, kinds, strict=True)
    )


def _contradictory(records: Sequence[Traits], part: Sequence[int]) -> bool:
    return any(any(contradictions(records[one], records[two])) for one, two in combinations(part, 2))


def _connected(pairs: Iterable[Pair]) -> list[list[int]]:
    """The places that pairs connect, directly or through others, each part in order."""
    part_of: dict[int, list[int]] = {}
    for one, two in sorted(pairs):
        left, right = part_of.setdefault(one, [one]), part_of.setdefault(two, [two])
        if left is not right:
            small, large = sorted((left, right), key=len)
            large += small
            part_of.update(dict.fromkeys(small, large))
    distinct = {id(part): part for part in part_of.values()}
    return sorted(sorted(part) for part in distinct.values())
