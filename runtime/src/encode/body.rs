//! Bodies: an object of members, a value by itself, bytes, or a form.

use std::borrow::Cow;

use serde::ser::Serialize;

use super::{Json, Object, text};
use crate::multipart::{self, Content, Part};
use crate::record::{Format, Peek};

/// A body, written but for what separates the parts of a form.
#[derive(Debug)]
pub(crate) enum Body {
    Json(Vec<u8>),
    Bytes(Vec<u8>),
    Form(Vec<Part>),
}

impl Body {
    pub(super) fn object(object: &Object<'_>) -> Self {
        Self::Json(json(object))
    }

    /// The body that a value is by itself.
    pub(super) fn whole(value: Peek<'_>, format: Format) -> Option<Self> {
        match value {
            Peek::Absent => None,
            Peek::Bytes(bytes) => Some(Self::Bytes(bytes.to_vec())),
            value => Some(Self::Json(json(&Json { value, format }))),
        }
    }

    /// An object without members.
    pub(crate) fn empty() -> Self {
        Self::Json(b"{}".to_vec())
    }

    /// Adds a member that the request does not declare, if the body is an object.
    pub(crate) fn insert(&mut self, name: &str, value: impl Into<serde_json::Value>) {
        let Self::Json(object) = self else { return };
        if object.pop_if(|last| *last == b'}').is_none() {
            return;
        }
        if object.len() > 1 {
            object.push(b',');
        }
        let member = serde_json::json!({ name: value.into() }).to_string();
        object.extend_from_slice(&member.as_bytes()[1..]);
    }

    /// The media type, and the bytes to send. Nothing in a body may equal the boundary.
    pub(crate) fn into_bytes(self, boundary: &str) -> (Cow<'static, str>, Vec<u8>) {
        match self {
            Self::Json(bytes) => ("application/json".into(), bytes),
            Self::Bytes(bytes) => ("application/octet-stream".into(), bytes),
            Self::Form(parts) => (
                multipart::media_type(boundary).into(),
                multipart::write(&parts, boundary),
            ),
        }
    }
}

/// The part of a form that a value becomes, if there is one.
pub(super) fn part(name: &'static str, value: Peek<'_>, format: Format) -> Option<Part> {
    let content = match value {
        Peek::Absent => return None,
        Peek::Bytes(bytes) => Content::File(bytes.to_vec()),
        value => match text(&value, format) {
            Some(text) if !is_json(&value) => Content::Text(text),
            _ => Content::Json(json(&Json { value, format })),
        },
    };
    Some(Part { name, content })
}

/// Whether a value of any type is a list or an object.
fn is_json(value: &Peek<'_>) -> bool {
    matches!(value, Peek::Json(json) if json.is_array() || json.is_object())
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Most requests fit.
    let mut written = Vec::with_capacity(512);
    serde_json::to_writer(&mut written, value)
        .expect("values whose keys are strings can be written");
    written
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::encode::tests::{MEETING, TRTC, body, encode};
    use crate::fixtures::Part;
    use crate::operation::Method;
    use crate::record;

    #[test]
    fn a_value_may_be_the_whole_body() {
        struct Attendees {
            account: String,
            attendees: Vec<Part>,
        }
        record! {
            Attendees {
                0 => account: "account" path,
                1 => attendees: "attendees" whole_body,
            }
        }
        let attendee = |name: &str| Part {
            name: name.to_owned(),
            password: None,
        };
        let request = Attendees {
            account: "7".to_owned(),
            attendees: vec![attendee("a"), attendee("b")],
        };
        // Some actions delete what a list in the body says.
        for method in [Method::Post, Method::Delete] {
            let parts = encode(&request, &MEETING, method);
            assert_eq!(parts.path, "/v1/usg/dcs/corp/member/7");
            assert_eq!(body(parts), json!([{"Name": "a"}, {"Name": "b"}]));
        }
    }

    #[test]
    fn bytes_may_be_the_whole_body() {
        struct UploadLog {
            topic: Option<String>,
            content: Option<Vec<u8>>,
        }
        record! { UploadLog { 0 => topic: "X-CLS-TopicId" header, 1 => content: "Content" whole_body, } }
        let bytes = b"\x00\x01binary\xff";
        let request = UploadLog {
            topic: Some("t".to_owned()),
            content: Some(bytes.to_vec()),
        };
        let parts = encode(&request, &TRTC, Method::Post);
        assert_eq!(parts.headers, [("X-CLS-TopicId", "t".to_owned())]);
        let (media_type, sent) = parts.body.unwrap().into_bytes("");
        assert_eq!(
            (&*media_type, &*sent),
            ("application/octet-stream", &bytes[..])
        );

        let nothing = UploadLog {
            topic: None,
            content: None,
        };
        assert!(encode(&nothing, &MEETING, Method::Post).body.is_none());
    }

    #[test]
    fn parts_of_a_form_are_text_json_or_files() {
        struct Upload {
            name: String,
            count: Option<u64>,
            is_new: bool,
            tags: Option<Vec<String>>,
            missing: Option<String>,
            notes: Part,
            file: Vec<u8>,
        }
        record! {
            Upload {
                0 => name: "Name" part,
                1 => count: "Count" part,
                2 => is_new: "IsNew" part,
                3 => tags: "Tags" part,
                4 => missing: "Missing" part,
                5 => notes: "Notes" part,
                6 => file: "File" part,
            }
        }
        let request = Upload {
            name: "\u{4e8c}".to_owned(),
            count: Some(7),
            is_new: false,
            tags: Some(Vec::new()),
            missing: None,
            notes: Part {
                name: "a\"b".to_owned(),
                password: None,
            },
            file: b"--b\r\n\xff".to_vec(),
        };
        let parts = encode(&request, &TRTC, Method::Post);
        let (media_type, form) = parts.body.unwrap().into_bytes("0a");
        assert_eq!(media_type, "multipart/form-data; boundary=0a");
        let disposition = "Content-Disposition: form-data; name=";
        let json = "Content-Type: application/json\r\n\r\n";
        let expected = format!(
            "--0a\r\n{disposition}\"Name\"\r\n\r\n\u{4e8c}\r\n\
             --0a\r\n{disposition}\"Count\"\r\n\r\n7\r\n\
             --0a\r\n{disposition}\"IsNew\"\r\n\r\nfalse\r\n\
             --0a\r\n{disposition}\"Tags\"\r\n{json}[]\r\n\
             --0a\r\n{disposition}\"Notes\"\r\n{json}{{\"Name\":\"a\\\"b\"}}\r\n\
             --0a\r\n{disposition}\"File\"; filename=\"File\"\r\n\r\n--b\r\n"
        );
        let expected = [expected.as_bytes(), b"\xff\r\n--0a--\r\n"].concat();
        assert_eq!(
            form.escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }
}
