//! Whatever a request holds, what is signed is what is sent, and what is sent is what arrives: the
//! emulator checks the signature, reads the request, and notes its inputs.

mod actions;

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bindery_emulator::{Emulator, Journal, Secrets, Server};
use bindery_runtime::credentials::HuaweiLogin;
use bindery_runtime::support::{Action, Service, ServiceClient};
use bindery_runtime::{Call, Config, Credential, CredentialSource, Error, ErrorKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use actions::{
    CALLS, CLOUDS, CallsAsk, CallsStore, CloudsStore, CloudsSubmit, CloudsUpload, Inputs, MEETINGS,
    MeetingsAsk, MeetingsStore, Part,
};

/// Clients of all vendors, and what they call.
struct Bench {
    journal: Journal,
    server: Server,
    clouds: ServiceClient,
    calls: ServiceClient,
}

impl Bench {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/wire");
        let model = bindery_model::load(&folder).unwrap_or_else(|problems| panic!("{problems}"));
        let secrets = Secrets::sample();
        let emulator = Emulator::new(Arc::new(model), secrets.clone());
        let journal = emulator.journal();
        let address = "127.0.0.1:0".parse().expect("an address");
        let server = emulator.listen(address).await.expect("a free port");
        let tencent =
            Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
        let zego = Credential::zego(secrets.zego_app_id(), secrets.zego_server_secret());
        Self {
            journal,
            clouds: client(&config(&server, tencent), &CLOUDS),
            calls: client(&config(&server, zego), &CALLS),
            server,
        }
    }

    /// A client that logs in as a user.
    fn meetings(&self, user: &str) -> ServiceClient {
        let secrets = Secrets::sample();
        let application =
            Credential::huawei_app_id(secrets.huawei_app_id(), secrets.huawei_app_key());
        let login = HuaweiLogin::new(&config(&self.server, application.with_user_id(user)));
        client(
            &config(&self.server, CredentialSource::new(login)),
            &MEETINGS,
        )
    }

    /// Makes a call, of which the inputs arrive as they are, once.
    async fn arrives<A: Action>(&self, action: &str, call: Call<A>, inputs: &Value) {
        let result = call.await.map_err(Error::from);
        assert!(result.is_ok(), "{result:?} for {inputs}");
        let count = self.journal.take_effect(action, inputs);
        assert_eq!(count, 1, "{inputs}, but {:?}", self.journal.effects(action));
    }
}

fn config(server: &Server, source: impl Into<CredentialSource>) -> Config {
    let config = Config::builder(source).endpoint(&server.url());
    config.build().expect("the configuration is complete")
}

fn client(config: &Config, service: &'static Service) -> ServiceClient {
    ServiceClient::new(config, service).expect("the host is one")
}

/// What arrives of the inputs, in the order of the specification. What is absent does not.
fn arriving(inputs: &Inputs, names: &[&str]) -> Value {
    let part = |part: &Part| json!({ "Name": part.name, "Notes": part.notes });
    let value = |name: &str| match name {
        "Text" => Some(json!(inputs.text)),
        "Number" => Some(json!(inputs.number)),
        "Flag" => inputs.flag.map(Value::from),
        "Texts" => Some(json!(inputs.texts)),
        "Bytes" => Some(json!(STANDARD.encode(&inputs.bytes))),
        "Parts" => Some(inputs.parts.iter().map(part).collect()),
        "Room" => Some(json!(inputs.room)),
        "User" => Some(json!(inputs.user)),
        "X-Note" => Some(json!(inputs.note)),
        _ => Some(json!(inputs.query)),
    };
    let members = names.iter();
    let members = members.filter_map(|name| Some(((*name).to_owned(), value(name)?)));
    Value::Object(members.collect())
}

/// Texts with all that URLs, headers and JSON give a meaning to.
fn text() -> impl Strategy<Value = String> {
    let odd = [
        "",
        ".",
        "..",
        "../..",
        "%2e%2e",
        "%2F",
        "%",
        "%zz",
        "a/b",
        "/",
        "\\",
        "a b",
        "+",
        "&",
        "=",
        "a=b&c=d",
        "?",
        "#",
        ";",
        "\r\n",
        "\t",
        "\0",
        "\u{7f}",
        "\u{feff}",
        "\u{e9}",
        "\u{1f600}",
        "'",
        "\"",
        "|{}^[]`",
        "~-._",
        "*()!$,:@",
        "\u{2028}",
    ];
    prop_oneof![
        1 => prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        2 => "(?s).{0,12}",
        1 => "[ -~]{0,12}",
    ]
}

fn inputs() -> impl Strategy<Value = Inputs> {
    let texts = || prop::collection::vec(text(), 1..4);
    let part = (text(), texts()).prop_map(|(name, notes)| Part { name, notes });
    let parts = prop::collection::vec(part, 1..3);
    let bytes = prop::collection::vec(any::<u8>(), 1..12);
    let body = (
        text(),
        any::<i64>(),
        any::<Option<bool>>(),
        texts(),
        bytes,
        parts,
    );
    // A header's value has no spaces around it.
    let others = (text(), text(), "[!-~]([ -~]{0,8}[!-~])?", text());
    (body, others).prop_map(|(body, others)| {
        let (text, number, flag, texts, bytes, parts) = body;
        let (room, user, note, query) = others;
        Inputs {
            text,
            number,
            flag,
            texts,
            bytes,
            parts,
            room,
            user,
            note,
            query,
        }
    })
}

const ASKED: [&str; 4] = ["Text", "Number", "Flag", "Texts"];
const SUBMITTED: [&str; 5] = ["Text", "Number", "Flag", "Texts", "Bytes"];
const STORED: [&str; 6] = ["Text", "Number", "Flag", "Texts", "Bytes", "Parts"];

async fn tencent(bench: &Bench, inputs: &Inputs) {
    let arriving = arriving(inputs, &STORED);
    let call = || bench.clouds.call(CloudsStore::from(inputs));
    bench.arrives("echo:Store", call().post(), &arriving).await;
    bench.arrives("echo:Store", call().get(), &arriving).await;

    // Bytes as they are, and as a part of a form.
    let upload = bench.clouds.call(CloudsUpload::from(inputs));
    let arriving = self::arriving(inputs, &["Bytes"]);
    bench.arrives("echo:Upload", upload, &arriving).await;
    let submit = bench.clouds.call(CloudsSubmit::from(inputs));
    let arriving = self::arriving(inputs, &SUBMITTED);
    bench.arrives("echo:Submit", submit, &arriving).await;
}

async fn zego(bench: &Bench, inputs: &Inputs) {
    let ask = bench.calls.call(CallsAsk::from(inputs));
    bench
        .arrives("echo:Ask", ask, &arriving(inputs, &ASKED))
        .await;
    let store = bench.calls.call(CallsStore::from(inputs));
    bench
        .arrives("echo:Store", store, &arriving(inputs, &STORED))
        .await;
}

async fn huawei(bench: &Bench, inputs: &Inputs) {
    // The user logs in, which is signed.
    let meetings = bench.meetings(&inputs.query);
    let (ask, store) = (MeetingsAsk::from(inputs), MeetingsStore::from(inputs));
    let leads_elsewhere = |segment: &str| matches!(segment, "" | "." | "..");
    if leads_elsewhere(&inputs.room) || leads_elsewhere(&inputs.user) {
        let result = meetings.call(store).await.map(drop);
        assert_eq!(result.map_err(|error| error.kind()), Err(ErrorKind::Build));
        return;
    }
    let asked = [&["Room"][..], &ASKED].concat();
    bench
        .arrives("meeting:Ask", meetings.call(ask), &arriving(inputs, &asked))
        .await;
    let stored = [&["Room", "User", "X-Note", "Query"][..], &STORED].concat();
    bench
        .arrives(
            "meeting:Store",
            meetings.call(store),
            &arriving(inputs, &stored),
        )
        .await;
}

fn check(cases: u32, test: impl AsyncFn(&Bench, &Inputs)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("there are threads");
    let bench = runtime.block_on(Bench::start());
    proptest!(ProptestConfig::with_cases(cases), |(inputs in inputs())| {
        runtime.block_on(test(&bench, &inputs));
    });
}

#[test]
fn what_tencent_cloud_is_sent_is_what_was_signed() {
    check(256, tencent);
}

#[test]
fn what_zegocloud_is_sent_is_what_was_signed() {
    check(256, zego);
}

#[test]
fn what_huawei_cloud_is_sent_is_what_was_meant() {
    // Each case makes a configuration, which takes its time.
    check(64, huawei);
}
