//! The fault matrix: what becomes of a call when the connection, the server, the credential or the
//! clock fails, and how often it is sent.
//!
//! Cases are run against sockets that follow a script, for an action that reads and for one that
//! writes. Those about one part of the runtime alone are beside it, and those about the content of
//! replies among the tests of the client. A stream of events is limited in its silence, not in its
//! speed (38), and users cannot set the address of a metadata service (78).
//!
//! | Case | Tests |
//! |---|---|
//! | 1 | `connection::case_1_a_refused_connection_is_tried_again` |
//! | 2 | `connection::case_2_three_refusals_are_enough` `retry::tests::pauses_grow_up_to_the_longest` `retry::tests::attempts_and_pauses_are_bounded` `budget::tests::a_host_that_is_down_is_retried_thirty_five_times` |
//! | 3 | `dns::case_3_a_name_that_is_not_known_is_tried_again` |
//! | 4 | `dns::case_4_the_next_address_is_called_where_one_is_dead` |
//! | 5 | `connection::case_5_a_connection_that_nobody_accepts_times_out` |
//! | 6 | `tls::case_6_a_server_that_is_not_trusted_is_called_once_and_says_why` `tls::case_6_a_caller_is_asked_for_a_certificate` |
//! | 7 | `tls::case_7_a_handshake_that_is_cut_is_begun_again` |
//! | 8 | `tls::case_8_a_server_without_tls_is_not_tried_again` |
//! | 9 | `proxy::case_9_a_proxy_that_refuses_is_asked_once_and_named_without_its_password` `proxy::case_9_a_proxy_that_is_lost_is_tried_again` |
//! | 10 | `proxy::case_10_the_environment_says_what_goes_through_a_proxy` |
//! | 11 | `connection::cases_11_and_12_connections_that_are_lost_at_once` |
//! | 12 | `connection::cases_11_and_12_connections_that_are_lost_at_once` |
//! | 13 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 14 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 15 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 16 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 17 | `connection::cases_17_to_19_a_kept_connection_that_is_closed_is_replaced` |
//! | 18 | `connection::cases_17_to_19_a_kept_connection_that_is_closed_is_replaced` |
//! | 19 | `connection::cases_17_to_19_a_kept_connection_that_is_closed_is_replaced` |
//! | 20 | `connection::case_20_a_refusal_is_read_while_the_request_is_still_being_sent` |
//! | 21 | `http2::case_21_a_request_that_is_put_aside_is_sent_again_whatever_it_does` |
//! | 22 | `http2::case_22_a_request_that_may_have_been_executed_is_not_sent_again_if_it_writes` |
//! | 23 | `connection::case_23_interim_replies_are_passed_over` |
//! | 24 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 25 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 26 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 27 | `connection::cases_27_and_29_to_31_replies_that_are_not_http` |
//! | 28 | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | 29 | `connection::cases_27_and_29_to_31_replies_that_are_not_http` |
//! | 30 | `connection::cases_27_and_29_to_31_replies_that_are_not_http` |
//! | 31 | `connection::cases_27_and_29_to_31_replies_that_are_not_http` `http2::case_31_a_reply_with_too_many_headers_is_not_asked_for_again` `limits::case_31_more_headers_may_be_allowed_for_or_fewer` `limits::case_31_larger_headers_may_be_allowed_for_or_smaller_ones` |
//! | 32 | `client::transport::replies_are_read_by_their_content_not_by_their_headers` `reply::case_32_a_request_id_that_is_no_text_is_shown_as_well_as_it_can_be` |
//! | 33 | `reply::case_33_nothing_is_a_reply_where_nothing_is_expected` |
//! | 34 | `reply::case_34_bytes_after_a_reply_are_not_taken_for_the_next_one` |
//! | 35 | `connection::cases_35_to_37_attempts_that_take_too_long` |
//! | 36 | `connection::cases_35_to_37_attempts_that_take_too_long` |
//! | 37 | `connection::cases_35_to_37_attempts_that_take_too_long` |
//! | 38 | `client::events::only_silence_ends_a_stream_that_takes_long` |
//! | 39 | `connection::case_39_a_pause_beyond_the_deadline_is_not_begun` |
//! | 40 | `connection::case_40_a_call_that_is_dropped_closes_its_connection` `connection::case_40_a_call_that_is_dropped_in_a_pause_is_not_sent_again` `limiter::local::tests::a_moment_that_is_given_back_is_given_out_again` |
//! | 41 | `throttle::case_41_what_the_vendor_asks_for_is_kept_to` `retry::tests::a_hint_is_kept_within_bounds` `hint::tests::reads_seconds_and_instants` |
//! | 42 | `auth::case_42_a_pause_does_not_notice_that_the_clock_is_set_back` |
//! | 43 | `throttle::case_43_throttling_is_tried_again_whatever_the_action_does` |
//! | 44 | `throttle::case_44_numbers_are_codes_as_well` |
//! | 45 | `throttle::case_45_the_gateway_throttles_with_a_status` |
//! | 46 | `throttle::case_46_a_quota_is_no_throttling` |
//! | 47 | `throttle::case_47_a_success_ends_the_call` |
//! | 48 | `throttle::case_48_a_host_that_is_down_is_not_flooded` |
//! | 49 | `throttle::case_49_who_cannot_wait_for_a_rate_sends_nothing` `limiter::local::tests::a_hundred_calls_at_twenty_a_second_take_four_seconds` `limiter::local::tests::who_cannot_wait_is_told_at_once_and_takes_nothing` |
//! | 50 | `throttle::case_50_an_action_at_its_limit_does_not_hold_up_another` |
//! | 51 | `reply::cases_51_and_52_servers_that_fail` |
//! | 52 | `reply::cases_51_and_52_servers_that_fail` |
//! | 53 | `reply::case_53_a_page_in_the_place_of_a_reply_is_not_asked_for_again` |
//! | 54 | `client::transport::replies_are_read_by_their_content_not_by_their_headers` |
//! | 55 | `client::transport::replies_are_read_by_their_content_not_by_their_headers` |
//! | 56 | `reply::cases_56_to_72_replies_that_cannot_be_read` |
//! | 57 | `reply::cases_56_to_72_replies_that_cannot_be_read` |
//! | 58 | `reply::cases_58_and_59_replies_that_are_too_large` `memory::case_58_a_bomb_takes_no_more_memory_than_a_reply_may` |
//! | 59 | `reply::cases_58_and_59_replies_that_are_too_large` `client::transport::replies_are_limited_in_size_after_decompression` |
//! | 60 | `reply::case_60_compressed_replies_that_are_broken_or_cut` |
//! | 61 | `reply::cases_56_to_72_replies_that_cannot_be_read` |
//! | 62 | `reply::case_62_depth_that_nobody_asked_for_is_passed_over` `limits::case_62_a_limit_of_the_depth_counts_what_is_passed_over_as_well` |
//! | 63 | `reply::cases_56_to_72_replies_that_cannot_be_read` `client::transport::bytes_that_are_not_utf_8_are_replaced_where_that_is_asked_for` |
//! | 64 | `decode::tests::replaces_halves_of_surrogate_pairs` `client::transport::bytes_that_are_not_utf_8_are_replaced_where_that_is_asked_for` |
//! | 65 | `decode::tests::takes_null_for_absent_and_the_last_of_several` |
//! | 66 | `decode::tests::takes_null_for_absent_and_the_last_of_several` `envelope::tests::a_strict_reader_refuses_the_first_mismatch` |
//! | 67 | `envelope::tests::reads_the_pages_reply_of_describe_user_info` |
//! | 68 | `decode::tests::takes_null_for_absent_and_the_last_of_several` `envelope::tests::a_strict_reader_refuses_the_first_mismatch` |
//! | 69 | `decode::tests::takes_null_for_absent_and_the_last_of_several` |
//! | 70 | `decode::tests::takes_null_for_absent_and_the_last_of_several` |
//! | 71 | `decode::tests::leaves_out_numbers_that_do_not_fit_instead_of_wrapping_them` `decode::tests::reads_values_of_other_types_that_say_the_same` |
//! | 72 | `reply::cases_56_to_72_replies_that_cannot_be_read` |
//! | 73 | `auth::case_73_a_clock_that_is_wrong_is_corrected_once` `auth::case_73_every_reply_corrects_the_clock` `auth::case_73_a_clock_is_corrected_where_nothing_is_left_for_retries` `auth::case_73_the_clock_of_each_vendor_is_corrected` |
//! | 74 | `credentials::cache::tests::two_hundred_callers_share_one_renewal_and_its_failure` `credentials::cache::tests::who_gives_up_does_not_stop_the_renewal` |
//! | 75 | `auth::cases_74_and_75_a_refused_credential_is_replaced_once` `credentials::cache::tests::only_the_refused_key_is_replaced` |
//! | 76 | `reply::case_76_redirects_are_not_followed` |
//! | 77 | `injection::case_77_headers_that_would_change_the_request_are_not_sent` `encode::tests::encodes_path_values_and_refuses_those_that_lead_elsewhere` |
//! | 78 | `credentials::cvm_role::tests::a_service_that_points_elsewhere_is_not_followed` `client::errors::secrets_never_show` `credentials::cvm_role::canary::case_78_secrets_stay_secret_whatever_the_machine_says` `canary::case_78_secrets_stay_secret_whatever_servers_answer` `canary::connections::case_78_secrets_stay_secret_on_the_way` `canary::unsent::case_78_secrets_stay_secret_where_nothing_can_be_called` `canary::providers::case_78_secrets_stay_secret_on_their_way_here` `canary::providers::case_78_secrets_stay_secret_in_the_environment` `canary::recordings::case_78_secrets_stay_secret_in_recordings` `canary::limiter::case_78_secrets_stay_secret_at_the_limiter` `canary::kinds::case_78_secrets_stay_secret_in_errors_of_every_kind` `canary::kinds::case_78_secrets_stay_secret_in_calls_that_are_waited_for` |

mod actions;
mod auth;
mod canary;
mod capture;
mod connection;
mod dns;
mod http2;
mod idempotency;
mod injection;
mod limits;
mod proxy;
mod reply;
mod rivals;
mod script;
mod secure;
mod table;
mod throttle;
mod tls;
mod tunnel;

use std::time::Duration;

use bindery_runtime::support::{Action, ServiceClient};
use bindery_runtime::{
    Config, ConfigBuilder, Credential, Error, ErrorKind, Exhausted, Response, RetryPolicy,
};

use crate::actions::{TencentRead, TencentWrite, tencent};
use crate::script::{Script, Server};

/// What a call ends with: the attempts, and on failure the kind and whether it may have executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Success(u32),
    Failure(ErrorKind, u32, MayHaveExecuted),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayHaveExecuted {
    Yes,
    No,
}

pub(crate) const SUCCESS: &str = r#"{"Response": {"Total": 7, "RequestId": "id"}}"#;

pub(crate) fn key() -> Credential {
    Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key-of-the-example")
}

/// A configuration that calls a server and whose pauses are short.
pub(crate) fn config(server: &Server) -> ConfigBuilder {
    config_as(key(), server)
}

/// The same with a credential.
pub(crate) fn config_as(credential: Credential, server: &Server) -> ConfigBuilder {
    Config::builder(credential)
        .endpoint(&server.url())
        .retry(RetryPolicy::standard().max_pause(Duration::from_millis(20)))
}

pub(crate) fn end<T>(result: &Result<Response<T>, Error>) -> End {
    match result {
        Ok(response) => End::Success(response.attempts()),
        Err(error) => {
            let may_have_executed = if error.may_have_executed() {
                MayHaveExecuted::Yes
            } else {
                MayHaveExecuted::No
            };
            End::Failure(error.kind(), error.attempts(), may_have_executed)
        }
    }
}

pub(crate) async fn call<A: Action + 'static>(
    client: &ServiceClient,
    request: A,
) -> Result<Response<A::Output>, Error> {
    client.call(request).await.map_err(Error::from)
}

/// Calls an action that reads and one that writes, each with a server that begins with the scripts
/// and then succeeds, and compares the ends and the numbers of requests that the server has read.
pub(crate) async fn check(
    case: &str,
    scripts: Vec<Script>,
    read: (End, usize),
    write: (End, usize),
) {
    check_with(case, config, scripts, read, write).await;
}

/// The same with a configuration of its own.
pub(crate) async fn check_with(
    case: &str,
    config: fn(&Server) -> ConfigBuilder,
    scripts: Vec<Script>,
    read: (End, usize),
    write: (End, usize),
) {
    let success = || script::after_reading(script::json(200, SUCCESS));
    let begin = |scripts: &[Script]| {
        let mut scripts = scripts.to_vec();
        scripts.extend([success(), success(), success()]);
        Server::start(scripts)
    };
    let (server, other) = (begin(&scripts).await, begin(&scripts).await);
    let client = tencent(
        &config(&server)
            .build()
            .expect("the configuration is complete"),
    );
    let result = call(&client, TencentRead {}).await;
    assert_eq!(
        (end(&result), server.requests().len()),
        read,
        "{case}, reading: {result:?}"
    );
    let client = tencent(
        &config(&other)
            .build()
            .expect("the configuration is complete"),
    );
    let result = call(&client, TencentWrite {}).await;
    assert_eq!(
        (end(&result), other.requests().len()),
        write,
        "{case}, writing: {result:?}"
    );
}

/// Why a call was not sent again.
pub(crate) fn exhausted<T>(result: &Result<T, Error>) -> Option<Exhausted> {
    result.as_ref().err().and_then(Error::exhausted)
}
