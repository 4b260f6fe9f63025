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
        Self::in_order(
            Environment::new(),
            Profile::default(),
            CvmRole::new(),
            WebIdentity::from_environment(),
        )
    }

    fn in_order(
        environment: impl ProvideCredential,
        profile: Profile,
        machine: CvmRole,
        container: WebIdentity,
    ) -> Self {
        Self::new(environment).or(profile).or(machine).or(container)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::cvm_role::tests::{Metadata, answer, page};
    use crate::credentials::profile::tests::below;
    use crate::credentials::sts::tests::identity;
    use crate::credentials::tests::{Folder, parts, recorded};
    use crate::{Config, Credential};

    /// Stands for the environment of a process, which tests share.
    #[derive(Debug)]
    struct Variables(Option<Credential>);

    impl ProvideCredential for Variables {
        fn provide(&self) -> Provided<'_> {
            Box::pin(async { Ok(self.0.clone()) })
        }

        fn place(&self) -> String {
            "the environment".to_owned()
        }
    }

    const ISSUED: &str = r#"{"Response": {"Credentials": {"TmpSecretId": "AKIDcontainer",
        "TmpSecretKey": "key", "Token": "token"}, "ExpiredTime": 4102444800, "RequestId": "id"}}"#;

    /// Whose key the vendor's SDK for Python takes, and which pages it asks for until then, was
    /// recorded by `tests/data/credentials/record.py`.
    #[tokio::test]
    async fn places_are_looked_at_as_the_vendors_sdk_does() {
        let recorded = recorded();
        let cases = recorded["chain"].as_array().unwrap();
        assert_eq!(cases.len(), 5);
        for case in cases {
            let places = case["places"].as_array().unwrap();
            let has = |place: &str| places.iter().any(|name| name == place);
            let folder = Folder::new();
            if has("profile") {
                let text = "[default]\nsecret_id = AKIDprofile\nsecret_key = key\n";
                folder.write(".tencentcloud/credentials", text);
            }
            let answers = if has("machine") {
                vec![answer(200, "EXAMPLE"), page()]
            } else {
                vec![answer(404, "")]
            };
            let metadata = Metadata::start(answers).await;
            let issuer = Metadata::start(vec![answer(200, ISSUED)]).await;
            let config = Config::builder(Credential::none()).endpoint(&issuer.url());
            let environment = Credential::tencent("AKIDenvironment", "key");
            let chain = Chain::in_order(
                Variables(has("environment").then_some(environment)),
                below(&folder, metadata.role()),
                metadata.role(),
                identity(config.build().unwrap(), has("container")),
            );
            let found = chain.provide().await.unwrap();
            let found = found.map(|credential| parts(&credential).0);
            assert_eq!(found.as_deref(), case["secret_id"].as_str(), "{places:?}");
            let urls = case["urls"].as_array().unwrap();
            assert_eq!(metadata.asked().len(), urls.len(), "{places:?}");
            let is_issued = !case["params"].is_null();
            assert_eq!(issuer.asked().len(), usize::from(is_issued), "{places:?}");
        }
    }

    #[tokio::test]
    async fn what_is_broken_ends_the_search() {
        let folder = Folder::new();
        folder.write(
            ".tencentcloud/credentials",
            "[default]\nsecret_id = AKIDhalf\n",
        );
        let metadata = Metadata::start(vec![answer(200, "EXAMPLE"), page()]).await;
        let chain = Chain::new(below(&folder, metadata.role())).or(metadata.role());
        chain.provide().await.unwrap_err();
        assert_eq!(metadata.asked().len(), 0);
    }
}
