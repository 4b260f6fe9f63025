//! Signs a body of 200 bytes again and again with the day's key at hand.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bindery_runtime::signing::tc3::{PayloadHash, Request, SigningKey, sign};

const SECRET_ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const TIME: i64 = 1_590_065_777;

/// For how long that is done.
const SLICE: Duration = Duration::from_millis(200);

fn main() {
    let body = [b'x'; 200];
    let key = SigningKey::derive("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", TIME, "trtc");
    let wall = time(|| authorize(black_box(&body), black_box(&key)));
    println!(r#"{{"wall":{wall}}}"#);
}

fn authorize(body: &[u8], key: &SigningKey) -> String {
    let request = Request {
        method: "POST",
        host: "trtc.tencentcloudapi.com",
        query: "",
        content_type: "application/json",
        payload: &PayloadHash::signed(body),
        action: Some("DescribeUserInfo"),
    };
    sign(&request, SECRET_ID, key, TIME).authorization
}

/// Nanoseconds of one signature.
fn time(mut work: impl FnMut() -> String) -> u64 {
    let (mut signatures, start) = (0, Instant::now());
    while start.elapsed() < SLICE {
        for _ in 0..100 {
            black_box(work());
        }
        signatures += 100;
    }
    let nanoseconds = start.elapsed().as_nanos() / signatures;
    u64::try_from(nanoseconds).unwrap_or(u64::MAX)
}
