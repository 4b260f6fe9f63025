//! Where calls go: a URL that means what it says.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use crate::Error;

/// A scheme, a host, and a port where it is not the scheme's own.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// `https://host:port`
    pub(crate) base: String,
    /// `https://host:port/`
    pub(crate) root: Url,
    /// Where in [`base`](Self::base) the host begins.
    host: usize,
}

impl Endpoint {
    /// Accepts a URL that is scheme, host and port in their plain form and nothing else, so that
    /// no part of it is dropped or read in another way than it was meant.
    ///
    /// HTTP without TLS is accepted for this machine only.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let endpoint = Self::parse_insecure(text)?;
        let is_secure = endpoint.base.starts_with("https:");
        if is_secure || is_loopback(endpoint.host()) {
            Ok(endpoint)
        } else {
            Err(refuse("has no TLS and is not on this machine"))
        }
    }

    /// Accepts HTTP without TLS to any place.
    pub(crate) fn parse_insecure(text: &str) -> Result<Self, Error> {
        let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
        let base = url.as_str().trim_end_matches('/');
        if !base.eq_ignore_ascii_case(text.trim_end_matches('/'))
            || url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(refuse(
                "is more than scheme, host and port in their plain form",
            ));
        }
        if !matches!(url.scheme(), "https" | "http") {
            return Err(refuse("is not one of HTTPS"));
        }
        Ok(Self {
            host: url.scheme().len() + "://".len(),
            base: base.to_owned(),
            root: url,
        })
    }

    /// The value of the `Host` header.
    pub(crate) fn host(&self) -> &str {
        &self.base[self.host..]
    }

    /// The host alone: a name, or an address without brackets.
    pub(crate) fn address(&self) -> &str {
        let host = self.root.host_str().unwrap_or_default();
        host.trim_start_matches('[').trim_end_matches(']')
    }
}

fn refuse(reason: &str) -> Error {
    Error::build(format!(
        "the endpoint {reason}, expected https://host or https://host:port"
    ))
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let name = host.split(':').next().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
