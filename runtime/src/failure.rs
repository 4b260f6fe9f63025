//! Finds out how far a request came that has failed, and what can be done about it. The only code
//! that reads what reqwest and the libraries below it say about a failure.
//!
//! What counts are the errors below reqwest's: its own predicates do not tell a certificate that
//! is not trusted from a connection that was lost, nor that from a body that cannot be
//! decompressed.

use std::error::Error as StdError;
use std::io;

use reqwest::Url;
use rustls::{AlertDescription, CertificateError};

use crate::error::{Error, ErrorKind};
use crate::proxy::Proxies;

/// What a failure is, and what can be done about it.
struct Finding {
    kind: ErrorKind,
    what: &'static str,
    remedy: Option<&'static str>,
}

const LOGIN: &str = "give the proxy a URL with a name and a password before its host";

/// Explains a failure before the reply has begun.
pub(crate) fn before_reply(error: reqwest::Error, proxies: &Proxies) -> Error {
    let place = error.url().map(|url| place(url, proxies));
    let place = place.unwrap_or_else(|| "the server".to_owned());
    // The URL holds the signature.
    let error = error.without_url();
    let finding = if error.is_builder() {
        Finding::new(ErrorKind::Build, "the request cannot be sent")
    } else if error.is_connect() {
        connecting(&error)
    } else if error.is_timeout() {
        Finding::new(ErrorKind::Timeout, "no whole reply in time")
    } else {
        sending(&error)
    };
    let mut message = format!("{place}: {}: {}", finding.what, root(&error));
    if let Some(remedy) = finding.remedy {
        message.push_str("; ");
        message.push_str(remedy);
    }
    Error::new(finding.kind, message).with_source(error)
}

/// Explains a failure in the reply.
pub(crate) fn in_reply(error: reqwest::Error) -> Error {
    let host = error.url().and_then(Url::host_str);
    let host = host.unwrap_or("the server").to_owned();
    let error = error.without_url();
    let is_unreadable = matches!(
        io_kind(&error),
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
    );
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "no whole reply in time")
    } else if is_unreadable && find::<rustls::Error>(&error).is_none() {
        (ErrorKind::BadReply, "the reply cannot be read")
    } else {
        (ErrorKind::ReplyCut, "the connection was lost in the reply")
    };
    Error::new(kind, format!("{host}: {what}: {}", root(&error))).with_source(error)
}

/// The error of a proxy that answers in the server's place, as it does without TLS.
pub(crate) fn proxy_login(url: &Url, proxies: &Proxies) -> Error {
    let place = place(url, proxies);
    let message = format!("{place}: the proxy wants to know who calls; {LOGIN}");
    Error::new(ErrorKind::Proxy, message).with_status(407)
}

/// Whether an operating system, a library below or the runtime itself gave up waiting.
pub(crate) fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    let reqwest = error.downcast_ref::<reqwest::Error>();
    let own = error.downcast_ref::<io::Error>();
    reqwest.is_some_and(reqwest::Error::is_timeout)
        || own.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

/// Whether a host has no address.
pub(crate) fn is_unknown_name(error: &(dyn StdError + 'static)) -> bool {
    find(error).is_some_and(reqwest::Error::is_dns)
}

/// What the innermost error says.
pub(crate) fn root(error: &(dyn StdError + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

impl Finding {
    fn new(kind: ErrorKind, what: &'static str) -> Self {
        Self {
            kind,
            what,
            remedy: None,
        }
    }

    fn remedy(self, remedy: &'static str) -> Self {
        Self {
            remedy: Some(remedy),
            ..self
        }
    }
}

/// The host, and the proxy before it.
fn place(url: &Url, proxies: &Proxies) -> String {
    let host = url.host_str().unwrap_or("the server");
    match proxies.host(url) {
        Some(proxy) => format!("{host}, through the proxy {proxy}"),
        None => host.to_owned(),
    }
}

fn connecting(error: &reqwest::Error) -> Finding {
    if let Some(tls) = find::<rustls::Error>(error) {
        return handshaking(tls);
    }
    // The errors of tunnels have no public type. One without an I/O error below it, and other than
    // the end of the connection, is an answer of the proxy.
    let root = root(error);
    match root.strip_prefix("tunnel error: ") {
        Some("proxy authorization required") => {
            Finding::new(ErrorKind::Proxy, "the proxy wants to know who calls").remedy(LOGIN)
        }
        Some(reason) if reason != "unexpected end of file" => {
            Finding::new(ErrorKind::Proxy, "the proxy does not connect to the server")
                .remedy("let it be allowed there, or name the host in NO_PROXY")
        }
        _ => Finding::new(ErrorKind::NotSent, "no connection"),
    }
}

fn handshaking(error: &rustls::Error) -> Finding {
    let untrusted = || Finding::new(ErrorKind::Tls, "the server's certificate is not trusted");
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => {
                untrusted().remedy("check this machine's clock, else the server needs a new one")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                untrusted().remedy("check the host of the endpoint")
            }
            // Another issuer of the same name is one as well.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => untrusted().remedy(
                "if it should be, add the certificate of its issuer with `root_certificate`",
            ),
            _ => untrusted(),
        },
        rustls::Error::InvalidMessage(_) => {
            Finding::new(ErrorKind::Tls, "the server does not speak TLS at this port")
                .remedy("check the port and the scheme of the endpoint")
        }
        rustls::Error::AlertReceived(alert) if is_about_the_caller(*alert) => unidentified(),
        // The server has failed, which may pass.
        rustls::Error::AlertReceived(AlertDescription::InternalError) => {
            Finding::new(ErrorKind::NotSent, "no connection")
        }
        _ => Finding::new(ErrorKind::Tls, "no agreement on TLS"),
    }
}

fn sending(error: &reqwest::Error) -> Finding {
    // With TLS 1.3, a server says only after the handshake what it thinks of the caller.
    if let Some(rustls::Error::AlertReceived(alert)) = find(error)
        && is_about_the_caller(*alert)
    {
        return unidentified();
    }
    if find(error).is_some_and(is_unprocessed) {
        return Finding::new(ErrorKind::NotSent, "the server has put the request aside");
    }
    if find(error).is_some_and(h2::Error::is_library) {
        let what = "the reply is not HTTP/2, or its headers are larger than allowed";
        return Finding::new(ErrorKind::BadReply, what)
            .remedy("`max_reply_header_bytes` allows for larger ones");
    }
    match find::<hyper::Error>(error) {
        Some(hyper) if hyper.is_canceled() => Finding::new(
            ErrorKind::NotSent,
            "the connection was lost before the request was sent",
        ),
        // A client cannot ask for this kind.
        Some(hyper) if hyper.to_string() == "message head is too large" => {
            let what = "the reply has more headers than allowed, or larger ones than can be read";
            Finding::new(ErrorKind::BadReply, what)
                .remedy("`max_reply_headers` allows for more of them")
        }
        Some(hyper) if hyper.is_parse() => {
            Finding::new(ErrorKind::BadReply, "the reply is not HTTP")
        }
        _ => Finding::new(
            ErrorKind::MaybeSent,
            "the connection was lost before the reply",
        ),
    }
}

fn unidentified() -> Finding {
    Finding::new(
        ErrorKind::Tls,
        "the server does not accept the caller's certificate",
    )
    .remedy("give one that it accepts with `client_identity`")
}

fn is_about_the_caller(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::AccessDenied
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::UnsupportedCertificate
    )
}

/// Whether a server says that it has not looked at the request. RFC 9113, section 8.7, promises it
/// of both; a stream that was begun before the connection ends goes on, and fails otherwise.
fn is_unprocessed(error: &h2::Error) -> bool {
    let is_refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
    let is_shutdown = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    error.is_remote() && (is_refused || is_shutdown)
}

/// The innermost kind of I/O error.
fn io_kind(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last()
}

/// The outermost error of a type.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// An error and those below it. `io::Error` passes over the error that it wraps, so that it has to
/// be asked for.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| below(error))
}

fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
