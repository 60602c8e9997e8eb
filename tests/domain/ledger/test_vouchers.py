"""Vouchers: what a redemption of a reward issues, spent once or given back whole (S24)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.ledger.vouchers import VoucherState
from loyaltykit.domain.views.verification import Finding, verify_member
from loyaltykit.rules import days, months
from loyaltykit.values import NEVER_US, to_instant
from tests.support.digest import canonical
from tests.support.stories import MICROSECOND, Story, at, club, day

REWARDS = (
    lk.Reward("pot", 60),
    lk.Reward("tea", 20, kind="coupon", valid_for=days(3)),
    lk.Reward("off", 100, kind="amount_off", value="5.00", valid_for=months(1)),
)


def started(**parts: Any) -> Story:
    """A story with 300 points and three rewards."""
    story = Story(club(**({"points": lk.PointsPolicy(), "rewards": REWARDS} | parts)))
    story.buy("p", day(0), 300)
    return story


def redeem(story: Story, id: str, when: datetime, reward: str = "pot") -> lk.Voucher:
    receipt = story.shop.record(lk.Redemption(id=id, member_id="m", reward=reward, occurred_at=when))
    assert receipt.voucher is not None
    return receipt.voucher


def use(story: Story, id: str, of: str, when: datetime) -> lk.Receipt:
    return story.shop.record(lk.VoucherUse(id=id, of=of, occurred_at=when))


def refused_use(story: Story, of: str, when: datetime) -> str:
    """The reason why a voucher cannot be used; nothing changes, and a quote says the same."""
    before = canonical(story.storage)
    given_use = lk.VoucherUse(id="refused", of=of, occurred_at=when)
    with pytest.raises(lk.errors.VoucherNotUsableError) as quoted:
        story.shop.quote(given_use)
    with pytest.raises(lk.errors.VoucherNotUsableError) as refused:
        story.shop.record(given_use)
    assert str(quoted.value) == str(refused.value)
    assert canonical(story.storage) == before
    return refused.value.reason


def status(story: Story, code: str, when: datetime) -> str:
    (found,) = (voucher.status for voucher in story.shop.vouchers("m", as_of=when) if voucher.code == code)
    return found


# -- issued ------------------------------------------------------------------------------------------------------------


def test_s24_a_redemption_of_a_reward_issues_a_voucher() -> None:
    """S24: its code is the redemption's id; it carries what the reward was worth, until when, in the shop's zone."""
    story = started()
    voucher = redeem(story, "8GQ2-XKDT", at(2024, 1, 31, 23, 59), "off")
    assert voucher == lk.Voucher(
        code="8GQ2-XKDT",
        reward="off",
        kind="amount_off",
        value=Decimal("5.00"),
        issued_at=at(2024, 1, 31, 23, 59),
        valid_until=at(2024, 3, 1),
    )
    assert (voucher.status, voucher.used_at) == ("issued", None)
    assert str(voucher.valid_until) == "2024-03-01 00:00:00+01:00"
    assert story.shop.vouchers("m", as_of=at(2024, 2, 1)) == (voucher,)


def test_s24_points_alone_issue_no_voucher() -> None:
    """S24: a voucher comes of a reward."""
    story = started()
    assert story.spend("x", day(1), 10).voucher is None
    assert story.buy("q", day(1)).voucher is None
    assert story.undo("u", "x", day(2)).voucher is None
    assert story.shop.vouchers("m") == ()


def test_s24_without_valid_for_it_lives_for_ever() -> None:
    """S24: read back, never is None."""
    story = started()
    assert redeem(story, "v", day(1)).valid_until is None
    assert status(story, "v", at(2040, 1, 1)) == "issued"
    assert use(story, "u", "v", at(2040, 1, 1)).voucher


def test_s24_vouchers_come_oldest_first() -> None:
    """S24: as of an instant, those issued up to it, whatever the order of recording."""
    story = started()
    for code, when in (("c", day(3)), ("b", day(1)), ("a", day(1))):
        redeem(story, code, when, "tea")
    assert [voucher.code for voucher in story.shop.vouchers("m")] == ["a", "b", "c"]
    assert [voucher.code for voucher in story.shop.vouchers("m", as_of=day(2))] == ["a", "b"]
    assert story.shop.vouchers("m", as_of=day(0)) == ()


def test_a_question_about_nobody_is_refused() -> None:
    """T10: as everywhere."""
    story = started()
    with pytest.raises(lk.UnknownMemberError):
        story.shop.vouchers("nobody")
    with pytest.raises(lk.NotEnrolledError):
        story.shop.vouchers("m", as_of=at(2023, 1, 1))


# -- used --------------------------------------------------------------------------------------------------------------


def test_s24_a_voucher_is_spent_once() -> None:
    """S24: the receipt shows it used; a second use is refused, also one that is dated before the first."""
    story = started()
    redeem(story, "v", day(1), "off")
    receipt = use(story, "u", "v", day(5))
    assert (receipt.kind, receipt.points) == ("voucher_use", 0)
    assert receipt.voucher is not None
    assert (receipt.voucher.status, receipt.voucher.used_at) == ("used", day(5))
    assert refused_use(story, "v", day(6)) == "names a voucher that was used"
    assert refused_use(story, "v", day(2)) == "names a voucher that was used"
    assert [status(story, "v", when) for when in (day(4), day(5), day(90))] == ["issued", "used", "used"]
    assert story.shop.vouchers("m", as_of=day(4))[0].used_at is None
    assert story.available(day(9)) == 200
    assert story.shop.storage.verify() == []


def test_s15_a_use_sent_again_is_one_use() -> None:
    """S15, I9: the first receipt."""
    story = started()
    redeem(story, "v", day(1))
    assert use(story, "u", "v", day(2)) == use(story, "u", "v", day(2))


def test_i7_a_voucher_is_dead_at_its_end() -> None:
    """S24, S3: valid to the end of the day; at valid_until it has expired, one microsecond before it has not."""
    story = started()
    for code in ("v", "w"):
        redeem(story, code, day(1), "tea")
    end = day(5, 0)
    assert story.shop.vouchers("m")[0].valid_until == end
    assert refused_use(story, "v", end) == "names a voucher that has expired"
    assert [status(story, "v", when) for when in (end - MICROSECOND, end)] == ["issued", "expired"]
    assert use(story, "u", "v", end - MICROSECOND).voucher
    assert [status(story, code, end) for code in ("v", "w")] == ["used", "expired"]


def test_s24_a_use_lies_not_before_its_voucher() -> None:
    """S24: at the redemption's own instant it can be used."""
    story = started()
    redeem(story, "v", day(1))
    assert refused_use(story, "v", day(1) - MICROSECOND) == "is before the voucher was issued"
    assert use(story, "u", "v", day(1)).voucher


@pytest.mark.parametrize("of", ["nothing", "p", "x"])
def test_s24_what_issued_no_voucher_is_unknown(of: str) -> None:
    """S24: no transaction, a purchase, a redemption of points alone."""
    story = started()
    story.spend("x", day(1), 10)
    with pytest.raises(lk.errors.UnknownTransactionError) as caught:
        use(story, "u", of, day(2))
    assert caught.value.field == "of"


@given(st.permutations(range(4)), st.sampled_from([day(1), day(2), day(3)]))
def test_s24_of_several_late_uses_the_first_recorded_wins(order: list[int], first: datetime) -> None:
    """S24, I9: whatever their dates, exactly one of several uses is written, and it stays."""
    story = started()
    redeem(story, "v", day(1))
    moments = [first, day(1), day(4), day(2)]
    accepted = []
    for serial in order:
        try:
            use(story, f"u{serial}", "v", moments[serial])
        except lk.errors.VoucherNotUsableError:
            continue
        accepted.append(serial)
    assert accepted == order[:1]
    assert story.shop.vouchers("m")[0].used_at == moments[order[0]]


# -- given back --------------------------------------------------------------------------------------------------------


def test_s9_a_reward_goes_back_whole() -> None:
    """S9, S24: all its points come back, the voucher is cancelled from then on and can be used no more."""
    story = started()
    redeem(story, "v", day(1), "off")
    receipt = story.undo("u", "v", day(3))
    assert (receipt.points, story.available(day(3))) == (100, 300)
    assert receipt.voucher is not None
    assert (receipt.voucher.code, receipt.voucher.status) == ("v", "cancelled")
    assert [status(story, "v", when) for when in (day(2), day(3), day(90))] == ["issued", "cancelled", "cancelled"]
    for when in (day(2), day(4)):
        assert refused_use(story, "v", when) == "names a voucher that was cancelled"
    assert story.shop.storage.verify() == []


def test_s9_its_whole_price_may_be_named() -> None:
    """S9: `points` may say the price, and nothing else."""
    story = started()
    redeem(story, "v", day(1))
    for points in (1, 59, 61):
        with pytest.raises(lk.errors.ReversalExceedsRedemptionError) as caught:
            story.undo("u", "v", day(2), points)
        assert caught.value.field == "points"
    assert story.undo("u", "v", day(2), 60).points == 60
    for wrong in (None, 60):
        with pytest.raises(lk.errors.ReversalExceedsRedemptionError):
            story.undo("again", "v", day(3), wrong)


def test_s24_a_used_voucher_does_not_go_back() -> None:
    """S24: also by a reversal that is dated before the use."""
    story = started()
    redeem(story, "v", day(1))
    use(story, "u", "v", day(5))
    for when in (day(3), day(6)):
        with pytest.raises(lk.errors.VoucherNotUsableError) as caught:
            story.undo("r", "v", when)
        assert caught.value.reason == "names a voucher that was used"
    assert story.available(day(9)) == 240


def test_s24_an_expired_voucher_may_go_back() -> None:
    """S24: nobody had anything of it; from then on it is cancelled."""
    story = started()
    redeem(story, "v", day(1), "tea")
    assert story.undo("r", "v", day(9)).points == 20
    assert [status(story, "v", when) for when in (day(8), day(9))] == ["expired", "cancelled"]


def test_s9_a_reversal_lies_not_before_its_redemption() -> None:
    """S9: as for points alone; the voucher stays."""
    story = started()
    redeem(story, "v", day(2))
    with pytest.raises(lk.errors.ReversalExceedsRedemptionError):
        story.undo("r", "v", day(2) - MICROSECOND)
    assert use(story, "u", "v", day(2)).voucher


# -- the fold ----------------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["redeem", "use", "reverse", "buy", "settle"]), st.sampled_from("vw"), st.integers(0, 12)
    ),
    max_size=14,
)


@given(STEPS)
def test_i13_quotes_records_and_folds_agree(steps: list[tuple[str, str, int]]) -> None:
    """C2, I12, I13: a quote is what record gives; folding again gives the vouchers at hand; a code is used once."""
    story = started()
    for serial, (step, code, number) in enumerate(steps):
        made: dict[str, lk.Transaction] = {
            "redeem": lk.Redemption(id=code, member_id="m", reward="tea", occurred_at=day(number)),
            "use": lk.VoucherUse(id=f"u{serial}", of=code, occurred_at=day(number)),
            "reverse": lk.Reversal(id=f"r{serial}", of=code, occurred_at=day(number)),
            "buy": lk.Purchase(id=f"b{serial}", member_id="m", amount=5, occurred_at=day(number)),
        }
        if step == "settle":
            story.shop.settle(as_of=day(number))
            continue
        assert told(story.shop.quote, made[step]) == told(story.shop.record, made[step])
    assert story.shop.storage.verify() == []
    with story.storage.snapshot() as snapshot:
        kinds = [record.decision.voucher for record in snapshot.records("m")]
    for code in "vw":
        changes = [change.kind for change in kinds if change is not None and change.code == code]
        assert changes[1:] in ([], ["used"], ["cancelled"])
        assert changes[:1] in ([], ["issued"])


def told(call: Any, transaction: lk.Transaction) -> object:
    try:
        return call(transaction)
    except lk.LoyaltyError as error:
        return (type(error), str(error))


def verified(story: Story, damage: Any = None, kept: Any = None) -> list[Finding]:
    """What verification says of records in which a decision was damaged, or of an account that was."""
    with story.storage.snapshot() as snapshot:
        account, records = snapshot.account("m"), snapshot.records("m")
    recorded = [(record.transaction, record.decision) for record in records]
    if damage is not None:
        transaction, decision = recorded[-1]
        other = Decision(decision.postings, decision.rows, decision.receipt_parts, decision.sale, voucher=damage)
        recorded[-1] = (transaction, other)
    if kept is not None:
        account = kept(account)
    return verify_member(account.member, account.rules, recorded, account)


def test_i12_a_voucher_that_nobody_issued_is_found() -> None:
    """I12: what a decision does to a voucher follows from what was recorded before."""
    story = started()
    redeem(story, "v", day(1))
    with story.storage.snapshot() as snapshot:
        change = snapshot.records("m")[-1].decision.voucher
    assert change is not None
    assert (change.code, change.reward, change.value, change.valid_until) == ("v", "pot", None, NEVER_US)
    assert verified(story) == []
    other = evolve(change, state=evolve(change.state, reward="off"))
    assert [finding.invariant for finding in verified(story, damage=other)] == ["I12"]


def test_i13_a_voucher_at_hand_that_is_not_the_fold_is_found() -> None:
    """I13: an account that forgot that a voucher was used."""
    story = started()
    redeem(story, "v", day(1))
    use(story, "u", "v", day(2))

    def forgetful(account: Account) -> Account:
        account.vouchers["v"] = evolve(account.vouchers["v"], used_at=None)
        return account

    assert [(finding.invariant, finding.reason) for finding in verified(story, kept=forgetful)] == [
        ("I13", "the stored vouchers are not the projection of the records")
    ]


def test_a_state_knows_whether_it_is_out() -> None:
    """S24: used or expired it still is out of the stock; cancelled it is not."""
    state = VoucherState("v", "pot", "gift", None, to_instant(day(1)), to_instant(day(5)))
    assert state.is_outstanding
    assert evolve(state, used_at=to_instant(day(2))).is_outstanding
    assert not evolve(state, cancelled_at=to_instant(day(2))).is_outstanding
