use std::fs;

use serde_json::Value;

use super::*;
use crate::credentials::cvm_role::tests::{Metadata, answer, page};
use crate::credentials::tests::{Folder, parts, recorded};

/// A profile in the files below a folder.
pub(in crate::credentials) fn below(folder: &Folder, machine: CvmRole) -> Profile {
    Profile {
        name: "default".to_owned(),
        home: Some(folder.path()),
        file: None,
        machine,
        config: None,
        taken: Arc::default(),
    }
}

fn alone(folder: &Folder) -> Profile {
    below(folder, CvmRole::new())
}

/// What the vendor's SDK for Python has read was recorded by `tests/data/credentials/record.py`.
#[tokio::test]
async fn files_are_read_as_the_vendors_sdk_reads_them() {
    let recorded = recorded();
    let profiles = recorded["profiles"].as_object().unwrap();
    assert!(profiles.len() > 10);
    for (case, profile) in profiles {
        let folder = Folder::new();
        let text = profile["text"].as_str().unwrap();
        folder.write(".tencentcloud/credentials", text);
        let found = alone(&folder).find().await;
        let read = &profile["read"];
        if let Value::String(id) = &read["secret_id"] {
            let key = read["secret_key"].as_str().unwrap();
            let found = found.unwrap().unwrap();
            let expected = (id.clone(), key.to_owned(), None);
            assert_eq!(parts(&found), expected, "{case}");
        } else {
            // Where the SDK breaks down over a file, what it throws says nothing of the cause.
            let is_broken = read.is_object();
            assert!(matches!(found, Ok(None)) || is_broken, "{case}");
            assert!(!matches!(found, Ok(Some(_))), "{case}");
        }
    }
}

#[tokio::test]
async fn what_the_command_line_wrote_is_read() {
    const ID: &str = "AKIDprofile0000000000000000000000EXAMPLE";
    const KEY: &str = "profileKey00000000000000EXAMPLE";
    for (text, token, expiry) in [
        (
            include_str!("../../../tests/data/credentials/tccli-asked.json"),
            None,
            None,
        ),
        (
            include_str!("../../../tests/data/credentials/tccli-set.json"),
            Some("profile-token-EXAMPLE"),
            None,
        ),
        (
            include_str!("../../../tests/data/credentials/tccli-oauth.json"),
            Some("profile-token-EXAMPLE"),
            Some(4_102_444_800),
        ),
        (
            include_str!("../../../tests/data/credentials/tccli-sso.json"),
            Some("profile-token-EXAMPLE"),
            Some(4_102_444_800),
        ),
    ] {
        let folder = Folder::new();
        folder.write(".tccli/default.credential", text);
        let found = alone(&folder).find().await.unwrap().unwrap();
        let expected = (ID.to_owned(), KEY.to_owned(), token.map(str::to_owned));
        assert_eq!(parts(&found), expected, "{text}");
        assert_eq!(found.expiry().map(Timestamp::as_second), expiry, "{text}");
    }
    let folder = Folder::new();
    let empty = include_str!("../../../tests/data/credentials/tccli-empty.json");
    folder.write(".tccli/default.credential", empty);
    assert!(alone(&folder).find().await.unwrap().is_none());
}

#[tokio::test]
async fn an_expired_key_is_an_error_that_says_what_to_do() {
    let written = include_str!("../../../tests/data/credentials/tccli-oauth.json");
    for (expiry, is_expired) in [("1700000000", true), ("1700000001", false)] {
        let folder = Folder::new();
        let text = written.replace("4102444800", expiry);
        folder.write(".tccli/default.credential", &text);
        let clock = Clock::manual(Timestamp::from_second(1_700_000_000).unwrap());
        let config = Config::builder(Credential::none()).clock(clock).build();
        let found = alone(&folder).config(&config.unwrap()).find().await;
        assert_eq!(found.is_err(), is_expired, "{found:?}");
        if let Err(error) = found {
            assert!(error.message().contains("2023-11-14T22:13:20"), "{error}");
            assert!(error.message().contains("tccli auth login"), "{error}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_does_not_end_is_not_read_to_it() {
    let mut profile = alone(&Folder::new());
    profile.file = Some(PathBuf::from("/dev/zero"));
    let error = profile.find().await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.to_string().contains("64 KiB"), "{source}");
}

#[tokio::test]
async fn the_command_line_may_have_been_told_to_use_the_machines_role() {
    let folder = Folder::new();
    let machine = include_str!("../../../tests/data/credentials/tccli-machine.json");
    folder.write(".tccli/default.credential", machine);
    let metadata = Metadata::start(vec![answer(200, "EXAMPLE"), page()]).await;
    let found = below(&folder, metadata.role()).find().await;
    assert_eq!(parts(&found.unwrap().unwrap()).0, "AKIDmachine");

    let metadata = Metadata::start(vec![answer(404, "")]).await;
    let error = below(&folder, metadata.role()).find().await.unwrap_err();
    assert!(error.message().contains("the machine's role"), "{error}");
}

#[tokio::test]
async fn the_files_are_looked_at_in_the_vendors_order() {
    let write = |folder: &Folder, name: &str, id: &str| {
        let is_json = name.contains("tccli");
        let text = if is_json {
            format!(r#"{{"secretId": "{id}", "secretKey": "key"}}"#)
        } else {
            format!("[default]\nsecret_id = {id}\nsecret_key = key\n")
        };
        folder.write(name, &text);
    };
    let folder = Folder::new();
    write(&folder, ".tccli/default.credential", "AKIDcommand");
    let found = alone(&folder).find().await.unwrap().unwrap();
    assert_eq!(parts(&found).0, "AKIDcommand");
    write(&folder, ".tencentcloud/credentials", "AKIDhome");
    let found = alone(&folder).find().await.unwrap().unwrap();
    assert_eq!(parts(&found).0, "AKIDhome");
    // What the environment names stands for the file at home.
    write(&folder, "elsewhere", "AKIDelsewhere");
    let mut profile = alone(&folder);
    profile.file = Some(folder.path().join("elsewhere"));
    let found = profile.find().await.unwrap().unwrap();
    assert_eq!(parts(&found).0, "AKIDelsewhere");

    profile.name = "../default".to_owned();
    assert!(profile.find().await.unwrap().is_none());
    fs::remove_file(folder.path().join("elsewhere")).unwrap();
    profile.name = "default".to_owned();
    let found = profile.find().await.unwrap().unwrap();
    assert_eq!(parts(&found).0, "AKIDcommand");
}

#[tokio::test]
async fn half_a_key_is_an_error_that_shows_nothing_of_it() {
    let folder = Folder::new();
    for text in ["secret_key = kX3vQ9zT5mB7", "secret_key kX3vQ9zT5mB7"] {
        let text = format!("[default]\n{text}\n");
        folder.write(".tencentcloud/credentials", &text);
        let error = alone(&folder).find().await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("kX3vQ9zT"));
    }
}

/// A client that is kept has measured by how much this machine's clock is wrong.
#[tokio::test]
async fn the_client_that_takes_a_role_is_kept_while_the_profile_says_the_same() {
    const NOW: i64 = 1_700_000_000;
    let key = r#"{"Response": {"Credentials": {"TmpSecretId": "AKIDrole", "TmpSecretKey": "key",
        "Token": "token"}, "ExpiredTime": 4102444800, "RequestId": "id"}}"#;
    let date = "HTTP/1.1 200 OK\r\ndate: Tue, 14 Nov 2023 23:13:20 GMT\r\n";
    let an_hour_later = answer(200, key).replace("HTTP/1.1 200 Status\r\n", date);
    let issuer = Metadata::start(vec![an_hour_later; 6]).await;
    let config = Config::builder(Credential::none())
        .endpoint(&issuer.url())
        .region("ap-guangzhou")
        .clock(Clock::manual(Timestamp::from_second(NOW).unwrap()))
        .build()
        .unwrap();

    let folder = Folder::new();
    let profile = alone(&folder).config(&config);
    for (id, role, session) in [
        ("AKIDone", "role", "session"),
        ("AKIDone", "role", "session"),
        ("AKIDtwo", "role", "session"),
        ("AKIDtwo", "other", "session"),
        ("AKIDtwo", "other", "another"),
        ("AKIDtwo", "other", "another"),
    ] {
        let text = format!(
            r#"{{"secretId": "{id}", "secretKey": "key", "role-arn": "{role}",
                "role-session-name": "{session}"}}"#
        );
        folder.write(".tccli/default.credential", &text);
        let found = profile.find().await.unwrap().unwrap();
        assert_eq!(parts(&found).0, "AKIDrole");
    }
    let requests = issuer.requests();
    let signed = requests.iter().map(|request| {
        let signer = request.split("Credential=").nth(1).unwrap();
        let time = request.split("x-tc-timestamp: ").nth(1).unwrap();
        let time: i64 = time.lines().next().unwrap().parse().unwrap();
        (&signer[..7], time - NOW > 3000)
    });
    let signed: Vec<_> = signed.collect();
    assert_eq!(
        signed,
        [
            ("AKIDone", false),
            ("AKIDone", true),
            ("AKIDtwo", false),
            ("AKIDtwo", false),
            ("AKIDtwo", false),
            ("AKIDtwo", true),
        ]
    );
}
