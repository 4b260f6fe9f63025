//! Servers with TLS, and the authorities that issue their certificates for the time of a test.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bindery_runtime::{Config, ConfigBuilder, Credential, RetryPolicy};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::script::{Step, json, read};
use crate::{SUCCESS, key};

/// A host that is not looked up, but reached at the address of a server of a test.
pub(crate) const HOST: &str = "service.example.com";

/// Issuers are looked up by their names, which have to differ.
static AUTHORITIES: AtomicUsize = AtomicUsize::new(0);

/// Somebody who issues certificates.
pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(crate) struct Identity {
    certificate: Certificate,
    key: KeyPair,
}

/// A server that succeeds at all requests that it reads.
pub(crate) struct SecureServer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("there are random numbers");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let number = AUTHORITIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("authority {number}");
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key).expect("the parameters are valid");
        let issuer = Issuer::new(params, key);
        Self {
            certificate,
            issuer,
        }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.certificate.der().to_vec()
    }

    /// A certificate for a host.
    pub(crate) fn issue(&self, host: &str) -> Identity {
        self.issue_until(host, 4000)
    }

    /// A certificate for a host that ends with the beginning of a year.
    pub(crate) fn issue_until(&self, host: &str, year: i32) -> Identity {
        let key = KeyPair::generate().expect("there are random numbers");
        let mut params = CertificateParams::new([host.to_owned()]).expect("it is a host");
        params.not_after = date_time_ymd(year, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer);
        Identity {
            certificate: certificate.expect("the parameters are valid"),
            key,
        }
    }
}

impl Identity {
    pub(crate) fn pem(&self) -> String {
        self.certificate.pem() + &self.key.serialize_pem()
    }

    /// What a server with this certificate needs, which asks callers for one of an authority's.
    pub(crate) fn acceptor(&self, callers: Option<&Authority>, protocol: &str) -> TlsAcceptor {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("there are some");
        let builder = match callers {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                let root = authority.certificate.der().clone();
                roots.add(root).expect("it is a certificate");
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.expect("there is a root"))
            }
        };
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let chain = vec![self.certificate.der().clone()];
        let config = builder.with_single_cert(chain, PrivateKeyDer::Pkcs8(key));
        let mut config = config.expect("the key is the certificate's");
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

impl SecureServer {
    /// A server that cuts its first connections in the middle of the handshake.
    pub(crate) async fn start(acceptor: TlsAcceptor, cuts: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port is free");
        let server = Self {
            address: listener.local_addr().expect("the listener is bound"),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (connections, requests) = (server.connections.clone(), server.requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = connections.fetch_add(1, Ordering::Relaxed);
                if number < cuts {
                    cut(stream).await;
                    continue;
                }
                let (acceptor, requests) = (acceptor.clone(), requests.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        succeed(stream, &requests).await;
                    }
                });
            }
        });
        server
    }

    /// A configuration that calls the server by the name of its host, and trusts the system only.
    pub(crate) fn config(&self) -> ConfigBuilder {
        reaching(self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

/// A configuration that finds [`HOST`] at an address, whatever proxies the environment names.
pub(crate) fn reaching(address: SocketAddr) -> ConfigBuilder {
    reaching_as(key(), address)
}

/// The same with a credential.
pub(crate) fn reaching_as(credential: Credential, address: SocketAddr) -> ConfigBuilder {
    Config::builder(credential)
        .endpoint(&format!("https://{HOST}:{}", address.port()))
        .resolve(HOST, [address.ip()])
        .no_proxy()
        .retry(RetryPolicy::standard().max_pause(std::time::Duration::from_millis(20)))
}

/// Reads a part of the first message of the handshake, and resets the connection.
async fn cut(mut stream: TcpStream) {
    use tokio::io::AsyncReadExt;
    let _ = stream.read(&mut [0; 16]).await;
    let _ = stream.set_zero_linger();
}

async fn succeed(mut stream: TlsStream<TcpStream>, requests: &AtomicUsize) {
    let mut buffer = Vec::new();
    while read(&mut stream, &mut buffer).await.is_some() {
        requests.fetch_add(1, Ordering::Relaxed);
        let Step::Write(reply) = json(200, SUCCESS) else {
            unreachable!("a reply is written")
        };
        if stream.write_all(&reply).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}
