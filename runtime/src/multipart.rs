//! Forms of several parts, `multipart/form-data`, byte for byte as the vendors' SDKs write them.

/// A part of a form.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) content: Content,
}

/// What a part holds, which decides what is said about it.
#[derive(Debug)]
pub(crate) enum Content {
    Text(String),
    Json(Vec<u8>),
    /// It is sent as a file that is named like the part.
    File(Vec<u8>),
}

/// The media type of a form whose parts are separated by a boundary.
pub(crate) fn media_type(boundary: &str) -> String {
    format!("multipart/form-data; boundary={boundary}")
}

/// Writes a form. Vendors take nothing at all for one without parts.
pub(crate) fn write(parts: &[Part], boundary: &str) -> Vec<u8> {
    let mut form = Vec::new();
    for Part { name, content } in parts {
        let name = quoted(name);
        let (about, bytes) = match content {
            Content::Text(text) => (String::new(), text.as_bytes()),
            Content::Json(json) => ("\r\nContent-Type: application/json".to_owned(), &**json),
            Content::File(bytes) => (format!("; filename=\"{name}\""), &**bytes),
        };
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{about}\r\n\r\n"
        );
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(bytes);
        form.extend_from_slice(b"\r\n");
    }
    if !form.is_empty() {
        form.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    }
    form
}

/// A name as it may stand between quotes, escaped as HTML says.
fn quoted(name: &str) -> String {
    let name = name.replace('"', "%22");
    name.replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::*;

    /// What the vendor's Python SDK sends, which writes JSON with spaces and escapes.
    #[test]
    fn a_form_is_the_one_of_the_vendors_sdk() {
        let vectors: Value = serde_json::from_str(include_str!("../tests/vectors.json")).unwrap();
        let vectors = vectors["vectors"].as_array().unwrap();
        let vector = vectors
            .iter()
            .find(|vector| vector["id"] == "tc-15-multipart")
            .unwrap();
        let outputs = &vector["outputs"];
        let decode = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
        let parts = [
            Part {
                name: "Name",
                content: Content::Text("n".to_owned()),
            },
            Part {
                name: "List",
                content: Content::Json(br#"[1, "\u4e8c"]"#.to_vec()),
            },
            Part {
                name: "File",
                content: Content::File(decode(
                    &vector["inputs"]["params"]["File"]["__bytes_base64__"],
                )),
            },
        ];
        let boundary = "0123456789abcdef0123456789abcdef";
        assert_eq!(write(&parts, boundary), decode(&outputs["body_base64"]));
        assert_eq!(media_type(boundary), outputs["headers"]["Content-Type"]);
    }

    #[test]
    fn names_stay_between_their_quotes() {
        let part = Part {
            name: "a\"\r\nb",
            content: Content::Text(String::new()),
        };
        let form = String::from_utf8(write(&[part], "b")).unwrap();
        assert!(form.contains("name=\"a%22%0D%0Ab\"\r\n\r\n\r\n"), "{form}");
    }
}
