//! The contract of `vestibule_storage::Store`: behaviour, isolation, concurrency, outbox, ordering, pages.
//!
//! `storage_tests!(crate::open)` makes one test per rule; `open` is an async function that gives a store on an empty,
//! migrated database and a guard that keeps it alive.

pub mod challenges;
pub mod clients;
pub mod credentials;
pub mod deliveries;
pub mod events;
pub mod exports;
pub mod federation;
pub mod fixture;
pub mod flows;
pub mod grants;
pub mod idempotency;
pub mod isolation;
pub mod jobs;
pub mod keys;
pub mod lockouts;
pub mod mailbox;
pub mod pictures;
pub mod realms;
pub mod requests;
pub mod secrets;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod sweep;
pub mod texts;
pub mod themes;
pub mod tokens;
pub mod transactions;
pub mod trusted_devices;
pub mod users;

/// One test per rule of the storage contract, each on a store of its own.
#[macro_export]
macro_rules! storage_tests {
    ($open:path) => {
        $crate::storage_cases! { $open;
            realms {
                a_realm_is_found_by_slug_id_and_host
                a_taken_slug_or_host_is_a_conflict
                saving_raises_the_config_version_and_guards_the_version
                a_deleted_realm_leaves_nothing
                realms_are_listed_by_slug_in_pages
                a_configuration_change_wakes_the_feed
            }
            secrets {
                a_secret_comes_back_and_is_replaced
                a_removed_secret_is_gone
            }
            pictures {
                a_picture_comes_back_and_is_replaced
                a_removed_picture_is_gone
            }
            themes {
                a_draft_is_changed_by_whoever_saw_it_last
                the_highest_revision_is_the_current_one_and_old_ones_go
            }
            keys {
                keys_come_back_as_stored_oldest_first
                retired_keys_go_when_their_time_has_come
            }
            clients {
                a_client_comes_back_as_stored
                a_taken_client_id_is_a_conflict
                clients_are_listed_by_id_in_pages
                a_deleted_client_takes_its_grants_codes_and_tokens_along
                an_initial_access_token_is_good_for_its_uses
                parallel_registrations_do_not_share_a_use
            }
            users {
                a_user_comes_back_as_stored
                every_identifier_finds_its_user
                an_identifier_belongs_to_one_user
                a_given_up_identifier_is_free_again
                a_lost_update_is_stale
                users_are_filtered_and_listed_in_pages
                a_deleted_user_takes_everything_along
            }
            credentials {
                a_credential_comes_back_as_stored
                a_user_has_one_password
                a_deleted_credential_is_gone
            }
            challenges {
                a_challenge_comes_back_as_stored
                a_new_challenge_replaces_the_open_one_of_its_flow
                attempts_and_the_answer_are_bounded
                parallel_answers_share_neither_an_attempt_nor_the_claim
            }
            lockouts {
                attempts_follow_the_rule_of_the_domain
                success_forgets_the_failures
                an_attempt_that_was_not_made_is_given_back
                parallel_attempts_do_not_share_a_count
            }
            trusted_devices {
                a_browser_is_trusted_until_its_time_is_over
                forgetting_ends_the_trust_and_what_it_waived
            }
            exports {
                a_copy_becomes_ready_and_is_taken_by_its_owner
                one_copy_at_a_time_is_made
            }
            flows {
                a_flow_comes_back_as_stored
                a_double_submit_is_stale
            }
            sign_in {
                an_attempt_finds_flow_request_and_person_together
                a_return_finds_request_flow_session_and_grant_together
                the_owner_of_a_token_comes_with_its_liveness
            }
            federation {
                a_connection_comes_back_as_stored
                an_identity_is_found_by_its_exact_subject
                identities_are_listed_used_and_removed
                a_deleted_connection_takes_identities_and_trips_along
                a_trip_returns_once
                who_came_back_is_taken_once
                a_second_realm_sees_no_connection_identity_or_trip
            }
            sessions {
                a_session_is_found_by_secret_and_id
                live_sessions_are_listed_in_pages
                ending_sessions_ends_their_families_and_tells_of_it
                each_scope_ends_what_it_names
                a_touch_after_the_end_is_stale
                a_known_user_agent_is_remembered
            }
            grants {
                a_grant_comes_back_and_is_widened
                grants_are_listed_in_pages
                withdrawing_revokes_the_families
            }
            requests {
                a_request_is_found_by_id_and_reference
                a_request_is_answered_once
                parallel_answers_of_a_request_have_one_winner
            }
            tokens {
                a_code_is_redeemed_once
                parallel_redemptions_of_a_code_have_one_winner
                a_refresh_token_rotates_once
                a_lost_answer_is_repeated_within_the_grace
                a_used_successor_makes_a_retry_a_reuse
                parallel_rotations_have_one_winner
                parallel_retries_leave_one_token
                revoking_a_family_is_seen_by_the_liveness_check
                liveness_sees_user_and_session
                session_clients_are_those_with_live_families
                client_access_is_what_a_user_can_withdraw
                a_one_time_value_is_remembered_until_it_expires
                parallel_presentations_of_a_value_have_one_winner
            }
            events {
                events_appear_with_their_change_or_not_at_all
                events_carry_their_context
                events_are_listed_newest_first_in_pages
                events_are_filtered_by_kind_and_subject
                the_journal_appends_to_several_realms
            }
            jobs {
                a_job_commits_with_its_change
                a_claimed_job_is_not_claimed_again_before_its_lease_ends
                parallel_workers_share_the_jobs
                outcomes_of_jobs_are_kept
                jobs_are_listed_in_pages
            }
            idempotency {
                a_key_answers_again_with_the_first_answer
                a_released_or_abandoned_key_is_free
                parallel_claims_have_one_winner
            }
            deliveries {
                each_attempt_at_a_message_replaces_the_one_before
                deliveries_are_listed_newest_first_by_user_and_state
            }
            texts {
                messages_are_counted_by_hour_by_day_and_by_block
                that_a_block_is_stopped_is_noted_once
                parallel_messages_are_all_counted
            }
            mailbox {
                a_message_is_kept_once_and_listed_newest_first
                text_messages_are_kept_apart_from_mail
            }
            setup {
                a_setup_code_is_used_once
                a_new_setup_code_replaces_unused_ones
                the_claim_of_a_setup_code_commits_with_its_user_or_not_at_all
            }
            sweep {
                what_is_over_goes_and_what_is_needed_stays
                a_sweep_is_bounded
            }
            transactions {
                a_read_cannot_write
                a_rolled_back_or_dropped_transaction_changes_nothing
                dropped_transactions_do_not_exhaust_the_pool
                rows_with_and_without_empty_fields_follow_each_other
                a_failed_transaction_cannot_be_committed
                a_named_lock_has_one_holder
                an_empty_commit_succeeds
                the_last_call_of_a_transaction_is_kept
                a_failed_last_call_keeps_nothing
                the_store_is_ready
                a_bad_page_key_is_refused
            }
            isolation {
                a_second_realm_gets_nothing_from_any_method
            }
        }
    };
}

/// Writes the tests of [`storage_tests!`].
#[doc(hidden)]
#[macro_export]
macro_rules! storage_cases {
    ($open:path; $($module:ident { $($case:ident)* })*) => {$(
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let (store, guard) = $open().await;
                    $crate::storage::$module::$case(store.clone()).await;
                    drop(store);
                    drop(guard);
                }
            )*
        }
    )*};
}
