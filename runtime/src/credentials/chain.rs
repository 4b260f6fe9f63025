//! Several places, looked at one after the other.

use std::fmt;

use super::{CvmRole, Environment, Profile, ProvideCredential, Provided, WebIdentity};

/// Several places, looked at one after the other until one has a credential.
///
/// A place that has none is passed over. One whose contents are broken ends the search with an
/// error: what is there was meant to be used.
pub struct Chain(Vec<Box<dyn ProvideCredential>>);

impl Chain {
    /// A chain of one place.
    pub fn new(first: impl ProvideCredential) -> Self {
        Self(vec![Box::new(first)])
    }

    /// The places in which Tencent Cloud's own SDKs look, in their order: the environment, the
    /// profile files, the role of the machine, and the identity of the container.
    pub fn tencent() -> Self {
        Self::new(Environment::new())
            .or(Profile::default())
            .or(CvmRole::new())
            .or(WebIdentity::from_environment())
    }

    /// Adds a place to look at where those before have nothing.
    #[must_use]
    pub fn or(mut self, next: impl ProvideCredential) -> Self {
        self.0.push(Box::new(next));
        self
    }
}

impl ProvideCredential for Chain {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async {
            for provider in &self.0 {
                if let Some(credential) = provider.provide().await? {
                    return Ok(Some(credential));
                }
            }
            Ok(None)
        })
    }

    fn place(&self) -> String {
        let places: Vec<String> = self.0.iter().map(|provider| provider.place()).collect();
        places.join(", ")
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Chain").field(&self.0).finish()
    }
}
