//! Where credentials come from, and how they are kept fresh.
//!
//! A [`Credential`] is one set of secrets. What is here finds one, in the
//! environment, in files, at metadata services or with another call, and renews it before it
//! expires: once for all callers that wait, and in the background where the old one is still valid.
//!
//! A source is given to [`Config::builder`](crate::Config::builder) in the place of a credential.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use crate::clock::Clock;
use crate::envelope::{self, Strictness};
use crate::operation::Envelope;
use crate::record::RecordMut;
use crate::{Credential, Error};

use self::cache::Cache;

pub use self::chain::Chain;
pub use self::cvm_role::CvmRole;
pub use self::environment::Environment;
pub use self::huawei_login::HuaweiLogin;
pub use self::process::Process;
pub use self::profile::Profile;
pub use self::sts::{AssumeRole, WebIdentity};

mod cache;
mod chain;
mod cvm_role;
mod environment;
mod huawei_login;
mod issuer;
mod process;
mod profile;
mod sts;

/// Something that can be asked for a credential.
///
/// It is asked when a call needs a credential and there is none, shortly before the last one
/// expires, and after the vendor has refused the last one; it need not remember anything itself.
///
/// ```
/// use bindery_runtime::credentials::{ProvideCredential, Provided};
/// use bindery_runtime::{Credential, Error};
/// # use std::io;
/// # #[derive(Debug)]
/// # struct Vault;
/// # impl Vault {
/// #     async fn read(&self, _: &str) -> Result<Option<(String, String)>, io::Error> { Ok(None) }
/// # }
///
/// #[derive(Debug)]
/// struct FromVault(Vault);
///
/// impl ProvideCredential for FromVault {
///     fn provide(&self) -> Provided<'_> {
///         Box::pin(async {
///             let secret = self.0.read("tencent/key").await.map_err(|error| {
///                 Error::credential("the vault cannot be read").with_source(error)
///             })?;
///             Ok(secret.map(|(id, key)| Credential::tencent(id, key)))
///         })
///     }
///
///     fn place(&self) -> String {
///         "the vault's tencent/key".to_owned()
///     }
/// }
/// ```
pub trait ProvideCredential: fmt::Debug + Send + Sync + 'static {
    /// Obtains a credential. `None` says that there is none at this place, so that a
    /// [chain](Chain) looks at the next one; an error ends the search.
    ///
    /// It may take 2 minutes. Then it is broken off, and who waits for the credential gets an error.
    ///
    /// # Errors
    ///
    /// What stands at this place cannot be read or used: [`Error::credential`] makes the error.
    fn provide(&self) -> Provided<'_>;

    /// Where this looks, for the error that says that nothing was found:
    /// `the environment variable ZEGO_SERVER_SECRET`.
    fn place(&self) -> String;
}

/// What [`ProvideCredential::provide`] returns.
pub type Provided<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Credential>, Error>> + Send + 'a>>;

/// One credential for all calls, or a provider that is asked for them.
///
/// Configurations that are given clones of a source use the same credential, which is obtained once
/// for all of them, unless they have been given [clocks](crate::ConfigBuilder::clock) of their own.
#[derive(Clone)]
pub struct CredentialSource(Source);

#[derive(Clone)]
enum Source {
    Fixed(Credential),
    Provided(Arc<Shared>),
}

struct Shared {
    provider: Arc<dyn ProvideCredential>,
    /// What it has provided by the system's clock.
    cache: OnceLock<Arc<Cache>>,
}

/// A source as a configuration uses it.
#[derive(Clone)]
pub(crate) enum Credentials {
    Fixed(Credential),
    Cached(Arc<Cache>),
}

impl CredentialSource {
    /// Asks a provider for credentials, and keeps each until shortly before it expires.
    pub fn new(provider: impl ProvideCredential) -> Self {
        Self(Source::Provided(Arc::new(Shared {
            provider: Arc::new(provider),
            cache: OnceLock::new(),
        })))
    }

    /// The credential, where there is only one.
    pub(crate) fn fixed(&self) -> Option<&Credential> {
        match &self.0 {
            Source::Fixed(credential) => Some(credential),
            Source::Provided(_) => None,
        }
    }

    pub(crate) fn with_clock(self, clock: Clock) -> Credentials {
        match self.0 {
            Source::Fixed(credential) => Credentials::Fixed(credential),
            Source::Provided(shared) => Credentials::Cached(shared.cache(clock)),
        }
    }
}

impl Shared {
    fn cache(&self, clock: Clock) -> Arc<Cache> {
        let is_system = clock.is_system();
        let cache = || Arc::new(Cache::new(self.provider.clone(), clock));
        if is_system {
            self.cache.get_or_init(cache).clone()
        } else {
            cache()
        }
    }
}

impl Credentials {
    /// A credential that is valid now.
    pub(crate) async fn get(&self) -> Result<Credential, Error> {
        match self {
            Self::Fixed(credential) => Ok(credential.clone()),
            Self::Cached(cache) => cache.get().await,
        }
    }

    /// Takes in that the vendor has refused a credential. Returns whether another may be had.
    pub(crate) fn refuse(&self, credential: &Credential) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Cached(cache) => cache.refuse(credential),
        }
    }
}

impl From<Credential> for CredentialSource {
    fn from(credential: Credential) -> Self {
        Self(Source::Fixed(credential))
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(credential) => credential.fmt(formatter),
            Source::Provided(shared) => shared.provider.fmt(formatter),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(credential) => credential.fmt(formatter),
            Self::Cached(cache) => cache.fmt(formatter),
        }
    }
}

/// Files with keys and tokens are far smaller.
const MAX_FILE_BYTES: usize = 64 << 10;

/// Reads a file with a key or a token. It may lie on a disk of the network, or be none.
async fn read_file(path: &Path) -> io::Result<String> {
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        let file = File::open(path)?;
        file.take(MAX_FILE_BYTES as u64 + 1)
            .read_to_string(&mut text)?;
        if text.len() > MAX_FILE_BYTES {
            return Err(io::Error::other("it has more than 64 KiB"));
        }
        Ok(text)
    });
    reading.await.map_err(io::Error::other).flatten()
}

/// Reads a JSON object. What is wrong with one is not said, since that would quote it.
fn parse<R: RecordMut>(text: &[u8]) -> Option<R> {
    let mut record = R::empty();
    let strictness = Strictness::Tolerant;
    envelope::open(Envelope::Bare, 200, text, &mut record, strictness).ok()?;
    Some(record)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::{env, fs};

    use serde_json::Value;

    use super::*;
    use crate::credential::Secrets;
    use crate::{Config, Timestamp};

    /// A folder of files, which is removed in the end.
    pub(super) struct Folder(PathBuf);

    impl Folder {
        pub(super) fn new() -> Self {
            static NUMBER: AtomicUsize = AtomicUsize::new(0);
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("bindery-credentials-{}-{number}", std::process::id());
            Self(env::temp_dir().join(name))
        }

        pub(super) fn path(&self) -> PathBuf {
            self.0.clone()
        }

        pub(super) fn write(&self, name: &str, text: &str) {
            let file = self.0.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // Nothing may have been written.
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// What the vendor's SDK for Python does, as `tests/data/credentials/record.py` has seen it.
    pub(super) fn recorded() -> Value {
        serde_json::from_str(include_str!("../tests/data/credentials/sdk.json")).unwrap()
    }

    /// The id, the key and the token of a key of Tencent Cloud.
    pub(super) fn parts(credential: &Credential) -> (String, String, Option<String>) {
        let Secrets::Tencent(key) = credential.secrets() else {
            panic!("not a key of Tencent Cloud: {credential:?}")
        };
        let token = key.token.as_ref().map(|token| token.to_string());
        (key.secret_id.clone(), key.secret_key.to_string(), token)
    }

    /// Counts how often it is asked.
    #[derive(Debug, Default)]
    struct Counted(Arc<AtomicUsize>);

    impl ProvideCredential for Counted {
        fn provide(&self) -> Provided<'_> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok(Some(Credential::tencent("AKIDcounted", "key"))) })
        }

        fn place(&self) -> String {
            "a count".to_owned()
        }
    }

    #[tokio::test]
    async fn configurations_share_what_clones_of_a_source_have_obtained() {
        let asked = Arc::new(AtomicUsize::new(0));
        let source = CredentialSource::new(Counted(asked.clone()));
        let system = || Config::builder(source.clone());
        let manual = || system().clock(Clock::manual(Timestamp::UNIX_EPOCH));
        for (config, expected) in [(system(), 1), (system(), 1), (manual(), 2)] {
            let config = config.build().unwrap();
            config.credentials().get().await.unwrap();
            assert_eq!(asked.load(Ordering::Relaxed), expected);
        }
    }
}
