//! What a failed call tells: one small type for all failures, and one per action above it.

mod action;

use std::error::Error as StdError;
use std::fmt;

use crate::envelope::DecodeError;
use crate::failure;
use crate::mismatch::Mismatch;
use crate::operation::{ErrorClass, Kind, Operation};
use crate::response::RequestLine;
use crate::retry::Exhausted;

pub use self::action::ActionError;

/// Why a call failed.
///
/// It is one pointer wide, whatever it carries. What to do about it is asked with predicates, such
/// as [`is_throttled`](Self::is_throttled); what exactly the vendor said is [`code`](Self::code).
pub struct Error(Box<Inner>);

const _: () = assert!(size_of::<Error>() == size_of::<usize>());

/// How far a call came before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request or the configuration is not one that can be sent. Nothing was sent.
    Build,
    /// No valid credential could be had. Nothing was sent. A code and a request id are those of the
    /// call for the credential, such as a login.
    Credential,
    /// An [interceptor](crate::Intercept) did not let the attempt be sent.
    Intercepted,
    /// Keeping to the documented rate would have taken longer than the call may take. Nothing was
    /// sent.
    RateLimited,
    /// There was no connection to send the request on, or no time left to send it.
    NotSent,
    /// The two sides could not agree on TLS, or the server's certificate is not trusted. Nothing
    /// was sent, and trying again does not help.
    Tls,
    /// The proxy on the way made no connection to the server. Nothing was sent, and trying again
    /// does not help.
    Proxy,
    /// The connection was lost before the reply began: the vendor may have executed the action.
    MaybeSent,
    /// The time that a call may take was over: the vendor may have executed the action.
    Timeout,
    /// The connection was lost in the middle of the reply.
    ReplyCut,
    /// The reply was larger than the configuration allows.
    TooLarge,
    /// The reply pointed to another place, which is not followed, since it would receive
    /// credentials that are not meant for it.
    Redirect,
    /// The reply cannot be read.
    BadReply,
    /// The vendor refused the request or failed to execute it.
    Service,
    /// The vendor's pages do not come to an end.
    Paging,
}

struct Inner {
    kind: ErrorKind,
    code: Option<String>,
    message: String,
    status: Option<u16>,
    request_id: Option<String>,
    operation: Option<&'static Operation>,
    request: Option<RequestLine>,
    attempts: u32,
    exhausted: Option<Exhausted>,
    /// Whether an attempt before the last one may have been executed.
    was_maybe_executed: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// What a [provider](crate::credentials::ProvideCredential) reports where it cannot tell the
    /// credential, of kind [`Credential`](ErrorKind::Credential). It ends the search of a
    /// [chain](crate::credentials::Chain), so that nothing is called as somebody else.
    ///
    /// The message says what went wrong where. It is shown and logged: it must hold no secret.
    pub fn credential(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Credential, message)
    }

    /// What an [interceptor](crate::Intercept) reports where an attempt must not be sent, of kind
    /// [`Intercepted`](ErrorKind::Intercepted). The call ends with it.
    ///
    /// The message says why. It is shown and logged: it must hold no secret.
    pub fn intercepted(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Intercepted, message)
    }

    /// Adds the error that led to this one, as its [source](StdError::source).
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// How far the call came.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The vendor's code, such as `ResourceNotFound.UserNotExist`; numbers are in decimal.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The vendor's code as an action's enumeration.
    pub fn code_as<C: for<'a> From<&'a str>>(&self) -> Option<C> {
        self.code().map(C::from)
    }

    /// Whether the vendor's code is `prefix` or one of the codes below it: `ResourceNotFound`
    /// stands for `ResourceNotFound.UserNotExist`, but not for `ResourceNotFoundInCache`.
    pub fn has_code_prefix(&self, prefix: &str) -> bool {
        self.code().is_some_and(|code| is_prefix(prefix, code))
    }

    /// What the vendor said, or what went wrong on the way.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The id under which the vendor knows the call. Vendors ask for it when they are to help.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The HTTP status of the reply, where there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The request that was sent, or that could not be sent.
    pub fn request(&self) -> Option<&RequestLine> {
        self.0.request.as_ref()
    }

    /// The action's name on the wire.
    pub fn action(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.name)
    }

    /// How many times the call was sent, or was tried to be.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Why the call was not sent again, where another attempt might have mended it.
    pub fn exhausted(&self) -> Option<Exhausted> {
        self.0.exhausted
    }

    /// Where the reply differs from what the vendor describes, if that is why the call failed:
    /// [`ConfigBuilder::strict`](crate::ConfigBuilder::strict) makes it an error. The message tells
    /// the first few.
    pub fn mismatches(&self) -> &[Mismatch] {
        let source = self.0.source.as_deref();
        let error = source.and_then(|source| source.downcast_ref::<DecodeError>());
        error.map_or(&[], DecodeError::mismatches)
    }

    /// Whether the request is wrong in the vendor's eyes. Sending it again does not help.
    pub fn is_invalid_request(&self) -> bool {
        self.class() == Some(ErrorClass::Invalid)
    }

    /// Whether the vendor does not accept who is calling: a key or a token that is wrong, disabled
    /// or expired, or a signature that does not fit. Check the credential.
    pub fn is_authentication(&self) -> bool {
        matches!(
            self.class(),
            Some(ErrorClass::Authentication | ErrorClass::Credential)
        )
    }

    /// Whether the token has expired. Log in again, and call with the new token.
    pub fn is_token_expired(&self) -> bool {
        self.class() == Some(ErrorClass::Credential)
    }

    /// Whether the caller is known but may not do this. Ask for the permission.
    pub fn is_permission_denied(&self) -> bool {
        self.class() == Some(ErrorClass::Permission)
    }

    /// Whether what was asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        self.class() == Some(ErrorClass::NotFound)
    }

    /// Whether the state of a resource forbids the action.
    pub fn is_conflict(&self) -> bool {
        self.class() == Some(ErrorClass::Conflict)
    }

    /// Whether a quota is used up. Waiting a moment does not help; a larger quota does.
    pub fn is_quota_exceeded(&self) -> bool {
        self.class() == Some(ErrorClass::Quota)
    }

    /// Whether there were too many calls in too short a time. Nothing was executed; call again
    /// after a pause.
    pub fn is_throttled(&self) -> bool {
        self.class() == Some(ErrorClass::Throttled)
    }

    /// Whether the vendor refused the signature for its age. Set this machine's clock.
    pub fn is_clock_skew(&self) -> bool {
        self.class() == Some(ErrorClass::ClockSkew)
    }

    /// Whether the vendor failed, not the caller.
    pub fn is_server_fault(&self) -> bool {
        self.class() == Some(ErrorClass::Server)
    }

    /// Whether time ran out, be it for the connection or for the reply. The limits are set with
    /// [`ConfigBuilder`](crate::ConfigBuilder), or for one call with
    /// [`Call::timeout`](crate::Call::timeout).
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout || self.source().is_some_and(failure::is_timeout)
    }

    /// Whether the action may have taken effect although the call failed.
    ///
    /// Where this is true, look at what is there before calling again: it would be done twice. It
    /// is false for actions that only read.
    pub fn may_have_executed(&self) -> bool {
        let changes_something = self
            .0
            .operation
            .is_some_and(|operation| operation.kind != Kind::Read);
        let may_have_run = match self.kind() {
            ErrorKind::Build
            | ErrorKind::Credential
            | ErrorKind::Intercepted
            | ErrorKind::RateLimited
            | ErrorKind::NotSent
            | ErrorKind::Tls
            | ErrorKind::Proxy => false,
            ErrorKind::Service => self.is_server_fault(),
            ErrorKind::MaybeSent
            | ErrorKind::Timeout
            | ErrorKind::ReplyCut
            | ErrorKind::TooLarge
            | ErrorKind::Redirect
            | ErrorKind::BadReply
            | ErrorKind::Paging => true,
        };
        changes_something && (may_have_run || self.0.was_maybe_executed)
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            code: None,
            message: message.into(),
            status: None,
            request_id: None,
            operation: None,
            request: None,
            attempts: 0,
            exhausted: None,
            was_maybe_executed: false,
            source: None,
        }))
    }

    pub(crate) fn build(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Build, message)
    }

    pub(crate) fn with_code(mut self, code: String) -> Self {
        self.0.code = Some(code);
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_request(mut self, request: RequestLine) -> Self {
        self.0.request = Some(request);
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Takes in how many attempts were made, and whether one before the last may have been executed.
    pub(crate) fn with_attempts(mut self, attempts: u32, was_maybe_executed: bool) -> Self {
        self.0.attempts = attempts;
        self.0.was_maybe_executed = was_maybe_executed;
        self
    }

    pub(crate) fn with_exhausted(mut self, exhausted: Exhausted) -> Self {
        self.0.exhausted = Some(exhausted);
        self
    }

    /// What kind of failure the code stands for, or else the HTTP status.
    pub(crate) fn class(&self) -> Option<ErrorClass> {
        if self.kind() != ErrorKind::Service {
            return None;
        }
        self.class_of_code().or_else(|| match self.0.status? {
            401 => Some(ErrorClass::Authentication),
            403 => Some(ErrorClass::Permission),
            404 => Some(ErrorClass::NotFound),
            429 => Some(ErrorClass::Throttled),
            500.. => Some(ErrorClass::Server),
            _ => None,
        })
    }

    /// The class of the longest prefix of the code; of equal ones, that of the action goes before
    /// the service's and that before the vendor's.
    fn class_of_code(&self) -> Option<ErrorClass> {
        let code = self.code()?;
        let operation = self.0.operation?;
        let service = operation.service;
        let mut best: Option<(&str, ErrorClass)> = None;
        for &(prefix, class) in [operation.errors, service.errors, service.provider.errors]
            .into_iter()
            .flatten()
        {
            let is_longer = best.is_none_or(|(longest, _)| prefix.len() > longest.len());
            if is_longer && is_prefix(prefix, code) {
                best = Some((prefix, class));
            }
        }
        best.map(|(_, class)| class)
    }
}

fn is_prefix(prefix: &str, code: &str) -> bool {
    code.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(action) = self.action() {
            write!(formatter, "{action}: ")?;
        }
        if let Some(code) = self.code() {
            write!(formatter, "{code}: ")?;
        }
        formatter.write_str(self.message())?;
        if let Some(request_id) = self.request_id() {
            write!(formatter, " (request id {request_id})")?;
        }
        if self.attempts() > 1 {
            write!(formatter, ", after {} attempts", self.attempts())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("action", &self.action())
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("status", &self.0.status)
            .field("request_id", &self.0.request_id)
            .field("request", &self.0.request)
            .field("attempts", &self.0.attempts)
            .field("exhausted", &self.0.exhausted)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
