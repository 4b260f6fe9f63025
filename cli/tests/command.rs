//! The command as its users meet it: what they type, what they see, how it ends.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// A fresh folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn bindery(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    command
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    bindery(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn help_shows_examples() {
    for arguments in [
        &["--help"][..],
        &["generate", "--help"],
        &["emulate", "--help"],
        &["verify", "--help"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(
            text(&output.stdout).contains("Examples:\n  bindery "),
            "{arguments:?}"
        );
    }
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(
        run(&["generate", "--no-such-option"]).status.code(),
        Some(2)
    );
}

#[test]
fn generate_writes_only_what_changes_and_removes_what_is_stale() {
    let out = folder("generate");
    let out_text = out.to_str().unwrap();
    let arguments = [
        "generate",
        "--out",
        out_text,
        "--only",
        "trtc:DescribeUserInfo",
    ];
    assert_eq!(run(&arguments).status.code(), Some(0));
    let version = out.join("src/tencent/trtc/v20190722");
    assert!(version.join("describe_user_info.rs").exists());
    assert!(!version.join("describe_room_info.rs").exists());

    let kept = version.join("describe_user_info.rs");
    let written = fs::metadata(&kept).unwrap().modified().unwrap();
    let stale = out.join("src/tencent/old/v1/action.rs");
    fs::create_dir_all(stale.parent().unwrap()).unwrap();
    fs::write(&stale, "// left behind").unwrap();
    let output = run(&arguments);
    assert!(
        text(&output.stderr).contains("1 written or removed"),
        "{}",
        text(&output.stderr)
    );
    assert!(!stale.exists() && !out.join("src/tencent/old").exists());
    assert_eq!(fs::metadata(&kept).unwrap().modified().unwrap(), written);
}

#[test]
fn check_exits_with_100_and_a_diff_when_stale() {
    let out = folder("check");
    let arguments = ["generate", "--out", out.to_str().unwrap(), "--only", "cam"];
    assert_eq!(run(&arguments).status.code(), Some(0));
    let check = [&arguments[..], &["--check"]].concat();
    assert_eq!(run(&check).status.code(), Some(0));

    let path = out.join("src/tencent/cam/v20190116/get_user.rs");
    let edited = fs::read_to_string(&path)
        .unwrap()
        .replace("pub uin:", "pub uim:");
    fs::write(&path, &edited).unwrap();
    let output = run(&check);
    assert_eq!(output.status.code(), Some(100));
    let diff = text(&output.stdout);
    assert!(
        diff.contains("\n-    pub uim: Option<u64>,\n+    pub uin: Option<u64>,\n"),
        "{diff}"
    );
    assert!(text(&output.stderr).contains("run `bindery generate`"));
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        edited,
        "a check must not write"
    );
}

#[test]
fn a_broken_specification_is_explained_and_nothing_is_written() {
    let out = folder("broken");
    let spec = out.join("spec/tencent/cam/v20190116");
    fs::create_dir_all(&spec).unwrap();
    let original = root().join("spec/tencent");
    fs::copy(
        original.join("provider.yaml"),
        out.join("spec/tencent/provider.yaml"),
    )
    .unwrap();
    fs::copy(
        original.join("cam/v20190116/service.yaml"),
        spec.join("service.yaml"),
    )
    .unwrap();
    let action = fs::read_to_string(original.join("cam/v20190116/GetUser.yaml")).unwrap();
    let broken = action.replace("kind: read", "kind: raed");
    assert_ne!(action, broken);
    fs::write(spec.join("GetUser.yaml"), broken).unwrap();
    let spec = out.join("spec");
    let target = out.join("out");
    let output = run(&[
        "generate",
        "--spec",
        spec.to_str().unwrap(),
        "--out",
        target.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(
        message.contains("GetUser.yaml:") && message.contains("raed"),
        "{message}"
    );
    assert!(message.contains("did you mean `read`"), "{message}");
    assert!(
        !message.contains('\u{1b}'),
        "no colours where nobody sees them"
    );
    assert!(output.stdout.is_empty() && !target.exists());
    assert_eq!(
        run(&["check", "--spec", spec.to_str().unwrap()])
            .status
            .code(),
        Some(100)
    );
}

#[test]
fn a_selection_that_matches_nothing_names_what_there_is() {
    for (selection, expected) in [
        (
            "cvm",
            "no service `cvm`: there are meeting, cam, sts, tiw, trtc, rtc",
        ),
        (
            "cam:GetUsers",
            "no action `GetUsers` in cam: there are AddUser, DeleteUser, GetUser, ListUsers, UpdateUser",
        ),
    ] {
        let output = run(&["generate", "--check", "--only", selection]);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr).contains(expected),
            "{}",
            text(&output.stderr)
        );
    }
    assert_eq!(
        run(&["generate", "--only", ":GetUser"]).status.code(),
        Some(2)
    );
}

#[test]
fn emulate_prints_one_line_and_serves_until_stopped() {
    let mut server = bindery(&["emulate", "--secret-id", "AKIDtest", "--secret-env", "KEY"])
        .env("KEY", "the-secret-in-the-environment")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(!line.contains("the-secret-in-the-environment"));
    std::net::TcpStream::connect(address["address"].as_str().unwrap()).unwrap();
    let interrupt = Command::new("kill")
        .args(["-INT", &server.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn emulate_refuses_other_than_loopback_addresses() {
    let output = run(&["emulate", "--listen", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("loopback"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_demo_shows_all_of_its_calls() {
    let output = run(&["demo"]);
    let shown = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{shown}{}",
        text(&output.stderr)
    );
    for expected in [
        "files are up to date",
        "\n1. Tencent TIW DescribeUserStatus",
        "is_tiw_user: Activated",
        "\n2. Tencent TRTC DescribeUserInfo",
        "14 guest14",
        "\n3. Tencent CAM GetUser",
        "ResourceNotFoundUserNotExist",
        "\n4. Huawei Cloud Meeting",
        "USG.201040000",
        "$.vmrList[0].status: ",
        "\n5. ZEGOCLOUD DescribeUsers",
        "RoomNotFound",
        "\n6. A wrong secret",
        "AuthFailureSignatureFailure",
        "TokenInvalid",
        "InvalidSignature",
    ] {
        assert!(
            shown.contains(expected),
            "the demo does not show {expected:?}:\n{shown}"
        );
    }
    let secrets = bindery_emulator::Secrets::sample();
    for secret in [
        secrets.tencent_secret_key(),
        secrets.huawei_app_key(),
        secrets.zego_server_secret(),
    ] {
        assert!(!shown.contains(secret), "the demo shows a secret:\n{shown}");
    }
}
