//! Cases 9 and 10: a proxy is on the way.

use std::error::Error as _;
use std::process::{Command, Output};
use std::time::Duration;

use bindery_runtime::credentials::CvmRole;
use bindery_runtime::{Config, ConfigBuilder, CredentialSource, Error, ErrorKind, RetryPolicy};

use crate::actions::{TencentRead, TencentWrite, tencent};
use crate::script::{Script, Server, Step, after_reading, json, raw, reply};
use crate::secure::{Authority, HOST, SecureServer};
use crate::tunnel::Tunnel;
use crate::{End, MayHaveExecuted, SUCCESS, call, end, key};

use End::{Failure, Success};
use MayHaveExecuted::No;

/// As it stands in a URL, as it is meant, and as it goes to the proxy with its name.
const PASSWORD: &str = "CANARY%2Fword";
const PLAIN_PASSWORD: &str = "CANARY/word";
const ENCODED_LOGIN: &str = "bmFtZTpDQU5BUlkvd29yZA==";

/// A configuration that calls through a proxy at the address of a server.
fn through(proxy: &Server, endpoint: &str) -> ConfigBuilder {
    Config::builder(key())
        .insecure_endpoint(endpoint)
        .proxy(format!("http://name:{PASSWORD}@{}", proxy.address()))
        .retry(RetryPolicy::standard().max_pause(Duration::from_millis(20)))
}

fn hide(shown: &str) {
    for secret in ["CANARY", ENCODED_LOGIN] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// Looks for the password in all that an error shows.
fn hide_in(error: &Error) {
    hide(&format!("{error} {error:?} {error:#?}"));
    let mut source = error.source();
    while let Some(error) = source {
        hide(&format!("{error} {error:?}"));
        source = error.source();
    }
}

#[tokio::test]
async fn case_9_a_proxy_that_refuses_is_asked_once_and_named_without_its_password() {
    let secure = format!("https://{HOST}");
    let plain = format!("http://{HOST}");
    for (status, endpoint, remedy) in [
        (407, &secure, "a name and a password"),
        (403, &secure, "NO_PROXY"),
        (407, &plain, "a name and a password"),
    ] {
        let script = || after_reading(reply(status, &["connection: close"], b""));
        let proxy = Server::start([script(), script()]).await;
        let config = through(&proxy, endpoint);
        hide(&format!("{config:?}"));
        let config = config.build().unwrap();
        hide(&format!("{config:?}"));
        let client = tencent(&config);
        let results = [
            call(&client, TencentRead {}).await,
            call(&client, TencentWrite {}).await,
        ];
        for result in results {
            assert_eq!(end(&result), Failure(ErrorKind::Proxy, 1, No), "{result:?}");
            let error = result.unwrap_err();
            hide_in(&error);
            let message = error.to_string();
            assert!(message.contains(&proxy.address().to_string()), "{message}");
            assert!(message.contains(remedy), "{message}");
        }
        let header = format!("proxy-authorization: basic {ENCODED_LOGIN}").to_lowercase();
        for request in proxy.requests() {
            let request = request.to_lowercase();
            assert!(request.contains(&header), "{request}");
        }
        assert_eq!(proxy.requests().len(), 2);
    }
}

#[tokio::test]
async fn case_9_a_proxy_that_is_lost_is_tried_again() {
    let close = || vec![Step::Read];
    let reset = || vec![Step::Read, Step::Reset];
    let half = || after_reading(raw("HTTP/1.1 200 Conn"));
    for script in [close as fn() -> Script, reset, half] {
        let proxy = Server::start([script(), script(), script()]).await;
        let config = through(&proxy, &format!("https://{HOST}")).build().unwrap();
        let result = call(&tencent(&config), TencentWrite {}).await;
        assert_eq!(
            end(&result),
            Failure(ErrorKind::NotSent, 3, No),
            "{result:?}"
        );
        assert_eq!(proxy.connections(), 3);
        let error = result.unwrap_err();
        hide_in(&error);
        let message = error.to_string();
        assert!(message.contains(&proxy.address().to_string()), "{message}");
    }
}

#[tokio::test]
async fn case_9_a_proxy_that_serves_is_told_the_host_and_who_calls() {
    let authority = Authority::new();
    let acceptor = authority.issue(HOST).acceptor(None, "http/1.1");
    let server = SecureServer::start(acceptor, 0).await;
    let host = format!("{HOST}:{}", server.address().port());
    for (scheme, asked) in [
        ("http", format!("CONNECT {host} HTTP/1.1")),
        ("socks5h", format!("name {PLAIN_PASSWORD} {HOST}")),
    ] {
        let proxy = Tunnel::start(server.address(), scheme != "http").await;
        let config = || {
            Config::builder(key())
                .endpoint(&format!("https://{host}"))
                .proxy(format!("{scheme}://name:{PASSWORD}@{}", proxy.address()))
        };
        let trusting = config().root_certificate(authority.pem()).build().unwrap();
        let result = call(&tencent(&trusting), TencentWrite {}).await;
        assert_eq!(end(&result), Success(1), "{result:?}");

        // The certificate is the server's, whoever is on the way.
        let result = call(&tencent(&config().build().unwrap()), TencentWrite {}).await;
        assert_eq!(end(&result), Failure(ErrorKind::Tls, 1, No), "{result:?}");
        hide_in(&result.unwrap_err());
        let seen = proxy.seen();
        assert_eq!(seen.len(), 2);
        assert!(
            seen.iter().all(|request| request.starts_with(&asked)),
            "{seen:?}"
        );
    }
}

/// Runs one of the tests that are run in no other way, with variables of the environment.
pub(crate) async fn run(test: &'static str, variables: Vec<(&'static str, String)>) -> Output {
    let child = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().expect("this is a program"))
            .args(["--ignored", "--exact", test, "--nocapture"])
            .envs(variables)
            .output()
    });
    let output = child.await.expect("nothing panics in here");
    output.expect("this program can be run")
}

#[tokio::test]
async fn case_10_the_environment_says_what_goes_through_a_proxy() {
    let refuse = || after_reading(reply(403, &["connection: close"], b""));
    let proxy = Server::start(std::iter::repeat_with(refuse).take(9)).await;
    let url = format!("http://name:{PASSWORD}@{}", proxy.address());
    let here = Server::start([after_reading(json(200, SUCCESS))]).await;
    let output = run(
        "proxy::child_of_case_10",
        vec![
            ("HTTPS_PROXY", url.clone()),
            ("HTTP_PROXY", url),
            ("NO_PROXY", ".direct.example.com, 192.0.2.0/24".to_owned()),
            ("TEST_HERE", here.url()),
        ],
    )
    .await;
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && shown.contains("1 passed"),
        "{shown}"
    );
    let requests = proxy.requests();
    let targets: Vec<_> = requests
        .iter()
        .filter_map(|request| request.split_whitespace().nth(1))
        .collect();
    assert_eq!(
        targets,
        [
            "service.example.com:443",
            "direct.example.org:443",
            "example.com:443"
        ]
    );
    assert_eq!(here.requests().len(), 1);
}

#[ignore = "it has to be run with variables of the environment"]
#[tokio::test]
async fn child_of_case_10() {
    let closed = [std::net::Ipv4Addr::LOCALHOST.into()];
    let config = |url: &str| {
        Config::builder(key())
            .endpoint(url)
            .resolve("in.direct.example.com", closed)
            .connect_timeout(Duration::from_secs(20))
            .retry(RetryPolicy::never())
    };
    for (url, kind) in [
        ("https://service.example.com", ErrorKind::Proxy),
        ("https://direct.example.org", ErrorKind::Proxy),
        // The vendor's own SDK for Python looks for the host anywhere in the variable.
        ("https://example.com", ErrorKind::Proxy),
        ("https://in.direct.example.com:1", ErrorKind::NotSent),
        ("https://192.0.2.7:1", ErrorKind::NotSent),
    ] {
        let config = config(url);
        let config = match kind {
            // Nobody answers at this address, or at this port.
            ErrorKind::NotSent => config.connect_timeout(Duration::from_millis(100)),
            _ => config,
        };
        let client = tencent(&config.build().unwrap());
        let error = call(&client, TencentRead {}).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{url}: {error}");
        hide_in(&error);
    }
    let config_without = config("https://in.direct.example.com:1").no_proxy();
    let client = tencent(&config_without.build().unwrap());
    let error = call(&client, TencentRead {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent, "{error}");

    let here = std::env::var("TEST_HERE").expect("the parent has set it");
    let client = tencent(&config(&here).build().unwrap());
    assert_eq!(end(&call(&client, TencentRead {}).await), Success(1));

    // The metadata service is never asked through a proxy, whether or not it can be reached.
    let role = CredentialSource::new(CvmRole::new());
    let role = Config::builder(role).endpoint("http://127.0.0.1:1");
    call(&tencent(&role.build().unwrap()), TencentRead {})
        .await
        .unwrap_err();
}
