//! The runtime's client against the emulator: the two share no code, so that each shows what is
//! wrong with the other.

mod actions;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bindery_emulator::{Emulator, Ending, Faults, Secrets, Server, Streaming};
use bindery_runtime::support::{Paged, Service, ServiceClient};
use bindery_runtime::{Config, Credential, ErrorKind};

use actions::{
    AddUsers, Advise, AssumeRole, AssumeRoleWithWebIdentity, CASTLES, CII, CLS, CONFERENCES, Chat,
    GetCallerIdentity, HUNYUAN, ListByNext, ListByNumber, ListByOffset, ListByToken, ListRooms,
    Rent, STS, Speak, UploadLog, UploadMedicalFile, User,
};

fn emulator() -> Emulator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/spec");
    let model = bindery_model::load(&folder).unwrap_or_else(|problems| panic!("{problems}"));
    Emulator::new(Arc::new(model), Secrets::sample())
}

async fn listen(emulator: Emulator) -> Server {
    let address = "127.0.0.1:0".parse().expect("an address");
    emulator.listen(address).await.expect("a free port")
}

fn client(server: &Server, credential: Credential, service: &'static Service) -> ServiceClient {
    let config = Config::builder(credential).endpoint(&server.url());
    let config = config.build().expect("the configuration is complete");
    ServiceClient::new(&config, service).expect("the host is one")
}

fn credential() -> Credential {
    let secrets = Secrets::sample();
    Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key())
}

#[tokio::test]
async fn streams_end_in_each_way() {
    for (ending, failure) in [
        (Ending::Plain, None),
        (Ending::Unfinished, None),
        (Ending::Done, None),
        (Ending::Error, Some((ErrorKind::Service, Some("500")))),
        (Ending::Cut, Some((ErrorKind::ReplyCut, None))),
    ] {
        let streaming = Streaming {
            numbered: true,
            ending,
            ..Streaming::default()
        };
        let server = listen(emulator().streaming(streaming)).await;
        let client = client(&server, credential(), &HUNYUAN);
        let mut events = client.call(Chat::hello()).events().await.unwrap();
        let request_id = events.request_id().unwrap().to_owned();
        for number in ["1", "2", "3"] {
            let event = events.next().await.unwrap().unwrap();
            assert_eq!(event.id(), Some(number), "{ending:?}");
            assert_eq!(event.choices[0].text(), Some("Hello."), "{ending:?}");
            assert_eq!(event.mismatches(), []);
        }
        let last = events.next().await.map(Result::unwrap_err);
        let seen = last.as_ref().map(|error| {
            assert_eq!(error.request_id(), Some(&*request_id));
            (error.kind(), bindery_runtime::Error::code(error))
        });
        assert_eq!(seen, failure, "{ending:?}");
        assert!(events.next().await.is_none());
    }
}

#[tokio::test]
async fn errors_in_streams_may_be_those_of_all_replies() {
    let streaming = Streaming {
        events: 1,
        ending: Ending::Error,
        ..Streaming::default()
    };
    let server = listen(emulator().streaming(streaming)).await;
    let client = client(&server, credential(), &CASTLES);
    let mut events = client.call(Speak {}).events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().seq, Some(1));
    let error = events.next().await.unwrap().unwrap_err();
    assert!(error.has_code_prefix("InternalError"), "{error}");

    let error = client.call(Speak {}).await.unwrap_err();
    assert!(error.to_string().contains("`events`"), "{error}");

    let mut events = client.call(Advise {}).events().await.unwrap();
    let first = events.next().await.unwrap().unwrap();
    assert_eq!(first.advice.as_deref(), Some("text"));
    assert!(
        first
            .fault
            .as_ref()
            .is_none_or(|fault| fault.code.is_none())
    );
    assert_eq!(first.message, None, "what is made up is a success");
    let error = events.next().await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("500: the stream broke off"),
        "{error}"
    );
}

#[tokio::test]
async fn a_switch_decides_between_events_and_one_reply() {
    let server = listen(emulator()).await;
    let reply = client(&server, credential(), &HUNYUAN)
        .call(Chat::hello())
        .await
        .unwrap();
    assert_eq!(reply.choices[0].text(), Some("Hello."));

    let wrong = Credential::tencent("AKIDOTHER", "other");
    let client = client(&server, wrong, &HUNYUAN);
    let error = client.call(Chat::hello()).events().await.unwrap_err();
    assert!(
        error.has_code_prefix("AuthFailure.SecretIdNotFound"),
        "{error}"
    );
}

#[tokio::test]
async fn bytes_and_forms_are_taken_as_they_are_meant() {
    let server = listen(emulator()).await;
    let logs = client(&server, credential(), &CLS);
    let log = |topic: &str, content: &[u8]| UploadLog {
        topic_id: topic.to_owned(),
        content: content.to_vec(),
    };
    logs.call(log("topic", b"\x00\xff\r\n")).await.unwrap();
    let error = logs.call(log(&"x".repeat(21), b"a")).await.unwrap_err();
    assert!(error.has_code_prefix("InvalidParameterValue"), "{error}");
    let error = logs.call(log("topic", b"")).await.unwrap_err();
    assert!(error.has_code_prefix("MissingParameter"), "{error}");

    let files = client(&server, credential(), &CII);
    let file = |url: Option<&str>, pages: Vec<u64>| UploadMedicalFile {
        file: Some(b"\r\n--\x00\xff".to_vec()),
        file_url: url.map(str::to_owned),
        pages: Some(pages),
    };
    let reply = files.call(file(Some("二"), vec![1, 7])).await.unwrap();
    assert_eq!(reply.file_key.as_deref(), Some("text"));
    let error = files
        .call(file(Some(&"x".repeat(31)), vec![]))
        .await
        .unwrap_err();
    assert!(error.has_code_prefix("InvalidParameterValue"), "{error}");
    let nothing = UploadMedicalFile {
        file: None,
        file_url: None,
        pages: None,
    };
    files.call(nothing).await.unwrap();
}

#[tokio::test]
async fn lists_are_taken_and_given_alone() {
    let server = listen(emulator()).await;
    let client = client(&server, Credential::huawei_token("t"), &CONFERENCES);
    let add = |count: usize| AddUsers {
        id: "7".to_owned(),
        users: (0..count).map(|_| User::named("li")).collect(),
    };
    let reply = client.call(add(1)).await.unwrap();
    assert_eq!(reply.users[0].name.as_deref(), Some("li"));
    assert_eq!(reply.mismatches(), []);
    let error = client.call(add(3)).await.unwrap_err();
    assert_eq!(error.status(), Some(400), "{error}");
}

/// All that an action lists, and in how many pages.
async fn list<A: Paged>(client: &ServiceClient, request: A) -> (Vec<A::Item>, usize) {
    let mut pages = client.call(request).pages();
    let (mut items, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next().await {
        let mut page = page.unwrap_or_else(|error| panic!("{error}"));
        items.append(A::items(&mut page).expect("a list"));
        count += 1;
    }
    (items, count)
}

#[tokio::test]
async fn pages_of_each_style_hold_everything_once() {
    let server = listen(emulator()).await;
    let castles = client(&server, credential(), &CASTLES);
    let towers: Vec<String> = (0..7)
        .map(|number| match number {
            0 => "text".to_owned(),
            number => format!("text {number}"),
        })
        .collect();
    let expected = |pages| (towers.clone(), pages);
    assert_eq!(list(&castles, ListByNumber::default()).await, expected(3));
    assert_eq!(list(&castles, ListByOffset::of(2)).await, expected(4));
    // The total equals what has come, so that no empty page is asked for.
    assert_eq!(list(&castles, ListByOffset::of(1)).await, expected(7));
    assert_eq!(list(&castles, ListByToken::of(3)).await, expected(3));
    assert_eq!(list(&castles, ListByNext::of(3)).await, expected(3));

    let rooms = client(&server, Credential::huawei_token("t"), &CONFERENCES);
    for (limit, pages) in [(1, 4), (2, 2), (3, 2), (4, 1), (5, 1)] {
        let (rooms, count) = list(&rooms, ListRooms::of(limit)).await;
        let ids: Vec<_> = rooms.iter().filter_map(|room| room.id.as_deref()).collect();
        assert_eq!((ids, count), (vec!["a", "b", "c", "d"], pages), "{limit}");
    }
}

async fn identity(server: &Server, credential: Credential) -> Result<(), String> {
    let client = client(server, credential, &STS);
    let result = client.call(GetCallerIdentity {}).await;
    result.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn temporary_keys_sign_until_they_expire() {
    let now = Arc::new(std::sync::Mutex::new(Duration::ZERO));
    let later = Arc::clone(&now);
    let clock = move || {
        let later = *later.lock().expect("no test panics in here");
        SystemTime::now() + later
    };
    let server = listen(emulator().clock(clock)).await;
    let with_key = AssumeRole {
        role_arn: "qcs::cam::uin/1:roleName/a".to_owned(),
        role_session_name: "test".to_owned(),
        duration_seconds: Some(60),
    };
    let key = client(&server, credential(), &STS).call(with_key).await;
    let key = key.unwrap().into_inner().credentials.unwrap();
    // This needs no credential, and is sent none.
    let with_proof = AssumeRoleWithWebIdentity {
        provider_id: "tke".to_owned(),
        web_identity_token: "proof".to_owned(),
        role_arn: "qcs::cam::uin/1:roleName/a".to_owned(),
        role_session_name: "test".to_owned(),
    };
    let nobody = Credential::tencent("nobody", "nobody");
    let other = client(&server, nobody, &STS).call(with_proof).await;
    let other = other.unwrap().into_inner().credentials.unwrap();

    for key in [&key, &other] {
        assert_eq!(identity(&server, key.credential()).await, Ok(()));
    }
    let failure =
        |result: Result<(), String>| result.unwrap_err().contains("AuthFailure.TokenFailure");
    assert!(failure(identity(&server, key.without_token()).await));
    let wrong = key.without_token().with_token(other.token());
    assert!(failure(identity(&server, wrong).await));

    // Within the window that a clock may be wrong by, so that only the token is at fault.
    *now.lock().unwrap() = Duration::from_secs(61);
    assert!(failure(identity(&server, key.credential()).await));
    assert_eq!(identity(&server, other.credential()).await, Ok(()));
}

/// Neither side knows how the other counts: the client sends a call again because it has a token,
/// and the vendor executes it once because it has seen the token.
#[tokio::test]
async fn a_call_with_a_token_is_executed_once_however_often_it_is_sent() {
    let rule = "castles:Rent=reset-after,truncate,ok,reset-after,ok";
    let faults = Faults::new().rule(rule).expect("a rule");
    let emulator = emulator().faults(faults).expect("the action exists");
    let journal = emulator.journal();
    let server = listen(emulator).await;
    let castles = client(&server, credential(), &CASTLES);
    let rent = |token: Option<&str>| Rent {
        client_token: token.map(str::to_owned),
    };
    let reply = castles.call(rent(None)).await.unwrap();
    assert_eq!((reply.id, reply.attempts()), (Some(1), 3));
    assert_eq!(journal.executed()["castles:Rent"], 1);
    let reply = castles.call(rent(Some("mine"))).await.unwrap();
    assert_eq!(reply.attempts(), 2);
    assert_eq!(journal.executed()["castles:Rent"], 2);
    let mine = serde_json::json!({ "ClientToken": "mine" });
    assert_eq!(journal.take_effect("castles:Rent", &mine), 1);
}
