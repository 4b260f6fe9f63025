//! What the vendors' own SDKs and the other clients of their services get wrong, and the tests that
//! show that this one does not.
//!
//! | Fault | Tests |
//! |---|---|
//! | Tencent Cloud's SDK for Python raises the error of an attempt after a later one has succeeded, and calls on | `throttle::case_47_a_success_ends_the_call` |
//! | It sends again whatever was cut off, changes among it | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` `attempt::tests::whatever_fails_the_rules_are_kept` |
//! | It calls another region when one fails, and does not count errors in replies with status 200 | `rivals::a_region_that_fails_is_counted_and_no_other_is_called` |
//! | It reads errors only in replies with one of two media types | `client::transport::replies_are_read_by_their_content_not_by_their_headers` |
//! | It follows redirects with the token of the credential | `reply::case_76_redirects_are_not_followed` |
//! | It has one error for all that happens on the way | `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` `tls::case_6_a_server_that_is_not_trusted_is_called_once_and_says_why` `dns::case_3_a_name_that_is_not_known_is_tried_again` |
//! | It logs headers and bodies with their secrets | `canary::case_78_secrets_stay_secret_whatever_servers_answer` |
//! | It looks for a host anywhere in `NO_PROXY` | `proxy::case_10_the_environment_says_what_goes_through_a_proxy` |
//! | It waits for the metadata service without end | `credentials::cvm_role::tests::a_service_that_says_nothing_has_a_second_for_each_attempt` |
//! | It swallows what the metadata service says | `credentials::cvm_role::tests::a_service_that_fails_is_asked_again_and_one_that_refuses_is_not` |
//! | It calls with a key of the metadata service after its end | `credentials::cache::tests::an_old_key_is_served_until_its_end_while_renewals_fail` |
//! | It asks the metadata service for a role as its name stands | `credentials::cvm_role::tests::the_name_of_a_role_leads_to_no_other_page` |
//! | It renews the key of a role after a tenth of its life | `credentials::cache::tests::an_old_key_is_served_while_it_is_renewed` |
//! | Its signature leaves the action out | `signing::every_vector_is_met` |
//! | The command line of Tencent Cloud exits with 255 whatever happens | `cli::tests::command::help_shows_examples_and_exit_statuses` |
//! | Tencent Cloud's SDK for Go knows one code of throttling, and none of those below it | `throttle::case_43_throttling_is_tried_again_whatever_the_action_does` |
//! | It pauses on when the caller has given up | `connection::case_40_a_call_that_is_dropped_in_a_pause_is_not_sent_again` |
//! | It sends no reads again, since only changes have a token | `connection::case_1_a_refused_connection_is_tried_again` `connection::cases_13_to_16_and_24_to_28_connections_that_are_lost` |
//! | Its two counts of attempts are zero | `connection::case_2_three_refusals_are_enough` |
//! | Huawei Cloud's SDK renews a credential once for each thread | `credentials::cache::tests::two_hundred_callers_share_one_renewal_and_its_failure` |
//! | It fails while the old credential is valid still | `credentials::cache::tests::an_old_key_is_served_until_its_end_while_renewals_fail` |
//! | It sends the same signature again | `rivals::each_attempt_is_signed_anew_and_says_the_same` |
//! | It keeps a token for twelve hours whatever its expiry, and one that is refused as well | `tests::tests::credentials::huawei_is_logged_in_to_again_when_it_refuses_the_token` |
//! | The crate `tencentcloud` drops a reply in which one value has another type | `decode::tests::leaves_out_values_that_say_something_else_and_reads_what_follows` |
//! | It drops what comes with another status than 200 | `reply::cases_51_and_52_servers_that_fail` `client::errors::vendors_of_other_envelopes_are_understood` |
//! | The crate `tencentcloud-sdk` shows errors without what the vendor says | `client::errors::an_error_says_what_the_vendor_says` |
//! | It makes one attempt | `connection::case_1_a_refused_connection_is_tried_again` |
//! | It reads the first page of a list | `client::paging::pages_by_number_end_with_a_short_one` |

use bindery_runtime::support::{
    Action, Authentication, Envelope, Kind, Method, Operation, RegionUse,
};
use bindery_runtime::{Credential, ErrorKind, Exhausted, record};
use serde_json::{Value, json};

use crate::actions::{self, Output, huawei, tencent, zego};
use crate::script::{self, Server, Step, after_reading};
use crate::{End, MayHaveExecuted, call, config, config_as, end, exhausted};

macro_rules! actions {
    ($($action:ident: $service:ident $kind:ident $authentication:ident $envelope:ident $region:ident,)*) => {
        $(
            struct $action {
                name: String,
            }

            record! { $action { 0 => name: "Name", } }

            impl Default for $action {
                fn default() -> Self {
                    Self { name: "ada".to_owned() }
                }
            }

            impl Action for $action {
                type Output = Output;
                type ErrorCode = String;

                const OPERATION: Operation = Operation {
                    kind: Kind::$kind,
                    method: Method::Post,
                    authentication: Authentication::$authentication,
                    envelope: Envelope::$envelope,
                    region: RegionUse::$region,
                    ..Operation::new(&actions::$service, stringify!($action))
                };
            }
        )*
    };
}

actions! {
    TencentRegional: TRTC Read Tc3 Response Required,
    ZegoRepeatable: RTC Idempotent Zego CodeData None,
    HuaweiRepeatable: MEETING Idempotent AppId Bare None,
}

#[tokio::test]
async fn a_region_that_fails_is_counted_and_no_other_is_called() {
    // Two retries for each call, until the budget is at its end.
    const CALLS: usize = 18;
    const RETRIES: usize = 35;
    let fails =
        r#"{"Response": {"Error": {"Code": "InternalError", "Message": "m"}, "RequestId": "id"}}"#;
    let scripts = vec![after_reading(script::json(200, fails)); CALLS + RETRIES + 1];
    let server = Server::start(scripts).await;
    let config = config(&server).region("ap-singapore").build().unwrap();
    let client = tencent(&config);
    for _ in 0..CALLS {
        assert!(call(&client, TencentRegional::default()).await.is_err());
    }
    let result = call(&client, TencentRegional::default()).await;
    let failure = End::Failure(ErrorKind::Service, 1, MayHaveExecuted::No);
    assert_eq!(end(&result), failure, "{result:?}");
    assert_eq!(exhausted(&result), Some(Exhausted::Budget));
    let requests = server.requests();
    assert_eq!(requests.len(), CALLS + RETRIES + 1);
    for request in requests {
        assert!(
            request.contains("\r\nx-tc-region: ap-singapore\r\n"),
            "{request}"
        );
    }
}

/// A server that loses the first request after it has read it.
async fn losing(success: &str) -> Server {
    let lose = after_reading(Step::Reset);
    Server::start([lose, after_reading(script::json(200, success))]).await
}

/// The values after a name in the two requests, and the bodies.
fn two<'a>(requests: &'a [String], name: &str) -> ([&'a str; 2], [Value; 2]) {
    let [first, second] = requests else {
        panic!("{requests:?}");
    };
    let value = |request: &'a str| {
        let (_, rest) = request.split_once(name).expect("it is there");
        rest.split(['&', ',']).next().unwrap_or_default()
    };
    let body = |request: &str| {
        let (_, body) = request.split_once("\r\n\r\n").expect("the head ends");
        serde_json::from_str(body).expect("it is JSON")
    };
    let values = [value(first), value(second)];
    (values, [body(first), body(second)])
}

#[tokio::test]
async fn each_attempt_is_signed_anew_and_says_the_same() {
    let server = losing(r#"{"Code": 0, "Message": "m", "RequestId": "id", "Data": {}}"#).await;
    let secret = Credential::zego(1_234_567, "0123456789abcdef0123456789abcdef");
    let client = zego(&config_as(secret, &server).build().unwrap());
    let result = call(&client, ZegoRepeatable::default()).await;
    assert_eq!(end(&result), End::Success(2), "{result:?}");
    let requests = server.requests();
    for name in ["&SignatureNonce=", "&Signature="] {
        let (values, bodies) = two(&requests, name);
        assert_ne!(values[0], values[1], "{name}");
        assert_eq!(bodies, [json!({"Name": "ada"}), json!({"Name": "ada"})]);
    }

    let server = losing("{}").await;
    let application = Credential::huawei_app_id("app-id", "the-key-of-the-example");
    let client = huawei(&config_as(application, &server).build().unwrap());
    let result = call(&client, HuaweiRepeatable::default()).await;
    assert_eq!(end(&result), End::Success(2), "{result:?}");
    let requests = server.requests();
    let (signatures, mut bodies) = two(&requests, " signature=");
    assert_ne!(signatures[0], signatures[1]);
    // They are inputs of the vendor's, and belong to the signature.
    let nonces = bodies.each_mut().map(|body| body["nonce"].take());
    assert_ne!(nonces[0], nonces[1]);
    let _ = bodies.each_mut().map(|body| body["expireTime"].take());
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[0]["Name"], "ada");
}
