//! Bodies other than an object of JSON, compared with what the vendor's SDK sends.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery_runtime::support::{Action, Method, Operation};
use bindery_runtime::{Credential, record};
use serde_json::{Value, json};

use crate::actions::{DescribeUserInfo, ShowUserDetail, UserErrorCode, meeting, trtc};
use crate::requests::tc3_authorization;
use crate::server::{Server, json};

const SUCCESS: &str = r#"{"Response": {"RequestId": "id"}}"#;

struct Nothing {}

record! {
    Nothing {}
}

struct UploadLog {
    topic_id: Option<String>,
    content: Vec<u8>,
}

record! {
    UploadLog {
        0 => topic_id: "X-CLS-TopicId" header,
        1 => content: "Content" whole_body,
    }
}

impl Action for UploadLog {
    type Output = Nothing;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        name: "UploadLog",
        ..DescribeUserInfo::OPERATION
    };
}

struct UploadMedicalFile {
    name: Option<String>,
    list: Option<Vec<Value>>,
    file: Vec<u8>,
}

record! {
    UploadMedicalFile {
        0 => name: "Name" part,
        1 => list: "List" part,
        2 => file: "File" part,
    }
}

impl Action for UploadMedicalFile {
    type Output = Nothing;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        name: "UploadMedicalFile",
        ..DescribeUserInfo::OPERATION
    };
}

/// Adds the people of a list to a conference, and answers with all of them.
struct AddAttendees {
    attendees: Vec<String>,
}

record! {
    AddAttendees {
        0 => attendees: "attendees" whole_body,
    }
}

struct Attendees {
    attendees: Vec<String>,
}

record! {
    Attendees {
        0 => attendees: "body" whole_body,
    }
}

impl Action for AddAttendees {
    type Output = Attendees;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        method: Method::Put,
        path: "/v1/attendees",
        ..ShowUserDetail::OPERATION
    };
}

/// What the vendor's SDK was given and what it sent.
fn vector(id: &str) -> Value {
    let mut file: Value =
        serde_json::from_str(include_str!("../vectors.json")).expect("the vectors are JSON");
    let Value::Array(vectors) = file["vectors"].take() else {
        panic!("expected a list of vectors");
    };
    let mut vectors = vectors.into_iter();
    let vector = vectors.find(|vector| vector["id"] == id);
    vector.expect("a vector of this name")
}

fn decode(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("text");
    STANDARD.decode(text).expect("base64")
}

#[tokio::test]
async fn bytes_are_sent_as_they_are_and_signed() {
    let outputs = &vector("tc-14-octet-stream")["outputs"];
    let body = decode(&outputs["body_base64"]);
    let server = Server::replying([SUCCESS]).await;
    let config = server.config(Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key"));
    let request = UploadLog {
        topic_id: Some("topic".to_owned()),
        content: body.clone(),
    };
    let client = trtc(&config.build().unwrap());
    client.call(request).await.unwrap();

    let request = server.request();
    assert_eq!(request.body, body);
    assert_eq!(request.header("x-cls-topicid"), Some("topic"));
    let content_type = outputs["headers"]["Content-Type"].as_str();
    assert_eq!(request.header("content-type"), content_type);
    let authorization = tc3_authorization(&request, "UploadLog");
    assert_eq!(request.header("authorization"), Some(&*authorization));
}

#[tokio::test]
async fn forms_are_those_of_the_vendors_sdk_with_another_boundary_each_time() {
    let vector = vector("tc-15-multipart");
    let server = Server::replying([SUCCESS; 2]).await;
    let config = server.config(Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key"));
    let client = trtc(&config.build().unwrap());
    for _ in 0..2 {
        let request = UploadMedicalFile {
            name: Some("n".to_owned()),
            list: Some(vec![json!(1), json!("二")]),
            file: decode(&vector["inputs"]["params"]["File"]["__bytes_base64__"]),
        };
        client.call(request).await.unwrap();
    }

    let requests = server.requests();
    let boundaries = requests.iter().map(|request| {
        let content_type = request.header("content-type").unwrap();
        let boundary = content_type
            .strip_prefix("multipart/form-data; boundary=")
            .unwrap();
        let fixed = "0123456789abcdef0123456789abcdef";
        assert_eq!(boundary.len(), fixed.len());
        let body = request.body.escape_ascii().to_string();
        let sent = decode(&vector["outputs"]["body_base64"]);
        let sent = sent.escape_ascii().to_string();
        // The vendor's SDK writes JSON with spaces and escapes.
        let json = "[1,\"二\"]".as_bytes().escape_ascii().to_string();
        let expected = sent.replace(r#"[1, \"\\u4e8c\"]"#, &json);
        assert_eq!(body.replace(boundary, fixed), expected);
        let authorization = tc3_authorization(request, "UploadMedicalFile");
        assert_eq!(request.header("authorization"), Some(&*authorization));
        boundary
    });
    let boundaries: Vec<&str> = boundaries.collect();
    assert_ne!(boundaries[0], boundaries[1]);
}

#[tokio::test]
async fn lists_travel_alone_in_both_directions() {
    let server = Server::start([json(200, r#"["a", "b"]"#)]).await;
    let config = server.config(Credential::huawei_token("the-token"));
    let request = AddAttendees {
        attendees: vec!["b".to_owned()],
    };
    let client = meeting(&config.build().unwrap());
    let reply = client.call(request).await.unwrap();
    assert_eq!(reply.attendees, ["a", "b"]);

    let request = server.request();
    assert_eq!(request.line, "PUT /v1/attendees HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.json(), json!(["b"]));
}
