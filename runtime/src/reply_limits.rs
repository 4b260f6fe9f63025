//! How large a reply may be, in each respect. What is larger is not read to its end.

use crate::config::ConfigBuilder;

/// What a reply may not exceed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplyLimits {
    /// The size after decompression.
    pub(crate) bytes: usize,
    /// The number of headers over HTTP/1.1, where it is not the usual one, which costs least.
    pub(crate) headers: Option<usize>,
    /// The size of the headers over HTTP/2, where it is not the usual one.
    pub(crate) header_bytes: Option<u32>,
    /// How deep objects and lists stand in each other, where that is to be looked at.
    nesting: Option<usize>,
}

impl Default for ReplyLimits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            headers: None,
            header_bytes: None,
            nesting: None,
        }
    }
}

impl ReplyLimits {
    /// The limit that the nesting of a reply exceeds.
    pub(crate) fn exceeded_nesting(&self, body: &[u8]) -> Option<usize> {
        self.nesting.filter(|most| nesting(body) > *most)
    }
}

impl ConfigBuilder {
    /// How large a reply, or one event of a stream, may be after decompression, 16 MiB unless set.
    /// A larger one is an error of kind [`TooLarge`](crate::ErrorKind::TooLarge). The headers are not
    /// counted.
    pub fn max_reply_bytes(mut self, bytes: usize) -> Self {
        self.reply_limits.bytes = bytes;
        self
    }

    /// How many headers a reply may have over HTTP/1.1, 100 unless set. With more, or with headers of
    /// more than about 400 KiB, it is an error of kind [`BadReply`](crate::ErrorKind::BadReply).
    ///
    /// Over HTTP/2, [`max_reply_header_bytes`](Self::max_reply_header_bytes) limits them.
    pub fn max_reply_headers(mut self, count: usize) -> Self {
        self.reply_limits.headers = Some(count);
        self
    }

    /// How large the headers of a reply may be over HTTP/2, 16 KiB unless set. As in the protocol,
    /// each counts for its name, its value and 32 bytes. With more, the reply is an error of kind
    /// [`BadReply`](crate::ErrorKind::BadReply).
    pub fn max_reply_header_bytes(mut self, bytes: u32) -> Self {
        self.reply_limits.header_bytes = Some(bytes);
        self
    }

    /// How deep the objects and lists of a successful reply may stand in each other, the vendor's
    /// envelope included. A deeper reply is an error of kind
    /// [`BadReply`](crate::ErrorKind::BadReply).
    ///
    /// Unless set, what is read may be 127 levels deep, and what no type describes is passed over
    /// however deep it is. What is read may never be deeper than that.
    pub fn max_reply_nesting(mut self, levels: usize) -> Self {
        self.reply_limits.nesting = Some(levels);
        self
    }
}

/// How deep objects and lists stand in each other. In what is not JSON, the brackets are counted.
fn nesting(body: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut is_escaped) = (false, false);
    for byte in body {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => is_escaped = in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_are_not_levels() {
        for (body, expected) in [
            ("", 0),
            ("7", 0),
            (r#""[[[""#, 0),
            ("{}", 1),
            (r#"{"a": [{}, [1]], "b": [[]]}"#, 3),
            (r#"{"a": "\"[[[", "b\\": [[]]}"#, 3),
            (r#"["\\", ["[{\\\"["]]"#, 2),
            ("]]][", 1),
        ] {
            assert_eq!(nesting(body.as_bytes()), expected, "{body}");
        }
    }
}
