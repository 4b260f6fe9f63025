//! Secrets are looked for in all that is shown and logged, whatever happens to a call (78).
//!
//! The vendors quote them, the gateways quote them, connections break in the middle of them, and all
//! libraries log all that they can.

mod kinds;

use std::path::Path;
use std::time::Duration;

use bindery_runtime::credentials::{
    AssumeRole, Chain, Environment, HuaweiLogin, Process, Profile, ProvideCredential, WebIdentity,
};
use bindery_runtime::support::{
    Action, Authentication, Envelope, EventStream, Kind, Method, Operation, ServiceClient, Streamed,
};
use bindery_runtime::{
    Config, ConfigBuilder, Credential, CredentialSource, Error, ErrorKind, FinishedAttempt,
    Intercept, OutgoingAttempt, Response, RetryPolicy, record, signing,
};

use crate::actions::{self, huawei, tencent, zego};
use crate::capture::{self, note, show, show_error};
use crate::http2::{self, Fate};
use crate::proxy::run;
use crate::script::{Script, Server, Step, after_reading, json, raw, reply};
use crate::secure::{Authority, HOST, SecureServer, reaching_as};
use crate::tunnel::Tunnel;

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
    const STREAM: EventStream = EventStream {
        switch: None,
        error: &["User"],
    };
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

/// Replies with a secret output, that can be read or not.
fn outputs() -> Vec<Script> {
    let values = [
        format!("\"{OUTPUT}\""),
        format!("{{\"a\": [\"{OUTPUT}\"]}}"),
        format!("[\"{OUTPUT}\", null]"),
        format!("\"{OUTPUT}\\ud800\""),
        OUTPUT.to_owned(),
    ];
    let replies = values.map(|value| {
        let output = format!(
            r#""Token": {value}, "Tokens": [{value}], "Total": {value},
               "User": {{"Password": {value}}}"#
        );
        let reply =
            format!(r#"{{"Response": {{{output}}}, "Code": 0, "Data": {{{output}}}, {output}}}"#);
        after_reading(json(200, &reply))
    });
    replies.into()
}

/// What servers say that quote what they were sent.
fn quotations(quote: &str) -> Vec<Script> {
    let quoted = serde_json::Value::from(quote).to_string();
    let refusal = format!(
        r#"{{"Response": {{"Error": {{"Code": "InvalidParameter", "Message": {quoted}}}}},
            "Code": 5, "Message": {quoted}, "error_code": "A", "error_msg": {quoted}}}"#
    );
    let codes = format!(
        r#"{{"Response": {{"Error": {{"Code": {quoted}, "Message": ""}}, "RequestId": {quoted}}},
            "Code": {quoted}, "Message": "m", "RequestId": {quoted}}}"#
    );
    let bodies = [
        (200, refusal.clone()),
        (400, refusal.clone()),
        (401, refusal.clone()),
        (503, refusal),
        (200, codes.clone()),
        (500, codes),
        (200, quoted.clone()),
        (200, format!("[{quoted}]")),
        (
            200,
            format!(r#"{{"Response": {quoted}, "Data": {quoted}}}"#),
        ),
        (200, format!("{{\"Response\": {quoted}")),
        (200, format!("{quoted}: {quoted}")),
        (200, quote.to_owned()),
        (401, quote.to_owned()),
        (502, format!("<p>{quote}</p>")),
    ];
    // Wherever the beginning of a page is cut.
    let pages = (150..260).step_by(25);
    let pages = pages.map(|length| (502, format!("{} {quote}", ".".repeat(length))));
    let bodies = bodies.into_iter().chain(pages);
    bodies
        .map(|(status, body)| after_reading(json(status, &body)))
        .collect()
}

/// What is no reply, or a strange one, with a quotation in it.
fn oddities(quote: &str) -> Vec<Script> {
    let with_header = |status: u16, header: &str| {
        after_reading(reply(
            status,
            &[&format!("{header}{quote}")],
            quote.as_bytes(),
        ))
    };
    let event = |text: String| {
        let text = format!("{text}\n\n");
        after_reading(reply(
            200,
            &["content-type: text/event-stream"],
            text.as_bytes(),
        ))
    };
    let quoted = serde_json::Value::from(quote).to_string();
    let begun = |rest: &str| after_reading(raw(&format!("HTTP/1.1 200 {rest}")));
    vec![
        with_header(302, "location: https://a:b@example.com/?"),
        with_header(302, "location: "),
        with_header(429, "retry-after: "),
        with_header(200, "date: "),
        with_header(407, "proxy-authenticate: "),
        with_header(200, "content-encoding: "),
        with_header(200, "content-encoding: gzip, "),
        with_header(200, "content-type: "),
        with_header(200, "x-request-id: "),
        event(format!("data: {{\"Token\": \"{OUTPUT}\"}}")),
        event(format!("data: {{\"Token\": \"{OUTPUT}")),
        event(format!(
            "data: {{\"Error\": {{\"Code\": \"A\", \"Message\": {quoted}}}}}"
        )),
        event(format!("data: {quoted}")),
        event(format!("data: {quote}")),
        after_reading(reply(200, &["content-encoding: gzip"], quote.as_bytes())),
        after_reading(raw(&format!("{quote} {quote}\r\n"))),
        begun(&format!("{quote}\r\n{quote}\r\n\r\n")),
        begun(&format!("OK\r\nx: {quote}\r\n{quote}: \0\r\n\r\n")),
        begun(&format!("OK\r\ncontent-length: {quote}\r\n\r\n")),
        begun(&format!("OK\r\ncontent-length: 5000\r\n\r\n{quote}")),
        begun(&format!(
            "OK\r\ntransfer-encoding: chunked\r\n\r\n{quote}\r\n"
        )),
        begun(&format!("OK\r\n\r\n{quote}")),
        vec![Step::Read, Step::Reset],
        vec![Step::Read],
        vec![Step::Read, Step::Stall],
    ]
}

fn scripts(quote: &str) -> Vec<Script> {
    [outputs(), quotations(quote), oddities(quote)].concat()
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
        let hurried = build(impatient(config()));
        show(&tolerant);
        for script in scripts(&quote) {
            let config = if stalls(&script) { &hurried } else { &tolerant };
            let server = Server::start(vec![script; 12]).await;
            send_all(config, &server.url()).await;
            assert!(!server.requests().is_empty(), "some action is served");
        }
        for script in outputs() {
            let server = Server::start(vec![script; 12]).await;
            send_all(&strict, &server.url()).await;
        }
    }
    search();
}

#[tokio::test]
async fn case_78_secrets_stay_secret_on_the_way() {
    capture::start();
    let authority = Authority::new();
    let key = || Credential::tencent("AKIDEXAMPLEEXAMPLE", KEY).with_token(TOKEN);
    let call = async |config: ConfigBuilder| {
        show(&config);
        let config = config.build().expect("it is complete");
        let call = tencent(&config).call(TencentGet::default());
        let result = call.await.map_err(Error::from);
        showing(&result);
        result.map(drop).map_err(|error| error.kind())
    };

    // TLS and HTTP/2, which keeps the headers for the connection.
    let acceptor = authority.issue(HOST).acceptor(None, "h2");
    let fates = [Fate::Reset(2), Fate::Success, Fate::ResetInReply(2)];
    let server = http2::Server::start(acceptor, &fates).await;
    let untrusting = |address| patient(reaching_as(key(), address));
    let trusting = || untrusting(server.address()).root_certificate(authority.pem());
    assert_eq!(call(trusting()).await, Ok(()));
    let result = call(untrusting(server.address())).await;
    assert_eq!(result, Err(ErrorKind::Tls));
    let refuse = || vec![raw("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Stall];
    let plain = Server::start([refuse(), refuse()]).await;
    let result = call(untrusting(plain.address())).await;
    assert_eq!(result, Err(ErrorKind::Tls));
    let identity = format!(
        "{}{STRANGER}",
        authority.issue(HOST).pem().replace('M', STRANGER)
    );
    let strange = trusting().client_identity(identity);
    show_error(&strange.build().expect_err("it is none"));
    let strange = trusting().root_certificate(format!("-----BEGIN CERTIFICATE-----\n{STRANGER}\n"));
    show_error(&strange.build().expect_err("it is none"));

    // Proxies.
    let acceptor = authority.issue(HOST).acceptor(None, "http/1.1");
    let server = SecureServer::start(acceptor, 1).await;
    for scheme in ["http", "socks5h"] {
        let proxy = Tunnel::start(server.address(), scheme != "http").await;
        let proxy = format!("{scheme}://name:{PROXY_PASSWORD}@{}", proxy.address());
        let untrusting = || untrusting(server.address()).proxy(&proxy);
        let trusting = untrusting().root_certificate(authority.pem());
        assert_eq!(call(trusting).await, Ok(()));
        assert_eq!(call(untrusting()).await, Err(ErrorKind::Tls));
        show_error(&key_of(&format!("{proxy}/path")).expect_err("it is no proxy"));
    }
    for script in scripts(&[KEY, TOKEN, PROXY_PASSWORD].join(" ")) {
        let proxy = Server::start(vec![script; 8]).await;
        let proxy = format!("http://name:{PROXY_PASSWORD}@{}", proxy.address());
        let through = |endpoint: &str| {
            impatient(Config::builder(key()))
                .insecure_endpoint(endpoint)
                .proxy(&proxy)
        };
        let _ = call(through(&format!("http://{HOST}"))).await;
        let _ = call(through(&format!("https://{HOST}"))).await;
    }
    search();
    for target in ["rustls", "hyper_util", "h2", "reqwest", "bindery_runtime"] {
        assert!(capture::has_logged(target), "{target} logs");
    }
}

fn key_of(proxy: &str) -> Result<Config, Error> {
    Config::builder(Credential::none()).proxy(proxy).build()
}

#[test]
fn case_78_secrets_stay_secret_where_nothing_can_be_called() {
    capture::start();
    let refused = [
        Config::builder(Credential::tencent("id", format!("{KEY}\n"))),
        Config::builder(Credential::tencent("id", KEY).with_token(format!("{TOKEN} {TOKEN}"))),
        Config::builder(Credential::huawei_token(ACCESS_TOKEN).with_token(TOKEN)),
        Config::builder(Credential::huawei_account("a:b", PASSWORD)),
        Config::builder(Credential::huawei_token(format!("{ACCESS_TOKEN}é"))),
        Config::builder(Credential::zego(1, format!(" {SERVER_SECRET}"))),
        Config::builder(Credential::none()).endpoint(&format!("https://a:{STRANGER}@b")),
        Config::builder(Credential::none()).endpoint(&format!("https://b/?{STRANGER}")),
        Config::builder(Credential::none()).proxy(format!("ftp://a:{PROXY_PASSWORD}@b")),
    ];
    for config in refused {
        show(&config);
        show_error(&config.build().expect_err("it is refused"));
    }
    let login = signing::huawei::AppIdLogin {
        app_id: "app-id",
        corp_id: None,
        user_id: "",
        expire_time: 1,
        nonce: "nonce",
    };
    show(&signing::huawei::sign(&login, APP_KEY));
    show(&signing::zego::sign(7, "nonce", SERVER_SECRET, 1));
    let pairs = [("Token", TOKEN)];
    let algorithm = signing::tencent_v1::Algorithm::HmacSha256;
    show(&signing::tencent_v1::sign(
        "GET", HOST, &pairs, KEY, algorithm,
    ));
    let now = jiff::Timestamp::now().as_second();
    let day_key = signing::tc3::SigningKey::derive(KEY, now, "trtc");
    show(&day_key);
    let request = signing::tc3::Request {
        method: "GET",
        host: HOST,
        query: &format!("Password={PATH}"),
        content_type: "",
        payload: &signing::tc3::PayloadHash::signed(INPUT.as_bytes()),
        action: None,
    };
    show(&signing::tc3::sign(&request, "id", &day_key, now));
    search();
}

/// Asks a provider for a credential, and calls with it.
async fn obtain(provider: impl ProvideCredential, scripts: Vec<Script>) {
    note(provider.place());
    show(&provider);
    let server = Server::start(scripts).await;
    let source = CredentialSource::new(Chain::new(provider).or(Environment::new()));
    show(&source);
    let config = impatient(Config::builder(source)).endpoint(&server.url());
    let config = config.build().expect("it is complete");
    for _ in 0..2 {
        let call = tencent(&config).call(TencentPost::default());
        showing(&call.await.map_err(Error::from));
    }
    show(&config);
}

/// What somebody answers or prints who has a key to give, and what may be wrong with it.
fn keys() -> Vec<String> {
    let key = format!(
        r#""SecretId": "AKIDEXAMPLEEXAMPLE", "SecretKey": "{KEY}", "secretId": "a", "secretKey": "{KEY}", "token": "{TOKEN}""#
    );
    let temporary = format!(
        r#""Credentials": {{"TmpSecretId": "AKIDEXAMPLEEXAMPLE", "TmpSecretKey": "{KEY}", "Token": "{TOKEN}"}}, "accessToken": "{ACCESS_TOKEN}", "expireTime": 4000000000"#
    );
    let both =
        |end: &str| format!(r#"{{"Response": {{{temporary}{end}}}, {key}, {temporary}{end}}}"#);
    vec![
        both(", \"ExpiredTime\": 4000000000"),
        both(", \"ExpiredTime\": 99999999999999999"),
        both(""),
        both("").replace(':', ""),
        both("").replace('}', ""),
        both("").replace("SecretId", "Id"),
        format!("{KEY} {TOKEN} {ACCESS_TOKEN}"),
        format!("[{{{key}}}]"),
        format!("\"{KEY}\""),
        format!("{{\"SecretId\": \"{KEY}\", \"SecretKey\": {{\"{KEY}\": \"{TOKEN}\"}}}}"),
        format!("[default]\nsecret_id = AKIDEXAMPLEEXAMPLE\nsecret_key = {KEY}\ntoken = {TOKEN}\n"),
        format!("[default]\nsecret_key = {KEY}\n"),
        format!("[default]\nsecret_key {KEY}\n"),
        format!("[default\n{KEY}"),
    ]
}

#[tokio::test]
async fn case_78_secrets_stay_secret_on_their_way_here() {
    capture::start();
    let quote = |secrets: [&str; 2]| scripts(&secrets.join(" ")).into_iter().step_by(9);
    for key in keys() {
        let echo = Process::new("sh")
            .argument("-c")
            .argument("printf %s \"$1\"; exit $2");
        let echo = |status: &str| {
            echo.clone()
                .argument("sh")
                .argument(key.as_str())
                .argument(status)
        };
        obtain(echo("0"), quote([KEY, INPUT]).collect()).await;
        obtain(echo("1"), vec![]).await;
        obtain(
            Process::new("no-such-program").argument(key.as_str()),
            vec![],
        )
        .await;

        let issuer = Server::start(vec![after_reading(json(200, &key)); 8]).await;
        let own = |credential| {
            let config = patient(Config::builder(credential)).region("ap-guangzhou");
            let config = config.endpoint(&issuer.url()).build();
            config.expect("it is complete")
        };
        let key = Credential::tencent("AKIDEXAMPLEEXAMPLE", KEY);
        let role = AssumeRole::new(&own(key), "role", "session").external_id("id");
        obtain(role, quote([KEY, TOKEN]).collect()).await;
        let account = Credential::huawei_account("li", PASSWORD);
        obtain(HuaweiLogin::new(&own(account)), vec![]).await;
        let application = Credential::huawei_app_id("app-id", APP_KEY);
        obtain(HuaweiLogin::new(&own(application)), vec![]).await;
    }
    search();
}

#[tokio::test]
async fn case_78_secrets_stay_secret_in_the_environment() {
    let folder = std::env::temp_dir().join(format!("bindery-canary-{}", std::process::id()));
    std::fs::create_dir_all(folder.join(".tccli")).expect("the folder can be made");
    let home = folder.display().to_string();
    let file = |name: &str| folder.join(name).display().to_string();
    let variables = vec![
        ("HOME", home),
        ("TENCENTCLOUD_SECRET_KEY", KEY.to_owned()),
        ("TENCENTCLOUD_CREDENTIALS_FILE", file("credentials")),
        ("TKE_REGION", "ap-guangzhou".to_owned()),
        ("TKE_ROLE_ARN", "role".to_owned()),
        ("TKE_PROVIDER_ID", "provider".to_owned()),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", file("token")),
    ];
    let output = run("canary::child_of_case_78", variables).await;
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("1 passed"), "{shown}");
}

#[ignore = "it has to be run with variables of the environment"]
#[tokio::test]
async fn child_of_case_78() {
    capture::start();
    let path = |name: &str| std::env::var(name).expect("the parent has set it");
    let file = path("TENCENTCLOUD_CREDENTIALS_FILE");
    let command_line = Path::new(&path("HOME")).join(".tccli/default.credential");
    std::fs::write(path("TKE_WEB_IDENTITY_TOKEN_FILE"), STRANGER).expect("it can be written");
    for key in keys() {
        std::fs::write(&file, &key).expect("it can be written");
        obtain(Profile::default(), vec![]).await;
        std::fs::remove_file(&file).expect("it can be removed");
        std::fs::write(&command_line, &key).expect("it can be written");
        obtain(Profile::default(), vec![]).await;
        let quote = json(
            400,
            &format!(r#"{{"Response": {{"Error": {{"Code": "A", "Message": "{STRANGER}"}}}}}}"#),
        );
        for answer in [json(200, &key), quote] {
            let issuer = Server::start(vec![after_reading(answer); 8]).await;
            let config = patient(Config::builder(Credential::none())).endpoint(&issuer.url());
            let config = config.build().expect("it is complete");
            obtain(WebIdentity::from_environment().config(&config), vec![]).await;
        }
    }
    obtain(Environment::new(), vec![]).await;
    search();
}

/// Without the feature there are no recordings.
#[cfg(feature = "testing")]
#[tokio::test]
async fn case_78_secrets_stay_secret_in_recordings() {
    use bindery_runtime::testing::{Double, Recording};

    capture::start();
    let path = std::env::temp_dir().join(format!("bindery-canary-{}.jsonl", std::process::id()));
    let recording = Recording::create(&path).expect("the file can be made");
    show(&recording);
    for (credential, own) in credentials() {
        let config = impatient(Config::builder(credential)).record(&recording);
        let config = config.build().expect("it is complete");
        let quote = [own.as_slice(), &[INPUT, PATH, HEADER]].concat().join(" ");
        for script in scripts(&quote) {
            let server = Server::start(vec![script; 12]).await;
            send_all(&config, &server.url()).await;
        }
    }
    let double = Double::replay(&path).expect("it is a recording");
    let config = patient(Config::builder(Credential::tencent("id", KEY))).double(&double);
    let config = config.build().expect("it is complete");
    send_all(&config, "https://service.example.com").await;
    show(&double);
    show(&double.requests::<TencentPost>());
    note(std::fs::read_to_string(&path).expect("it is text"));
    std::fs::remove_file(&path).expect("the file can be removed");
    search();
}

/// Without the feature there is no such limiter.
#[cfg(feature = "redis")]
#[tokio::test]
async fn case_78_secrets_stay_secret_at_the_limiter() {
    use bindery_runtime::Pacing;
    use bindery_runtime::redis::RedisLimiter;

    capture::start();
    for url in [
        format!("redis://name:{STRANGER}@:a"),
        format!("{STRANGER}://a"),
    ] {
        show_error(&RedisLimiter::new(&url).expect_err("it is no address"));
    }
    let refuse = raw(&format!(
        "-ERR no such user {STRANGER}\r\n-ERR {STRANGER}\r\n"
    ));
    for script in [
        after_reading(refuse.clone()),
        vec![refuse, Step::Stall],
        vec![],
        vec![Step::Reset],
    ] {
        let server = Server::start(vec![script; 4]).await;
        let url = format!("redis://name:{STRANGER}@{}/1", server.address());
        let limiter = RedisLimiter::new(&url).expect("it is an address");
        show(&limiter);
        let pacing = Pacing::shared(limiter, "1250000000");
        show(&pacing);
        let vendor = Server::start([after_reading(json(200, crate::SUCCESS))]).await;
        let config = Config::builder(Credential::tencent("AKIDEXAMPLEEXAMPLE", KEY));
        let config = config.pacing(pacing).endpoint(&vendor.url()).build();
        let client = tencent(&config.expect("it is complete"));
        let result = client
            .call(actions::TencentPaced)
            .await
            .map_err(Error::from);
        showing(&result);
    }
    search();
}
