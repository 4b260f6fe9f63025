//! Errors of every kind, pages, and calls that are waited for.

use std::collections::BTreeSet;

use bindery_runtime::credentials::Process;
use bindery_runtime::support::{Paged, Pagination, Slot, ValueMut};
use bindery_runtime::{CredentialSource, Pacing};

use super::*;
use crate::connection::closed_port;
use crate::secure::HOST;

impl Paged for TencentPost {
    type Item = String;

    const PAGINATION: Pagination = Pagination::Token {
        token: "path",
        next: &["Token"],
        limit: None,
        default_size: 20,
    };

    fn input(&mut self, _: &str) -> Slot<'_> {
        ValueMut::as_slot(&mut self.path)
    }

    fn items(page: &mut Output) -> Option<&mut Vec<String>> {
        Some(&mut page.tokens)
    }
}

fn secret() -> ConfigBuilder {
    let key = Credential::tencent("AKIDEXAMPLEEXAMPLE", KEY);
    patient(Config::builder(key.with_token(TOKEN)))
}

/// The error of a call with a configuration.
async fn fail(config: ConfigBuilder) -> Error {
    show(&config);
    let config = config.build().expect("it is complete");
    let result = tencent(&config).call(TencentPost::default()).await;
    result.map_err(Error::from).expect_err("it fails")
}

/// The error of a call whose attempts all meet the same.
async fn meet(config: ConfigBuilder, script: Script) -> Error {
    let server = Server::start(vec![script; 2]).await;
    fail(config.endpoint(&server.url())).await
}

/// Lets nothing through.
struct Closed;

impl Intercept for Closed {
    fn before_send(&self, attempt: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        show(attempt);
        Err(Error::intercepted("nothing is let through"))
    }
}

/// The error of a list whose pages come again.
async fn go_round_in_circles() -> Error {
    let page = format!(r#"{{"Response": {{"Token": "{OUTPUT}", "Tokens": ["{OUTPUT}"]}}}}"#);
    let server = Server::start(vec![after_reading(json(200, &page)); 3]).await;
    let config = secret().endpoint(&server.url()).build();
    let client = tencent(&config.expect("it is complete"));
    let mut pages = client.call(TencentPost::default()).pages();
    loop {
        show(&pages);
        match pages.next().await.expect("there is one more") {
            Ok(page) => show(&page),
            Err(error) => return error.into(),
        }
    }
}

/// The error of a call beyond the documented rate.
async fn be_too_early() -> Error {
    let success = after_reading(json(200, crate::SUCCESS));
    let server = Server::start(vec![success; 2]).await;
    let config = secret().endpoint(&server.url());
    let config = config.pacing(Pacing::documented()).build();
    let client = tencent(&config.expect("it is complete"));
    loop {
        let call = client.call(actions::TencentPaced);
        if let Err(error) = call.timeout(Duration::from_secs(20)).await {
            return error.into();
        }
    }
}

/// All kinds that there are.
fn kinds() -> BTreeSet<String> {
    let code = include_str!("../../../src/error.rs");
    let (_, kinds) = code
        .split_once("pub enum ErrorKind {")
        .expect("they are there");
    let (kinds, _) = kinds.split_once("\n}").expect("they end");
    let names = kinds
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','));
    let names = names.filter(|name| name.chars().all(char::is_alphanumeric));
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn case_78_secrets_stay_secret_in_errors_of_every_kind() {
    capture::start();
    let quote = [KEY, TOKEN, INPUT, PATH, HEADER].join(" ");
    let quoted = serde_json::Value::from(quote.as_str()).to_string();
    let refusal =
        format!(r#"{{"Response": {{"Error": {{"Code": "InternalError", "Message": {quoted}}}}}}}"#);
    let location = format!("location: https://{STRANGER}@example.com/?{quote}");
    let half = format!("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{quote}");
    let plain = Server::start([vec![raw(&half), Step::Stall]]).await;
    let refuse = || after_reading(reply(407, &["connection: close"], quote.as_bytes()));
    let proxy = Server::start([refuse()]).await;
    let proxy = format!("http://name:{PROXY_PASSWORD}@{}", proxy.address());
    let (_socket, closed) = closed_port();
    let nobody = Process::new("no-such-program").argument(KEY);
    let errors = [
        Config::builder(Credential::tencent("id", format!("{KEY}\n")))
            .build()
            .expect_err("it is refused"),
        fail(patient(Config::builder(CredentialSource::new(nobody)))).await,
        be_too_early().await,
        fail(secret().intercept(Closed)).await,
        fail(secret().endpoint(&format!("http://{closed}"))).await,
        fail(secret().endpoint(&format!("https://{}", plain.address()))).await,
        fail(secret().endpoint(&format!("https://{HOST}")).proxy(proxy)).await,
        meet(secret(), vec![Step::Read]).await,
        meet(impatient(secret()), vec![Step::Read, Step::Stall]).await,
        meet(secret(), after_reading(raw(&half))).await,
        meet(
            secret().max_reply_bytes(8),
            after_reading(json(200, &refusal)),
        )
        .await,
        meet(
            secret(),
            after_reading(reply(302, &[&location], quote.as_bytes())),
        )
        .await,
        meet(secret(), after_reading(json(200, &quote))).await,
        meet(secret(), after_reading(json(200, &refusal))).await,
        go_round_in_circles().await,
    ];
    let mut seen = BTreeSet::new();
    for error in &errors {
        show_error(error);
        seen.insert(format!("{:?}", error.kind()));
    }
    assert_eq!(seen, kinds());
    search();
}

/// Without the feature there are no such calls.
#[cfg(feature = "blocking")]
#[tokio::test]
async fn case_78_secrets_stay_secret_in_calls_that_are_waited_for() {
    capture::start();
    let quote = [KEY, TOKEN, INPUT, PATH, HEADER].join(" ");
    for script in scripts(&quote).into_iter().step_by(5) {
        let server = Server::start(vec![script; 8]).await;
        let config = impatient(secret()).endpoint(&server.url()).build();
        let client = tencent(&config.expect("it is complete"));
        // Outside of asynchronous code.
        let waiting = std::thread::spawn(move || {
            let call = || client.call(TencentPost::default());
            showing(&call().wait().map_err(Error::from));
            let pages = call().pages().wait();
            show(&pages);
            for page in pages {
                showing(&page.map_err(Error::from));
            }
            for item in call().items().wait() {
                // A secret once it is taken out.
                if let Err(error) = item {
                    show_error(&error);
                }
            }
        });
        let waited = tokio::task::spawn_blocking(|| waiting.join()).await;
        assert!(waited.is_ok_and(|waited| waited.is_ok()));
    }
    search();
}
