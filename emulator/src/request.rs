//! A request as it arrived, with nothing decoded yet.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};

use crate::form;

/// A request as it arrived.
pub(crate) struct Request {
    /// The HTTP method.
    pub(crate) method: Method,
    /// The path, still percent-encoded.
    pub(crate) path: String,
    /// The query string without its question mark, still percent-encoded.
    pub(crate) query: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, empty when it was too large to be read.
    pub(crate) body: Bytes,
    /// Whether the body was larger than any vendor accepts.
    pub(crate) oversized: bool,
}

impl Request {
    /// The value of a header; none when it is absent or not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// The media type of the body in lower case, without its parameters.
    pub(crate) fn media_type(&self) -> String {
        let content_type = self.header("content-type").unwrap_or_default();
        content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// The decoded pairs of the query string.
    pub(crate) fn query_pairs(&self) -> Vec<(String, String)> {
        form::pairs(self.query.as_bytes())
    }
}
