//! Keys of Tencent Cloud in the files of its SDKs and of its command line.

#[cfg(test)]
pub(super) mod tests;

use std::env;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// The role that was taken last.
    taken: Arc<Mutex<Option<TakenRole>>>,
}

/// What a profile says.
enum Contents {
    Key(Credential),
    Role(Role),
    /// That the role of the machine is to be used, in this file.
    Machine(PathBuf),
}

/// That a role is to be taken with a key.
#[derive(Debug)]
struct Role {
    key: Credential,
    arn: String,
    session_name: String,
}

/// A role, and what takes it with a client that it keeps.
#[derive(Debug)]
struct TakenRole {
    role: Role,
    provider: Arc<AssumeRole>,
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
            taken: Arc::default(),
        }
    }

    /// Takes a role as a configuration says, which needs a region, where the profile asks for one.
    /// Its credential is not used.
    #[must_use]
    pub fn config(mut self, config: &Config) -> Self {
        self.config = Some(config.clone());
        self.taken = Arc::default();
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
            Some(Contents::Role(role)) => self.take(role)?.provide().await,
            Some(Contents::Machine(file)) => match self.machine.provide().await? {
                Some(credential) => Ok(Some(credential)),
                None => Err(broken(
                    &file,
                    "asks for the machine's role, but it has none",
                )),
            },
        }
    }

    /// What takes a role: the same as long as the profile says the same, since its client has measured
    /// the vendor's clock.
    fn take(&self, role: Role) -> Result<Arc<AssumeRole>, Error> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = taken.as_ref().filter(|taken| taken.role.is_same(&role)) {
            return Ok(taken.provider.clone());
        }
        let key = role.key.clone();
        let config = match &self.config {
            Some(config) => config.with_credential(key),
            None => Config::builder(key).region(ROLE_REGION).build()?,
        };
        let provider = AssumeRole::new(&config, &role.arn, &role.session_name);
        let provider = Arc::new(provider);
        *taken = Some(TakenRole {
            role,
            provider: provider.clone(),
        });
        Ok(provider)
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

impl Role {
    fn is_same(&self, other: &Self) -> bool {
        self.key.is_same_key(&other.key)
            && self.arn == other.arn
            && self.session_name == other.session_name
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
        (Some(arn), Some(session_name)) => Contents::Role(Role {
            key,
            arn,
            session_name,
        }),
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
