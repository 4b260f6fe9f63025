//! Errors in the middle of streams that stand in members of their own.

use bindery_runtime::record;
use bindery_runtime::support::{
    Action, Authentication, Envelope, Kind, Operation, RegionUse, StreamError, Streamed,
};

use crate::actions::{DescribeUserInfo, UserErrorCode};
use crate::events::{STREAM, read};
use crate::server::reply;

/// Works through a task. An event holds an error's code and message beside the output.
struct Work {}

record! {
    Work {}
}

struct WorkOutput {
    content: Option<String>,
    code: Option<String>,
    status: Option<Status>,
}

record! {
    WorkOutput {
        0 => content: "Content",
        1 => code: "ErrorCode" nullable,
        2 => status: "Status" nullable,
    }
}

struct Status {
    message: Option<String>,
}

record! {
    Status {
        0 => message: "ErrorMessage" nullable,
    }
}

impl Action for Work {
    type Output = WorkOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        kind: Kind::Write,
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        region: RegionUse::None,
        ..Operation::new(DescribeUserInfo::OPERATION.service, "Work")
    };
}

impl Streamed for Work {
    const ERROR: StreamError = StreamError::Members {
        code: &["ErrorCode"],
        message: &["Status", "ErrorMessage"],
    };
}

#[tokio::test]
async fn a_code_beside_the_output_makes_an_event_an_error() {
    let harmless = [
        r#"{"Content": "a"}"#,
        r#"{"Content": "b", "ErrorCode": null, "Status": null}"#,
        r#"{"Content": "c", "ErrorCode": "", "Status": {"ErrorMessage": "Well done."}}"#,
        r#"{"Content": "d", "ErrorCode": "0", "Status": {"ErrorMessage": null}}"#,
    ];
    let error = r#"{"ErrorCode": "NOT_FOUND", "Status": {"ErrorMessage": "No such task."}, "RequestId": "inner"}"#;
    let without_message = r#"{"Content": "e", "ErrorCode": "NOT_FOUND"}"#;
    for (last, expected) in [
        (error, "Work: NOT_FOUND: No such task. (request id inner)"),
        (without_message, "Work: NOT_FOUND: HTTP status 200"),
    ] {
        let events = harmless.iter().chain([&last, &harmless[0]]);
        let events: Vec<_> = events.map(|event| format!("data: {event}\n\n")).collect();
        let body = events.concat();
        let (events, _) = read(Work {}, reply(200, &[STREAM], body.as_bytes())).await;
        let (Some(Err(error)), outputs) = (events.last(), &events[..events.len() - 1]) else {
            panic!("{events:?}");
        };
        assert_eq!(error.to_string(), expected);
        assert!(error.has_code_prefix("NOT_FOUND"));
        let outputs = outputs.iter().map(|event| event.as_ref().unwrap());
        let contents: Vec<_> = outputs.map(|event| event.content.as_deref()).collect();
        assert_eq!(contents, [Some("a"), Some("b"), Some("c"), Some("d")]);
    }
}
