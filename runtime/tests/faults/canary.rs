//! Secrets are looked for in all that is shown and logged, whatever happens to a call (78).
//!
//! The vendors quote them, the gateways quote them, connections break in the middle of them, and all
//! libraries log all that they can.

mod answers;
mod connections;
mod kinds;
#[cfg(feature = "redis")]
mod limiter;
mod providers;
#[cfg(feature = "testing")]
mod recordings;
mod unsent;

use std::time::Duration;

use bindery_runtime::support::{
    Action, Authentication, Envelope, Kind, Method, Operation, ServiceClient, StreamError, Streamed,
};
use bindery_runtime::{
    Config, ConfigBuilder, Credential, Error, ErrorKind, FinishedAttempt, Intercept,
    OutgoingAttempt, Response, RetryPolicy, record,
};

use self::answers::{outputs, scripts};
use crate::actions::{self, huawei, tencent, zego};
use crate::capture::{self, note, show, show_error};
use crate::script::{Script, Server, Step, after_reading, json, raw, reply};

const KEY: &str = "vR8kQ2mZx7Lw4TnB9cYp3HsD6fJ1aGuE";
const TOKEN: &str = "9fKcW1uXq5MzS3oVb7RyN2dTj8LhP6gA";
const APP_KEY: &str = "hB4xJ7wNc2PsV9mQ6tLf1ZrK8yDk3GuW";
const PASSWORD: &str = "q7N+z2/Xv:5%Bm9&Kc4?Tw1=Jr8\"Hs6'Ld";
const ACCESS_TOKEN: &str = "Zt3-Lm8vQ1xRw6Kb.Yc9nHs5Jd2Pf7Gu~";
const SERVER_SECRET: &str = "kV4nTq8Wz1Lx6Rb3Gy9Hs5Mj2Pc7DuEo";
const PROXY_PASSWORD: &str = "Xw5Rk9Tz1Qm7Vb3Nc8Lj4Hp6";
const INPUT: &str = "Gp2 Yx7/Wq4&Kd9=Zs1+Mv6\"Fn8\\Rt3 Lc5";
const PATH: &str = "Uh6Jy1Bv8Xk3Qz5Wd0";
const HEADER: &str = "Ec9 Sg4 Oa7 Ti2 Mr6 Nu1";
const OUTPUT: &str = "Jf8Vw3Lq6Zx1Kc9Td4Rm7Hy2";
const OWN_HEADER: &str = "Pz4Wn8Gk2Xs6Bq0Yv5";
const STRANGER: &str = "Do3Iy6Ux9Ca1Fe4Ql7Mz8Kj5";

const SECRETS: [&str; 13] = [
    KEY,
    TOKEN,
    APP_KEY,
    PASSWORD,
    ACCESS_TOKEN,
    SERVER_SECRET,
    PROXY_PASSWORD,
    INPUT,
    PATH,
    HEADER,
    OUTPUT,
    OWN_HEADER,
    STRANGER,
];

struct User {
    name: String,
    password: Option<String>,
}

record! { User { 0 => name: "Name", 1 => password: "Password" sensitive, } }

struct Output {
    token: Option<String>,
    tokens: Vec<String>,
    user: Option<User>,
    total: Option<u64>,
}

record! {
    Output {
        0 => token: "Token" sensitive,
        1 => tokens: "Tokens" sensitive,
        2 => user: "User",
        3 => total: "Total",
    }
}

macro_rules! actions {
    ($($action:ident: $service:ident $method:ident $authentication:ident $envelope:ident $path:literal { $($member:tt)* })*) => {
        $(
            struct $action {
                password: String,
                users: Vec<User>,
                path: Option<String>,
                header: Option<String>,
            }

            record! {
                $action {
                    0 => password: "Password" sensitive,
                    1 => users: "Users",
                    2 => path: "path" sensitive $($member)*,
                    3 => header: "X-Input" sensitive header,
                }
            }

            impl Default for $action {
                fn default() -> Self {
                    Self {
                        password: INPUT.to_owned(),
                        users: vec![User {
                            name: "a".to_owned(),
                            password: Some(INPUT.to_owned()),
                        }],
                        path: Some(PATH.to_owned()),
                        header: Some(HEADER.to_owned()),
                    }
                }
            }

            impl Action for $action {
                type Output = Output;
                type ErrorCode = String;

                const OPERATION: Operation = Operation {
                    kind: Kind::Read,
                    method: Method::$method,
                    path: $path,
                    authentication: Authentication::$authentication,
                    envelope: Envelope::$envelope,
                    ..Operation::new(&actions::$service, stringify!($action))
                };
            }
        )*
    };
}

actions! {
    TencentPost: TRTC Post Tc3 Response "/" {}
    TencentGet: TRTC Get Tc3 Response "/" {}
    ZegoGet: RTC Get Zego CodeData "/" {}
    HuaweiToken: MEETING Post Token Bare "/v1/{path}" { path }
    HuaweiAppId: MEETING Post AppId Bare "/v1/{path}" { path }
    HuaweiAccount: MEETING Post Account Bare "/v1/{path}" { path }
}

impl Streamed for TencentPost {
    const ERROR: StreamError = StreamError::Object(&["User"]);
}

/// Shows all that it is shown, and sends a secret along.
struct Shows;

impl Intercept for Shows {
    fn before_send(&self, attempt: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        show(attempt);
        for (name, value) in [
            ("x-tc-token", OWN_HEADER),
            ("x-own", "Pz4Wn8Gk2Xs6Bq0Yv5\n"),
        ] {
            show_error(&attempt.header(name, value).expect_err("it cannot be sent"));
        }
        attempt.header("x-own", OWN_HEADER)?;
        show(attempt);
        Ok(())
    }

    fn after_reply(&self, attempt: &FinishedAttempt<'_>) {
        show(attempt);
        if let Some(request) = attempt.request() {
            note(request);
        }
    }
}

fn credentials() -> [(Credential, Vec<&'static str>); 6] {
    let key = || Credential::tencent("AKIDEXAMPLEEXAMPLE", KEY);
    [
        (key(), vec![KEY]),
        (key().with_token(TOKEN), vec![KEY, TOKEN]),
        (Credential::huawei_app_id("app-id", APP_KEY), vec![APP_KEY]),
        (Credential::huawei_account("li", PASSWORD), vec![PASSWORD]),
        (Credential::huawei_token(ACCESS_TOKEN), vec![ACCESS_TOKEN]),
        (Credential::zego(7, SERVER_SECRET), vec![SERVER_SECRET]),
    ]
}

fn showing<T: std::fmt::Debug>(result: &Result<Response<T>, Error>) {
    match result {
        Ok(response) => {
            show(response);
            note(response.request());
        }
        Err(error) => show_error(error),
    }
}

async fn send<A: Action + Default + 'static>(client: ServiceClient, url: &str) {
    let call = client.call(A::default()).endpoint(url);
    show(&A::default());
    show(&call);
    showing(&call.await.map_err(Error::from));
}

/// Reads the events of an action to their end.
async fn follow(client: ServiceClient, url: &str) {
    let call = client.call(TencentPost::default()).endpoint(url);
    let mut events = match call.events().await {
        Ok(events) => events,
        Err(error) => return show_error(&error),
    };
    show(&events);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => show(&event),
            Err(error) => show_error(&error),
        }
    }
}

/// Calls an action of each kind; those that the credential does not serve cannot be built.
async fn send_all(config: &Config, url: &str) {
    send::<TencentPost>(tencent(config), url).await;
    follow(tencent(config), url).await;
    send::<TencentGet>(tencent(config), url).await;
    send::<ZegoGet>(zego(config), url).await;
    send::<HuaweiToken>(huawei(config), url).await;
    send::<HuaweiAppId>(huawei(config), url).await;
    send::<HuaweiAccount>(huawei(config), url).await;
}

/// Calls are tried twice.
fn patient(config: ConfigBuilder) -> ConfigBuilder {
    let twice = RetryPolicy::standard().max_attempts(2);
    config
        .attempt_timeout(Duration::from_secs(20))
        .intercept(Shows)
        .retry(twice.max_pause(Duration::from_millis(1)))
}

/// For servers that may never answer.
fn impatient(config: ConfigBuilder) -> ConfigBuilder {
    patient(config).attempt_timeout(Duration::from_millis(100))
}

/// Whether a server keeps a connection and does no more with it.
fn stalls(script: &Script) -> bool {
    matches!(script.last(), Some(Step::Stall))
}

/// Looks for all secrets, and for the keys that are derived from one.
fn search() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("it is later").as_secs();
    let mut secrets: Vec<Vec<u8>> = SECRETS.map(|secret| secret.as_bytes().to_vec()).into();
    // The day may have changed since the test began.
    for time in [now - 86_400, now] {
        for service in ["trtc", "sts"] {
            let time = i64::try_from(time).expect("it is in range");
            secrets.extend(derived(time, service));
        }
    }
    capture::search(secrets.iter().map(Vec::as_slice));
}

/// The keys between the secret key and a signature of TC3, as the vendor describes them.
fn derived(second: i64, service: &str) -> [Vec<u8>; 3] {
    use hmac::{Hmac, KeyInit, Mac};
    let hmac = |key: &[u8], message: &str| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("keys have any length");
        mac.update(message.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let day = jiff::Timestamp::from_second(second)
        .expect("it is in range")
        .strftime("%Y-%m-%d")
        .to_string();
    let date = hmac(format!("TC3{KEY}").as_bytes(), &day);
    let service = hmac(&date, service);
    let signing = hmac(&service, "tc3_request");
    [date, service, signing]
}

#[tokio::test]
async fn case_78_secrets_stay_secret_whatever_servers_answer() {
    capture::start();
    for (credential, own) in credentials() {
        let quote = [own.as_slice(), &[INPUT, PATH, HEADER]].concat().join(" ");
        show(&credential);
        let config = || patient(Config::builder(credential.clone()));
        show(&config());
        let build = |config: ConfigBuilder| config.build().expect("it is complete");
        let (tolerant, strict) = (build(config()), build(config().strict(true)));
        let lossy = build(config().lossy_utf8(true).max_reply_nesting(4));
        let hurried = build(impatient(config()));
        show(&tolerant);
        for script in scripts(&quote) {
            let config = if stalls(&script) { &hurried } else { &tolerant };
            let server = Server::start(vec![script; 12]).await;
            send_all(config, &server.url()).await;
            assert!(!server.requests().is_empty(), "some action is served");
        }
        for script in outputs() {
            let server = Server::start(vec![script.clone(); 12]).await;
            send_all(&strict, &server.url()).await;
            let server = Server::start(vec![script; 12]).await;
            send_all(&lossy, &server.url()).await;
        }
    }
    search();
}
