//! Actions that no world knows: everything comes from the model.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bindery_emulator::{Emulator, Secrets, Server};
use serde_json::{Value, json};

use crate::support::signing::{Tencent, zego_query};
use crate::support::{NOW, Outgoing, loopback, send};

async fn server() -> Server {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/spec");
    let model = bindery_model::load(&folder).unwrap_or_else(|problems| panic!("{problems}"));
    let instant = UNIX_EPOCH + Duration::from_secs(NOW);
    let emulator = Emulator::new(Arc::new(model), Secrets::sample()).clock(move || instant);
    emulator.listen(loopback()).await.expect("a free port")
}

async fn ask(server: &Server, request: &Outgoing) -> Value {
    send(server.address(), &request.to_bytes()).await.json()
}

fn build() -> Tencent {
    Tencent::new("castles", "Build", "2020-01-01")
}

#[tokio::test]
async fn nested_parameters_are_checked_in_either_form() {
    let server = server().await;
    for (body, expected) in [
        (
            json!({ "Towers": [{ "Height": 3, "Flags": ["a", "b"], "Roof": "flat" }] }),
            "",
        ),
        (
            json!({ "Towers": [{ "Height": 3 }], "Share": 0.5, "Open": true }),
            "",
        ),
        (json!({ "Towers": [{ "Flags": [] }] }), "MissingParameter"),
        (
            json!({ "Towers": [{ "Height": 3, "Moat": 1 }] }),
            "UnknownParameter",
        ),
        (json!({ "Towers": [{ "Height": "3" }] }), "InvalidParameter"),
        (
            json!({ "Towers": [{ "Height": 101 }] }),
            "InvalidParameterValue",
        ),
        (
            json!({ "Towers": [{ "Height": 3, "Roof": "round" }] }),
            "InvalidParameterValue",
        ),
        (
            json!({ "Towers": [{ "Height": 3 }], "Share": 1.5 }),
            "InvalidParameterValue",
        ),
        (json!({ "Towers": {} }), "InvalidParameter"),
    ] {
        let reply = ask(&server, &build().post(&body)).await;
        assert_eq!(
            reply["Response"]["Error"]["Code"]
                .as_str()
                .unwrap_or_default(),
            expected,
            "{body}"
        );
    }
    for (query, expected) in [
        (
            "Towers.0.Height=3&Towers.0.Flags.0=a&Towers.0.Flags.1=b&Towers.1.Height=4",
            "",
        ),
        ("Towers.0.Height=3&Open=True&Share=0.25", ""),
        ("Towers.0.Height=3&Open=yes", "InvalidParameter"),
        ("Towers.0.Moat=1", "UnknownParameter"),
        ("Towers.0=3", "InvalidParameter"),
        ("Towers.1.Height=3", "InvalidParameter"),
        ("Towers.0.Height=101", "InvalidParameterValue"),
    ] {
        let reply = ask(&server, &build().get(query)).await;
        assert_eq!(
            reply["Response"]["Error"]["Code"]
                .as_str()
                .unwrap_or_default(),
            expected,
            "{query}"
        );
    }
}

#[tokio::test]
async fn answers_without_examples_are_made_up_and_finite() {
    let server = server().await;
    let request = build().post(&json!({ "Towers": [{ "Height": 3 }] }));
    let castle = ask(&server, &request).await["Response"]["Castle"].take();
    assert_eq!(castle["Id"], 1);
    assert_eq!(castle["Roof"], "flat", "a listed value");
    assert_eq!(castle["Keep"]["Id"], 1, "a castle within");
}

#[tokio::test]
async fn actions_without_signature_need_none() {
    let server = server().await;
    let enter = Tencent {
        action: "Enter",
        ..build()
    }
    .post(&json!({}));
    let unsigned = enter
        .clone()
        .without("Authorization")
        .header("Authorization", "SKIP");
    for request in [enter, unsigned] {
        let reply = ask(&server, &request).await;
        assert_eq!(
            reply["Response"].as_object().map(serde_json::Map::len),
            Some(1),
            "{reply}"
        );
    }
}

#[tokio::test]
async fn bodies_are_of_the_media_type_that_the_action_has() {
    let server = server().await;
    let file = Tencent::new("cii", "UploadMedicalFile", "2021-04-08");
    let log = Tencent::new("cls", "UploadLog", "2020-10-16");
    let form = "multipart/form-data; boundary=b";
    let part = |name: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n[1]\r\n")
    };
    let pages = part("Pages");
    for (media_type, body, expected) in [
        (form, format!("{pages}--b--\r\n"), ""),
        (form, String::new(), ""),
        (form, pages.clone(), "InvalidParameter"),
        (
            "multipart/form-data",
            format!("{pages}--b--"),
            "InvalidParameter",
        ),
        (form, format!("{}--b--", part("Novel")), "UnknownParameter"),
        (
            form,
            format!("{pages}{pages}--b--"),
            "InvalidParameterValue",
        ),
        // Text that looks like a list is text where text is declared, and no list where it does not.
        (form, format!("{pages}{}--b--", part("FileURL")), ""),
        (
            form,
            format!("{}--b--", pages.replace("[1]", "one")),
            "InvalidParameter",
        ),
        ("application/json", "{}".to_owned(), "UnsupportedProtocol"),
    ] {
        let request = file.sign("POST", "", body.clone().into_bytes(), media_type);
        let reply = ask(&server, &request).await;
        let code = reply["Response"]["Error"]["Code"].as_str();
        assert_eq!(code.unwrap_or_default(), expected, "{body}");
    }
    for (media_type, topic, expected) in [
        ("application/octet-stream", "topic", ""),
        (
            "application/octet-stream",
            "a topic that is too long",
            "InvalidParameterValue",
        ),
        ("application/json", "topic", "UnsupportedProtocol"),
    ] {
        let request = log.sign("POST", "", b"\xff".to_vec(), media_type);
        let reply = ask(&server, &request.header("X-CLS-TopicId", topic)).await;
        let code = reply["Response"]["Error"]["Code"].as_str();
        assert_eq!(code.unwrap_or_default(), expected, "{media_type} {topic}");
    }
}

#[tokio::test]
async fn bodies_of_query_actions_are_checked_and_answered_flat() {
    let server = server().await;
    let target = format!("/?{}", zego_query("Say", "0123456789abcdef", NOW));
    let say = |body: &Value| Outgoing::new("POST", &target).json(body);
    for (body, expected) in [
        (json!({ "RoomId": "a", "Words": ["hello"] }), 0),
        (json!({ "RoomId": "b", "Words": ["hello"] }), 0),
        (json!({ "RoomId": "b", "Words": ["hello"] }), 207),
        (json!({ "RoomId": "too long a name", "Words": [] }), 3),
        (json!({ "RoomId": "c", "Words": "hello" }), 2),
        (json!({ "RoomId": "d" }), 2),
        (json!({ "RoomId": "e", "Words": [], "AppId": 1 }), 2),
        (json!([]), 100_000_012),
    ] {
        let reply = ask(&server, &say(&body)).await;
        assert_eq!(reply["Code"], expected, "{body}");
        assert_eq!(
            reply["Heard"],
            if expected == 0 {
                json!(true)
            } else {
                Value::Null
            },
            "{body}"
        );
    }
}
