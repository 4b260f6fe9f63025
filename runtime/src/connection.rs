//! How servers are reached: where they are, through which proxy, and with which TLS.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::{Proxy, StatusCode};
use zeroize::Zeroizing;

use crate::config::{ConfigBuilder, Timeouts};
use crate::connector;
use crate::error::Error;
use crate::failure;
use crate::proxy::Proxies;
use crate::reply_limits::ReplyLimits;
use crate::send::Sending;
#[cfg(feature = "testing")]
use crate::testing::Double;
use crate::tls::Tls;

/// Makes the connections of a configuration.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    pub(crate) proxies: Proxies,
    /// What answers instead.
    #[cfg(feature = "testing")]
    double: Option<Double>,
}

/// How servers are reached, as it was asked for.
#[derive(Default)]
pub(crate) struct Connections {
    tls: Tls,
    route: Route,
    addresses: Vec<(String, Vec<IpAddr>)>,
    #[cfg(feature = "testing")]
    double: Option<Double>,
}

/// Whether calls go through a proxy.
#[derive(Default)]
enum Route {
    /// Where the environment or the system names one.
    #[default]
    Environment,
    Direct,
    Proxy(Zeroizing<String>),
}

/// Shorter than the 60 s after which common servers close an idle connection, so that a request is
/// seldom sent into one that is just being closed.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(30);

impl ConfigBuilder {
    /// Trusts servers whose certificate was issued with this one, beside those that the system
    /// trusts; may be used several times. Expects PEM, with one certificate or more, or DER.
    pub fn root_certificate(mut self, certificate: impl Into<Vec<u8>>) -> Self {
        self.connections.tls.roots.push(certificate.into());
        self
    }

    /// Trusts nobody but those who are named with [`root_certificate`](Self::root_certificate).
    pub fn only_root_certificates(mut self) -> Self {
        self.connections.tls.has_only_these_roots = true;
        self
    }

    /// Shows servers who calls, where they ask for it. Expects PEM with the certificate, those
    /// between it and its root, and the private key, in PKCS #8 or the older forms.
    pub fn client_identity(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.connections.tls.identity = Some(Zeroizing::new(pem.into()));
        self
    }

    /// Sends all calls through one proxy, `http://host:port`, `https://host:port` or
    /// `socks5://host:port`, with `name:password@` before the host where it wants them.
    ///
    /// Unless set, the proxies of the environment are used (`HTTPS_PROXY`, `ALL_PROXY`), or else
    /// those of the system. `NO_PROXY` lists the hosts that are called directly, with commas: names,
    /// which stand for all below them as well; `*.` and a name, for those below it alone; addresses
    /// and networks (`192.0.2.0/24`). A port after a name or an address confines it to that port.
    /// This machine, and metadata services, are always called directly.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.connections.route = Route::Proxy(Zeroizing::new(url.into()));
        self
    }

    /// Sends all calls directly, whatever proxies the environment names.
    pub fn no_proxy(mut self) -> Self {
        self.connections.route = Route::Direct;
        self
    }

    /// Reaches a host at these addresses instead of those that its name stands for, one after the
    /// other until one answers: those of a private link, or of a server of a test. May be used for
    /// several hosts; an empty list is an error.
    ///
    /// Its certificate has to be the host's all the same. Where a call goes through a proxy, the proxy
    /// looks the name up. Metadata services are found by their own names only.
    ///
    /// ```
    /// # use bindery_runtime::{Config, Credential};
    /// let credential = Credential::tencent("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "secret");
    /// let config = Config::builder(credential)
    ///     .resolve("trtc.tencentcloudapi.com", ["10.0.3.17".parse()?])
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(
        mut self,
        host: impl Into<String>,
        addresses: impl IntoIterator<Item = IpAddr>,
    ) -> Self {
        let addresses = addresses.into_iter().collect();
        self.connections.addresses.push((host.into(), addresses));
        self
    }

    /// Answers all calls with a double instead of sending them.
    #[cfg(feature = "testing")]
    pub fn double(mut self, double: &Double) -> Self {
        self.connections.double = Some(double.clone());
        self
    }

    /// Takes any server for the one that is meant, whatever its certificate. Everybody on the way
    /// can then read and change requests and replies, tokens included. Building the configuration
    /// logs a warning.
    #[cfg(feature = "dangerous")]
    pub fn dangerous_accept_any_certificate(mut self) -> Self {
        self.connections.tls.accepts_any_certificate = true;
        self
    }
}

/// Sends a request, and receives the reply up to its body.
pub(crate) async fn execute(
    sending: &Sending<'_>,
    request: reqwest::Request,
) -> Result<reqwest::Response, Error> {
    let http = sending.client.config.http();
    #[cfg(feature = "testing")]
    if let Some(double) = &http.double {
        let answer = double.answer(sending.operation, sending.request, &request);
        return answer.await;
    }
    let response = http.client.execute(request).await;
    let response = response.map_err(|error| failure::before_reply(error, &http.proxies))?;
    if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(failure::proxy_login(response.url(), &http.proxies));
    }
    Ok(response)
}

impl Connections {
    /// Checks the parts and gets ready to connect.
    pub(crate) fn open(self, timeouts: &Timeouts, limits: &ReplyLimits) -> Result<Http, Error> {
        let proxies = match &self.route {
            Route::Environment => Proxies::environment(),
            Route::Direct => Proxies::none(),
            Route::Proxy(url) => Proxies::one(url)?,
        };
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .gzip(true)
            .connect_timeout(timeouts.connect)
            .pool_idle_timeout(POOL_IDLE_TIMEOUT)
            .user_agent(concat!("bindery-runtime/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(self.tls.config()?);
        if timeouts.attempt.min(timeouts.total) <= timeouts.connect {
            // Otherwise connecting ends by its own limit, and this would be paid for by every call.
            builder = builder.connector_layer(connector::Watch);
        }
        if let Some(count) = limits.headers {
            builder = builder.http1_max_headers(count);
        }
        if let Some(bytes) = limits.header_bytes {
            builder = builder.http2_max_header_list_size(bytes);
        }
        builder = if proxies.is_none() {
            // One that is asked is asked for every request.
            builder.no_proxy()
        } else {
            let route = proxies.clone();
            builder.proxy(Proxy::custom(move |url| route.find(url)))
        };
        for (host, addresses) in &self.addresses {
            if addresses.is_empty() {
                return Err(Error::build(format!(
                    "no address is given for {host}, expected one or more"
                )));
            }
            // The port is the endpoint's.
            let addresses: Vec<_> = addresses
                .iter()
                .map(|&address| SocketAddr::new(address, 0))
                .collect();
            builder = builder.resolve_to_addrs(&host.to_ascii_lowercase(), &addresses);
        }
        let client = builder.build().map_err(|error| {
            let root = failure::root(&error);
            Error::build(format!("the HTTP client cannot be set up: {root}")).with_source(error)
        })?;
        Ok(Http {
            client,
            proxies,
            #[cfg(feature = "testing")]
            double: self.double,
        })
    }
}
