//! Keys that another program prints.

use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::{ProvideCredential, Provided, parse};
use crate::error::{Error, ErrorKind};
use crate::{Credential, Timestamp, record};

/// A key of Tencent Cloud that a program prints, such as the client of a vault.
///
/// The program is started without a shell, has 60 s, and prints JSON of 64 KiB at the most:
///
/// ```json
/// { "SecretId": "…", "SecretKey": "…", "Token": "…", "ExpiredTime": 1700000000 }
/// ```
///
/// `Token` and `ExpiredTime`, in seconds since 1970, belong to temporary keys. What the program
/// writes to its standard error goes to that of this process.
#[derive(Clone)]
pub struct Process {
    program: OsString,
    arguments: Vec<OsString>,
}

const TIMEOUT: Duration = Duration::from_mins(1);

/// A key is far smaller, whatever else the program has to say.
const MAX_OUTPUT_BYTES: usize = 64 << 10;

struct Printed {
    secret_id: Option<String>,
    secret_key: Option<String>,
    token: Option<String>,
    expired_time: Option<i64>,
}

record! {
    Printed {
        0 => secret_id: "SecretId",
        1 => secret_key: "SecretKey" sensitive,
        2 => token: "Token" sensitive,
        3 => expired_time: "ExpiredTime",
    }
}

impl Process {
    /// A program by its path, or by a name that is looked up as the system does.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
        }
    }

    /// Adds an argument. Arguments are visible to other users of the machine: they are no place for
    /// secrets.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    async fn run(&self) -> Result<Credential, Error> {
        let printed: Option<Printed> = parse(&self.output().await?);
        let Some(Printed {
            secret_id: Some(secret_id),
            secret_key: Some(secret_key),
            token,
            expired_time,
        }) = printed
        else {
            return Err(self.broken("has not printed JSON with SecretId and SecretKey"));
        };
        let mut credential = Credential::tencent(secret_id, secret_key);
        if let Some(token) = token {
            credential = credential.with_token(token);
        }
        if let Some(second) = expired_time {
            let expiry = Timestamp::from_second(second).map_err(|error| {
                self.broken("has printed a wrong ExpiredTime")
                    .with_source(error)
            })?;
            credential = credential.with_expiry(expiry);
        }
        Ok(credential)
    }

    /// What the program prints until it ends.
    async fn output(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut running = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.broken("cannot be started").with_source(error))?;
        let mut output = Zeroizing::new(Vec::new());
        let ending = async {
            if let Some(pipe) = running.stdout.take() {
                let mut pipe = pipe.take(MAX_OUTPUT_BYTES as u64 + 1);
                pipe.read_to_end(&mut output).await?;
            }
            if output.len() > MAX_OUTPUT_BYTES {
                return Ok(None);
            }
            running.wait().await.map(Some)
        };
        match tokio::time::timeout(TIMEOUT, ending).await {
            Ok(Ok(Some(status))) if status.success() => Ok(output),
            Ok(Ok(Some(status))) => Err(self.broken(&format!("has failed: {status}"))),
            Ok(Ok(None)) => Err(self.broken("has printed more than 64 KiB")),
            Ok(Err(error)) => Err(self.broken("cannot be read from").with_source(error)),
            Err(_) => Err(self.broken("has not ended within 60 s")),
        }
    }

    fn broken(&self, problem: &str) -> Error {
        Error::new(
            ErrorKind::Credential,
            format!("the program {} {problem}", self.program.display()),
        )
    }
}

impl ProvideCredential for Process {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async { self.run().await.map(Some) })
    }

    fn place(&self) -> String {
        format!("the output of {}", self.program.display())
    }
}

impl std::fmt::Debug for Process {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The arguments are left out, since people do put secrets there.
        formatter
            .debug_struct("Process")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::credentials::tests::parts;

    const KEY: &str = r#"{"SecretId": "AKIDprinted", "SecretKey": "$HOME `id` \"x\"""#;

    fn shell(script: &str) -> Process {
        Process::new("sh").argument("-c").argument(script)
    }

    /// No shell takes what is printed, or what is to be printed, apart.
    #[tokio::test]
    async fn what_is_printed_is_the_key() {
        let print = |text: String| Process::new("printf").argument("%s").argument(text);
        let plain = print(format!("{KEY}}}\n")).run().await.unwrap();
        let expected = ("AKIDprinted".to_owned(), r#"$HOME `id` "x""#.to_owned());
        let (id, key, token) = parts(&plain);
        assert_eq!(((id, key), token, plain.expiry()), (expected, None, None));

        let temporary = format!(r#"{KEY}, "Token": "token", "ExpiredTime": 1700000000}}"#);
        let temporary = print(temporary).run().await.unwrap();
        assert_eq!(parts(&temporary).2.as_deref(), Some("token"));
        let expiry = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(temporary.expiry(), Some(expiry));
    }

    #[tokio::test]
    async fn a_program_that_fails_has_no_key() {
        for (program, problem) in [
            (Process::new("no-such-program"), "cannot be started"),
            (
                shell(r#"echo '{"SecretId": "a", "SecretKey": "b"}'; exit 3"#),
                "exit status: 3",
            ),
            (shell("kill $$"), "signal"),
            (shell("echo"), "has not printed JSON"),
            (shell("yes"), "more than 64 KiB"),
            (shell(r#"echo '{"SecretId": "a"}'"#), "has not printed JSON"),
            (
                shell(
                    r#"echo '{"SecretId": "a", "SecretKey": "b", "ExpiredTime": 9223372036854775807}'"#,
                ),
                "ExpiredTime",
            ),
        ] {
            let error = program.run().await.unwrap_err();
            assert!(error.message().contains(problem), "{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_does_not_end_is_ended() {
        let begun = Instant::now();
        let error = shell("exec sleep 600").run().await.unwrap_err();
        assert!(error.message().contains("60 s"), "{error}");
        assert_eq!(begun.elapsed().as_secs(), 60);
    }
}
