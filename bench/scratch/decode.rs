//! Reads replies in three ways, and prints how fast each is and how often it allocates.

use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use ours_serde::tencent::trtc::v20190722 as bindery;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How long a way is tried in one round.
const SLICE: Duration = Duration::from_millis(20);

/// How often the ways take turns.
const ROUNDS: usize = 50;

/// How many users the replies hold. The last one has 183 kB.
const USERS: [usize; 4] = [2, 11, 100, 1_095];

/// What Tencent Cloud puts around a result.
#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(rename = "Response")]
    response: T,
}

struct Way {
    title: &'static str,
    read: fn(&str),
}

const WAYS: [Way; 3] = [
    Way {
        title: "Bindery",
        read: read::<bindery::DescribeUserInfoOutput>,
    },
    Way {
        title: "serde derive",
        read: read::<derive_needed::DescribeUserInfoOutput>,
    },
    Way {
        title: "serde_json::Value",
        read: read::<Value>,
    },
];

fn main() {
    println!("| DescribeUserInfo | bytes | | MB/s | Bindery : it | allocations |");
    println!("|---|---:|---|---:|---:|---:|");
    for users in USERS {
        let reply = reply(users);
        assert_alike(&reply);
        let rounds: [_; ROUNDS] =
            std::array::from_fn(|_| WAYS.each_ref().map(|way| speed(way, &reply)));
        for (index, way) in WAYS.iter().enumerate() {
            let speed = median(rounds.map(|speeds| speeds[index]));
            let ratio = median(rounds.map(|speeds| speeds[0] / speeds[index]));
            let count = measure(|| (way.read)(&reply)).count_total;
            let (title, bytes) = (way.title, reply.len());
            println!("| {users} users | {bytes} | {title} | {speed:.0} | {ratio:.2} | {count} |");
        }
    }
}

/// A reply like that of the vendor's page, with the members in the page's order.
fn reply(users: usize) -> String {
    let users: Vec<String> = (0..users)
        .map(|number| {
            format!(
                r#"{{"RoomStr":"218695","UserId":"user{number}_54816741","JoinTs":1590065777,"LeaveTs":1590067658,"Finished":true,"DeviceType":"","SdkVersion":"4.3.14","ClientIp":"10.4.1.13"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"Response":{{"Total":{},"UserList":[{}],"RequestId":"2e12e365-43e8-4efd-902d-906303e2ee4a"}}}}"#,
        users.len(),
        users.join(",")
    )
}

/// What is fast must also be right.
fn assert_alike(reply: &str) {
    let ours: Envelope<bindery::DescribeUserInfoOutput> = parse(reply);
    let derived: Envelope<derive_needed::DescribeUserInfoOutput> = parse(reply);
    let (ours, derived) = (ours.response, derived.response);
    assert_eq!(ours.total, derived.total);
    let users = derived.user_list.unwrap_or_default();
    assert_eq!(ours.user_list.len(), users.len());
    for (ours, derived) in ours.user_list.iter().zip(&users) {
        assert_eq!(ours.room_str, derived.room_str);
        assert_eq!(ours.user_id, derived.user_id);
        assert_eq!(ours.join_ts, derived.join_ts);
        assert_eq!(ours.leave_ts, derived.leave_ts);
        assert_eq!(ours.device_type, derived.device_type);
        assert_eq!(ours.sdk_version, derived.sdk_version);
        assert_eq!(ours.client_ip, derived.client_ip);
        assert_eq!(ours.finished, derived.finished);
    }
}

fn parse<T: DeserializeOwned>(reply: &str) -> T {
    serde_json::from_str(reply).expect("the reply is what it should be")
}

fn read<T: DeserializeOwned>(reply: &str) {
    black_box(parse::<Envelope<T>>(black_box(reply)).response);
}

/// Megabytes per second.
fn speed(way: &Way, reply: &str) -> f64 {
    let start = Instant::now();
    let mut bytes = 0;
    while start.elapsed() < SLICE {
        (way.read)(reply);
        bytes += reply.len();
    }
    bytes as f64 / start.elapsed().as_secs_f64() / 1e6
}

fn median(mut values: [f64; ROUNDS]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[ROUNDS / 2]
}
