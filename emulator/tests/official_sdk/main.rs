//! The vendors' own SDKs, talking to the emulator: what proves that its signature checks are the
//! vendors' and not merely the mirror of this repository's client.
//!
//! Needs Python and, once, PyPI. Without them the test says that it was skipped, except where
//! continuous integration must not do without it.

use std::env;
use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use bindery_emulator::{Emulator, Ending, Secrets, Streaming};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

const REQUIREMENTS: &str = include_str!("requirements.txt");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn official_sdks_agree_with_the_emulator() {
    let python = match prepare_python() {
        Ok(python) => python,
        Err(reason) => {
            assert_ne!(env::var("CI").as_deref(), Ok("true"), "{reason}");
            println!("skipped: the official SDKs are not available: {reason}");
            return;
        }
    };
    let seen = drive(&python, "drive.py", "../spec").await;
    let seen = seen.expect("the script runs");
    check_signatures(&seen["signatures"]);
    check_answers(&seen);
    check_refusals(&seen["refusals"]);
    check_meetings(&seen["meetings"]);
    let seen = drive(&python, "wire.py", "tests/data/spec").await;
    let seen = seen.expect("the script runs");
    check_events(&seen);
    check_bodies(&seen);
    check_temporary_keys(&seen["keys"]);
}

fn check_signatures(seen: &Value) {
    for scheme in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"] {
        for method in ["POST", "GET"] {
            let right = &seen[format!("{scheme} {method} right")];
            assert_eq!(
                right["result"]["Uin"], 100_000_546_533_u64,
                "{scheme} {method}: {right}"
            );
            let wrong = &seen[format!("{scheme} {method} wrong")];
            assert_eq!(
                wrong["code"], "AuthFailure.SignatureFailure",
                "{scheme} {method}"
            );
            assert!(
                wrong["request_id"]
                    .as_str()
                    .is_some_and(|id| id.len() == 36),
                "{wrong}"
            );
        }
    }
}

fn check_answers(seen: &Value) {
    assert_eq!(seen["unsigned payload"]["result"]["Name"], "test124");
    let guests: Vec<_> = (1..=14)
        .map(|number| json!(format!("guest{number:02}")))
        .collect();
    assert_eq!(seen["users by POST"], json!(guests));
    assert_eq!(seen["users by GET"], json!(guests));
    let rooms = &seen["rooms"]["result"];
    assert_eq!(
        rooms["RoomList"][1]["CommId"], "1400188366_218696_1590065900",
        "{rooms}"
    );
    let whiteboard = &seen["whiteboard"]["result"];
    assert_eq!(whiteboard["AppId"], 1_250_000_060, "{whiteboard}");
}

fn check_refusals(seen: &Value) {
    assert_eq!(
        seen["one user by GET"]["result"]["UserList"][0]["UserId"],
        "guest01"
    );
    for (case, expected) in [
        ("no such user", "ResourceNotFound.UserNotExist"),
        ("unsupported region", "UnsupportedRegion"),
        ("no region", "MissingParameter"),
        ("page too large", "InvalidParameterValue"),
        ("too many users", "InvalidParameterValue"),
        ("wrong type", "InvalidParameter"),
        ("period too long", "InvalidParameter.QueryScaleOversize"),
        ("missing", "MissingParameter"),
        ("unknown", "UnknownParameter"),
        ("no such action", "InvalidAction"),
        ("no such version", "NoSuchVersion"),
        ("no such product", "NoSuchProduct"),
    ] {
        assert_eq!(seen[case]["code"], expected, "{case}: {}", seen[case]);
    }
}

fn check_meetings(seen: &Value) {
    for case in ["account", "app"] {
        let detail = &seen[case]["result"];
        assert_eq!(
            detail["id"], "f521bebcbb27422cb3241c4cb19942c5",
            "{case}: {}",
            seen[case]
        );
    }
    assert_eq!(seen["own details"]["result"]["thirdAccount"], "carol@ent01");
    for case in ["account with a wrong password", "app with a wrong key"] {
        assert_eq!(seen[case]["status"], 401, "{case}: {}", seen[case]);
    }
    assert_eq!(
        seen["no such user"],
        json!({ "code": "USG.201040000", "status": 400 })
    );
}

fn check_events(seen: &Value) {
    let events = seen["events"]["result"].as_array();
    let events = events.unwrap_or_else(|| panic!("{}", seen["events"]));
    let [chunks @ .., last] = &events[..] else {
        panic!("no events");
    };
    assert_eq!(last, &json!({ "data": "[DONE]" }));
    assert_eq!(chunks.len(), 3);
    for (number, event) in (1..).zip(chunks) {
        assert_eq!(event["id"], format!("{number}"));
        let data = event["data"].as_str().unwrap_or_default();
        let data: Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(data["Choices"][0]["Delta"]["Content"], "Hello.");
    }
    let reply = &seen["no events"]["result"];
    assert_eq!(reply["Choices"][0]["Delta"]["Content"], "Hello.", "{reply}");
    assert_eq!(
        seen["events with a wrong key"]["code"],
        "AuthFailure.SignatureFailure"
    );
}

fn check_bodies(seen: &Value) {
    let id = seen["log"]["result"]["RequestId"].as_str();
    assert_eq!(id.map(str::len), Some(36), "{}", seen["log"]);
    assert_eq!(
        seen["file"]["result"]["FileKey"], "text",
        "{}",
        seen["file"]
    );
    for (case, expected) in [
        ("log of a long topic", "InvalidParameterValue"),
        ("log with a wrong key", "AuthFailure.SignatureFailure"),
        ("file of a long name", "InvalidParameterValue"),
        ("file with a wrong key", "AuthFailure.SignatureFailure"),
    ] {
        assert_eq!(seen[case]["code"], expected, "{case}: {}", seen[case]);
    }
}

fn check_temporary_keys(seen: &Value) {
    for case in ["assumed", "proved"] {
        assert_eq!(
            seen[case]["result"]["Arn"], "text",
            "{case}: {}",
            seen[case]
        );
    }
    for (case, expected) in [
        ("without token", "AuthFailure.TokenFailure"),
        ("with another token", "AuthFailure.TokenFailure"),
        ("with a wrong key", "AuthFailure.SignatureFailure"),
    ] {
        assert_eq!(seen[case]["code"], expected, "{case}: {}", seen[case]);
    }
    assert!(seen["seconds"].is_u64());
}

/// Runs a script against an emulator of its own.
async fn drive(python: &Path, script: &str, spec: &str) -> Outcome<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = bindery_model::load(&folder.join(spec)).map_err(|_| "the spec is not valid")?;
    let secrets = Secrets::sample();
    let mut settings = json!({
        "secret_id": secrets.tencent_secret_id(),
        "secret_key": secrets.tencent_secret_key(),
        "app_id": secrets.huawei_app_id(),
        "app_key": secrets.huawei_app_key(),
        "account": secrets.huawei_account(),
        "password": secrets.huawei_password(),
    });
    let streaming = Streaming {
        numbered: true,
        ending: Ending::Done,
        ..Streaming::default()
    };
    let emulator = Emulator::new(Arc::new(model), secrets).streaming(streaming);
    let server = emulator.listen("127.0.0.1:0".parse()?).await?;
    settings["address"] = server.address().to_string().into();
    let mut run = Command::new(python);
    run.arg(folder.join("tests/official_sdk").join(script));
    // A proxy of the machine that runs the tests has nothing to do with a loopback address.
    run.env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    let output = tokio::task::spawn_blocking(move || feed(&mut run, &settings)).await??;
    server.stop().await;
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout)?)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

fn feed(script: &mut Command, settings: &Value) -> Result<Output, std::io::Error> {
    let mut child = script
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(settings.to_string().as_bytes())?;
    }
    child.wait_with_output()
}

/// A Python with the SDKs: installed once, and again when the requirements change.
fn prepare_python() -> Outcome<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("official-sdk");
    let python = folder.join("bin").join("python");
    let marker = folder.join("installed.txt");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == REQUIREMENTS) {
        return Ok(python);
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder))?;
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS)?;
    let mut install = Command::new(&python);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--retries",
        "10",
        "--requirement",
    ]);
    run(install.arg(&requirements))?;
    fs::write(&marker, REQUIREMENTS)?;
    Ok(python)
}

fn run(command: &mut Command) -> Outcome<()> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    )
    .into())
}
