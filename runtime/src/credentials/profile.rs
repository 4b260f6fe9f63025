//! Keys of Tencent Cloud in the files of its SDKs and of its command line.

use std::env;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use super::{AssumeRole, CvmRole, ProvideCredential, Provided, parse, read_file};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::{Config, Credential, Timestamp, record};

/// An API key of Tencent Cloud in a profile: a section of the SDKs' file
/// `~/.tencentcloud/credentials` or `/etc/tencentcloud/credentials`, or what `tccli configure` and
/// `tccli auth login` have written to `~/.tccli/<profile>.credential`.
///
/// The first of the files that has the profile is used. The environment variable
/// `TENCENTCLOUD_CREDENTIALS_FILE` names another file than the first two. Where `tccli` was told to
/// use the role of the machine, or to take another role with the profile's key, that is what is
/// done. A key of `tccli auth login` that has expired is an error: this does not log in.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    home: Option<PathBuf>,
    file: Option<PathBuf>,
    machine: CvmRole,
    config: Option<Config>,
}

/// What a profile says.
enum Contents {
    Key(Credential),
    /// That a role is to be taken with a key.
    Role {
        key: Credential,
        role_arn: String,
        session_name: String,
    },
    /// That the role of the machine is to be used, in this file.
    Machine(PathBuf),
}

const FILE_VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
const SYSTEM_FILE: &str = "/etc/tencentcloud/credentials";

/// Where `tccli` takes a role; any region will do.
const ROLE_REGION: &str = "ap-guangzhou";

/// A profile as `tccli` writes it.
struct CommandLineProfile {
    secret_id: Option<String>,
    secret_key: Option<String>,
    token: Option<String>,
    /// Seconds since 1970.
    expires_at: Option<i64>,
    kind: Option<String>,
    role_arn: Option<String>,
    role_session_name: Option<String>,
}

record! {
    CommandLineProfile {
        0 => secret_id: "secretId",
        1 => secret_key: "secretKey" sensitive,
        2 => token: "token" sensitive,
        3 => expires_at: "expiresAt",
        4 => kind: "type",
        5 => role_arn: "role-arn",
        6 => role_session_name: "role-session-name",
    }
}

impl Profile {
    /// The profile of a name; [`Profile::default`] is the one called `default`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            home: env::home_dir(),
            file: env::var_os(FILE_VARIABLE).map(PathBuf::from),
            machine: CvmRole::new(),
            config: None,
        }
    }

    /// Takes a role as a configuration says, which needs a region, where the profile asks for one.
    /// Its credential is not used.
    #[must_use]
    pub fn config(mut self, config: &Config) -> Self {
        self.config = Some(config.clone());
        self
    }

    /// The files in the order in which they are looked at.
    fn files(&self) -> Vec<PathBuf> {
        if let Some(file) = &self.file {
            return vec![file.clone()];
        }
        let home = self.home.iter();
        let home = home.map(|home| home.join(".tencentcloud/credentials"));
        home.chain([PathBuf::from(SYSTEM_FILE)]).collect()
    }

    async fn find(&self) -> Result<Option<Credential>, Error> {
        match self.read().await? {
            None => Ok(None),
            Some(Contents::Key(credential)) => Ok(Some(credential)),
            Some(Contents::Role {
                key,
                role_arn,
                session_name,
            }) => {
                let config = match &self.config {
                    Some(config) => config.with_credential(key),
                    None => Config::builder(key).region(ROLE_REGION).build()?,
                };
                let role = AssumeRole::new(&config, role_arn, session_name);
                role.provide().await
            }
            Some(Contents::Machine(file)) => match self.machine.provide().await? {
                Some(credential) => Ok(Some(credential)),
                None => Err(broken(
                    &file,
                    "asks for the machine's role, but it has none",
                )),
            },
        }
    }

    async fn read(&self) -> Result<Option<Contents>, Error> {
        for file in self.files() {
            let Some(text) = read(&file).await? else {
                continue;
            };
            if let Some(credential) = section(&text, &self.name, &file)? {
                return Ok(Some(Contents::Key(credential)));
            }
        }
        let Some(home) = &self.home else {
            return Ok(None);
        };
        // The name becomes a part of a path, and must not lead to another folder.
        if self.name.contains(['/', '\\']) {
            return Ok(None);
        }
        let file = home
            .join(".tccli")
            .join(format!("{}.credential", self.name));
        let clock = self.config.as_ref().map(Config::clock);
        let now = clock.unwrap_or(&Clock::system()).now();
        match read(&file).await? {
            Some(text) => command_line(&text, &file, now),
            None => Ok(None),
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::new("default")
    }
}

impl ProvideCredential for Profile {
    fn provide(&self) -> Provided<'_> {
        Box::pin(self.find())
    }

    fn place(&self) -> String {
        let mut places: Vec<String> = self
            .files()
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        places.push(format!("~/.tccli/{}.credential", self.name));
        format!("the profile {} of {}", self.name, places.join(", "))
    }
}

/// Reads a file, where there is one.
async fn read(file: &Path) -> Result<Option<String>, Error> {
    match read_file(file).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == IoErrorKind::NotFound => Ok(None),
        Err(error) => Err(broken(file, "cannot be read").with_source(error)),
    }
}

/// Finds a profile in a file of sections with `key = value` or `key: value` lines.
fn section(text: &str, name: &str, file: &Path) -> Result<Option<Credential>, Error> {
    let mut is_wanted = false;
    let (mut secret_id, mut secret_key, mut token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            is_wanted = header.strip_suffix(']').map(str::trim) == Some(name);
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']) else {
            // The line is not shown: it may be a part of a key.
            return Err(broken(
                file,
                "has a line that is neither a section nor `key = value`",
            ));
        };
        if !is_wanted {
            continue;
        }
        let value = Some(value.trim().to_owned());
        match key.trim().to_ascii_lowercase().as_str() {
            "secret_id" => secret_id = value,
            "secret_key" => secret_key = value,
            "token" => token = value,
            _ => {}
        }
    }
    key(secret_id, secret_key, token, file)
}

/// Reads a profile of `tccli` when it is `now`, in milliseconds since 1970.
fn command_line(text: &str, file: &Path, now: i64) -> Result<Option<Contents>, Error> {
    let profile: CommandLineProfile = parse(text.as_bytes())
        .ok_or_else(|| broken(file, "is not the JSON that `tccli configure` writes"))?;
    if profile.kind.as_deref() == Some("cvm-role") {
        return Ok(Some(Contents::Machine(file.to_owned())));
    }
    let key = key(profile.secret_id, profile.secret_key, profile.token, file)?;
    let Some(mut key) = key else { return Ok(None) };
    let expiry = profile.expires_at.map(Timestamp::from_second);
    if let Some(Ok(expiry)) = expiry {
        if expiry.as_millisecond() <= now {
            let problem = format!(
                "has a key that expired at {expiry}: log in again with `tccli auth login` or \
                 `tccli sso login`, or set this machine's clock"
            );
            return Err(broken(file, &problem));
        }
        key = key.with_expiry(expiry);
    }
    let is_set = |text: &String| !text.is_empty();
    let role = profile.role_arn.filter(is_set);
    let session = profile.role_session_name.filter(is_set);
    Ok(Some(match (role, session) {
        (Some(role_arn), Some(session_name)) => Contents::Role {
            key,
            role_arn,
            session_name,
        },
        _ => Contents::Key(key),
    }))
}

/// Puts the parts of a key together. One that is empty, as `tccli configure` writes it where
/// nothing was entered, is not there.
fn key(
    secret_id: Option<String>,
    secret_key: Option<String>,
    token: Option<String>,
    file: &Path,
) -> Result<Option<Credential>, Error> {
    let [secret_id, secret_key, token] =
        [secret_id, secret_key, token].map(|part| part.filter(|part| !part.is_empty()));
    let (secret_id, secret_key) = match (secret_id, secret_key) {
        (Some(secret_id), Some(secret_key)) => (secret_id, secret_key),
        (None, None) => return Ok(None),
        _ => {
            return Err(broken(
                file,
                "has a profile with only one half of a key, the id or the secret",
            ));
        }
    };
    let credential = Credential::tencent(secret_id, secret_key);
    Ok(Some(match token {
        Some(token) => credential.with_token(token),
        None => credential,
    }))
}

fn broken(file: &Path, problem: &str) -> Error {
    Error::new(
        ErrorKind::Credential,
        format!("{} {problem}", file.display()),
    )
}

#[cfg(test)]
pub(super) mod tests {
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
                include_str!("../../tests/data/credentials/tccli-asked.json"),
                None,
                None,
            ),
            (
                include_str!("../../tests/data/credentials/tccli-set.json"),
                Some("profile-token-EXAMPLE"),
                None,
            ),
            (
                include_str!("../../tests/data/credentials/tccli-oauth.json"),
                Some("profile-token-EXAMPLE"),
                Some(4_102_444_800),
            ),
            (
                include_str!("../../tests/data/credentials/tccli-sso.json"),
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
        let empty = include_str!("../../tests/data/credentials/tccli-empty.json");
        folder.write(".tccli/default.credential", empty);
        assert!(alone(&folder).find().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_expired_key_is_an_error_that_says_what_to_do() {
        let written = include_str!("../../tests/data/credentials/tccli-oauth.json");
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
        let machine = include_str!("../../tests/data/credentials/tccli-machine.json");
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
}
