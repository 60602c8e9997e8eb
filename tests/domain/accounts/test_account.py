"""The account is the fold of what was recorded, kept incrementally (T10, I12, I13)."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.accounts.account import Account, rebuild
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.decide.dispatch import decide, settle
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.views.verification import verify_member
from loyaltykit.values import to_instant
from tests.support.stories import FEW, PROGRAMS, START, day, happenings

MEMBER = lk.Member(id="m", enrolled_at=START)
Recorded = list[tuple[lk.Transaction | None, Decision]]


def live(account: Account, told: list[lk.Transaction], settlements: list[int]) -> Recorded:
    """Decide and apply what is told, with settlements between; what was recorded."""
    recorded: Recorded = []
    for place, transaction in enumerate(told):
        try:
            decision = decide(account, transaction)
        except (lk.RefusedError, KeyError):
            continue  # refused, or about something unknown: the shell finds that out before it decides
        account.apply(transaction, decision)
        recorded.append((transaction, decision))
        for when in settlements[place::4]:
            settled = settle(account, to_instant(day(when)))
            if settled is not None:
                account.apply(None, settled)
                recorded.append((None, settled))
    return recorded


def told_by(account: Account) -> list[object]:
    """What an account tells, now and in the past."""
    found: list[object] = []
    for when in [to_instant(day(n, hour)) for n in range(0, 90, 9) for hour in (0, 12)]:
        ledger, standing = account.ledger, account.timeline.at(when)
        lots = [(state.lot.id, state.left) for state in ledger.lots_at(when)]
        found.append((ledger.available(when), ledger.debt(when), lots, standing.row, standing.rows_due(when)))
    return found


def stored(decision: Decision) -> tuple[object, ...]:
    """What of a decision is kept."""
    return (decision.postings, decision.rows, decision.receipt, decision.settled_until)


def stored_or_none(decision: Decision | None) -> tuple[object, ...] | None:
    return None if decision is None else stored(decision)


@FEW
@given(
    program=st.sampled_from(PROGRAMS),
    told=happenings(),
    settlements=st.lists(st.integers(0, 80), max_size=4),
)
def test_t10_incremental_equals_from_scratch(
    program: lk.Program, told: list[lk.Transaction], settlements: list[int]
) -> None:
    """T10, I13: the account kept step by step answers, at any instant, like the one folded from scratch."""
    rules = ProgramHistory.of(program)
    account = Account(MEMBER, rules)
    recorded = live(account, told, settlements)
    again = rebuild(MEMBER, rules, recorded)
    assert told_by(account) == told_by(again)
    assert verify_member(MEMBER, rules, recorded, account) == []


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), cut=st.integers(0, 9))
def test_i13_any_snapshot_plus_the_rest(program: lk.Program, told: list[lk.Transaction], cut: int) -> None:
    """I13: folded up to anywhere, then continued, it is the fold of all; each decision follows again (I12)."""
    rules = ProgramHistory.of(program)
    account = Account(MEMBER, rules)
    recorded = live(account, told, [])
    snapshot = rebuild(MEMBER, rules, recorded[:cut])
    for transaction, decision in recorded[cut:]:
        assert transaction is not None
        assert stored(decide(snapshot, transaction)) == stored(decision), "I12"
        snapshot.apply(transaction, decision)
    assert told_by(snapshot) == told_by(account)


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings(), asked=happenings(max_size=3))
def test_i11_deciding_changes_nothing(
    program: lk.Program, told: list[lk.Transaction], asked: list[lk.Transaction]
) -> None:
    """I11, C2: `decide` and `settle` are questions: asked once or ten times, the account stays as it is."""
    rules = ProgramHistory.of(program)
    account = Account(MEMBER, rules)
    live(account, told, [])
    before = told_by(account)
    for transaction in asked:
        answers: list[object] = []
        for _ in range(2):
            try:
                # An id that nothing recorded has.
                answers.append(stored(decide(account, evolve(transaction, id=f"new {transaction.id}"))))
            except (lk.RefusedError, KeyError) as error:
                answers.append(type(error))
        assert answers[0] == answers[1]
    until = to_instant(day(90))
    assert stored_or_none(settle(account, until)) == stored_or_none(settle(account, until))
    assert told_by(account) == before


def test_t1_what_moves_no_metric_moves_nothing() -> None:
    """T1: a redemption leaves history, tier and place in the past alone."""
    account = Account(MEMBER, ProgramHistory.of(PROGRAMS[0]))
    purchase = lk.Purchase(id="a", member_id="m", amount=150, occurred_at=day(0))
    redemption = lk.Redemption(id="x", member_id="m", points=1, occurred_at=day(1))
    account.apply(purchase, decide(account, purchase))
    row, position = account.standing.row, account.standing.position
    account.apply(redemption, decide(account, redemption))
    assert (account.standing.row, account.standing.position) == (row, position)
