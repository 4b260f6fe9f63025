//! Credentials on their way here: from programs, files, the environment and services.

use std::path::Path;

use bindery_runtime::CredentialSource;
use bindery_runtime::credentials::{
    AssumeRole, Chain, Environment, HuaweiLogin, Process, Profile, ProvideCredential, WebIdentity,
};

use super::*;
use crate::proxy::run;

/// Asks a provider for a credential, and calls with it.
async fn obtain(provider: impl ProvideCredential, scripts: Vec<Script>) {
    note(provider.place());
    show(&provider);
    let server = Server::start(scripts).await;
    let source = CredentialSource::new(Chain::new(provider).or(Environment::new()));
    show(&source);
    let config = impatient(Config::builder(source)).endpoint(&server.url());
    let config = config.build().expect("it is complete");
    for _ in 0..2 {
        let call = tencent(&config).call(TencentPost::default());
        showing(&call.await.map_err(Error::from));
    }
    show(&config);
}

/// What somebody answers or prints who has a key to give, and what may be wrong with it.
fn keys() -> Vec<String> {
    let key = format!(
        r#""SecretId": "AKIDEXAMPLEEXAMPLE", "SecretKey": "{KEY}", "secretId": "a", "secretKey": "{KEY}", "token": "{TOKEN}""#
    );
    let temporary = format!(
        r#""Credentials": {{"TmpSecretId": "AKIDEXAMPLEEXAMPLE", "TmpSecretKey": "{KEY}", "Token": "{TOKEN}"}}, "accessToken": "{ACCESS_TOKEN}", "expireTime": 4000000000"#
    );
    let both =
        |end: &str| format!(r#"{{"Response": {{{temporary}{end}}}, {key}, {temporary}{end}}}"#);
    vec![
        both(", \"ExpiredTime\": 4000000000"),
        both(", \"ExpiredTime\": 99999999999999999"),
        both(""),
        both("").replace(':', ""),
        both("").replace('}', ""),
        both("").replace("SecretId", "Id"),
        format!("{KEY} {TOKEN} {ACCESS_TOKEN}"),
        format!("[{{{key}}}]"),
        format!("\"{KEY}\""),
        format!("{{\"SecretId\": \"{KEY}\", \"SecretKey\": {{\"{KEY}\": \"{TOKEN}\"}}}}"),
        format!("[default]\nsecret_id = AKIDEXAMPLEEXAMPLE\nsecret_key = {KEY}\ntoken = {TOKEN}\n"),
        format!("[default]\nsecret_key = {KEY}\n"),
        format!("[default]\nsecret_key {KEY}\n"),
        format!("[default\n{KEY}"),
    ]
}

#[tokio::test]
async fn case_78_secrets_stay_secret_on_their_way_here() {
    capture::start();
    let quote = |secrets: [&str; 2]| scripts(&secrets.join(" ")).into_iter().step_by(9);
    for key in keys() {
        let echo = Process::new("sh")
            .argument("-c")
            .argument("printf %s \"$1\"; exit $2");
        let echo = |status: &str| {
            echo.clone()
                .argument("sh")
                .argument(key.as_str())
                .argument(status)
        };
        obtain(echo("0"), quote([KEY, INPUT]).collect()).await;
        obtain(echo("1"), vec![]).await;
        obtain(
            Process::new("no-such-program").argument(key.as_str()),
            vec![],
        )
        .await;

        let issuer = Server::start(vec![after_reading(json(200, &key)); 8]).await;
        let own = |credential| {
            let config = patient(Config::builder(credential)).region("ap-guangzhou");
            let config = config.endpoint(&issuer.url()).build();
            config.expect("it is complete")
        };
        let key = Credential::tencent("AKIDEXAMPLEEXAMPLE", KEY);
        let role = AssumeRole::new(&own(key), "role", "session").external_id("id");
        obtain(role, quote([KEY, TOKEN]).collect()).await;
        let account = Credential::huawei_account("li", PASSWORD);
        obtain(HuaweiLogin::new(&own(account)), vec![]).await;
        let application = Credential::huawei_app_id("app-id", APP_KEY);
        obtain(HuaweiLogin::new(&own(application)), vec![]).await;
    }
    search();
}

#[tokio::test]
async fn case_78_secrets_stay_secret_in_the_environment() {
    let folder = std::env::temp_dir().join(format!("bindery-canary-{}", std::process::id()));
    std::fs::create_dir_all(folder.join(".tccli")).expect("the folder can be made");
    let home = folder.display().to_string();
    let file = |name: &str| folder.join(name).display().to_string();
    let variables = vec![
        ("HOME", home),
        ("TENCENTCLOUD_SECRET_KEY", KEY.to_owned()),
        ("TENCENTCLOUD_CREDENTIALS_FILE", file("credentials")),
        ("TKE_REGION", "ap-guangzhou".to_owned()),
        ("TKE_ROLE_ARN", "role".to_owned()),
        ("TKE_PROVIDER_ID", "provider".to_owned()),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", file("token")),
    ];
    let output = run("canary::providers::child_of_case_78", variables).await;
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("1 passed"), "{shown}");
}

#[ignore = "it has to be run with variables of the environment"]
#[tokio::test]
async fn child_of_case_78() {
    capture::start();
    let path = |name: &str| std::env::var(name).expect("the parent has set it");
    let file = path("TENCENTCLOUD_CREDENTIALS_FILE");
    let command_line = Path::new(&path("HOME")).join(".tccli/default.credential");
    std::fs::write(path("TKE_WEB_IDENTITY_TOKEN_FILE"), STRANGER).expect("it can be written");
    for key in keys() {
        std::fs::write(&file, &key).expect("it can be written");
        obtain(Profile::default(), vec![]).await;
        std::fs::remove_file(&file).expect("it can be removed");
        std::fs::write(&command_line, &key).expect("it can be written");
        obtain(Profile::default(), vec![]).await;
        let quote = json(
            400,
            &format!(r#"{{"Response": {{"Error": {{"Code": "A", "Message": "{STRANGER}"}}}}}}"#),
        );
        for answer in [json(200, &key), quote] {
            let issuer = Server::start(vec![after_reading(answer); 8]).await;
            let config = patient(Config::builder(Credential::none())).endpoint(&issuer.url());
            let config = config.build().expect("it is complete");
            obtain(WebIdentity::from_environment().config(&config), vec![]).await;
        }
    }
    obtain(Environment::new(), vec![]).await;
    search();
}
