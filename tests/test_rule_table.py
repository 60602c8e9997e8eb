"""Which tests hold which rule and which invariant. A rule without a test, or a test that lost its rule, fails here.

Numbers are those of ``docs/explanation/rules.md``: S points, T tiers, C calendar, I invariants. Besides these, the
machine (``tests/machine/test_machine.py``) holds all of them together against the oracle.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

REQUIRED = (
    "S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 S14 S15 S16 S17 S18 S19 S20 S22 S23 S24 S25 "
    "T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 "
    "C1 C2 C3 C4 C5 "
    "I1 I2 I3 I4 I5 I6 I7 I8 I9 I10 I11 I12 I13 I14 I15 I16 I17 I18 I19 I20 I23 I24 I25 I26 I28 I31"
).split()

MACHINE = "machine/test_machine.py::test_core_means_what_the_oracle_means"

TABLE: Mapping[str, tuple[str, ...]] = {
    "S1": (
        "domain/test_ledger.py::test_s1_every_posting_names_one_cause",
        "domain/test_ledger.py::test_s1_the_multiplier_is_stored",
        "domain/test_lots.py::test_s1_no_points_no_lot",
        "domain/test_allocation.py::TestAdjustments.test_s17_nothing_to_take_writes_nothing",
    ),
    "S2": (
        "domain/test_credits.py::TestDebt.test_s2_repayment_is_dated_when_both_are_there",
        "domain/test_ledger.py::test_s2_right_without_any_job",
        "domain/test_ledger.py::test_s2_allocations_are_stored",
        "domain/test_ledger.py::test_s2_an_expiry_is_dated_when_it_was_due",
    ),
    "S3": (
        "domain/test_lots.py::test_s3_ends_of_every_policy",
        "domain/test_lots.py::test_s3_counts_from_the_purchase_not_from_processing",
        "domain/test_lots.py::test_s3_default_is_never",
        "domain/test_lots.py::test_i7_dead_at_its_end_and_alive_just_before",
    ),
    "S4": (
        "domain/test_allocation.py::TestSpendOrder.test_s4_order_is_total",
        "domain/test_allocation.py::TestSpendOrder.test_s4_equal_ends_go_by_date_then_id",
        "domain/test_allocation.py::TestSpendOrder.test_s4_is_what_a_redemption_and_a_clawback_of_others_follow",
        "domain/test_allocation.py::TestSpendOrder.test_i5_no_later_lot_while_an_earlier_one_has_points",
    ),
    "S5": (
        "domain/test_movements.py::TestPending.test_s5_active_from_the_day_after_the_span",
        "domain/test_movements.py::TestPending.test_s5_cannot_be_spent_held_or_given",
        "domain/test_movements.py::TestPending.test_s5_an_activation_makes_active_what_is_pending",
        "domain/test_movements.py::TestPending.test_s5_repays_debt_when_it_becomes_active",
        "domain/test_movements.py::TestPending.test_s5_expiry_counts_from_the_purchase",
    ),
    "S6": (
        "domain/test_decide.py::TestReturns.test_s6_never_rounding_per_return",
        "domain/test_decide.py::TestReturns.test_s6_the_multiplier_and_rules_of_the_purchase",
        "domain/test_decide.py::TestReturns.test_s6_never_more_than_was_earned",
        "domain/test_decide.py::TestReturns.test_s6_a_whole_return_takes_what_is_still_kept",
    ),
    "S7": (
        "domain/test_allocation.py::TestClaims.test_s7_own_lot_first_then_spend_order",
        "domain/test_allocation.py::TestClaims.test_s7_how_far_the_walk_goes",
        "domain/test_allocation.py::TestClaims.test_s7_debt_limit_is_for_all_debts_together",
        "domain/test_allocation.py::TestClaims.test_s7_what_lapsed_unspent_owes_nothing",
    ),
    "S8": (
        "domain/test_credits.py::TestDebt.test_s8_the_next_credit_repays",
        "domain/test_credits.py::TestDebt.test_s8_oldest_debt_first",
        "domain/test_credits.py::TestDebt.test_s8_a_dead_lot_repays_nothing",
        "domain/test_credits.py::TestDebt.test_s8_a_debt_of_the_past_is_repaid_by_what_came_since",
    ),
    "S9": (
        "domain/test_credits.py::TestReversals.test_s9_partial_ones_go_in_reverse",
        "domain/test_credits.py::TestReversals.test_s9_never_before_the_redemption",
        "domain/test_credits.py::TestReversals.test_s9_what_had_lapsed_lapses_again",
        "domain/test_credits.py::TestReversals.test_s9_extend_makes_one_new_lot",
    ),
    "S10": (
        "domain/test_points_payment.py::test_s10_each_once_and_by_itself",
        "domain/test_points_payment.py::test_s10_points_go_back_to_their_lots",
        "domain/test_points_payment.py::test_s10_a_return_of_a_purchase_that_earned_nothing_gives_back_all_the_same",
    ),
    "S11": (
        "domain/test_points_payment.py::test_s11_points_and_value_lie_on_the_lines",
        "domain/test_points_payment.py::test_i19_any_partition_gives_back_all",
    ),
    "S12": (
        "domain/test_accrual.py::test_what_earns_is_configurable",
        "domain/test_accrual.py::test_excluded_lines_match_no_rule",
        "domain/test_basket.py::test_excluded_payments_are_spread_over_the_lines",
    ),
    "S13": (
        "domain/test_accrual.py::test_points_are_exact_and_rounded_once",
        "domain/test_accrual.py::test_one_rounding_per_purchase",
        "domain/test_accrual.py::test_proportion_and_steps",
        "domain/test_accrual.py::test_breakdown_and_lines_share_out_by_largest_remainder",
    ),
    "S14": (
        "domain/test_basket.py::test_foreign_money_is_converted_line_by_line",
        "domain/test_sales.py::test_a_foreign_return_is_converted_with_the_purchases_rate",
        "domain/test_decide.py::test_s14_a_foreign_purchase_carries_its_rate",
    ),
    "S15": (
        "loyalty/test_records.py::test_s15_the_same_edit_again_changes_nothing",
        "loyalty/test_loyalty.py::TestEnrolment.test_s15_the_same_member_again_changes_nothing",
        "loyalty/test_loyalty.py::TestEnrolment.test_s15_content_is_what_was_passed_before_defaults",
        "loyalty/test_loyalty.py::TestQuotes.test_s15_a_quote_of_a_recorded_id",
        "loyalty/test_runtime.py::TestContent.test_s15_equal_instants_and_numbers_are_equal",
    ),
    "S16": (
        "domain/test_transfers.py::TestTransfers.test_s16_lot_by_lot_with_the_expiry_they_had",
        "domain/test_transfers.py::TestTransfers.test_s16_both_or_neither",
        "domain/test_transfers.py::TestTransfers.test_s16_under_inactivity_the_end_that_stands_moves_along",
    ),
    "S17": (
        "domain/test_allocation.py::TestAdjustments.test_s17_taking_starts_at_other_lots",
        "domain/test_allocation.py::TestAdjustments.test_s17_nothing_to_take_writes_nothing",
        "domain/test_allocation.py::TestAdjustments.test_s17_says_who_and_why",
        "domain/test_allocation.py::TestAdjustments.test_s17_an_end_before_its_beginning_is_refused",
    ),
    "S18": (
        "domain/test_allocation.py::TestDebitsInThePast.test_s18_only_what_nobody_took_since",
        "domain/test_allocation.py::TestDebitsInThePast.test_s18_a_give_back_later_does_not_help",
        "domain/test_allocation.py::TestDebitsInThePast.test_s18_lots_that_were_alive_at_its_date",
        "domain/test_allocation.py::TestDebitsInThePast.test_s18_available_is_exactly_what_can_be_spent",
    ),
    "S19": (
        "domain/test_movements.py::TestHolds.test_s19_takes_in_spend_order_and_is_in_the_total",
        "domain/test_movements.py::TestHolds.test_s19_a_capture_spends_the_first_parts",
        "domain/test_movements.py::TestHolds.test_s19_times_out_by_itself",
        "domain/test_movements.py::TestHolds.test_s19_what_is_held_outlives_its_lot",
        "domain/test_movements.py::TestHolds.test_s19_what_comes_free_repays",
        "domain/test_movements.py::TestHolds.test_s19_a_late_capture_finds_what_is_left",
    ),
    "S20": (
        "domain/test_caps.py::test_s20_no_period_ever_gets_more_than_its_cap",
        "domain/test_caps.py::test_s20_what_is_left_is_granted_asked_is_told",
        "domain/test_caps.py::test_s20_a_late_purchase_counts_in_its_own_period",
        "domain/test_caps.py::test_s20_a_return_gives_no_room_back",
        "domain/test_caps.py::test_s20_the_last_rules_give_way_first",
        "domain/test_achievements.py::test_s20_awards_are_worth_the_history_in_any_order",
        "domain/test_achievements.py::test_s20_no_day_ever_gets_more_than_its_cap",
        "domain/test_achievements.py::test_s20_both_sides_of_a_referral",
    ),
    "S21": (
        "domain/test_telling.py::test_s21_points_that_come_and_go",
        "domain/test_telling.py::test_s21_points_become_active_by_date",
        "domain/test_telling.py::test_s21_points_expire_within_so_many_days",
        "domain/test_telling.py::test_s21_a_tier_about_to_fall",
        "domain/test_telling.py::test_s21_a_birthday_within_so_many_days",
        "test_missed_runs.py::test_s21_a_missed_run_loses_none",
        "test_missed_runs.py::test_s21_whatever_arrives_between_runs",
        "loyalty/test_outbox.py::test_s21_at_least_once_in_the_order_written",
        "loyalty/test_cloud_events.py::test_s21_an_event_says_what_the_notice_says",
    ),
    "S22": (
        "domain/test_reconciliation.py::test_s22_opening_balances_reconcile",
        "domain/test_transfers.py::TestOpeningBalances.test_s22_each_lot_with_its_own_expiry",
        "domain/test_transfers.py::TestOpeningBalances.test_an_end_before_the_opening_is_refused",
    ),
    "S23": (
        "domain/test_profiles.py::test_a_merge_rests_the_other_versions_and_an_unmerge_wakes_them",
        "loyalty/test_members.py::test_s23_a_merge_keeps_all_sums_and_ends",
        "loyalty/test_members.py::test_s23_both_ids_resolve",
        "loyalty/test_members.py::TestTiers.test_s23_the_joined_history_decides",
        "loyalty/test_members.py::TestTiers.test_s23_from_the_earlier_enrolment",
        "loyalty/test_members.py::test_s23_undone_at_once_it_has_never_been",
        "loyalty/test_members.py::test_s23_what_came_meanwhile_goes_to_the_id_it_named",
        "loyalty/test_members.py::test_s23_refused_once_a_debit_took_from_the_other_side",
    ),
    "S24": (
        "domain/test_rewards.py::test_s24_a_reward_has_its_price",
        "domain/test_rewards.py::test_s24_who_may_have_it_is_judged_at_its_instant",
        "domain/test_rewards.py::test_s24_never_more_than_per_member",
        "domain/test_vouchers.py::test_s24_a_voucher_is_spent_once",
        "domain/test_vouchers.py::test_s24_of_several_late_uses_the_first_recorded_wins",
        "domain/test_vouchers.py::test_s24_a_used_voucher_does_not_go_back",
        "loyalty/test_stock.py::test_s24_never_more_than_the_stock",
    ),
    "S25": (
        "domain/test_points_payment.py::test_s25_both_or_neither",
        "domain/test_points_payment.py::test_s25_never_with_its_own_points",
        "domain/test_points_payment.py::test_s25_its_points_repay_what_is_owed",
    ),
    "T1": (
        "domain/test_account.py::test_t1_what_moves_no_metric_moves_nothing",
        "domain/test_tiers.py::test_t1_only_qualifying_facts_move_tiers",
        "domain/test_credits.py::TestDebt.test_s8_metrics_still_count_the_whole_accrual",
        "domain/test_standing.py::TestLateFacts.test_t8_points_given_meanwhile_keep_their_rate",
    ),
    "T2": (
        "domain/test_standing.py::test_t2_distances_see_the_purchase_itself",
        "domain/test_tier_windows.py::TestWindows.test_t2_bounds",
        "domain/test_tier_windows.py::TestWindows.test_t2_anniversary",
        "domain/test_tier_windows.py::TestWindows.test_t2_a_check_sees_what_lies_before_it",
    ),
    "T3": (
        "domain/test_tiers.py::TestUpAtOnce.test_t3_the_purchase_that_crosses",
        "domain/test_tiers.py::TestUpAtOnce.test_t3_straight_to_the_top",
        "domain/test_tiers.py::TestUpAtOnce.test_t3_an_upgrade_restarts_validity_requalifying_does_not",
        "domain/test_tiers.py::TestUpAtOnce.test_t10_visits_and_events_are_judged_too",
    ),
    "T4": (
        "domain/test_tiers.py::TestDownWhenValidityEnds.test_t4_one_down_over_the_years",
        "domain/test_tiers.py::TestDownWhenValidityEnds.test_t4_requalify",
        "domain/test_tiers.py::TestDownWhenValidityEnds.test_t4_keep_has_its_own_rule",
        "domain/test_tiers.py::TestDownWhenValidityEnds.test_t4_up_at_a_check",
    ),
    "T5": (
        "domain/test_standing.py::TestRulesThatAskForFacts.test_t5_facts_include_the_purchase_tiers_do_not",
        "domain/test_tiers.py::TestUpAtOnce.test_t5_it_earns_at_the_tier_before_it",
        "domain/test_answers.py::test_a_receipt_says_what_it_led_to",
        "domain/test_standing.py::TestLateFacts.test_t8_a_late_purchase_earns_at_the_tier_of_its_day",
    ),
    "T6": (
        "domain/test_grants.py::test_t6_a_floor_lies_beneath_what_is_earned",
        "domain/test_grants.py::test_t6_a_fixed_tier_is_this_and_no_other",
        "domain/test_grants.py::test_t6_it_changes_no_metric_and_no_validity",
        "domain/test_grants.py::test_t6_an_end_by_a_word_and_an_end_by_date",
        "test_arrival.py::test_i23_the_same_metrics_and_tiers",
    ),
    "T7": (
        "loyalty/test_change.py::TestVersions.test_t7_what_happens_is_judged_by_the_version_of_its_date",
        "loyalty/test_change.py::TestVersions.test_t7_the_newest_declaration_replaces_an_announced_one",
        "loyalty/test_change.py::TestOpening.test_t7_opens_with_what_holds_or_is_announced",
        "loyalty/test_change.py::TestMigrations.test_t7_keep_until_validity_ends",
        "loyalty/test_change.py::TestMigrations.test_t7_a_tier_between_two",
        "loyalty/test_change.py::TestMigrations.test_t7_judged_on_the_day_of_the_change",
        "loyalty/test_change.py::TestMigrations.test_t7_a_tier_that_is_gone_or_renamed",
        "loyalty/test_change.py::TestThePast.test_t7_in_the_past_means_before_a_recorded_fact",
        "loyalty/test_change.py::TestThePast.test_t7_a_correction_takes_tiers_again_and_leaves_points",
    ),
    "T8": (
        "domain/test_profiles.py::test_records_mean_what_the_model_means",
        "domain/test_standing.py::TestLateFacts.test_t8_a_late_purchase_earns_at_the_tier_of_its_day",
        "domain/test_standing.py::TestLateFacts.test_t8_gives_the_tier_of_arrival_on_time",
        "domain/test_standing.py::TestLateFacts.test_t8_points_given_meanwhile_keep_their_rate",
        "domain/test_standing.py::TestLateFacts.test_t8_a_late_return_never_lowers_other_points",
        "test_arrival.py::test_i23_the_same_metrics_and_tiers",
        "test_arrival.py::test_i24_corrections_account_for_every_difference",
        "test_arrival.py::test_i23_the_same_points_where_they_are_restated",
    ),
    "T9": (
        "domain/test_tier_windows.py::TestReturns.test_t9_at_the_next_check",
        "domain/test_tier_windows.py::TestReturns.test_t9_immediately_is_itself_a_check",
        "domain/test_tier_windows.py::TestReturns.test_t9_immediately_requalify",
        "domain/test_tier_windows.py::TestReturns.test_t9_immediately_but_still_kept",
    ),
    "T10": (
        "loyalty/test_records.py::test_t10_the_tier_is_judged_at_an_edit_and_rules_see_the_record_of_their_instant",
        "domain/test_account.py::test_t10_incremental_equals_from_scratch",
        "domain/test_standing.py::test_t10_checks_that_run_late_decide_the_same",
        "domain/test_standing.py::TestLateChecks.test_t10_three_days_late_with_their_due_date",
        "domain/test_standing.py::TestLateChecks.test_t10_one_microsecond_early_is_nothing",
    ),
    "T11": (
        "domain/test_status.py::test_t11_what_a_status_tells",
        "domain/test_status.py::test_t11_the_tier_projected_at_the_end",
        "domain/test_status.py::test_t11_projection_within_grace",
        "domain/test_status.py::test_t11_explained_in_both_languages",
    ),
    "T12": (
        "loyalty/test_records.py::test_t12_of_two_edits_at_one_instant_the_later_one_counts",
        "domain/test_reading.py::test_t12_a_correction_stands_behind_the_expiry_it_corrects",
        "domain/test_tiers.py::TestOneInstant.test_t12_a_purchase_at_until_is_judged_after_the_fall",
        "domain/test_tiers.py::TestOneInstant.test_t12_one_microsecond_before_it_is_not",
        "domain/test_tiers.py::TestOneInstant.test_t12_order_of_arrival_at_one_instant_does_not_matter",
        "domain/test_grants.py::test_t12_before_everything_else_of_its_instant_but_checks",
    ),
    "C1": (
        "domain/test_reading.py::TestDays.test_c1_the_end_of_a_day_is_the_shops",
        "domain/test_reading.py::TestDays.test_c1_a_midnight_that_does_not_exist",
        "domain/test_reading.py::TestDays.test_c1_days_since_purchase_is_a_difference_of_dates",
        "domain/test_answers.py::test_answers_are_in_the_shops_own_time",
    ),
    "C2": (
        "loyalty/test_loyalty.py::TestQuotes.test_c2_what_is_quoted_is_what_is_recorded",
        "loyalty/test_loyalty.py::TestQuotes.test_c2_the_instant_is_frozen",
        "domain/test_account.py::test_i11_deciding_changes_nothing",
    ),
    "C3": (
        "domain/test_birthday.py::test_a_birthday_is_observed_once_a_year",
        "loyalty/test_selection.py::TestBirthdays.test_c3_born_on_29_february",
        "loyalty/test_selection.py::TestBirthdays.test_c3_an_unknown_year_gives_no_age",
    ),
    "C4": (
        "domain/test_birthday.py::test_age_is_completed_years",
        "loyalty/test_selection.py::TestBirthdays.test_c4_age_is_of_the_programmes_day",
        "loyalty/test_selection.py::TestBirthdays.test_c4_a_registered_calendar",
        "loyalty/test_selection.py::TestBirthdays.test_c3_born_on_29_february",
    ),
    "C5": (
        "domain/test_reading.py::test_c5_a_statement_is_in_order_and_sums_up",
        "domain/test_reading.py::test_c5_what_is_due_shows_written_or_not",
        "domain/test_reading.py::test_c5_as_of_omitted_is_now",
        "domain/test_reading.py::test_c5_statements_and_balances_stay_as_they_were_made",
    ),
    "I1": (
        "domain/test_ledger.py::test_i1_i2_sums_hold_at_every_instant",
        "domain/test_answers.py::test_balance_total",
        "domain/test_verification.py::test_damage_is_named",
        "loyalty/test_maintenance.py::test_verify_finds_nothing_in_any_story",
    ),
    "I2": (
        "domain/test_ledger.py::test_i1_i2_sums_hold_at_every_instant",
        "domain/test_answers.py::test_balance_total",
        "domain/test_reading.py::test_c5_a_statement_is_in_order_and_sums_up",
        "domain/test_verification.py::test_damage_is_named",
    ),
    "I3": (
        "domain/test_decide.py::test_i3_points_never_come_from_nowhere",
        "domain/test_ledger.py::test_i3_points_are_left_taken_or_lapsed",
        "domain/test_allocation.py::TestDebitsInThePast.test_s18_available_is_exactly_what_can_be_spent",
        "domain/test_credits.py::TestDebt.test_s8_a_debt_of_the_past_leaves_what_was_spent_and_what_had_lapsed",
    ),
    "I4": (
        "domain/test_allocation.py::test_i4_only_two_things_make_debt",
        "domain/test_allocation.py::TestDebitsInThePast.test_s18_available_is_exactly_what_can_be_spent",
    ),
    "I5": ("domain/test_allocation.py::TestSpendOrder.test_i5_no_later_lot_while_an_earlier_one_has_points",),
    "I6": ("domain/test_allocation.py::TestSpendOrder.test_i6_nothing_lets_fewer_points_expire",),
    "I7": (
        "domain/test_lots.py::test_i7_dead_at_its_end_and_alive_just_before",
        "loyalty/test_settlement.py::test_i7_due_at_its_instant",
        "domain/test_verification.py::test_damage_is_named",
        "loyalty/test_maintenance.py::test_verify_finds_nothing_in_any_story",
    ),
    "I8": (
        "domain/test_ledger.py::test_i8_late_debits_correct_what_was_written",
        "domain/test_ledger.py::test_i8_late_credits_are_written_off_by_the_next_settlement",
        "domain/test_ledger.py::test_i8_inactivity_that_did_not_happen_is_taken_back",
        "loyalty/test_settlement.py::test_i8_in_parts_twice_and_in_any_order",
    ),
    "I9": (
        "loyalty/test_intake.py::test_i9_running_it_again_is_harmless",
        "loyalty/test_runtime.py::test_i9_sent_often_and_in_turns_is_sent_once",
        "loyalty/test_runtime.py::test_i9_a_receipt_is_the_first_one_whatever_came_since",
        "loyalty/test_intake.py::test_i14_any_cut_into_units_gives_the_same_state",
    ),
    "I10": (
        "loyalty/test_loyalty.py::TestEnrolment.test_i10_other_content_is_a_conflict",
        "loyalty/test_runtime.py::TestContent.test_i10_other_content_is_a_conflict",
        "loyalty/test_runtime.py::TestDigest.test_d_sees_everything_else",
    ),
    "I11": (
        "domain/test_account.py::test_i11_deciding_changes_nothing",
        "domain/test_decide.py::test_i11_a_refusal_writes_nothing_and_leaves_the_id_free",
        "loyalty/test_intake.py::test_i11_a_source_that_breaks_keeps_whole_units",
        "loyalty/test_runtime.py::TestWholeOrNotAtAll.test_i11_an_exception_in_the_middle_of_a_unit",
    ),
    "I12": (
        "loyalty/test_runtime.py::test_i12_the_same_d_in_every_process",
        "domain/test_account.py::test_i13_any_snapshot_plus_the_rest",
        "domain/test_verification.py::test_damage_is_named",
        "loyalty/test_maintenance.py::test_verify_finds_nothing_in_any_story",
    ),
    "I13": (
        "domain/test_account.py::test_i13_any_snapshot_plus_the_rest",
        "domain/test_ledger.py::test_i13_any_beginning_plus_the_rest_is_the_fold_of_all",
        "storage/test_memory.py::test_i13_an_account_is_the_fold_of_its_records",
        "domain/test_account.py::test_t10_incremental_equals_from_scratch",
        "test_arrival.py::test_i13_kept_step_by_step_is_folded_from_scratch",
        "domain/test_timeline.py::test_i13_in_any_order_as_in_one_go",
    ),
    "I14": (
        "loyalty/test_intake.py::test_i14_any_cut_into_units_gives_the_same_state",
        "loyalty/test_loyalty.py::test_i14_members_do_not_share_anything",
        "test_arrival.py::test_i14_any_cut_into_batches",
        "test_arrival.py::test_i23_the_same_metrics_and_tiers",
    ),
    "I15": (
        "domain/test_ledger.py::test_i15_nobody_else_is_touched",
        "loyalty/test_loyalty.py::test_i14_members_do_not_share_anything",
    ),
    "I16": (
        "domain/test_reading.py::test_c5_statements_and_balances_stay_as_they_were_made",
        "loyalty/test_selection.py::TestPinned.test_c5_what_comes_later_does_not_show",
        "loyalty/test_settlement.py::test_i8_a_question_has_one_answer_with_or_without_the_job",
        "storage/test_memory.py::TestSnapshots.test_c5_pinned_at_a_position",
        "test_arrival.py::test_i16_what_was_known_stays_known",
        "loyalty/test_known_at.py::test_i16_an_answer_known_at_an_instant_never_changes",
        "loyalty/test_known_at.py::test_i16_known_at_is_exclusive",
    ),
    "I17": (
        "domain/test_ledger.py::test_i17_numbered_without_gaps_and_never_changed",
        "domain/test_verification.py::test_damage_is_named",
        "loyalty/test_maintenance.py::test_verify_finds_nothing_in_any_story",
        "storage/test_memory.py::TestUnits.test_i11_all_when_it_ends",
    ),
    "I18": (
        "domain/test_credits.py::TestReversals.test_i18_nothing_between_restores_every_lot",
        "domain/test_credits.py::TestReversals.test_i18_together_never_more_than_the_redemption",
    ),
    "I19": (
        "domain/test_allocation.py::test_i19_any_partition_of_a_return_claims_the_same",
        "domain/test_decide.py::TestReturns.test_s6_never_more_than_was_earned",
        "test_arrival.py::test_i19_any_partition_of_a_return_of_what_was_put_right",
    ),
    "I20": (
        "domain/test_accrual.py::test_points_are_exact_and_rounded_once",
        "test_values.py::test_spread_sums_to_the_total_by_largest_remainder",
        "domain/test_verification.py::test_damage_is_named",
        "loyalty/test_maintenance.py::test_verify_finds_nothing_in_any_story",
    ),
    "I21": (
        "domain/test_movements.py::TestHolds.test_s19_never_more_than_is_held",
        "domain/test_movements.py::TestHolds.test_s19_a_release_gives_back",
    ),
    "I22": (
        "domain/test_transfers.py::TestTransfers.test_s16_lot_by_lot_with_the_expiry_they_had",
        "domain/test_transfers.py::TestTransfers.test_i1_transfers_cancel_across_members",
        "loyalty/test_members.py::test_i22_order_and_grouping_do_not_matter",
        "loyalty/test_members.py::test_i22_every_way_to_join_four",
        "loyalty/test_members.py::test_i22_merging_twice_is_once",
        "loyalty/test_members.py::TestInactivity.test_i22_activity_before_the_merge_is_of_one_side",
    ),
    "I23": (
        "loyalty/test_records.py::test_i23_metrics_and_tiers_do_not_depend_on_the_order_of_arrival",
        "domain/test_standing.py::test_i23_any_order_of_arrival_gives_the_same_tiers",
        "domain/test_ledger.py::test_i23_the_same_lots_in_every_order_of_arrival",
        "domain/test_standing.py::TestLateFacts.test_t8_every_arrival_order_of_six_facts",
        "domain/test_tiers.py::TestOneInstant.test_t12_order_of_arrival_at_one_instant_does_not_matter",
        "test_arrival.py::test_i23_the_same_metrics_and_tiers",
        "test_arrival.py::test_i23_the_same_lots",
        "test_arrival.py::test_i23_the_same_points_where_they_are_restated",
    ),
    "I24": (
        "domain/test_telling.py::test_i24_a_tier_decided_again_is_corrected",
        "domain/test_telling.py::test_i24_nothing_is_corrected_where_nothing_changed",
        "domain/test_notices.py::test_i24_a_notice_cannot_be_changed",
        "test_arrival.py::test_i24_corrections_account_for_every_difference",
    ),
    "I25": (
        "domain/test_tier_windows.py::TestReturns.test_i25_never_up_at_a_return",
        "domain/test_tiers.py::test_i25_scaling_changes_nothing",
    ),
    "I26": (
        "loyalty/test_selection.py::test_i26_select_is_the_predicate_on_each_member",
        "loyalty/test_selection.py::TestWaysToAsk.test_all_of_them_agree",
    ),
    "I28": (
        "rules/test_serialization.py::test_values_come_back_equal",
        "loyalty/test_programs.py::test_i28_a_programme_in_json_comes_back",
        "tables/test_exporting.py::test_i28_members_come_back_equal",
        "tables/test_statements.py::test_i28_statements_come_back_equal",
        "tables/test_facts.py::test_i28_facts_come_back_equal",
        "tables/test_article.py::test_i28_they_go_out_as_xlsx_look_the_same_and_come_in_equal",
    ),
    "I30": (
        "loyalty/test_loyalty.py::test_i30_threads_never_spend_twice",
        "storage/test_memory.py::TestUnits.test_no_other_unit_writes_meanwhile",
        "loyalty/test_threads.py::test_i30_as_if_one_after_the_other",
    ),
    "I31": (
        "test_bad_input.py::test_a_limit_is_stated_and_checked_at_the_door",
        "test_any_input.py::test_anything_in_any_place_returns_or_is_refused",
        "test_personal_values.py::test_no_error_and_no_log_shows_anything_personal",
        "domain/test_status.py::test_t11_another_language_is_refused",
        "tables/test_any_table_input.py::test_anything_in_any_place_returns_or_is_refused",
        "tables/test_importing.py::test_i31_no_summary_no_reason_and_no_log_shows_a_value",
    ),
}


@cache
def read_tests(module: Path) -> Mapping[str, str]:
    """The tests of a file, ``Class.test_name`` or ``test_name``, with what each says it holds."""
    return dict(_tests_in(ast.parse(module.read_text("utf-8")).body, ""))


def _tests_in(nodes: list[ast.stmt], place: str) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            yield from _tests_in(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{place}{node.name}", ast.get_docstring(node) or ""


def numbers_in(text: str) -> set[str]:
    """The rules that a docstring names; ``S1-S18`` names all from S1 to S18."""
    found = set(re.findall(r"\b[STCI]\d{1,2}\b", text))
    for letter, first, last in re.findall(r"\b([STCI])(\d{1,2})-\1(\d{1,2})\b", text):
        found |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return found


def test_the_table_has_every_rule_and_invariant() -> None:
    """Every number that the work so far must hold stands in the table, each with at least one test."""
    assert [number for number in REQUIRED if not TABLE.get(number)] == []


@pytest.mark.parametrize("number", TABLE)
def test_every_entry_is_a_test_that_names_it(number: str) -> None:
    """The test exists, and its docstring names the rule or invariant that it holds."""
    for entry in TABLE[number]:
        module, _, name = entry.partition("::")
        known = read_tests(TESTS / module)
        assert name in known, entry
        assert number in numbers_in(known[name]), entry


def test_the_machine_holds_them_all_together() -> None:
    """The machine runs all rules of points, tiers and calendar at once, whatever their own tests say."""
    module, _, name = MACHINE.partition("::")
    named = numbers_in(read_tests(TESTS / module)[name])
    assert [number for number in REQUIRED if number[0] != "I" and number not in named] == []


def test_a_test_that_names_a_rule_names_one_that_exists() -> None:
    """No test names a number beyond those that the project has."""
    last = {"S": 25, "T": 12, "C": 5, "I": 31}
    for module in sorted(TESTS.glob("**/test_*.py")):
        for name, text in read_tests(module).items():
            wrong = {found for found in numbers_in(text) if not 1 <= int(found[1:]) <= last[found[0]]}
            assert not wrong, f"{module.name}::{name}"
