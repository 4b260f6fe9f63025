use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Parts, parts};
use crate::envelope::{self, Strictness};
use crate::fixtures::{Everything, Mode, Part, everything};
use crate::operation::{Dispatch, Envelope, Method, Operation, Provider, Service};
use crate::record::{ArrayStyle, Record, RecordMut};
use crate::{Timestamp, record};

static TENCENT: Provider = provider("tencent", Dispatch::Header, ArrayStyle::Indexed);
static HUAWEI: Provider = provider("huawei", Dispatch::Path, ArrayStyle::Repeated);
static ZEGO: Provider = provider("zego", Dispatch::Query, ArrayStyle::Brackets);
pub(super) static TRTC: Service = service(&TENCENT);
pub(super) static MEETING: Service = service(&HUAWEI);
static RTC: Service = service(&ZEGO);

const fn provider(name: &'static str, dispatch: Dispatch, arrays: ArrayStyle) -> Provider {
    Provider {
        name,
        telemetry_name: name,
        dispatch,
        arrays,
        clock_window: Duration::from_mins(5),
        errors: &[],
    }
}

const fn service(provider: &'static Provider) -> Service {
    Service {
        provider,
        name: "service",
        version: "2019-07-22",
        host: "localhost",
        errors: &[],
    }
}

struct DescribeUserInfo {
    comm_id: String,
    start_time: Timestamp,
    end_time: Timestamp,
    sdk_app_id: u64,
    user_ids: Option<Vec<String>>,
    page_number: Option<u64>,
    page_size: Option<u64>,
}

record! {
    DescribeUserInfo {
        0 => comm_id: "CommId" required,
        1 => start_time: "StartTime" required seconds,
        2 => end_time: "EndTime" required seconds,
        3 => sdk_app_id: "SdkAppId" required uint32,
        4 => user_ids: "UserIds",
        5 => page_number: "PageNumber",
        6 => page_size: "PageSize",
    }
}

struct ShowUserDetail {
    account: String,
    account_type: Option<Mode>,
    request_id: Option<String>,
    user_type: Option<Vec<i64>>,
}

record! {
    ShowUserDetail {
        0 => account: "account" path,
        1 => account_type: "accountType" query,
        2 => request_id: "X-Request-Id" header,
        3 => user_type: "userType",
    }
}

fn describe_user_info() -> DescribeUserInfo {
    DescribeUserInfo {
        comm_id: "1400188366_218695_1590065777".to_owned(),
        start_time: Timestamp::from_second(1_590_065_777).unwrap(),
        end_time: Timestamp::from_second(1_590_065_877).unwrap(),
        sdk_app_id: 1_400_188_366,
        user_ids: Some(vec![
            "user1_54816741".to_owned(),
            "user2_2107025".to_owned(),
        ]),
        page_number: None,
        page_size: None,
    }
}

fn show_user_detail(account: &str) -> ShowUserDetail {
    ShowUserDetail {
        account: account.to_owned(),
        account_type: Some(Mode::Off),
        request_id: None,
        user_type: None,
    }
}

pub(super) fn encode(request: &dyn Record, service: &'static Service, method: Method) -> Parts {
    parts(request, &operation(service), method, None).expect("a request that can be written")
}

fn refuse(request: &dyn Record, service: &'static Service, method: Method) -> String {
    let result = parts(request, &operation(service), method, None);
    result
        .expect_err("a request that cannot be written")
        .to_string()
}

fn operation(service: &'static Service) -> Operation {
    Operation {
        path: "/v1/usg/dcs/corp/member/{account}",
        ..Operation::new(service, "Action")
    }
}

pub(super) fn body(parts: Parts) -> Value {
    let body = parts.body.expect("a body");
    serde_json::from_slice(&body.into_bytes("").1).expect("JSON")
}

/// The pairs as on the wire, except that nothing is percent-encoded.
fn query(parts: &Parts) -> String {
    let pairs: Vec<String> = parts
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

#[test]
fn writes_the_pages_request_of_describe_user_info() {
    let parts = encode(&describe_user_info(), &TRTC, Method::Post);
    assert_eq!(query(&parts), "");
    let page = include_str!("../../tests/data/describe-user-info-request.json");
    let page: Value = serde_json::from_str(page).unwrap();
    assert_eq!(body(parts), page);
}

/// The query string that Tencent's own SDK makes of these members.
#[test]
fn flattens_a_query_like_the_official_sdk() {
    let vectors: Value = serde_json::from_str(include_str!("../../tests/vectors.json")).unwrap();
    let vector = vectors["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == "tc-02-get");
    let request = DescribeUserInfo {
        page_number: Some(0),
        page_size: Some(6),
        ..describe_user_info()
    };
    let parts = encode(&request, &TRTC, Method::Get);
    assert!(parts.body.is_none());
    assert_eq!(
        query(&parts),
        vector.unwrap()["outputs"]["query_string"].as_str().unwrap()
    );
}

/// The request line on Huawei's page.
#[test]
fn fills_a_path_like_the_page_of_show_user_detail() {
    let request = show_user_detail("3e48b79b660e403cb5e0208f7be83961");
    let parts = encode(&request, &MEETING, Method::Get);
    assert_eq!(
        parts.path,
        "/v1/usg/dcs/corp/member/3e48b79b660e403cb5e0208f7be83961"
    );
    assert_eq!(query(&parts), "accountType=0");
    assert!(parts.headers.is_empty() && parts.body.is_none());
}

#[test]
fn writes_lists_in_the_style_of_the_vendor_or_the_member() {
    struct Lists {
        room_ids: Vec<String>,
        parts: Vec<Part>,
        comma: Vec<bool>,
        empty: Vec<String>,
        map: BTreeMap<String, Vec<i64>>,
    }
    record! {
        Lists {
            0 => room_ids: "RoomId",
            1 => parts: "Parts",
            2 => comma: "Comma" comma,
            3 => empty: "Empty",
            4 => map: "Map",
        }
    }
    let part = |name: &str| Part {
        name: name.to_owned(),
        password: None,
    };
    let lists = Lists {
        room_ids: vec!["a".to_owned(), "b".to_owned()],
        parts: vec![part("x"), part("y")],
        comma: vec![true, false],
        empty: Vec::new(),
        map: BTreeMap::from([("m".to_owned(), vec![7])]),
    };
    let rest = "Parts.0.Name=x&Parts.1.Name=y&Comma=true,false&Map.m.0=7";
    for (service, rooms) in [
        (&TRTC, "RoomId.0=a&RoomId.1=b"),
        (&RTC, "RoomId[]=a&RoomId[]=b"),
        (&MEETING, "RoomId=a&RoomId=b"),
    ] {
        let parts = encode(&lists, service, Method::Get);
        assert_eq!(query(&parts), format!("{rooms}&{rest}"));
    }
}

#[test]
fn sends_an_empty_body_only_where_it_says_something() {
    struct Heartbeat {
        account: String,
    }
    record! { Heartbeat { 0 => account: "account" path, } }
    let request = show_user_detail("a");
    let request_only_elsewhere = ShowUserDetail {
        user_type: Some(vec![1]),
        ..request.clone()
    };
    assert_eq!(
        body(encode(&request_only_elsewhere, &MEETING, Method::Put)),
        json!({"userType": [1]})
    );
    assert_eq!(body(encode(&request, &TRTC, Method::Post)), json!({}));
    let request = Heartbeat {
        account: "a".to_owned(),
    };
    assert!(encode(&request, &MEETING, Method::Put).body.is_none());
}

#[test]
fn lets_a_login_add_members_to_the_body() {
    let mut body = encode(&show_user_detail("a"), &TRTC, Method::Post)
        .body
        .unwrap();
    body.insert("appId", "x\"y");
    body.insert("clientType", 72);
    assert_eq!(
        body.into_bytes("").1,
        br#"{"appId":"x\"y","clientType":72}"#
    );
}

#[test]
fn encodes_path_values_and_refuses_those_that_lead_elsewhere() {
    let parts = encode(
        &show_user_detail("a@b/../c {account}%2e\r\n"),
        &MEETING,
        Method::Get,
    );
    assert_eq!(
        parts.path,
        "/v1/usg/dcs/corp/member/a%40b%2F..%2Fc%20%7Baccount%7D%252e%0D%0A"
    );
    for account in ["", ".", ".."] {
        assert_eq!(
            refuse(&show_user_detail(account), &MEETING, Method::Get),
            "the request cannot be written: expected a value other than nothing, `.` and `..` at $.account"
        );
    }
}

#[test]
fn refuses_headers_that_would_break_the_request() {
    let request = |id: &str| ShowUserDetail {
        request_id: Some(id.to_owned()),
        ..show_user_detail("a")
    };
    let parts = encode(&request("one two~"), &MEETING, Method::Get);
    assert_eq!(parts.headers, [("X-Request-Id", "one two~".to_owned())]);
    for id in ["a\r\nX-Access-Token: b", "a\nb", "a\0b", "\u{7f}", "é"] {
        assert_eq!(
            refuse(&request(id), &MEETING, Method::Get),
            "the request cannot be written: expected visible ASCII characters at $.X-Request-Id"
        );
    }
}

#[test]
fn refuses_numbers_that_the_wire_cannot_hold_and_names_the_member() {
    let inner = |inner: Everything| Everything {
        inner: Some(Box::new(inner)),
        ..Everything::empty()
    };
    for (request, expected) in [
        (
            Everything {
                signed: Some(i64::from(i32::MAX) + 1),
                ..Everything::empty()
            },
            "a number of 32 bits with a sign at $.Inner.Signed",
        ),
        (
            Everything {
                unsigned: Some(u64::from(u32::MAX) + 1),
                ..Everything::empty()
            },
            "a number of 32 bits without a sign at $.Inner.Unsigned",
        ),
        (
            Everything {
                float: Some(f64::NAN),
                ..Everything::empty()
            },
            "a finite number at $.Inner.Float",
        ),
    ] {
        for method in [Method::Post, Method::Get] {
            let error = refuse(&inner(request.clone()), &TRTC, method);
            assert_eq!(
                error,
                format!("the request cannot be written: expected {expected}")
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reads_back_what_it_writes(written in everything()) {
        let parts = encode(&written, &TRTC, Method::Post);
        let body = parts.body.unwrap().into_bytes("").1;
        let mut read = Everything::empty();
        let opened =
            envelope::open(Envelope::Bare, 200, &body, &mut read, Strictness::Strict).unwrap();
        prop_assert!(opened.mismatches.is_empty());
        prop_assert_eq!(shown(&read), shown(&written));
        prop_assert_eq!(shown(&written.clone()), shown(&written));
    }
}

/// All that a record holds, secrets included.
fn shown(record: &Everything) -> String {
    let passwords: Vec<_> = record.parts.iter().map(|part| &part.password).collect();
    format!(
        "{record:?} {passwords:?} {:?}",
        record.inner.as_deref().map(shown)
    )
}
