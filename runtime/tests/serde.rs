//! What the feature `serde` adds: both traits, over the same tables as the wire.
#![cfg(feature = "serde")]

use bindery_runtime::{Timestamp, UnknownValue, integer_enum, record, string_enum};
use serde_json::{Value, json};

struct User {
    name: Option<String>,
    joined: Option<Timestamp>,
    roles: Vec<Role>,
    status: Option<Status>,
}

record! {
    User {
        0 => name: "Name",
        1 => joined: "JoinTs" milliseconds,
        2 => roles: "Roles",
        3 => status: "Status",
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Role {
    Host,
    Unknown(UnknownValue<String>),
}

string_enum! { Role { "host" => Host, } }

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Away,
    Unknown(UnknownValue<i64>),
}

integer_enum! { Status { 2 => Away, } }

#[test]
fn writes_wire_names_and_reads_them_back() {
    let user = User {
        name: None,
        joined: Some(Timestamp::from_millisecond(1_601_221_696_783).unwrap()),
        roles: vec![Role::Host, Role::from("guest")],
        status: Some(Status::Away),
    };
    let written = serde_json::to_value(&user).unwrap();
    assert_eq!(
        written,
        json!({"JoinTs": 1_601_221_696_783_i64, "Roles": ["host", "guest"], "Status": 2})
    );
    for read in [
        serde_json::from_value::<User>(written.clone()),
        serde_json::from_str(&written.to_string()),
        serde_json::from_reader(written.to_string().as_bytes()),
    ] {
        assert_eq!(format!("{:?}", read.unwrap()), format!("{user:?}"));
    }
}

#[test]
fn is_as_tolerant_inside_as_the_wire_and_strict_outside() {
    let user: User =
        serde_json::from_value(json!({"Name": 7, "Status": "2", "Roles": {}})).unwrap();
    assert_eq!(user.name.as_deref(), Some("7"));
    assert_eq!(user.status, Some(Status::Away));
    assert!(user.roles.is_empty());

    let error = |value: Value| {
        serde_json::from_value::<User>(value)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error(json!([1])), "an object is declared, found a list");
    assert_eq!(error(Value::Null), "found null, expected a value");
    let status: Result<Status, _> = serde_json::from_value(json!(true));
    assert_eq!(
        status.unwrap_err().to_string(),
        "an integer is declared, found a boolean"
    );
}
