//! Cases 6 to 8: the server cannot be trusted, or does not get as far as that.

use bindery_runtime::{ConfigBuilder, Error, ErrorKind};

use crate::actions::{Output, TencentRead, TencentWrite, tencent};
use crate::script::{Server, Step, raw};
use crate::secure::{Authority, HOST, Identity, SecureServer, reaching};
use crate::{End, MayHaveExecuted, call, end};

use End::{Failure, Success};
use MayHaveExecuted::No;

const HTTP: &str = "http/1.1";

async fn serve(identity: &Identity) -> SecureServer {
    SecureServer::start(identity.acceptor(None, HTTP), 0).await
}

async fn write(config: ConfigBuilder) -> Result<bindery_runtime::Response<Output>, Error> {
    let config = config.build().expect("the configuration is complete");
    call(&tencent(&config), TencentWrite {}).await
}

#[tokio::test]
async fn case_6_a_server_that_is_not_trusted_is_called_once_and_says_why() {
    let (known, unknown) = (Authority::new(), Authority::new());
    for (identity, remedy) in [
        (unknown.issue(HOST), "`root_certificate`"),
        (known.issue("other.example.com"), "host of the endpoint"),
        (known.issue_until(HOST, 2020), "clock"),
    ] {
        let server = serve(&identity).await;
        for is_read in [true, false] {
            let config = server.config().root_certificate(known.pem());
            let client = tencent(&config.build().unwrap());
            let result = if is_read {
                call(&client, TencentRead {}).await
            } else {
                call(&client, TencentWrite {}).await
            };
            assert_eq!(end(&result), Failure(ErrorKind::Tls, 1, No), "{result:?}");
            let message = result.unwrap_err().to_string();
            assert!(message.contains(remedy), "{message}");
            assert!(message.contains(HOST), "{message}");
        }
        assert_eq!((server.connections(), server.requests()), (2, 0));
    }
}

#[tokio::test]
async fn case_6_a_server_is_trusted_with_the_root_that_it_needs() {
    let authority = Authority::new();
    let server = serve(&authority.issue(HOST)).await;
    let bundle = Authority::new().pem() + &authority.pem();
    for config in [
        server.config().root_certificate(authority.pem()),
        server.config().root_certificate(authority.der()),
        server.config().root_certificate(bundle),
        server
            .config()
            .root_certificate(authority.pem())
            .only_root_certificates(),
    ] {
        let result = write(config).await;
        assert_eq!(end(&result), Success(1), "{result:?}");
    }
}

#[tokio::test]
async fn case_6_a_caller_is_asked_for_a_certificate() {
    let authority = Authority::new();
    let acceptor = authority.issue(HOST).acceptor(Some(&authority), HTTP);
    let server = SecureServer::start(acceptor, 0).await;
    let config = || server.config().root_certificate(authority.pem());
    let caller = authority.issue("caller.example.com");
    let result = write(config().client_identity(caller.pem())).await;
    assert_eq!(end(&result), Success(1), "{result:?}");

    let stranger = Authority::new().issue("caller.example.com");
    for config in [config(), config().client_identity(stranger.pem())] {
        let result = write(config).await;
        assert_eq!(end(&result), Failure(ErrorKind::Tls, 1, No), "{result:?}");
        let message = result.unwrap_err().to_string();
        assert!(message.contains("`client_identity`"), "{message}");
    }
}

#[test]
fn case_6_what_is_no_certificate_is_refused_at_once() {
    let authority = Authority::new();
    let config = || reaching("127.0.0.1:1".parse().expect("it is an address"));
    let identity = authority.issue(HOST).pem();
    let key = &identity[identity.find("-----BEGIN PRIVATE").unwrap()..];
    for config in [
        config().root_certificate("no certificate"),
        config().root_certificate(key),
        config().root_certificate(&authority.der()[..100]),
        config().client_identity(authority.pem()),
        config().client_identity(key),
        config().client_identity(authority.pem() + key),
        config().only_root_certificates(),
    ] {
        let error = config.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build, "{error}");
    }
}

#[tokio::test]
async fn case_7_a_handshake_that_is_cut_is_begun_again() {
    let authority = Authority::new();
    let acceptor = authority.issue(HOST).acceptor(None, HTTP);
    for is_read in [true, false] {
        let server = SecureServer::start(acceptor.clone(), 2).await;
        let config = server.config().root_certificate(authority.pem());
        let client = tencent(&config.build().unwrap());
        let result = if is_read {
            call(&client, TencentRead {}).await
        } else {
            call(&client, TencentWrite {}).await
        };
        assert_eq!(end(&result), Success(3), "{result:?}");
        assert_eq!(server.requests(), 1);
    }

    // The beginning of a record that does not go on.
    let half = || vec![Step::Write(b"\x16\x03\x03\x00\x7a\x02".to_vec())];
    let server = Server::start([half(), half(), half()]).await;
    let result = write(reaching(server.address())).await;
    assert_eq!(
        end(&result),
        Failure(ErrorKind::NotSent, 3, No),
        "{result:?}"
    );
}

#[tokio::test]
async fn case_8_a_server_without_tls_is_not_tried_again() {
    let script = || vec![raw("HTTP/1.1 400 Bad Request\r\n\r\n"), Step::Stall];
    let server = Server::start([script(), script()]).await;
    let result = write(reaching(server.address())).await;
    assert_eq!(end(&result), Failure(ErrorKind::Tls, 1, No), "{result:?}");
    let message = result.unwrap_err().to_string();
    assert!(message.contains("does not speak TLS"), "{message}");
    assert!(message.contains("port and the scheme"), "{message}");
    assert_eq!(server.connections(), 1);
}

/// Without the feature there is no such method.
#[cfg(feature = "dangerous")]
#[tokio::test]
async fn case_6_trust_in_everybody_has_to_be_asked_for_by_its_name() {
    let server = serve(&Authority::new().issue("other.example.com")).await;
    let result = write(server.config().dangerous_accept_any_certificate()).await;
    assert_eq!(end(&result), Success(1), "{result:?}");
}
