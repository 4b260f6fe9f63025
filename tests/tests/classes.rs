//! What kind of failure the vendors' codes stand for, which decides about retries: as the vendors'
//! pages have it, and as the runtime's own calls for temporary keys have it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bindery_emulator::{Emulator, Fault, Faults, Secrets};
use bindery_model::{ErrorClass, Model};
use bindery_sdk::credentials::AssumeRole;
use bindery_sdk::tencent::cam::v20190116 as cam;
use bindery_sdk::{Config, Credential, CredentialSource, RetryPolicy};

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

/// Whether a call goes through whose temporary key is refused with a code at first.
async fn is_tried_again(model: Arc<Model>, code: &str) -> bool {
    let fault = Fault::Code(code.to_owned());
    let emulator = Emulator::new(model, Secrets::sample())
        .faults(Faults::new().script("sts:AssumeRole", [Some(fault)]))
        .expect("the code is documented");
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = emulator.listen(address).await.expect("a free port");
    let configure = |credentials: CredentialSource| {
        Config::builder(credentials)
            .endpoint(&server.url())
            .region("ap-singapore")
            .retry(RetryPolicy::standard().max_pause(Duration::from_millis(1)))
            .build()
            .expect("the configuration is complete")
    };
    let secrets = Secrets::sample();
    let own = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
    let role = AssumeRole::new(&configure(own.into()), "qcs::cam::uin/1:roleName/a", "test");
    let client = cam::Client::new(&configure(CredentialSource::new(role))).expect("a host");
    client.get_user(cam::GetUser::new("test124")).await.is_ok()
}

/// The runtime cannot use generated code, and so lists the codes of the security token service by
/// hand. The list has to lead to the same decisions.
#[tokio::test]
async fn temporary_keys_are_asked_for_again_after_the_same_codes() {
    let model = Arc::new(model());
    let tencent = model
        .providers
        .iter()
        .find(|provider| provider.name == "tencent");
    for error in &tencent.expect("the provider").errors {
        let expected = matches!(
            error.class,
            Some(ErrorClass::Throttled | ErrorClass::Server)
        );
        let tried = is_tried_again(Arc::clone(&model), &error.code).await;
        assert_eq!(tried, expected, "{}", error.code);
    }
}
