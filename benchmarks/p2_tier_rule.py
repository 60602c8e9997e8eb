"""P2: a tier rule on facts in hand: three tiers, two facts each, 1,000 members' facts.

Every side is handed its facts in the form that suits it best, made beforehand, and says the rank: 0 for none. The
peers get the whole ladder as one expression; ours are three predicates, compiled together as the core does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from random import Random
from typing import Any

import cel
import datalogic_py
import rule_engine
import zen

from benchmarks.harness import Report, Side, Target, alternate, compare, stopwatch
from loyaltykit.rules import days, purchases, spend
from loyaltykit.rules.compile import compile_rules
from loyaltykit.rules.fields import Scope

ROUNDS = 15
ROWS = 1_000
REPEATS = 10
LADDER = ((3, 8_000_00, 8), (2, 5_000_00, 4), (1, 2_000_00, 2))  # rank, spend in cents, purchases: the highest first
PEERS = {  # how the table calls them, and the packages they come from
    "datalogic": "datalogic-py",
    "zen": "zen-engine",
    "CEL": "common-expression-language",
    "rule-engine": "rule-engine",
}


def inline(values: Sequence[int]) -> int:
    """The ladder as a programmer writes it."""
    spent, count = values
    if spent >= 8_000_00 and count >= 8:
        return 3
    if spent >= 5_000_00 and count >= 4:
        return 2
    if spent >= 2_000_00 and count >= 2:
        return 1
    return 0


def compiled() -> Callable[[Sequence[int]], int]:
    """Ours: the predicates a shop writes, compiled for the till and decided in one call, as the core does."""
    year = days(365)
    predicates = [(spend.over(year) >= cents // 100) & (purchases.over(year) >= count) for _, cents, count in LADDER]
    first = compile_rules(predicates, Scope(scale=2)).first
    ranks = [rank for rank, _, _ in LADDER]

    def highest(values: Sequence[int]) -> int:
        place = first(values)
        return ranks[place] if place >= 0 else 0

    return highest


def json_logic() -> dict[str, Any]:
    """The ladder in JSONLogic."""
    parts: list[Any] = []
    for rank, cents, count in LADDER:
        parts += [{"and": [{">=": [{"var": "spend"}, cents]}, {">=": [{"var": "purchases"}, count]}]}, rank]
    return {"if": [*parts, 0]}


def expression(conjunction: str) -> str:
    """The ladder as nested conditional expressions, which zen, CEL and rule-engine all read."""
    text = "0"
    for rank, cents, count in reversed(LADDER):
        text = f"(spend >= {cents} {conjunction} purchases >= {count} ? {rank} : {text})"
    return text


def measure() -> Report:
    """The rounds, and their table."""
    random = Random(2)
    facts = [(random.randrange(10_000_00), random.randrange(12)) for _ in range(ROWS)]
    named = [{"spend": spent, "purchases": count} for spent, count in facts]
    ways: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
        "inline Python": (inline, facts),
        "ours": (compiled(), facts),
        "datalogic": (datalogic_py.Engine().compile(json_logic()).evaluate, named),
        "zen": (zen.compile_expression(expression("and")).evaluate, named),
        "CEL": (cel.compile(expression("&&")).execute, named),
        "rule-engine": (rule_engine.Rule(expression("and")).evaluate, named),
    }
    expected = [inline(values) for values in facts]
    for name, (decide, rows) in ways.items():
        assert [decide(row) for row in rows] == expected, name
    rounds = alternate({name: _side(decide, rows) for name, (decide, rows) in ways.items()}, rounds=ROUNDS)
    best = rounds.fastest(PEERS)
    others = [name for name in PEERS if name != best]
    return Report(
        rows=(
            compare(rounds, "P2 tier rule", "ours", "inline Python", Target(3.5)),
            compare(rounds, "P2 tier rule, the fastest peer", "ours", best, Target(1)),
            *(compare(rounds, "P2 tier rule", "ours", name) for name in others),
        ),
        notes=(
            "P2: times inline: "
            + ", ".join(f"{name} {rounds.ratio(name, 'inline Python'):.1f}" for name in PEERS)
            + " ("
            + ", ".join(f"{package} {version(package)}" for package in PEERS.values())
            + ")",
        ),
    )


def _side(decide: Callable[[Any], Any], rows: list[Any]) -> Side:
    def work() -> None:
        for row in rows * REPEATS:
            decide(row)

    return lambda: stopwatch(work) / (REPEATS * len(rows))
