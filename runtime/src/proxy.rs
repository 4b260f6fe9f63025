//! Which proxy stands between this machine and a server.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;
use zeroize::Zeroizing;

use crate::endpoint::is_loopback;
use crate::error::Error;

/// The proxies that calls go through, if any. They are not shown: their URLs may hold passwords.
#[derive(Clone)]
pub(crate) struct Proxies(Option<Arc<Rules>>);

struct Rules {
    matcher: Matcher,
    exceptions: Vec<Exception>,
}

/// An entry of `NO_PROXY` that the matcher would take for the name of a host: one with a port, or
/// with an asterisk before a domain.
struct Exception {
    host: String,
    port: Option<u16>,
}

impl Proxies {
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// The proxies of the environment, or else of the system.
    pub(crate) fn environment() -> Self {
        let variables = ["NO_PROXY", "no_proxy"].iter().map(std::env::var);
        let excepted = variables.flatten().next().unwrap_or_default();
        Self::of(Matcher::from_system(), &excepted)
    }

    /// The proxies of a matcher, which has read the list of exceptions as well.
    fn of(matcher: Matcher, excepted: &str) -> Self {
        // Nobody can have excepted a host that cannot exist (RFC 6761, section 6.4).
        let schemes = ["https://host.invalid", "http://host.invalid"];
        let is_used = schemes.iter().any(|url| {
            let destination = Uri::from_static(url);
            matcher.intercept(&destination).is_some()
        });
        let entries = excepted.split(',').map(str::trim);
        let exceptions = entries.filter_map(Exception::parse).collect();
        let rules = Rules {
            matcher,
            exceptions,
        };
        Self(is_used.then(|| Arc::new(rules)))
    }

    /// Whether all calls are direct.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// One proxy for all calls. The error does not repeat the URL, which may hold a password.
    pub(crate) fn one(url: &str) -> Result<Self, Error> {
        let expected = || {
            Error::build(
                "the proxy is not one, expected http://host:port, or https or socks5 before it",
            )
        };
        let url = Url::parse(url).map_err(|_| expected())?;
        let is_known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
        let is_plain = matches!(url.path(), "" | "/") && url.query().is_none();
        if !is_known || !is_plain || !url.has_host() {
            return Err(expected());
        }
        let matcher = Matcher::builder().all(url.as_str()).build();
        Ok(Self::of(matcher, ""))
    }

    /// The proxy for a URL, with the name and the password that it wants.
    pub(crate) fn find(&self, url: &Url) -> Option<Url> {
        let found = self.intercept(url)?;
        let mut proxy = Url::parse(&found.uri().to_string()).ok()?;
        if let Some((name, password)) = login(&found) {
            proxy.set_username(&name).ok()?;
            proxy.set_password(Some(&password)).ok()?;
        }
        Some(proxy)
    }

    /// What the proxy for a URL is told that must not be shown: the password, and the form in which
    /// it goes there.
    pub(crate) fn secrets(&self, url: &str) -> Vec<Zeroizing<String>> {
        let found = Url::parse(url).ok().and_then(|url| self.intercept(&url));
        let Some((name, password)) = found.as_ref().and_then(login) else {
            return Vec::new();
        };
        let encoded = STANDARD.encode(format!("{name}:{password}"));
        vec![Zeroizing::new(password), Zeroizing::new(encoded)]
    }

    /// The host and the port of the proxy for a URL.
    pub(crate) fn host(&self, url: &Url) -> Option<String> {
        let proxy = self.find(url)?;
        let host = proxy.host_str()?;
        Some(match proxy.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    /// What the matcher knows of the proxy for a URL.
    ///
    /// This machine is never called through a proxy. Calls to it may be without TLS, since nobody
    /// is on the way, and a proxy would take its name for its own.
    fn intercept(&self, url: &Url) -> Option<Intercept> {
        if url.host_str().is_none_or(is_loopback) {
            return None;
        }
        let rules = self.0.as_ref()?;
        if rules.exceptions.iter().any(|entry| entry.contains(url)) {
            return None;
        }
        let destination: Uri = url.as_str().parse().ok()?;
        rules.matcher.intercept(&destination)
    }
}

impl Exception {
    /// An entry, where it is one that the matcher does not know.
    fn parse(entry: &str) -> Option<Self> {
        let (host, port) = match entry.rsplit_once(':') {
            // What has more colons is an address.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().ok()?))
            }
            _ => (entry, None),
        };
        (port.is_some() || host.starts_with("*.")).then(|| Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// Whether the entry names the server of a URL: as the matcher reads names, what is below a
    /// domain belongs to it, and with an asterisk only that.
    fn contains(&self, url: &Url) -> bool {
        if self.port.is_some() && self.port != url.port_or_known_default() {
            return false;
        }
        let host = url.host_str().unwrap_or_default();
        let domain = self.host.trim_start_matches('*').trim_start_matches('.');
        let is_below = host
            .strip_suffix(domain)
            .is_some_and(|rest| domain.is_empty() || rest.ends_with('.'));
        is_below || (host == domain && !self.host.starts_with('*'))
    }
}

/// The name and the password, which the matcher has only in the form that goes to the proxy.
fn login(found: &Intercept) -> Option<(String, String)> {
    if let Some((name, password)) = found.raw_auth() {
        return Some((name.to_owned(), password.to_owned()));
    }
    let header = found.basic_auth()?.as_bytes().strip_prefix(b"Basic ")?;
    let login = String::from_utf8(STANDARD.decode(header).ok()?).ok()?;
    let (name, password) = login.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(proxies: &Proxies, url: &str) -> Option<String> {
        let url = Url::parse(url).expect("it is a URL");
        proxies.find(&url).map(String::from)
    }

    #[test]
    fn a_login_reaches_the_proxy_as_it_was_given() {
        for proxy in [
            "http://name:p%40ss%3A%2F@proxy.example.com:3128/",
            "https://name:secret@proxy.example.com/",
            "http://proxy.example.com:8080/",
        ] {
            let proxies = Proxies::one(proxy).unwrap();
            let found = find(&proxies, "https://service.example.com/path?query");
            assert_eq!(found.as_deref(), Some(proxy));
        }
    }

    #[test]
    fn this_machine_is_called_without_a_proxy() {
        let proxies = Proxies::one("http://proxy.example.com:8080").unwrap();
        for url in [
            "http://127.0.0.1:1/",
            "https://localhost/",
            "http://[::1]:8080/",
        ] {
            assert_eq!(find(&proxies, url), None, "{url}");
        }
        assert!(find(&proxies, "https://localhost.example.com/").is_some());
    }

    #[test]
    fn no_proxy_names_hosts_domains_and_ports() {
        let proxied = |excepted: &str, url: &str| {
            let matcher = Matcher::builder().all("http://proxy.example.com:8080");
            let proxies = Proxies::of(matcher.no(excepted).build(), excepted);
            find(&proxies, url).is_some()
        };
        for (excepted, url, expected) in [
            ("internal:8443", "https://internal:8443/", false),
            ("internal:8443", "https://in.internal:8443/", false),
            ("internal:8443", "https://internal/", true),
            ("internal:443", "https://internal/", false),
            ("internal:8443", "https://notinternal:8443/", true),
            ("Internal:8443", "https://internal:8443/", false),
            ("192.0.2.7:8443", "https://192.0.2.7:8443/", false),
            ("192.0.2.7:8443", "https://192.0.2.7/", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/", false),
            ("2001:db8::1", "https://[2001:db8::1]/", false),
            ("2001:db8::/32", "https://[2001:db8::1]/", false),
            ("*:8443", "https://anything.example.com:8443/", false),
            ("*.example.com", "https://a.example.com/", false),
            ("*.example.com", "https://a.b.example.com/", false),
            ("*.example.com", "https://example.com/", true),
            ("*.example.com", "https://badexample.com/", true),
            (
                "a, *.example.com:8443 ,b",
                "https://c.example.com:8443/",
                false,
            ),
            ("a, *.example.com:8443 ,b", "https://c.example.com/", true),
            ("internal:", "https://internal/", true),
            // The vendor's own SDK for Python looks for the host anywhere in the list.
            ("notexample.com", "https://example.com/", true),
            ("example.com", "https://badexample.com/", true),
            ("example.com", "https://a.example.com/", false),
        ] {
            assert_eq!(proxied(excepted, url), expected, "{excepted}: {url}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_its_password() {
        for url in [
            "name:hidden@proxy.example.com",
            "ftp://name:hidden@proxy.example.com",
            "http://name:hidden@proxy.example.com/path",
            "http://name:hidden@",
        ] {
            let error = Proxies::one(url).err().expect("it is refused");
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }
}
