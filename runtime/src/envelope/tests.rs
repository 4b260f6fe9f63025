use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;

use super::{Failure, Opened, Strictness, open};
use crate::fixtures::{Everything, Mode};
use crate::operation::Envelope;
use crate::record::RecordMut;
use crate::{Timestamp, record};

const REQUEST_ID: &str = "2e12e365-43e8-4efd-902d-906303e2ee4a";

/// TRTC, DescribeUserInfo. The page says which member may be null.
struct UserInfo {
    total: Option<u64>,
    user_list: Vec<UserInformation>,
}

record! { UserInfo { 0 => total: "Total", 1 => user_list: "UserList" nullable, } }

struct UserInformation {
    room_str: Option<String>,
    user_id: String,
    join_ts: Option<Timestamp>,
    leave_ts: Option<Timestamp>,
    device_type: Option<String>,
    sdk_version: Option<String>,
    client_ip: Option<String>,
    finished: Option<bool>,
}

record! {
    UserInformation {
        0 => room_str: "RoomStr",
        1 => user_id: "UserId" required,
        2 => join_ts: "JoinTs" seconds,
        3 => leave_ts: "LeaveTs" seconds,
        4 => device_type: "DeviceType",
        5 => sdk_version: "SdkVersion",
        6 => client_ip: "ClientIp",
        7 => finished: "Finished",
    }
}

/// Huawei, ShowUserDetail, as far as it is odd.
struct UserDetail {
    active_time: Option<Timestamp>,
    corp: Option<Device>,
    desc: Option<String>,
    dev_type: Option<Device>,
    vision_account: Option<String>,
    vmr_list: Vec<UserVmr>,
}

record! {
    UserDetail {
        0 => active_time: "activeTime" milliseconds,
        1 => corp: "corp",
        2 => desc: "desc",
        3 => dev_type: "devType",
        4 => vision_account: "visionAccount" nullable,
        5 => vmr_list: "vmrList",
    }
}

struct Device {
    model: Option<String>,
}

record! { Device { 0 => model: "model", } }

struct UserVmr {
    vmr_id: Option<String>,
    vmr_pkg_length: Option<i64>,
    status: Option<i64>,
}

record! {
    UserVmr {
        0 => vmr_id: "vmrId",
        1 => vmr_pkg_length: "vmrPkgLength",
        2 => status: "status",
    }
}

struct Nothing {}

record! { Nothing {} }

struct Users {
    user_ids: Option<Vec<String>>,
}

record! { Users { 0 => user_ids: "user_ids", } }

fn read<R: RecordMut>(envelope: Envelope, body: impl AsRef<[u8]>) -> (R, Opened) {
    let mut output = R::empty();
    let opened = open(
        envelope,
        200,
        body.as_ref(),
        &mut output,
        Strictness::Tolerant,
    );
    (output, opened.expect("a success"))
}

fn fail<R: RecordMut>(envelope: Envelope, status: u16, body: impl AsRef<[u8]>) -> String {
    let mut output = R::empty();
    match open(
        envelope,
        status,
        body.as_ref(),
        &mut output,
        Strictness::Tolerant,
    ) {
        Ok(opened) => panic!("a success: {output:?} {opened:?}"),
        Err(Failure::Malformed(error)) => error.to_string(),
        Err(Failure::Service(refusal)) => {
            let super::Refusal { code, message, .. } = refusal;
            let message = if refusal.is_page {
                super::excerpt(&message)
            } else {
                message
            };
            let request_id = refusal.request_id.unwrap_or_default();
            format!("{code} | {message} | {request_id}")
        }
    }
}

fn mismatches(opened: &Opened) -> Vec<String> {
    opened.mismatches.iter().map(ToString::to_string).collect()
}

#[test]
fn reads_the_pages_reply_of_describe_user_info() {
    let body = include_str!("../../tests/data/describe-user-info.json");
    let (output, opened) = read::<UserInfo>(Envelope::Response, body);
    assert_eq!(opened.request_id.as_deref(), Some(REQUEST_ID));
    assert_eq!(mismatches(&opened), [""; 0]);
    assert_eq!(output.total, Some(1));
    let [first, second] = output.user_list.as_slice() else {
        panic!("two users: {output:?}");
    };
    assert_eq!(first.room_str.as_deref(), Some("218695"));
    assert_eq!(first.user_id, "user1_54816741");
    assert_eq!(
        first.leave_ts.map(Timestamp::as_second),
        Some(1_590_067_658)
    );
    assert_eq!(first.finished, Some(true));
    assert_eq!(second.user_id, "user2_2107025");
    assert_eq!(
        second.join_ts.map(Timestamp::as_second),
        Some(1_590_065_700)
    );
    assert_eq!(second.device_type.as_deref(), Some(""));
    assert_eq!(second.sdk_version.as_deref(), Some("4.3.14"));
    assert_eq!(second.client_ip.as_deref(), Some("10.4.1.13"));

    let (output, opened) =
        read::<UserInfo>(Envelope::Response, r#"{"Response":{"UserList":null}}"#);
    assert!(output.user_list.is_empty() && opened.mismatches.is_empty());
}

#[test]
fn reads_the_pages_replies_of_get_user_and_describe_user_status() {
    struct SubUser {
        uin: Option<u64>,
        console_login: Option<Mode>,
        recently_login_ip: Option<String>,
    }
    record! {
        SubUser {
            0 => uin: "Uin",
            1 => console_login: "ConsoleLogin",
            2 => recently_login_ip: "RecentlyLoginIP" nullable,
        }
    }
    struct Status {
        app_id: Option<i64>,
        is_authenticated: Option<Mode>,
    }
    record! { Status { 0 => app_id: "AppId", 1 => is_authenticated: "IsAuthenticated", } }
    let body = include_str!("../../tests/data/get-user.json");
    let (output, opened) = read::<SubUser>(Envelope::Response, body);
    let request_id = opened.request_id.as_deref();
    assert_eq!(request_id, Some("33674182-e53d-416b-b6ce-bd7e7536b5d6"));
    assert_eq!(output.uin, Some(100_000_546_533));
    assert_eq!(output.console_login, Some(Mode::On));
    assert_eq!(output.recently_login_ip.as_deref(), Some("1.1.1.1"));

    let body = include_str!("../../tests/data/describe-user-status.json");
    let (output, opened) = read::<Status>(Envelope::Response, body);
    assert_eq!(output.app_id, Some(1_250_000_060));
    assert_eq!(output.is_authenticated, Some(Mode::On));
    assert_eq!(mismatches(&opened), [""; 0]);
}

#[test]
fn reads_the_pages_reply_of_show_user_detail_and_says_what_is_odd() {
    let body = include_str!("../../tests/data/show-user-detail.json");
    let (output, opened) = read::<UserDetail>(Envelope::Bare, body);
    let instant = output.active_time.map(Timestamp::as_millisecond);
    assert_eq!(instant, Some(1_601_221_696_783));
    assert_eq!(output.desc.as_deref(), Some("modDesc"));
    assert!(output.corp.is_none() && output.vision_account.is_none());
    assert!(output.dev_type.is_some_and(|device| device.model.is_none()));
    assert_eq!(output.vmr_list[0].vmr_id.as_deref(), Some("912992631"));
    assert_eq!(output.vmr_list[0].status, Some(0));
    assert_eq!(output.vmr_list[0].vmr_pkg_length, None);
    let null = "found null where a value is declared";
    assert_eq!(
        mismatches(&opened),
        [
            format!("$.corp: {null}"),
            format!("$.devType.model: {null}"),
            "$.vmrList[0].status: an integer is declared, read from a string".to_owned(),
            format!("$.vmrList[0].vmrPkgLength: {null}"),
        ]
    );
}

#[test]
fn finds_the_result_in_each_envelope() {
    let user = r#""user_ids":["a","b"]"#;
    let id = r#""RequestId":"r1""#;
    for (envelope, body) in [
        (
            Envelope::Response,
            format!(r#"{{"Response":{{{user},{id},"Error":null}}}}"#),
        ),
        (
            Envelope::Response,
            format!(r#"{{"Response":{{{id},"Error":{{}},{user}}}}}"#),
        ),
        (
            Envelope::CodeData,
            format!(r#"{{"Data":{{{user}}},"Code":0,"Message":"success",{id}}}"#),
        ),
        (
            Envelope::CodeData,
            format!(r#"{{"Code":"0",{id},"Data":{{{user}}}}}"#),
        ),
        (Envelope::CodeFlat, format!("{{\"Code\":0,{id},{user}}}")),
        (Envelope::Bare, format!("\u{feff} {{{user}}}\r\n")),
    ] {
        let (output, opened) = read::<Users>(envelope, &body);
        assert_eq!(
            output.user_ids.as_deref(),
            Some(&["a".to_owned(), "b".to_owned()][..]),
            "{body}"
        );
        let expected = (envelope != Envelope::Bare).then_some("r1");
        assert_eq!(opened.request_id.as_deref(), expected, "{body}");
        assert_eq!(mismatches(&opened), [""; 0], "{body}");
    }
    for data in ["", r#","Data":null"#, r#","Data":{}"#] {
        let (output, _) = read::<Users>(Envelope::CodeData, format!(r#"{{"Code":0{data}}}"#));
        assert!(output.user_ids.is_none());
    }
    for body in ["", " ", "null", "{}", r#"{"novel":1}"#] {
        read::<Nothing>(Envelope::Bare, body);
    }
}

#[test]
fn a_result_may_be_the_whole_reply() {
    struct Parties {
        parties: Vec<UserVmr>,
    }
    record! { Parties { 0 => parties: "parties" whole_body, } }

    struct States {
        states: Option<BTreeMap<String, i64>>,
    }
    record! { States { 0 => states: "states" whole_body, } }

    let list = r#"[{"vmrId": "a", "status": "1"}, null, {"vmrId": "b", "novel": 2}]"#;
    for (envelope, body) in [
        (Envelope::Bare, format!(" {list}\n")),
        (
            Envelope::CodeData,
            format!(r#"{{"Data": {list}, "Code": 0}}"#),
        ),
    ] {
        let (output, opened) = read::<Parties>(envelope, &body);
        let ids = output.parties.iter().map(|vmr| vmr.vmr_id.as_deref());
        assert_eq!(ids.collect::<Vec<_>>(), [Some("a"), Some("b")], "{body}");
        assert_eq!(
            mismatches(&opened),
            [
                "$[0].status: an integer is declared, read from a string",
                "$[1]: found null where a value is declared",
            ],
            "{body}"
        );
    }
    let (output, opened) = read::<States>(Envelope::Bare, r#"{"a": 1, "Code": 2}"#);
    let expected = [("a", 1), ("Code", 2)].map(|(name, state)| (name.to_owned(), state));
    assert_eq!(output.states, Some(BTreeMap::from(expected)));
    assert_eq!(mismatches(&opened), [""; 0]);

    let (output, opened) = read::<States>(Envelope::Bare, "null");
    assert_eq!(output.states, None);
    assert_eq!(
        mismatches(&opened),
        ["$: found null where a value is declared"]
    );
    // It would be an empty list, were it merely left out.
    assert_eq!(
        fail::<Parties>(Envelope::Bare, 200, r#"{"data": []}"#),
        "the reply cannot be read at $: a list is declared, found an object"
    );
    assert_eq!(
        fail::<Parties>(
            Envelope::Bare,
            400,
            r#"{"error_code": "A", "error_msg": "b"}"#
        ),
        "A | b | "
    );
}

#[test]
fn surfaces_warnings() {
    let body = r#"{"Response":{"DeprecatedWarning":"use another"}}"#;
    let (_, opened) = read::<Nothing>(Envelope::Response, body);
    assert_eq!(opened.warning.as_deref(), Some("use another"));
    let body = r#"{"Response":{"DeprecatedWarning":{"Action":"Old"}}}"#;
    let (_, opened) = read::<Nothing>(Envelope::Response, body);
    assert_eq!(opened.warning.as_deref(), Some(r#"{"Action":"Old"}"#));
}

/// Replies about errors, with the code, the message and the request id in them.
const ERRORS: &[(Envelope, u16, &str, &str)] = &[
    (
        Envelope::Response,
        200,
        r#"{"Response":{"Error":{"Code":"A.B","Message":"no"},"RequestId":"r1"}}"#,
        "A.B | no | r1",
    ),
    (
        Envelope::Response,
        200,
        r#"{"code":4000,"codeDesc":"InvalidParameter","message":"no"}"#,
        "InvalidParameter | no | ",
    ),
    (
        Envelope::Response,
        200,
        r#"{"code":4000,"message":"no"}"#,
        "4000 | no | ",
    ),
    (
        Envelope::Response,
        500,
        r#"{"Response":{"Error":{"Code":"InternalError","Message":""}}}"#,
        "InternalError |  | ",
    ),
    (
        Envelope::Response,
        502,
        r#"{"Response":{"Total":1}}"#,
        r#"502 | {"Response":{"Total":1}} | "#,
    ),
    (Envelope::Response, 503, "", "503 |  | "),
    (
        Envelope::Response,
        503,
        "<html><head><title>503</title></head>\r\n<body onload='x()'>Try later</body></html>",
        "503 | 503 Try later | ",
    ),
    (
        Envelope::CodeData,
        200,
        r#"{"Code":206,"Message":"too fast","RequestId":"r1"}"#,
        "206 | too fast | r1",
    ),
    (
        Envelope::CodeData,
        200,
        r#"{"Data":null,"Message":"too fast","Code":"206"}"#,
        "206 | too fast | ",
    ),
    (
        Envelope::CodeData,
        200,
        r#"{"Data":{"user_ids":[1]},"Code":5}"#,
        "5 |  | ",
    ),
    (
        Envelope::CodeData,
        500,
        r#"{"Code":0,"Message":"success"}"#,
        r#"500 | {"Code":0,"Message":"success"} | "#,
    ),
    (
        Envelope::CodeFlat,
        200,
        r#"{"Code":1,"Message":"no"}"#,
        "1 | no | ",
    ),
    (
        Envelope::Bare,
        400,
        r#"{"error_code":"USG.201040000","error_msg":"no such user"}"#,
        "USG.201040000 | no such user | ",
    ),
    (
        Envelope::Bare,
        401,
        r#"{"errorCode":4,"errorMsg":"who"}"#,
        "4 | who | ",
    ),
    (
        Envelope::Bare,
        403,
        r#"{"error":{"code":"C","message":"m"},"request_id":"r1"}"#,
        "C | m | r1",
    ),
    (
        Envelope::Bare,
        404,
        "\u{7}not \n found",
        "404 | not found | ",
    ),
];

#[test]
fn finds_errors_in_each_envelope() {
    for &(envelope, status, body, expected) in ERRORS {
        assert_eq!(fail::<Users>(envelope, status, body), expected, "{body}");
    }
    let body = b"\xff\xfe gone";
    assert_eq!(
        fail::<Users>(Envelope::Response, 500, body),
        "500 | \u{fffd}\u{fffd} gone | "
    );
}

/// Tencent's lkeap has actions whose result is about an error.
#[test]
fn leaves_a_declared_error_to_the_action() {
    struct Task {
        error: Option<Device>,
    }
    record! { Task { 0 => error: "Error", } }
    let body = r#"{"Response":{"Error":{"Code":"A.B","model":"m"}}}"#;
    let (output, _) = read::<Task>(Envelope::Response, body);
    assert_eq!(
        output.error.and_then(|error| error.model).as_deref(),
        Some("m")
    );
}

#[test]
fn says_where_a_reply_is_malformed() {
    let at = "the reply cannot be read at";
    for (envelope, body, expected) in [
        (
            Envelope::Response,
            "{\"Response\":{\n\"UserList\":[{},{\"JoinTs\":1x}]}}",
            format!("{at} $.UserList[1]: expected `,` or `}}` at line 2 column 27"),
        ),
        (
            Envelope::Bare,
            r#"{"UserList":[{"UserId":"a"#,
            format!("{at} $.UserList[0].UserId: EOF while parsing a string at line 1 column 25"),
        ),
        (
            Envelope::Bare,
            r#"{"Total":NaN}"#,
            format!("{at} $.Total: expected value at line 1 column 10"),
        ),
        (
            Envelope::Bare,
            "{} {}",
            format!("{at} $: trailing characters at line 1 column 4"),
        ),
        (
            Envelope::Bare,
            "<html>",
            format!("{at} $: expected value at line 1 column 1"),
        ),
        (
            Envelope::Bare,
            r#""secret""#,
            format!("{at} $: expected an object, found a string at line 1 column 8"),
        ),
        (
            Envelope::Bare,
            "",
            "the reply is empty, expected an object".to_owned(),
        ),
        (
            Envelope::Response,
            "{}",
            "the reply has another form: expected an object with the member Response".to_owned(),
        ),
        (
            Envelope::CodeData,
            "{}",
            "the reply has another form: expected an object with the member Code".to_owned(),
        ),
    ] {
        assert_eq!(fail::<UserInfo>(envelope, 200, body), expected, "{body}");
    }
    let body = b"{\"Total\":\"\xff\"}";
    assert_eq!(
        fail::<UserInfo>(Envelope::Bare, 200, body),
        "the reply is not UTF-8 at byte 10"
    );
    let deep = format!("{{\"Free\":{}", "[".repeat(200));
    let error = fail::<Everything>(Envelope::Bare, 200, deep);
    assert!(
        error.contains("$.Free: recursion limit exceeded"),
        "{error}"
    );
}

#[test]
fn a_strict_reader_refuses_the_first_mismatch() {
    let body = include_str!("../../tests/data/show-user-detail.json");
    let mut output = UserDetail::empty();
    let result = open(
        Envelope::Bare,
        200,
        body.as_bytes(),
        &mut output,
        Strictness::Strict,
    );
    let Err(Failure::Malformed(error)) = result else {
        panic!("a mismatch: {result:?}");
    };
    assert_eq!(
        error.to_string(),
        "the reply differs from its description at $.corp: found null where a value is declared; \
         at $.devType.model: found null where a value is declared; at $.vmrList[0].status: an \
         integer is declared, read from a string; and in 1 more place"
    );
    let body = include_str!("../../tests/data/describe-user-info.json");
    let mut output = UserInfo::empty();
    let result = open(
        Envelope::Response,
        200,
        body.as_bytes(),
        &mut output,
        Strictness::Strict,
    );
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn prints_and_copies_like_derived_code() {
    let body = r#"{"Response":{"Total":2,"UserList":[{"UserId":"a","JoinTs":1,"Finished":true}]}}"#;
    let (output, _) = read::<UserInfo>(Envelope::Response, body);
    let expected = "UserInfo {\n    total: 2,\n    user_list: [\n        UserInformation {\n            \
        user_id: \"a\",\n            join_ts: 1970-01-01T00:00:01Z,\n            \
        finished: true,\n        },\n    ],\n}";
    assert_eq!(format!("{output:#?}"), expected);
    assert_eq!(format!("{:#?}", output.clone()), expected);
}

fn envelopes() -> impl Strategy<Value = Envelope> {
    prop_oneof![
        Just(Envelope::Response),
        Just(Envelope::Bare),
        Just(Envelope::CodeData),
        Just(Envelope::CodeFlat),
    ]
}

fn survive<R: RecordMut + Debug>(envelope: Envelope, status: u16, body: &[u8]) {
    for strictness in [Strictness::Tolerant, Strictness::Strict] {
        let mut output = R::empty();
        let result = open(envelope, status, body, &mut output, strictness);
        let _ = (format!("{output:?}"), format!("{result:?}"));
    }
}

proptest! {
    #[test]
    fn survives_any_bytes(envelope in envelopes(), status: u16, body: Vec<u8>) {
        survive::<Everything>(envelope, status, &body);
    }

    #[test]
    fn survives_damaged_replies(
        envelope in envelopes(),
        start in 0..500_usize,
        length in 0..40_usize,
        patch in r#"(\\u[dD][89a-f]00|[\[\]{}",:0-9eE.\\-]|null|true){0,6}"#,
    ) {
        let mut body = include_str!("../../tests/data/describe-user-info.json").to_owned();
        body.replace_range(start..start + length, &patch);
        survive::<UserInfo>(envelope, 200, body.as_bytes());
    }
}
