//! ZEGOCLOUD: one status for all replies, and the codes of its gateway and its rooms.

use serde_json::{Value, json};

use crate::support::signing::zego_query;
use crate::support::{Emulation, NOW, Outgoing, Reply, vector};

const NONCE: &str = "0123456789abcdef";
const ROOM: &str = "RoomId=room1&UserId[]=a&UserId[]=b";

fn describe_users(business: &str) -> Outgoing {
    Outgoing::new(
        "GET",
        &format!("/?{}&{business}", zego_query("DescribeUsers", NONCE, NOW)),
    )
}

fn code(reply: &Reply) -> i64 {
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert!(body["RequestId"].as_str().is_some_and(|id| !id.is_empty()));
    assert!(
        body["Message"]
            .as_str()
            .is_some_and(|message| !message.is_empty())
    );
    body["Code"].as_i64().expect("a number")
}

#[tokio::test]
async fn the_pages_request_gets_the_pages_reply() {
    let emulation = Emulation::start().await;
    let reply = emulation.send(&describe_users(ROOM)).await;
    assert_eq!(code(&reply), 0);
    assert_eq!(
        reply.json()["Data"],
        json!({
            "UserStatusList": [
                { "UserId": "a", "Status": 1, "LoginTime": 1_675_674_019_365_i64, "UserRole": 1 },
                { "UserId": "b", "Status": 1, "LoginTime": 1_675_674_019_455_i64, "UserRole": 1 },
            ],
        })
    );
}

#[tokio::test]
async fn vectors_are_accepted_with_brackets_in_either_form() {
    let emulation = Emulation::start().await;
    let vector = vector("zg-01");
    for form in [
        "query_string_bracket_encoded",
        "query_string_plain_brackets",
    ] {
        let query = vector["outputs"][form].as_str().expect("a query");
        let reply = emulation
            .send(&Outgoing::new("GET", &format!("/?{query}")))
            .await;
        assert_eq!(code(&reply), 0, "{form}");
    }
}

#[tokio::test]
async fn users_outside_the_room_and_rooms_that_do_not_exist_are_told_apart() {
    let emulation = Emulation::start().await;
    let users = "RoomId=lobby&UserId[]=host&UserId[]=nobody&UserId[]=recorder";
    let reply = emulation.send(&describe_users(users)).await;
    let statuses = reply.json()["Data"]["UserStatusList"].take();
    let seen = |name: &str| -> Vec<Value> {
        statuses
            .as_array()
            .expect("a list")
            .iter()
            .map(|user| user[name].clone())
            .collect()
    };
    assert_eq!(
        seen("UserId"),
        [json!("host"), json!("nobody"), json!("recorder")]
    );
    assert_eq!(seen("Status"), [json!(1), json!(0), json!(1)]);
    let reply = emulation
        .send(&describe_users("RoomId=nowhere&UserId[]=a"))
        .await;
    assert_eq!(code(&reply), 50_001);
}

#[tokio::test]
async fn the_gateway_refuses() {
    let emulation = Emulation::start().await;
    let sent = describe_users(ROOM).target;
    let signature = sent
        .split("Signature=")
        .nth(1)
        .and_then(|rest| rest.split('&').next());
    let signature = format!("Signature={}", signature.expect("a signature"));
    let signed_at =
        |timestamp| format!("/?{}&{ROOM}", zego_query("DescribeUsers", NONCE, timestamp));
    let changed = |from: &str, to: &str| {
        assert!(sent.contains(from), "{sent}");
        sent.replace(from, to)
    };
    for (target, expected) in [
        (changed("AppId=1234567890", "AppId=app"), 100_000_001),
        (changed("AppId=1234567890", "AppId=4294967296"), 100_000_001),
        (changed("AppId=1234567890", "AppId=1234567891"), 100_000_010),
        (changed("&Timestamp=1700000000", ""), 100_000_002),
        (
            changed("Timestamp=1700000000", "Timestamp=now"),
            100_000_003,
        ),
        (signed_at(NOW - 601), 100_000_004),
        (signed_at(NOW + 601), 100_000_004),
        (signed_at(NOW - 600), 0),
        (
            changed(&signature, "Signature=0123456789abcdef0123456789abcdef"),
            100_000_005,
        ),
        (changed("Action=DescribeUsers&", ""), 100_000_006),
        (
            changed("Action=DescribeUsers", "Action=DescribeNothing"),
            100_000_007,
        ),
        (changed("&SignatureNonce=0123456789abcdef", ""), 100_000_008),
        (
            changed(
                "SignatureNonce=0123456789abcdef",
                "SignatureNonce=0123456789abcdeg",
            ),
            100_000_008,
        ),
        (
            changed(
                "SignatureNonce=0123456789abcdef",
                "SignatureNonce=0123456789abcde",
            ),
            100_000_008,
        ),
        (changed(&format!("&{signature}"), ""), 100_000_009),
        (changed("&SignatureVersion=2.0", ""), 100_000_013),
        (
            changed("SignatureVersion=2.0", "SignatureVersion=1.0"),
            100_000_014,
        ),
    ] {
        let reply = emulation.send(&Outgoing::new("GET", &target)).await;
        assert_eq!(code(&reply), expected, "{target}");
    }
    let post = Outgoing::new("POST", &sent);
    assert_eq!(
        code(&emulation.send(&post).await),
        100_000_007,
        "the action is a GET"
    );
}

#[tokio::test]
async fn parameters_are_checked() {
    let emulation = Emulation::start().await;
    let users = |count: usize| {
        let users: Vec<_> = (0..count)
            .map(|number| format!("&UserId[]=user{number}"))
            .collect();
        users.concat()
    };
    for (business, expected) in [
        (format!("RoomId=room1{}", users(10)), 0),
        (format!("RoomId=room1{}", users(11)), 2),
        ("RoomId=room1".to_owned(), 2),
        ("UserId[]=a".to_owned(), 2),
        ("RoomId=room1&UserId=a".to_owned(), 2),
        (format!("{ROOM}&Unheard=1"), 2),
        (format!("{ROOM}&IsTest=perhaps"), 2),
        (format!("{ROOM}&IsTest=False"), 0),
    ] {
        assert_eq!(
            code(&emulation.send(&describe_users(&business)).await),
            expected,
            "{business}"
        );
    }
}

#[tokio::test]
async fn the_documented_rate_is_kept() {
    let emulation = Emulation::start().await;
    for _ in 0..10 {
        assert_eq!(code(&emulation.send(&describe_users(ROOM)).await), 0);
    }
    let other_room = describe_users("RoomId=lobby&UserId[]=host");
    assert_eq!(
        code(&emulation.send(&other_room).await),
        206,
        "all rooms share the limit"
    );
    emulation.advance(1);
    assert_eq!(code(&emulation.send(&other_room).await), 0);
}
