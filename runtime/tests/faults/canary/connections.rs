//! TLS, HTTP/2 and proxies.

use super::*;
use crate::http2::{self, Fate};
use crate::secure::{Authority, HOST, SecureServer, reaching_as};
use crate::tunnel::Tunnel;

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
