//! Keys of Tencent Cloud in environment variables.

use std::env;
use std::ffi::OsString;

use super::{ProvideCredential, Provided};
use crate::Credential;
use crate::error::{Error, ErrorKind};

/// An API key of Tencent Cloud in the environment variables `TENCENTCLOUD_SECRET_ID`,
/// `TENCENTCLOUD_SECRET_KEY` and, for temporary keys, `TENCENTCLOUD_TOKEN`, which the vendor's own
/// tools read as well.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Environment;

const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const TOKEN: &str = "TENCENTCLOUD_TOKEN";

impl Environment {
    /// Looks in the environment of this process.
    pub fn new() -> Self {
        Self
    }
}

impl ProvideCredential for Environment {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async { read(|name| env::var_os(name)) })
    }

    fn place(&self) -> String {
        format!("the environment variables {SECRET_ID} and {SECRET_KEY}")
    }
}

/// Reads the variables. One that is set to nothing is not set.
fn read(variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Credential>, Error> {
    let text = |name: &str| match variable(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(Err(_)) => Err(broken(format!("{name} is not UTF-8"))),
    };
    let (secret_id, secret_key) = match (text(SECRET_ID)?, text(SECRET_KEY)?) {
        (Some(secret_id), Some(secret_key)) => (secret_id, secret_key),
        (None, None) => return Ok(None),
        (Some(_), None) => {
            return Err(broken(format!(
                "{SECRET_ID} is set but {SECRET_KEY} is not"
            )));
        }
        (None, Some(_)) => {
            return Err(broken(format!(
                "{SECRET_KEY} is set but {SECRET_ID} is not"
            )));
        }
    };
    let credential = Credential::tencent(secret_id, secret_key);
    Ok(Some(match text(TOKEN)? {
        Some(token) => credential.with_token(token),
        None => credential,
    }))
}

fn broken(message: String) -> Error {
    Error::new(ErrorKind::Credential, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(variables: &[(&str, &str)]) -> Result<Option<Credential>, String> {
        let variable = |name: &str| {
            let mut found = variables.iter().filter(|(key, _)| *key == name);
            found.next().map(|(_, value)| OsString::from(value))
        };
        read(variable).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn half_a_key_is_an_error_and_none_is_none() {
        assert!(read_from(&[]).unwrap().is_none());
        assert!(
            read_from(&[(SECRET_ID, ""), (SECRET_KEY, "")])
                .unwrap()
                .is_none()
        );
        let half = read_from(&[(SECRET_ID, "AKIDexample")]).unwrap_err();
        assert_eq!(
            half,
            "TENCENTCLOUD_SECRET_ID is set but TENCENTCLOUD_SECRET_KEY is not"
        );
    }

    #[test]
    fn a_token_belongs_to_a_key() {
        let key = [(SECRET_ID, "AKIDexample"), (SECRET_KEY, "secret")];
        let shown = |variables: &[_]| format!("{:?}", read_from(variables).unwrap().unwrap());
        assert!(shown(&key).contains("has_token: false"));
        assert!(shown(&[&key[..], &[(TOKEN, "token")]].concat()).contains("has_token: true"));
    }
}
