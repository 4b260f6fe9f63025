//! A server that is slow, silent or gone, and what is said about it.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::logged::Logged;

const SECOND: Duration = Duration::from_secs(1);

/// Answers each command after a pause, and each reservation with the present moment.
async fn serve(listener: TcpListener, pause: Duration) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(answer(stream, pause));
    }
}

async fn answer(mut stream: TcpStream, pause: Duration) {
    let mut bytes = [0; 4096];
    loop {
        let length = stream.read(&mut bytes).await.unwrap_or_default();
        if length == 0 {
            return;
        }
        let commands = String::from_utf8_lossy(&bytes[..length]).into_owned();
        for command in commands.split('*').skip(1) {
            tokio::time::sleep(pause).await;
            let reply = if command.contains("EVALSHA") {
                "*2\r\n:1\r\n:0\r\n"
            } else {
                "+OK\r\n"
            };
            // Nobody may wait for it any more.
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    }
}

async fn wait(limiter: &RedisLimiter) -> Result<(), LimiterError> {
    let quota = Quota {
        key: "trtc/DescribeUserInfo".to_owned(),
        count: 20,
        period: SECOND,
    };
    limiter.wait(&[quota], 10 * SECOND).await
}

async fn limiter() -> (RedisLimiter, TcpListener) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let limiter = RedisLimiter::new(&format!("redis://{address}")).unwrap();
    (limiter, listener)
}

#[tokio::test]
async fn all_that_asking_takes_has_a_quarter_of_a_second_unless_it_is_given_more() {
    let (limiter, listener) = limiter().await;
    // Each answer alone would be in time.
    tokio::spawn(serve(listener, Duration::from_millis(200)));
    let begun = Instant::now();
    assert!(wait(&limiter).await.is_err());
    assert!(begun.elapsed() >= Duration::from_millis(250));

    tokio::time::sleep(SECOND).await;
    let limiter = limiter.patience(20 * SECOND);
    assert!(wait(&limiter).await.is_ok());
}

#[tokio::test]
async fn one_warning_says_that_the_server_is_gone_and_one_that_it_is_back() {
    let logged = Logged::start();
    let (limiter, listener) = limiter().await;
    // Connections are made, and nobody reads from them.
    for _ in 0..2 {
        assert!(wait(&limiter).await.is_err());
        assert!(wait(&limiter).await.is_err());
        tokio::time::sleep(SECOND).await;
    }
    let warnings = logged.take();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("is gone"), "{warnings:?}");

    tokio::spawn(serve(listener, Duration::ZERO));
    let limiter = limiter.patience(20 * SECOND);
    for _ in 0..5 {
        assert!(wait(&limiter).await.is_ok());
    }
    let warnings = logged.take();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("is back"), "{warnings:?}");
}
