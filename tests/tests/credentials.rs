//! Temporary credentials that really expire: the vendors refuse them, and the calls get others.
//!
//! A clock that is a few minutes late believes in a credential that has expired, as long as its
//! signatures are still accepted. No failure is injected: the emulator hands out the credentials,
//! lets them expire, and refuses them as the vendors do.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use std::{env, fs};

use bindery_emulator::{Emulator, Fault, Faults, Journal, Secrets, Server};
use bindery_sdk::credentials::{
    AssumeRole, Chain, HuaweiLogin, Profile, ProvideCredential, WebIdentity,
};
use bindery_sdk::huawei::meeting::v1 as meeting;
use bindery_sdk::tencent::cam::v20190116 as cam;
use bindery_sdk::{
    Clock, Config, ConfigBuilder, Credential, CredentialSource, Error, Intercept, OutgoingAttempt,
    Timestamp,
};
use serde_json::{Value, json};

/// How long the vendors' credentials are valid.
const LIFETIME: Duration = Duration::from_secs(30);

/// By how much the clock is late: less than the age at which the vendors refuse a signature.
const LATE: Duration = Duration::from_mins(3);

/// The second reply comes when other calls have been refused, and have got another key.
const LATE_REPLY: Fault = Fault::Delay(Duration::from_millis(300));

const ROLE: &str = "qcs::cam::uin/100001234567:roleName/audit";

/// The vendors, whose credentials expire, and a machine whose clock is late.
struct Bench {
    journal: Journal,
    server: Server,
    /// By how many seconds the vendors' clock has been moved.
    moved: Arc<AtomicU64>,
}

impl Bench {
    async fn start(lifetime: Duration) -> Self {
        Self::new(lifetime, "cam:GetUser", [None, Some(LATE_REPLY)]).await
    }

    async fn failing<const N: usize>(action: &str, faults: [Option<Fault>; N]) -> Self {
        Self::new(LIFETIME, action, faults).await
    }

    async fn new<const N: usize>(
        lifetime: Duration,
        action: &str,
        faults: [Option<Fault>; N],
    ) -> Self {
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
        let model = Arc::new(bindery_model::load(&spec).unwrap());
        let moved = Arc::new(AtomicU64::new(0));
        let clock = moved.clone();
        let emulator = Emulator::new(model, Secrets::sample())
            .rate_limits(false)
            .clock(move || SystemTime::now() + Duration::from_secs(clock.load(Ordering::Relaxed)))
            .token_lifetime(lifetime)
            .faults(Faults::new().script(action, faults))
            .unwrap();
        Self {
            journal: emulator.journal(),
            server: emulator.listen(([127, 0, 0, 1], 0).into()).await.unwrap(),
            moved,
        }
    }

    /// Lets the time pass until what was handed out is no longer valid.
    fn expire(&self) {
        self.moved
            .fetch_add(LIFETIME.as_secs() + 1, Ordering::Relaxed);
    }

    fn config(&self, credentials: impl Into<CredentialSource>) -> Config {
        self.late(LATE, credentials)
    }

    fn late(&self, by: Duration, credentials: impl Into<CredentialSource>) -> Config {
        self.builder(by, credentials).build().unwrap()
    }

    /// Calls as a machine whose clock is late by so much.
    fn builder(&self, by: Duration, credentials: impl Into<CredentialSource>) -> ConfigBuilder {
        let late = (SystemTime::now() - by).duration_since(SystemTime::UNIX_EPOCH);
        let late = late.unwrap().as_secs();
        let clock = Timestamp::from_second(i64::try_from(late).unwrap()).unwrap();
        Config::builder(credentials)
            .endpoint(&self.server.url())
            .region("ap-guangzhou")
            .clock(Clock::manual(clock))
    }

    fn client(&self, provider: impl ProvideCredential) -> cam::Client {
        cam::Client::new(&self.config(CredentialSource::new(provider))).unwrap()
    }

    fn role(&self) -> AssumeRole {
        let secrets = Secrets::sample();
        let own = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
        AssumeRole::new(&self.config(own), ROLE, "audit").duration(Duration::from_mins(30))
    }

    fn executed(&self, action: &str) -> u64 {
        self.journal.executed().get(action).copied().unwrap_or(0)
    }
}

/// Makes a call, and returns how often it was sent.
async fn call(client: &cam::Client) -> Result<u32, Error> {
    let user = client.get_user(cam::GetUser::new("test124")).await;
    Ok(user.map_err(Error::from)?.attempts())
}

#[tokio::test]
async fn the_key_of_a_role_is_renewed_once_when_the_vendor_refuses_it() {
    let bench = Bench::start(LIFETIME).await;
    let client = bench.client(bench.role());
    assert_eq!(call(&client).await.unwrap(), 1);
    assert_eq!(bench.executed("sts:AssumeRole"), 1);

    bench.expire();
    // All of them are refused, and one of them asks for the next key.
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { call(&client).await })
        })
        .collect();
    for call in calls {
        let attempts = call.await.unwrap().unwrap();
        assert!(attempts <= 2, "{attempts}");
    }
    assert_eq!(bench.executed("sts:AssumeRole"), 2);
    assert_eq!(bench.executed("cam:GetUser"), 31);
    let inputs = json!({
        "RoleArn": ROLE,
        "RoleSessionName": "audit",
        "DurationSeconds": 1800,
    });
    assert_eq!(bench.journal.take_effect("sts:AssumeRole", &inputs), 2);
}

#[tokio::test]
async fn keys_that_are_refused_at_once_are_not_asked_for_forever() {
    let bench = Bench::start(Duration::ZERO).await;
    let error = call(&bench.client(bench.role())).await.unwrap_err();
    assert_eq!(error.code(), Some("AuthFailure.TokenFailure"), "{error}");
    assert_eq!(error.attempts(), 2);
    assert_eq!(bench.executed("sts:AssumeRole"), 2);
    assert_eq!(bench.executed("cam:GetUser"), 0);
}

#[tokio::test]
async fn huawei_is_logged_in_to_again_when_it_refuses_the_token() {
    let secrets = Secrets::sample();
    let application = Credential::huawei_app_id(secrets.huawei_app_id(), secrets.huawei_app_key());
    let account = Credential::huawei_account(secrets.huawei_account(), secrets.huawei_password());
    for (credential, login) in [
        (application, "meeting:CreateAppIdToken"),
        (account, "meeting:CreateToken"),
    ] {
        let bench = Bench::start(LIFETIME).await;
        let login_again = HuaweiLogin::new(&bench.config(credential));
        let config = bench.config(CredentialSource::new(login_again));
        let client = meeting::Client::new(&config).unwrap();
        for attempts in [1, 2] {
            let search = client.search_users(meeting::SearchUsers::new()).await;
            assert_eq!(search.unwrap().attempts(), attempts, "{login}");
            let executed = bench.executed(login);
            assert_eq!(executed, u64::from(attempts), "{:?}", bench.journal);
            bench.expire();
        }
    }
}

/// A login can be used for ten minutes after it was signed. The first reply tells the time, whether
/// or not its code says that the clock is to blame.
#[tokio::test]
async fn a_clock_that_is_eleven_minutes_late_keeps_nobody_from_logging_in() {
    const VERY_LATE: Duration = Duration::from_mins(11);
    let secrets = Secrets::sample();
    let application = Credential::huawei_app_id(secrets.huawei_app_id(), secrets.huawei_app_key());

    let bench = Bench::start(LIFETIME).await;
    let login = HuaweiLogin::new(&bench.late(VERY_LATE, application.clone()));
    let error = login.provide().await.unwrap_err();
    assert_eq!(error.status(), Some(401), "{error}");
    assert!(login.provide().await.unwrap().is_some());
    assert_eq!(bench.executed("meeting:CreateAppIdToken"), 1);

    let skewed = Fault::Code("APIGW.0303".to_owned());
    let bench = Bench::failing("meeting:CreateAppIdToken", [Some(skewed)]).await;
    let login = HuaweiLogin::new(&bench.late(VERY_LATE, application));
    assert!(login.provide().await.unwrap().is_some());
}

/// Each renewal is signed with the time that the first one has measured.
#[tokio::test]
async fn a_late_clock_costs_one_refused_request_and_not_one_for_each_key() {
    let secrets = Secrets::sample();
    let own = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
    let bench = Bench::start(LIFETIME).await;
    let signed = Signed::default();
    let config = bench.builder(Duration::from_mins(11), own);
    let config = config.intercept(signed.clone()).build().unwrap();
    let role = AssumeRole::new(&config, ROLE, "audit");
    for attempts in [2, 3, 4] {
        assert!(role.provide().await.unwrap().is_some());
        assert_eq!(signed.0.load(Ordering::Relaxed), attempts);
    }
}

/// Counts the attempts.
#[derive(Clone, Default)]
struct Signed(Arc<AtomicU64>);

impl Intercept for Signed {
    fn before_send(&self, _: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Runs one of the tests that are ignored here in a process of its own, which `prepare` gives the
/// variables that it needs. What it has shown is returned.
fn in_a_process(test: &str, prepare: impl FnOnce(&mut Command) -> &mut Command) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "--ignored", test]);
    let output = prepare(&mut command).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Where the vendor's programs look for keys, and what their files hold.
#[test]
fn keys_are_found_where_the_vendors_programs_keep_them() {
    let secrets = Secrets::sample();
    let (id, key) = (secrets.tencent_secret_id(), secrets.tencent_secret_key());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys");
    let section = format!("[default]\nsecret_id = {id}\nsecret_key = {key}\n");
    let written = json!({ "secretId": id, "secretKey": key }).to_string();
    let elsewhere = folder.join("elsewhere").display().to_string();
    for (file, text, variables) in [
        (
            "none",
            "",
            vec![
                ("TENCENTCLOUD_SECRET_ID", id),
                ("TENCENTCLOUD_SECRET_KEY", key),
            ],
        ),
        (".tencentcloud/credentials", section.as_str(), vec![]),
        (
            "elsewhere",
            section.as_str(),
            vec![("TENCENTCLOUD_CREDENTIALS_FILE", elsewhere.as_str())],
        ),
        (".tccli/default.credential", written.as_str(), vec![]),
    ] {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let shown = in_a_process("a_process_with_a_key", |command| {
            command
                .env_remove("TENCENTCLOUD_SECRET_ID")
                .env_remove("TENCENTCLOUD_SECRET_KEY")
                .env_remove("TENCENTCLOUD_TOKEN")
                .env_remove("TENCENTCLOUD_CREDENTIALS_FILE")
                .env("HOME", &folder)
                .envs(variables)
        });
        fs::remove_dir_all(&folder).unwrap();
        assert!(shown.contains("1 passed"), "{file}: {shown}");
    }
}

#[tokio::test]
#[ignore = "started with the variables or the files of a user"]
async fn a_process_with_a_key() {
    let bench = Bench::start(LIFETIME).await;
    assert_eq!(call(&bench.client(Chain::tencent())).await.unwrap(), 1);
}

/// What `tccli set role-arn … role-session-name …` has written; the key is put in the place of its own.
#[test]
fn a_role_is_taken_where_the_command_line_was_told_to() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("role");
    let recorded = "../runtime/tests/data/credentials/tccli-role.json";
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join(recorded);
    let mut profile: Value = serde_json::from_slice(&fs::read(recorded).unwrap()).unwrap();
    let secrets = Secrets::sample();
    profile["secretId"] = secrets.tencent_secret_id().into();
    profile["secretKey"] = secrets.tencent_secret_key().into();
    fs::create_dir_all(home.join(".tccli")).unwrap();
    fs::write(home.join(".tccli/default.credential"), profile.to_string()).unwrap();
    let shown = in_a_process("a_process_with_a_role", |command| {
        command
            .env_remove("TENCENTCLOUD_CREDENTIALS_FILE")
            .env("HOME", &home)
    });
    fs::remove_dir_all(&home).unwrap();
    assert!(shown.contains("1 passed"), "{shown}");
}

#[tokio::test]
#[ignore = "started with the files of a user"]
async fn a_process_with_a_role() {
    let bench = Bench::start(LIFETIME).await;
    let profile = Profile::default().config(&bench.config(Credential::none()));
    let client = bench.client(profile);
    assert_eq!(call(&client).await.unwrap(), 1);
    bench.expire();
    assert_eq!(call(&client).await.unwrap(), 2);
    let inputs = json!({
        "RoleArn": "qcs::cam::uin/1:roleName/a",
        "RoleSessionName": "session",
        "DurationSeconds": 7200,
    });
    assert_eq!(bench.journal.take_effect("sts:AssumeRole", &inputs), 2);
}

/// The variables that the engine sets are those of a whole process.
#[test]
fn the_identity_of_a_container_is_proved_anew_for_each_key() {
    let file = token_file();
    let shown = in_a_process("a_process_in_a_container", |command| {
        command
            .env("TKE_REGION", "ap-guangzhou")
            .env("TKE_PROVIDER_ID", "provider")
            .env("TKE_ROLE_ARN", ROLE)
            .env("TKE_WEB_IDENTITY_TOKEN_FILE", &file)
    });
    fs::remove_file(&file).unwrap();
    assert!(shown.contains("1 passed"), "{shown}");
}

fn token_file() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("web-identity-token")
}

#[tokio::test]
#[ignore = "started with the variables of a container"]
async fn a_process_in_a_container() {
    let bench = Bench::start(LIFETIME).await;
    let config = bench.config(Credential::none());
    let client = bench.client(WebIdentity::from_environment().config(&config));
    for (proof, attempts) in [("first-proof-of-the-cluster", 1), ("second-proof", 2)] {
        fs::write(token_file(), format!("{proof}\n")).unwrap();
        assert_eq!(call(&client).await.unwrap(), attempts);
        bench.expire();
    }
    let effects = bench.journal.effects("sts:AssumeRoleWithWebIdentity");
    let effects: Vec<Value> = effects
        .keys()
        .map(|inputs| serde_json::from_str(inputs).unwrap())
        .collect();
    let expected = ["first-proof-of-the-cluster", "second-proof"].map(|proof| {
        json!({
            "ProviderId": "provider",
            "WebIdentityToken": proof,
            "RoleArn": ROLE,
            "RoleSessionName": "bindery",
            "DurationSeconds": 7200,
        })
    });
    assert_eq!(effects, expected);
}
