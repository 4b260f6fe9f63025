//! Keys of Tencent Cloud in the files of its SDKs and of its command line.

use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{ProvideCredential, Provided, parse};
use crate::error::{Error, ErrorKind};
use crate::{Credential, Timestamp, record};

/// An API key of Tencent Cloud in a profile: a section of the SDKs' file
/// `~/.tencentcloud/credentials` or `/etc/tencentcloud/credentials`, or what `tccli configure` and
/// `tccli auth login` have written to `~/.tccli/<profile>.credential`.
///
/// The first of the files that has the profile is used. The environment variable
/// `TENCENTCLOUD_CREDENTIALS_FILE` names another file than the first two.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    home: Option<PathBuf>,
    file: Option<PathBuf>,
}

const FILE_VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
const SYSTEM_FILE: &str = "/etc/tencentcloud/credentials";

/// A profile as `tccli` writes it.
struct CommandLineProfile {
    secret_id: Option<String>,
    secret_key: Option<String>,
    token: Option<String>,
    /// Seconds since 1970.
    expires_at: Option<i64>,
    kind: Option<String>,
    role_arn: Option<String>,
}

record! {
    CommandLineProfile {
        0 => secret_id: "secretId",
        1 => secret_key: "secretKey" sensitive,
        2 => token: "token" sensitive,
        3 => expires_at: "expiresAt",
        4 => kind: "type",
        5 => role_arn: "role-arn",
    }
}

impl Profile {
    /// The profile of a name; [`Profile::default`] is the one called `default`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            home: env::home_dir(),
            file: env::var_os(FILE_VARIABLE).map(PathBuf::from),
        }
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

    fn read(&self) -> Result<Option<Credential>, Error> {
        for file in self.files() {
            let Some(text) = read(&file)? else { continue };
            if let Some(credential) = section(&text, &self.name, &file)? {
                return Ok(Some(credential));
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
        match read(&file)? {
            Some(text) => command_line(&text, &file),
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
        Box::pin(async { self.read() })
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
fn read(file: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == IoErrorKind::NotFound => Ok(None),
        Err(error) => Err(broken(file, "cannot be read").with_source(error)),
    }
}

/// Finds a profile in a file of sections with `key = value` lines.
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
        let Some((key, value)) = line.split_once('=') else {
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
        match key.trim() {
            "secret_id" => secret_id = value,
            "secret_key" => secret_key = value,
            "token" => token = value,
            _ => {}
        }
    }
    match (secret_id, secret_key) {
        (Some(secret_id), Some(secret_key)) => {
            let credential = Credential::tencent(secret_id, secret_key);
            Ok(Some(match token {
                Some(token) => credential.with_token(token),
                None => credential,
            }))
        }
        (None, None) => Ok(None),
        _ => Err(broken(
            file,
            "has a profile with only one of secret_id and secret_key",
        )),
    }
}

/// Reads a profile of `tccli`.
fn command_line(text: &str, file: &Path) -> Result<Option<Credential>, Error> {
    let profile: CommandLineProfile = parse(text.as_bytes())
        .ok_or_else(|| broken(file, "is not the JSON that `tccli configure` writes"))?;
    if profile.kind.as_deref() == Some("cvm-role") {
        return Err(broken(file, "asks for the machine's role: use `CvmRole`"));
    }
    if profile.role_arn.is_some_and(|arn| !arn.is_empty()) {
        return Err(broken(
            file,
            "asks for a role: use `AssumeRole` with the profile's key",
        ));
    }
    let (Some(secret_id), Some(secret_key)) = (profile.secret_id, profile.secret_key) else {
        return Ok(None);
    };
    let mut credential = Credential::tencent(secret_id, secret_key);
    if let Some(token) = profile.token.filter(|token| !token.is_empty()) {
        credential = credential.with_token(token);
    }
    if let Some(Ok(expiry)) = profile.expires_at.map(Timestamp::from_second) {
        credential = credential.with_expiry(expiry);
    }
    Ok(Some(credential))
}

fn broken(file: &Path, problem: &str) -> Error {
    Error::new(
        ErrorKind::Credential,
        format!("{} {problem}", file.display()),
    )
}
