//! Cases 3 and 4: names that lead nowhere, or to several places.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bindery_runtime::{Config, ErrorKind, Exhausted};

use crate::actions::{TencentRead, TencentWrite, tencent};
use crate::script::{Server, after_reading, json};
use crate::secure::HOST;
use crate::{End, MayHaveExecuted, SUCCESS, call, config, end, exhausted, key};

use End::{Failure, Success};
use MayHaveExecuted::No;

#[tokio::test]
async fn case_3_a_name_that_is_not_known_is_tried_again() {
    // A label has 63 characters at the most, so that no server has to be asked.
    let host = format!("{}.example.com", "n".repeat(64));
    let config = Config::builder(key())
        .endpoint(&format!("https://{host}"))
        .no_proxy()
        .build()
        .unwrap();
    let client = tencent(&config);
    let results = [
        call(&client, TencentRead {}).await,
        call(&client, TencentWrite {}).await,
    ];
    for result in results {
        assert_eq!(end(&result), Failure(ErrorKind::NotSent, 3, No));
        assert_eq!(exhausted(&result), Some(Exhausted::Attempts));
        let message = result.unwrap_err().to_string();
        assert!(message.contains(&host), "{message}");
        assert!(!message.contains("https:"), "{message}");
    }
}

#[tokio::test]
async fn case_4_the_next_address_is_called_where_one_is_dead() {
    let alive = IpAddr::V4(Ipv4Addr::LOCALHOST);
    // Another family, which is tried at the same time, and another address, which is tried before.
    for dead in [
        IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)),
    ] {
        let server = Server::start([after_reading(json(200, SUCCESS))]).await;
        let port = server.address().port();
        let config = config(&server)
            .insecure_endpoint(&format!("http://{HOST}:{port}"))
            .no_proxy()
            .resolve(HOST, [dead, alive]);
        let client = tencent(&config.build().unwrap());
        let result = call(&client, TencentWrite {}).await;
        assert_eq!(end(&result), Success(1), "{dead}: {result:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_host_is_given_an_address_or_none_is_set_for_it() {
    let config = Config::builder(key()).resolve(HOST, []);
    let error = config.build().expect_err("the host has no address");
    assert_eq!(error.kind(), ErrorKind::Build);
    assert!(error.message().contains(HOST), "{error}");
}
