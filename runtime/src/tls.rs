//! How TLS is spoken: whom to trust, who to be towards servers, and with whose cryptography.
//!
//! It is not left to reqwest, which panics where its features bring no cryptography and the program
//! has installed none.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::Verifier;
use zeroize::Zeroizing;

use crate::error::Error;

/// How TLS is spoken, as it was asked for.
#[derive(Default)]
pub(crate) struct Tls {
    /// Each is PEM or DER.
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) has_only_these_roots: bool,
    /// PEM.
    pub(crate) identity: Option<Zeroizing<Vec<u8>>>,
    #[cfg(feature = "dangerous")]
    pub(crate) accepts_any_certificate: bool,
}

/// The cryptography that the features bring, the preferred one first.
const BROUGHT: &[fn() -> CryptoProvider] = &[
    #[cfg(feature = "aws-lc-rs")]
    rustls::crypto::aws_lc_rs::default_provider,
    #[cfg(feature = "ring")]
    rustls::crypto::ring::default_provider,
];

/// A certificate with those between it and its root, and its key.
type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Tls {
    /// Checks the parts and puts them together.
    pub(crate) fn config(&self) -> Result<ClientConfig, Error> {
        let mut roots = Vec::new();
        for root in &self.roots {
            roots.append(&mut certificates(root)?);
        }
        if self.has_only_these_roots && roots.is_empty() {
            return Err(Error::build(
                "nobody would be trusted, expected a root certificate",
            ));
        }
        let identity = match &self.identity {
            Some(pem) => Some(identity(pem)?),
            None => None,
        };
        let config = self.assemble(provider()?, roots, identity);
        config.map_err(|error| {
            Error::build(format!("TLS cannot be set up: {error}")).with_source(error)
        })
    }

    fn assemble(
        &self,
        provider: Arc<CryptoProvider>,
        roots: Vec<CertificateDer<'static>>,
        identity: Option<Identity>,
    ) -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = self.trusting(builder.with_safe_default_protocol_versions()?, roots)?;
        let mut config = match identity {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key)?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn trusting(
        &self,
        builder: ConfigBuilder<ClientConfig, WantsVerifier>,
        roots: Vec<CertificateDer<'static>>,
    ) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, rustls::Error> {
        #[cfg(feature = "dangerous")]
        if self.accepts_any_certificate {
            tracing::warn!(
                "certificates are not verified: everybody on the way can read and change calls"
            );
            let verifier = Arc::new(anybody::Anybody);
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(verifier));
        }
        if self.has_only_these_roots {
            let mut store = RootCertStore::empty();
            for root in roots {
                store.add(root)?;
            }
            return Ok(builder.with_root_certificates(store));
        }
        let provider = builder.crypto_provider().clone();
        let verifier = if roots.is_empty() {
            Verifier::new(provider)?
        } else {
            beside_the_system(roots, provider)?
        };
        let verifier = Arc::new(verifier);
        Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(verifier))
    }
}

/// The program's cryptography if it has installed some, or else what the features bring.
fn provider() -> Result<Arc<CryptoProvider>, Error> {
    let installed = CryptoProvider::get_default().cloned();
    let brought = || BROUGHT.first().map(|provider| Arc::new(provider()));
    installed.or_else(brought).ok_or_else(|| {
        Error::build(
            "TLS has no cryptography, expected the feature aws-lc-rs or ring, or a provider of \
             rustls that the program has installed",
        )
    })
}

/// Trusts roots beside those of the system, which can be told of more almost everywhere.
fn beside_the_system(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    #[cfg(not(target_os = "android"))]
    return Verifier::new_with_extra_roots(roots, provider);
    #[cfg(target_os = "android")]
    return {
        let _ = (roots, provider);
        let message = "this system takes no roots beside its own";
        Err(rustls::Error::General(message.to_owned()))
    };
}

/// The certificates of a root, each of which could stand for an issuer.
fn certificates(root: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let refuse = || Error::build("a root certificate is not one, expected PEM or DER");
    // DER begins with the tag of a sequence.
    if root.first() == Some(&0x30) {
        let certificate = CertificateDer::from(root.to_vec());
        let mut store = RootCertStore::empty();
        store.add(certificate.clone()).map_err(|_| refuse())?;
        return Ok(vec![certificate]);
    }
    let certificates = CertificateDer::pem_slice_iter(root).collect::<Result<Vec<_>, _>>();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(refuse()),
    }
}

/// The error has no source, which might repeat lines of what is secret.
fn identity(pem: &[u8]) -> Result<Identity, Error> {
    let refuse = || {
        Error::build(
            "the client identity is not one, expected PEM with a certificate and its private key",
        )
    };
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| refuse())?;
    match chain {
        Ok(chain) if !chain.is_empty() => Ok((chain, key)),
        _ => Err(refuse()),
    }
}

#[cfg(feature = "dangerous")]
mod anybody {
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{DigitallySignedStruct, Error, SignatureScheme};

    /// Trusts anybody to be anybody.
    #[derive(Debug)]
    pub(super) struct Anybody;

    impl ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            use SignatureScheme as Scheme;
            vec![
                Scheme::ECDSA_NISTP256_SHA256,
                Scheme::ECDSA_NISTP384_SHA384,
                Scheme::ECDSA_NISTP521_SHA512,
                Scheme::ED25519,
                Scheme::ED448,
                Scheme::RSA_PSS_SHA256,
                Scheme::RSA_PSS_SHA384,
                Scheme::RSA_PSS_SHA512,
                Scheme::RSA_PKCS1_SHA256,
                Scheme::RSA_PKCS1_SHA384,
                Scheme::RSA_PKCS1_SHA512,
                Scheme::ECDSA_SHA1_Legacy,
                Scheme::RSA_PKCS1_SHA1,
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The choice is one of the whole process, which is why there is one test.
    #[test]
    fn the_cryptography_is_left_to_the_program() {
        let has_some = cfg!(any(feature = "aws-lc-rs", feature = "ring"));
        assert_eq!(Tls::default().config().is_ok(), has_some);
        // A program that installs some later would fail where a library was faster.
        assert!(CryptoProvider::get_default().is_none());

        let provider = rustls::crypto::ring::default_provider();
        provider.install_default().expect("it is the first");
        let config = Tls::default().config().unwrap();
        let installed = CryptoProvider::get_default().unwrap();
        assert!(Arc::ptr_eq(config.crypto_provider(), installed));
    }
}
