//! The secrets of a machine's role are looked for in all that is shown and logged, whatever the
//! metadata service answers (case 78). It is here because its address cannot be set from outside.

#[path = "../../../tests/faults/capture.rs"]
mod capture;

use super::tests::{Metadata, answer, nobody};
use super::*;
use crate::credentials::Chain;
use crate::credentials::profile::tests::below;
use crate::credentials::tests::Folder;
use crate::{Config, CredentialSource};
use capture::{note, show, show_error};

const KEY: &str = "mL2vX8qZ5rTw9NcB4kYp7HsD3fJ6aGuE";
const TOKEN: &str = "wQ6cU1bXs5RzM3oKd7VyJ2nTg8FhPe9A";

/// The page of a role with a key that expires at some time.
fn page(expiry: &str) -> String {
    format!(
        r#"{{"TmpSecretId": "AKIDmachine", "TmpSecretKey": "{KEY}", "ExpiredTime": {expiry},
            "Expiration": "2100-01-01T00:00:00Z", "Token": "{TOKEN}", "Code": "Success"}}"#
    )
}

/// What the service may answer instead of a page, or with it.
fn answers() -> Vec<Vec<u8>> {
    let page = page("4102444800");
    let begun = |rest: &str| format!("HTTP/1.1 200 OK\r\n{rest}\r\n\r\n{page}").into_bytes();
    let with_status = |status: u16| answer(status, &page).into_bytes();
    let elsewhere = |place: &str| {
        format!("HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n").into_bytes()
    };
    let bodies = [
        // Expired, and never.
        self::page("1"),
        self::page("99999999999999999"),
        self::page("null"),
        page.clone(),
        page.replace("Success", "Failed"),
        page.replace("TmpSecretId", "Id"),
        page.replace(':', ""),
        page.replace('}', ""),
        format!("[{page}]"),
        format!("{KEY} {TOKEN}"),
        format!("\"{KEY}\""),
        format!("{{\"TmpSecretKey\": {{\"{KEY}\": \"{TOKEN}\"}}}}"),
        page.repeat(MAX_REPLY_BYTES / page.len() + 1),
    ];
    let mut answers: Vec<Vec<u8>> = vec![
        with_status(403),
        with_status(404),
        with_status(503),
        elsewhere(&format!("http://{KEY}:{TOKEN}@example.com/?{KEY}")),
        elsewhere(&format!("{KEY} {TOKEN}")),
        begun("content-length: 5000"),
        begun("content-length: 5000\r\ncontent-encoding: gzip"),
        begun("transfer-encoding: chunked"),
        begun(&format!("content-length: {KEY}")),
        begun(&format!("{KEY}: \0")),
        format!("{KEY} {TOKEN}\r\n\r\n").into_bytes(),
        // It hangs up.
        Vec::new(),
    ];
    let not_text = [page.as_bytes(), b"\xff"].concat();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
        not_text.len()
    );
    answers.push([head.as_bytes(), &not_text].concat());
    answers.extend(bodies.map(|body| answer(200, &body).into_bytes()));
    answers
}

/// Asks for a credential in all ways in which one is asked for, and shows what comes of it.
async fn obtain(provider: impl ProvideCredential) {
    note(provider.place());
    show(&provider);
    let source = CredentialSource::new(Chain::new(provider));
    show(&source);
    let config = Config::builder(source).build().unwrap();
    for _ in 0..2 {
        match config.credentials().get().await {
            Ok(credential) => show(&credential),
            Err(error) => show_error(&error),
        }
        show(&config);
    }
}

#[tokio::test]
async fn case_78_secrets_stay_secret_whatever_the_machine_says() {
    capture::start();
    let folder = Folder::new();
    let machine = include_str!("../../../tests/data/credentials/tccli-machine.json");
    folder.write(".tccli/default.credential", machine);
    for last in answers() {
        let name = answer(200, "EXAMPLE").into_bytes();
        let again = vec![last.clone(); 16];
        let named = [vec![name], again.clone()].concat();
        // The answer stands for the name of the role, and for its page.
        obtain(Metadata::start(again).await.role()).await;
        obtain(Metadata::start(named.clone()).await.role()).await;
        let machine = Metadata::start(named).await.role();
        obtain(below(&folder, machine)).await;
    }
    let (_closed, nobody) = nobody();
    obtain(nobody).await;

    for target in ["reqwest", "hyper_util", "bindery_runtime"] {
        assert!(capture::has_logged(target), "{target} logs");
    }
    capture::search([KEY, TOKEN].map(str::as_bytes));
}
