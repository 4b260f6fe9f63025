//! What kind of failure the vendors' codes stand for, which decides about retries: as the vendors'
//! pages have it, and as the runtime's own calls for credentials have it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bindery_emulator::{Emulator, Fault, Faults, Journal, Secrets, Server};
use bindery_model::{Action, ErrorClass, ErrorCode, Kind, Model};
use bindery_sdk::credentials::{AssumeRole, HuaweiLogin, ProvideCredential};
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

/// A way to get a credential that the runtime has written by hand: it cannot use generated code.
struct ByHand {
    provider: &'static str,
    service: &'static str,
    action: &'static str,
    own: Credential,
    asking: fn(&Config) -> Box<dyn ProvideCredential>,
}

fn by_hand() -> [ByHand; 3] {
    let secrets = Secrets::sample();
    [
        ByHand {
            provider: "tencent",
            service: "sts",
            action: "AssumeRole",
            own: Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key()),
            asking: |config| {
                let role = "qcs::cam::uin/1:roleName/a";
                Box::new(AssumeRole::new(config, role, "test"))
            },
        },
        ByHand {
            provider: "huawei",
            service: "meeting",
            action: "CreateAppIdToken",
            own: Credential::huawei_app_id(secrets.huawei_app_id(), secrets.huawei_app_key()),
            asking: |config| Box::new(HuaweiLogin::new(config)),
        },
        ByHand {
            provider: "huawei",
            service: "meeting",
            action: "CreateToken",
            own: Credential::huawei_account(secrets.huawei_account(), secrets.huawei_password()),
            asking: |config| Box::new(HuaweiLogin::new(config)),
        },
    ]
}

impl ByHand {
    /// The action by which the emulator knows it.
    fn name(&self) -> String {
        format!("{}:{}", self.service, self.action)
    }

    /// The action in the specification, and the codes that it, its service and its vendor list.
    fn specified<'m>(&self, model: &'m Model) -> (&'m Action, Vec<&'m ErrorCode>) {
        let mut providers = model.providers.iter();
        let provider = providers.find(|provider| provider.name == self.provider);
        let provider = provider.expect("the provider");
        let mut services = provider.services.iter();
        let service = services.find(|service| service.name == self.service);
        let service = service.expect("the service");
        let mut actions = service.actions.iter();
        let action = actions.find(|action| action.name == self.action);
        let action = action.expect("the action");
        let errors = [&provider.errors, &service.errors, &action.errors];
        (action, errors.into_iter().flatten().collect())
    }

    /// Starts an emulator with these faults, and asks it.
    async fn start(
        &self,
        model: &Arc<Model>,
        faults: impl IntoIterator<Item = Fault>,
        retry: RetryPolicy,
    ) -> (Box<dyn ProvideCredential>, Journal, Server) {
        let faults = Faults::new().script(self.name(), faults.into_iter().map(Some));
        let emulator = Emulator::new(Arc::clone(model), Secrets::sample())
            .rate_limits(false)
            .faults(faults)
            .expect("the codes are documented");
        let journal = emulator.journal();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = emulator.listen(address).await.expect("a free port");
        let config = Config::builder(self.own.clone())
            .endpoint(&server.url())
            .region("ap-singapore")
            .retry(retry)
            .build()
            .expect("the configuration is complete");
        ((self.asking)(&config), journal, server)
    }
}

/// The codes that decide about retries are listed by hand as well, and have to lead to the same
/// decisions.
#[tokio::test]
async fn credentials_are_asked_for_again_after_the_same_codes() {
    let model = Arc::new(model());
    for by_hand in by_hand() {
        let (_, errors) = by_hand.specified(&model);
        let faults = errors.iter().map(|error| Fault::Code(error.code.clone()));
        let (asked, _, _server) = by_hand.start(&model, faults, RetryPolicy::never()).await;
        for error in errors {
            let failure = asked.provide().await.expect_err("it is refused");
            assert_eq!(failure.code(), Some(error.code.as_str()));
            let expected = error.class.filter(|class| DECIDING.contains(class));
            assert_eq!(
                class(&failure),
                expected,
                "{} {}",
                by_hand.name(),
                error.code
            );
        }
    }
}

/// The emulator finds the action by its path, its method and its region, and checks who asks.
#[tokio::test]
async fn credentials_are_asked_for_as_the_specification_says() {
    let model = Arc::new(model());
    for by_hand in by_hand() {
        let name = by_hand.name();
        let (action, _) = by_hand.specified(&model);
        let lost = [Fault::ResetAfter];
        let (asked, journal, _server) = by_hand.start(&model, lost, RetryPolicy::standard()).await;
        let outcome = asked.provide().await;
        let may_be_repeated = action.kind != Kind::Write;
        assert_eq!(outcome.is_ok(), may_be_repeated, "{name}: {outcome:?}");
        assert_eq!(journal.executed()[&name], 1 + u64::from(may_be_repeated));

        let credential = asked.provide().await.expect("nothing is in the way");
        assert!(credential.is_some(), "{name}");
    }
}
