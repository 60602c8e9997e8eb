"""A member's tier and the reasons for it (``T11``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from attrs import field, frozen

from loyaltykit.calendars import ShopCalendar
from loyaltykit.domain.accounts.account import Account, MemberState
from loyaltykit.domain.attributes import as_mapping, instant_or_none
from loyaltykit.domain.facts.facts import View
from loyaltykit.domain.facts.rulebook import PredicateSet, Rulebook
from loyaltykit.domain.tiers.decisions import ActiveGrant, TierRow, next_row
from loyaltykit.domain.tiers.standing import Standing
from loyaltykit.domain.transactions import GrantMode, TierGrant
from loyaltykit.domain.views.statement import end_or_none
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.explain import Explanation, explain
from loyaltykit.rules.nodes import Fact, Predicate, Reference
from loyaltykit.rules.words.describe import describe_reference
from loyaltykit.rules.words.wording import Language
from loyaltykit.serialization import wire_name
from loyaltykit.values import NEVER_US, Instant, to_datetime, to_decimal

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "stands": "{name} since {since}, {until}",
        "until": "valid to the end of {end}",
        "grace": "in grace to the end of {end}",
        "for ever": "without an end",
        "by hand": "Set by hand by {actor}: {reason} (earned: {earned})",
        "keep": "To keep {name}:",
        "next": "To reach {name}:",
        "top": "There is no higher tier.",
        "projected": "When it ends, if nothing more happens: {name}",
    },
    "zh": {
        "stands": "{name}，自 {since} 起，{until}",
        "until": "有效期至 {end}（含当日）",
        "grace": "宽限期至 {end}（含当日）",
        "for ever": "长期有效",
        "by hand": "由 {actor} 手动设定：{reason}（实际等级：{earned}）",
        "keep": "保持 {name} 的条件：",
        "next": "升级到 {name} 的条件：",
        "top": "已是最高等级。",
        "projected": "若此后没有变化，到期时的等级：{name}",
    },
}


@wire_name("next_tier")
@frozen
class NextTier:
    """The next higher tier and what is missing for it.

    Args:
        name: the tier's.
        explanation: its rule with the member's values and what is missing.
    """

    name: str
    explanation: Explanation


@wire_name("set_by_hand")
@frozen(kw_only=True)
class SetByHand:
    """Who granted a tier that was not earned, and why (``T6``).

    Args:
        id: the ``TierGrant``'s.
        mode: ``"floor"`` or ``"fixed"``.
        actor, reason: as the grant gave them.
        earned: the name of the earned tier.
    """

    id: str
    mode: GrantMode
    actor: str
    reason: str
    earned: str


@wire_name("tier_status")
@frozen(kw_only=True)
class TierStatus:
    """A member's tier as of an instant (``T11``).

    Args:
        as_of: the instant.
        name: the effective tier's.
        rank: 0 for the lowest.
        since: when it began; a renewal does not change it.
        until: exclusive end of its validity, without grace; None for no end.
        grace_until: exclusive end of a grace period that has begun; None outside grace (``T4``).
        multiplier: the multiplier of points.
        metrics: the facts that the ladder reads, in words, with the member's values.
        keep: the rule to keep the tier, explained; None for the lowest tier and for a granted one.
        next: the next higher tier, explained; None at the top, and if a grant fixes the tier.
        projected: the tier at the end of the validity, if no fact changes.
        timezone: the shop's, in which ``explain`` names days.
        by_hand: who granted the tier, and why; None if it is earned (``T6``).
    """

    as_of: datetime = field(eq=instant_or_none)
    name: str
    rank: int
    since: datetime = field(eq=instant_or_none)
    until: datetime | None = field(eq=instant_or_none)
    grace_until: datetime | None = field(eq=instant_or_none)
    multiplier: Decimal
    metrics: Mapping[str, object] = field(repr=False, converter=as_mapping)
    keep: Explanation | None = field(repr=False)
    next: NextTier | None = field(repr=False)
    projected: str
    timezone: str
    by_hand: SetByHand | None = None

    def explain(self, language: Language = "en") -> str:
        """Describe every fact and threshold, and the distance to the next tier.

        Args:
            language: ``"en"`` or ``"zh"``.
        """
        if not isinstance(language, str) or language not in _WORDS:
            raise InvalidValueError([Problem("language", "is not a supported language", f"use {' or '.join(_WORDS)}")])
        words = _WORDS[language]
        lines = [words["stands"].format(name=self.name, since=self._day(self.since), until=self._valid(words))]
        if self.by_hand is not None:
            by_hand = self.by_hand
            told = words["by hand"].format(actor=by_hand.actor, reason=by_hand.reason, earned=by_hand.earned)
            lines.append(told)
        if self.keep is not None:
            lines += [words["keep"].format(name=self.name), _indented(self.keep.describe(language))]
        if self.next is None:
            lines += [] if self.by_hand is not None and self.by_hand.mode == "fixed" else [words["top"]]
        else:
            lines += [words["next"].format(name=self.next.name), _indented(self.next.explanation.describe(language))]
        if self.until is not None:
            lines.append(words["projected"].format(name=self.projected))
        return "\n".join(lines)

    def _valid(self, words: Mapping[str, str]) -> str:
        if self.until is None:
            return words["for ever"]
        name, end = ("until", self.until) if self.grace_until is None else ("grace", self.grace_until)
        return words[name].format(end=self._day(end - timedelta(microseconds=1)))

    def _day(self, moment: datetime) -> date:
        # What was read from JSON is in UTC.
        return moment.astimezone(ShopCalendar(self.timezone).zone).date()


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def read_status(account: Account, at: Instant) -> TierStatus:
    """Return a member's tier status.

    Args:
        account: the member's.
        at: any instant since the enrolment.
    """
    standing = account.timeline.at(at)
    due = standing.rows_due(at)
    row, rulebook = due[-1] if due else standing.row, account.rules.at(at)
    effective = row.effective
    # The ladder judges the earned tier, whatever grants are above it.
    view = View(at, rulebook.calendar.day_of(at), row.since, rulebook.names[row.rank])
    values = dict(zip(rulebook.judged.terms, rulebook.judged.values(standing.history, view), strict=True))
    tier, zone = rulebook.ladder.tiers[effective.rank], rulebook.calendar.zone
    grant = effective.grant
    is_fixed = grant is not None and not grant.is_floor
    return TierStatus(
        as_of=to_datetime(at, zone),
        name=tier.name,
        rank=effective.rank,
        since=to_datetime(effective.since, zone),
        until=end_or_none(effective.until, zone),
        grace_until=to_datetime(row.check_at, zone) if row.in_grace and grant is None else None,
        multiplier=tier.multiplier,
        metrics=_metrics(values, rulebook),
        keep=_explained(tier.kept_by, values, rulebook) if grant is None else None,
        next=None if is_fixed else _next_tier(effective.rank, values, rulebook),
        projected=_projected(standing, row),
        timezone=rulebook.program.timezone,
        by_hand=None if grant is None else _by_hand(account, grant, rulebook.names[row.rank]),
    )


def _by_hand(account: Account, granted: ActiveGrant, earned: str) -> SetByHand:
    given = next(item for item in reversed(account.timeline.past) if item.id == granted.id)
    assert isinstance(given, TierGrant)  # only a TierGrant has this id
    return SetByHand(id=given.id, mode=given.mode, actor=str(given.actor), reason=str(given.reason), earned=earned)


def _next_tier(rank: int, values: Mapping[Reference, object], rulebook: Rulebook) -> NextTier | None:
    if rank + 1 == len(rulebook.ladder):
        return None
    tier = rulebook.ladder.tiers[rank + 1]
    explained = _explained(tier.enter, values, rulebook)
    assert explained is not None  # only the lowest tier has no rule
    return NextTier(tier.name, explained)


def _explained(rule: Predicate | None, values: Mapping[Reference, object], rulebook: Rulebook) -> Explanation | None:
    return None if rule is None else explain(rule, values.get, rulebook.program.scope)


def _metrics(values: Mapping[Reference, object], rulebook: Rulebook) -> dict[str, object]:
    scope = rulebook.program.scope
    return {
        describe_reference(term, "en", scope): plain_value(term, value, rulebook.program.scale)
        for term, value in values.items()
    }


def plain_value(term: Reference, value: object, scale: int) -> object:
    """Return a value for the caller: money as a ``Decimal`` of whole units."""
    if isinstance(term, Fact) and term.metric == "spend" and isinstance(value, int):
        return to_decimal(value, scale)
    return value


def _projected(standing: Standing, row: TierRow) -> str:
    """Return the effective tier at the end of the validity, grace included, if no fact changes."""
    end = row.effective.until
    while end < NEVER_US and row.effective.until == end:
        following = next_row(standing.history, standing.rules, row, NEVER_US - 1)
        assert following is not None  # a validity with an end has a check
        row = following
    return standing.rules.at(row.at).names[row.effective_rank]


def judge_by_facts(state: MemberState, rules: PredicateSet) -> int:
    """Return the highest tier whose rule the member's facts meet, by other rules (``T7``).

    Args:
        state: the member as of an instant.
        rules: the rules of the tiers above the lowest, in order.
    """
    outcomes = rules.outcomes(state.history, state.view)
    return max((rank for rank, holds in enumerate(outcomes, start=1) if holds), default=0)
