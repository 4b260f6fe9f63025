//! Puts a request together: the URL, the headers that name the action, and the line that may be
//! shown. How the sender is proved is decided elsewhere.

use std::borrow::Cow;

use hyper::body::Bytes;
use reqwest::Url;
use reqwest::header::{
    ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue,
};

use crate::authenticate::Stamp;
use crate::credential::HIDDEN;
use crate::encode::{Body, Parts};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::operation::{Dispatch, Method, RegionUse};
use crate::percent;
use crate::record::{Location, Peek, Record};
use crate::response::RequestLine;
use crate::send::Sending;
use crate::transport::Outgoing;

/// A request to which the proof of its sender can be added.
pub(crate) struct Draft<'a> {
    sending: &'a Sending<'a>,
    endpoint: &'a Endpoint,
    nonce: fn() -> Result<u128, Error>,
    /// What the vendor's requests have in common in the query string.
    common: Vec<(&'static str, String)>,
    parts: Parts,
    headers: HeaderMap,
}

/// What the vendor's servers are told of the program that calls them.
const REQUEST_CLIENT: &str = concat!("BINDERY_RUST_", env!("CARGO_PKG_VERSION"));

const X_TC_ACTION: HeaderName = HeaderName::from_static("x-tc-action");
const X_TC_VERSION: HeaderName = HeaderName::from_static("x-tc-version");
const X_TC_TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
const X_TC_REGION: HeaderName = HeaderName::from_static("x-tc-region");
const X_TC_LANGUAGE: HeaderName = HeaderName::from_static("x-tc-language");
const X_TC_REQUEST_CLIENT: HeaderName = HeaderName::from_static("x-tc-requestclient");

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// How many headers a request has at the most, as a rule, with those that are added on the way.
const HEADERS: usize = 16;

/// The common pairs whose values prove who sends a request.
const SECRET_PAIRS: [&str; 2] = ["Signature", "SignatureNonce"];

impl<'a> Draft<'a> {
    /// Names the action in the way of its vendor.
    pub(crate) fn new(
        sending: &'a Sending<'a>,
        endpoint: &'a Endpoint,
        parts: Parts,
        stamp: &Stamp,
    ) -> Result<Self, Error> {
        let mut draft = Self {
            sending,
            endpoint,
            nonce: stamp.nonce,
            common: Vec::new(),
            headers: HeaderMap::with_capacity(HEADERS),
            parts,
        };
        for (name, value) in std::mem::take(&mut draft.parts.headers) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| {
                Error::build(format!("{name} is not a header")).with_source(error)
            })?;
            // Whether it may be shown is for the caller to say, who is not asked.
            draft.secret_header(name, &value)?;
        }
        match sending.operation.service.provider.dispatch {
            Dispatch::Header => draft.name_in_headers(stamp.second())?,
            Dispatch::Query => draft.pair("Action", sending.operation.name.to_owned()),
            Dispatch::Path => {
                if let Some(language) = sending.client.config.language() {
                    let tag = HeaderValue::from_static(language.tag());
                    draft.headers.entry(ACCEPT_LANGUAGE).or_insert(tag);
                }
            }
        }
        Ok(draft)
    }

    /// Adds a pair to the query string, before those of the request.
    pub(crate) fn pair(&mut self, name: &'static str, value: String) {
        self.common.push((name, value));
    }

    /// Adds a header that may be shown.
    pub(crate) fn header(&mut self, name: HeaderName, value: &str) -> Result<(), Error> {
        let value = header_value(&name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// Adds a header whose value need not be copied.
    fn fixed_header(&mut self, name: HeaderName, value: &'static str) -> Result<(), Error> {
        let value = HeaderValue::from_maybe_shared(Bytes::from_static(value.as_bytes()))
            .map_err(|error| not_a_value(&name, error))?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// Adds a header that must not be shown.
    pub(crate) fn secret_header(&mut self, name: HeaderName, value: &str) -> Result<(), Error> {
        let mut value = header_value(&name, value)?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }

    /// Adds a member to the body.
    pub(crate) fn member(&mut self, name: &str, value: impl Into<serde_json::Value>) {
        let body = self.parts.body.get_or_insert_with(Body::empty);
        body.insert(name, value);
    }

    /// Writes the URL, and makes sure that it goes out as it was written.
    pub(crate) fn finish(mut self) -> Result<(Outgoing, RequestLine), Error> {
        let line = self.line();
        let dispatch = self.sending.operation.service.provider.dispatch;
        let mut body = Vec::new();
        if let Some(written) = self.parts.body.take() {
            let boundary = match &written {
                Body::Form(_) => format!("{:032x}", (self.nonce)()?),
                Body::Json(_) | Body::Bytes(_) => String::new(),
            };
            let (media_type, bytes) = written.into_bytes(&boundary);
            match media_type {
                Cow::Borrowed(media_type) => self.fixed_header(CONTENT_TYPE, media_type)?,
                Cow::Owned(media_type) => self.header(CONTENT_TYPE, &media_type)?,
            }
            body = bytes;
        } else if dispatch == Dispatch::Header {
            // It is signed, and so is sent although there is no content.
            self.headers.insert(CONTENT_TYPE, FORM);
        }
        let url = match self.url() {
            Ok(url) => url,
            Err(error) => return Err(error.with_request(line)),
        };
        let outgoing = Outgoing {
            method: match self.sending.method() {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Put => reqwest::Method::PUT,
                Method::Delete => reqwest::Method::DELETE,
            },
            url,
            headers: self.headers,
            body,
        };
        Ok((outgoing, line))
    }

    /// The URL, provided that nothing of it is read in another way than it was written.
    fn url(&self) -> Result<Url, Error> {
        let common = self.common.iter();
        let common = common.map(|(name, value)| (*name, value.as_str()));
        let own = self.parts.query.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<(&str, &str)> = common.chain(own).collect();
        if self.parts.path == "/" && pairs.is_empty() {
            // Where the action is named in a header, that is every call.
            return Ok(self.endpoint.root.clone());
        }
        let query = percent::query_string(&pairs);
        let written = join(&self.endpoint.base, &self.parts.path, &query);
        let url = Url::parse(&written)
            .map_err(|error| Error::build("the URL cannot be written").with_source(error))?;
        if url.as_str() == written {
            Ok(url)
        } else {
            // A segment such as `..` is resolved, and another resource would be called.
            Err(Error::build(
                "the path has a segment that would not be sent as it is",
            ))
        }
    }

    fn name_in_headers(&mut self, time: i64) -> Result<(), Error> {
        let operation = self.sending.operation;
        let config = &self.sending.client.config;
        self.fixed_header(X_TC_ACTION, operation.name)?;
        self.fixed_header(X_TC_VERSION, operation.service.version)?;
        self.headers.insert(X_TC_TIMESTAMP, time.into());
        let region = self.sending.options.region.as_deref().or(config.region());
        match (operation.region, region) {
            (RegionUse::Required | RegionUse::Optional, Some(region)) => {
                self.header(X_TC_REGION, region)?;
            }
            (RegionUse::Required, None) => {
                return Err(Error::build(
                    "the action needs a region, set one with `region` of the call or of the \
                     configuration",
                ));
            }
            (RegionUse::Optional, None) | (RegionUse::None, _) => {}
        }
        if let Some(language) = config.language() {
            self.fixed_header(X_TC_LANGUAGE, language.tag())?;
        }
        self.fixed_header(X_TC_REQUEST_CLIENT, REQUEST_CLIENT)
    }

    /// The request as it may be shown.
    fn line(&self) -> RequestLine {
        let Sending {
            operation, request, ..
        } = *self.sending;
        let mut secrets = Vec::new();
        if !self.parts.query.is_empty() {
            sensitive_names(request, &mut secrets);
        }
        let common = self.common.iter().map(|(name, value)| {
            let is_secret = SECRET_PAIRS.contains(name);
            (*name, value, is_secret)
        });
        let own = self.parts.query.iter().map(|(name, value)| {
            // `Users.0.Password` is as secret as `Password`.
            let mut segments = name.split(['.', '[', ']']);
            let is_secret = segments.any(|segment| secrets.contains(&segment));
            (name.as_str(), value, is_secret)
        });
        let mut query = String::new();
        for (name, value, is_secret) in common.chain(own) {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(&percent::encode(name));
            query.push('=');
            if is_secret {
                query.push_str(HIDDEN);
            } else {
                query.push_str(&percent::encode(value));
            }
        }
        let mut members = request.members().iter();
        let has_secret_path =
            members.any(|member| member.location() == Location::Path && member.is_sensitive());
        let path = if has_secret_path {
            operation.path
        } else {
            &self.parts.path
        };
        RequestLine {
            method: self.sending.method().as_str(),
            url: join(&self.endpoint.base, path, &query),
            action: match operation.service.provider.dispatch {
                Dispatch::Header => Some(operation.name),
                Dispatch::Query | Dispatch::Path => None,
            },
        }
    }
}

fn join(base: &str, path: &str, query: &str) -> String {
    if query.is_empty() {
        [base, path].concat()
    } else {
        [base, path, "?", query].concat()
    }
}

fn header_value(name: &HeaderName, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|error| not_a_value(name, error))
}

fn not_a_value(name: &HeaderName, error: InvalidHeaderValue) -> Error {
    Error::build(format!(
        "the header {name} has characters other than visible ASCII"
    ))
    .with_source(error)
}

/// Collects the names of members that must not be shown, however deep they are.
fn sensitive_names(record: &dyn Record, names: &mut Vec<&'static str>) {
    for (index, member) in record.members().iter().enumerate() {
        if member.is_sensitive() {
            names.push(member.name);
        }
        match record.peek(index) {
            Peek::Record(inner) => sensitive_names(inner, names),
            Peek::List(list) => {
                for index in 0..list.len() {
                    if let Peek::Record(inner) = list.peek(index) {
                        sensitive_names(inner, names);
                    }
                }
            }
            _ => {}
        }
    }
}
