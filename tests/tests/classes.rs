//! What kind of failure the vendors' codes stand for, which decides about retries: as the vendors'
//! pages have it, and as the runtime's own calls for temporary keys have it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bindery_emulator::{Emulator, Fault, Faults, Secrets};
use bindery_model::{ErrorClass, Model};
use bindery_sdk::credentials::{AssumeRole, ProvideCredential};
use bindery_sdk::{Config, Credential, Error, RetryPolicy};

fn model() -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    bindery_model::load(&folder).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What decides about retries; all other classes are final.
const DECIDING: [ErrorClass; 4] = [
    ErrorClass::Throttled,
    ErrorClass::Server,
    ErrorClass::ClockSkew,
    ErrorClass::Credential,
];

/// The codes of these classes that the vendors' pages list for all actions.
const LISTED: &[(&str, ErrorClass, &[&str])] = &[
    ("huawei", ErrorClass::ClockSkew, &["APIGW.0303"]),
    (
        "huawei",
        ErrorClass::Credential,
        &["APIGW.0307", "USG.000000004"],
    ),
    (
        "huawei",
        ErrorClass::Throttled,
        &["APIG.0308", "APIGW.0308"],
    ),
    (
        "tencent",
        ErrorClass::ClockSkew,
        &["AuthFailure.SignatureExpire"],
    ),
    (
        "tencent",
        ErrorClass::Credential,
        &["AuthFailure.TokenFailure"],
    ),
    (
        "tencent",
        ErrorClass::Server,
        &["InternalError", "ServiceUnavailable"],
    ),
    (
        "tencent",
        ErrorClass::Throttled,
        &[
            "RequestLimitExceeded",
            "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
            "RequestLimitExceeded.IPLimitExceeded",
            "RequestLimitExceeded.UinLimitExceeded",
        ],
    ),
    ("zego", ErrorClass::ClockSkew, &["100000004"]),
    (
        "zego",
        ErrorClass::Server,
        &[
            "1",
            "121",
            "122",
            "123",
            "124",
            "151",
            "154",
            "5201",
            "5202",
            "50013",
            "100000015",
        ],
    ),
    ("zego", ErrorClass::Throttled, &["206", "207"]),
];

#[test]
fn only_these_codes_may_be_worth_another_attempt() {
    let row =
        |provider: &str, class: ErrorClass, code: &str| format!("{provider} {class:?} {code}");
    let mut found = BTreeSet::new();
    for provider in model().providers {
        let services = provider.services.iter();
        let codes = services.flat_map(|service| &service.errors);
        for error in provider.errors.iter().chain(codes) {
            if let Some(class) = error.class.filter(|class| DECIDING.contains(class)) {
                found.insert(row(&provider.name, class, &error.code));
            }
        }
    }
    let listed = LISTED
        .iter()
        .flat_map(|(provider, class, codes)| codes.iter().map(|code| row(provider, *class, code)));
    assert_eq!(found, listed.collect());
}

/// What an error says of itself, of what decides about retries.
fn class(error: &Error) -> Option<ErrorClass> {
    let said = [
        (error.is_throttled(), ErrorClass::Throttled),
        (error.is_server_fault(), ErrorClass::Server),
        (error.is_clock_skew(), ErrorClass::ClockSkew),
        (error.is_token_expired(), ErrorClass::Credential),
    ];
    let mut said = said.into_iter().filter(|(is_said, _)| *is_said);
    said.next().map(|(_, class)| class)
}

/// The runtime cannot use generated code, and so lists the codes of the security token service by
/// hand. The list has to lead to the same decisions.
#[tokio::test]
async fn temporary_keys_are_asked_for_again_after_the_same_codes() {
    let model = Arc::new(model());
    let mut providers = model.providers.iter();
    let tencent = providers.find(|provider| provider.name == "tencent");
    let errors = &tencent.expect("the provider").errors;
    let faults = errors
        .iter()
        .map(|error| Some(Fault::Code(error.code.clone())));
    let emulator = Emulator::new(Arc::clone(&model), Secrets::sample())
        .faults(Faults::new().script("sts:AssumeRole", faults))
        .expect("the codes are documented");
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = emulator.listen(address).await.expect("a free port");
    let secrets = Secrets::sample();
    let own = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
    let config = Config::builder(own)
        .endpoint(&server.url())
        .region("ap-singapore")
        .retry(RetryPolicy::never())
        .build()
        .expect("the configuration is complete");
    let role = AssumeRole::new(&config, "qcs::cam::uin/1:roleName/a", "test");
    for error in errors {
        let failure = role.provide().await.expect_err("it is refused");
        assert_eq!(failure.code(), Some(error.code.as_str()));
        let expected = error.class.filter(|class| DECIDING.contains(class));
        assert_eq!(class(&failure), expected, "{}", error.code);
    }
}
