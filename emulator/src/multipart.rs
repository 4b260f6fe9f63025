//! Forms of several parts, `multipart/form-data`, taken apart strictly: a client that writes them a
//! little wrong is told so.

use std::str;

/// One part of a form.
#[derive(Debug, PartialEq)]
pub(crate) struct Part<'b> {
    /// The name of the parameter.
    pub(crate) name: String,
    /// What stands in it.
    pub(crate) content: &'b [u8],
}

/// The boundary that a content type names.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';').skip(1).map(str::trim);
    let boundary = parameters.find_map(|parameter| parameter.strip_prefix("boundary="))?;
    let boundary = boundary
        .strip_prefix('"')
        .and_then(|boundary| boundary.strip_suffix('"'))
        .unwrap_or(boundary);
    Some(boundary).filter(|boundary| !boundary.is_empty())
}

/// The parts of a body; none when it is not what the boundary makes of it. An empty body has no
/// parts.
pub(crate) fn parse<'b>(body: &'b [u8], boundary: &str) -> Option<Vec<Part<'b>>> {
    if body.is_empty() {
        return Some(Vec::new());
    }
    let delimiter = format!("\r\n--{boundary}");
    // The line break before the first boundary is left out where nothing precedes it.
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..])?;
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, delimiter.as_bytes())?;
        let (part, after) = part.split_at(end);
        parts.push(read(part)?);
        rest = &after[delimiter.len()..];
    }
    matches!(rest, b"--" | b"--\r\n").then_some(parts)
}

fn read(part: &[u8]) -> Option<Part<'_>> {
    let end = find(part, b"\r\n\r\n")?;
    let head = str::from_utf8(&part[..end]).ok()?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value.trim())
    })?;
    let mut parameters = disposition.split(';').map(str::trim);
    if parameters.next() != Some("form-data") {
        return None;
    }
    let name = parameters.find_map(|parameter| parameter.strip_prefix("name="))?;
    Some(Part {
        name: name.strip_prefix('"')?.strip_suffix('"')?.to_owned(),
        content: &part[end + 4..],
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut windows = bytes.windows(wanted.len());
    windows.position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_form_of_the_vendors_sdk_is_taken_apart() {
        let vectors: Vec<Value> =
            serde_json::from_str(include_str!("../tests/data/vectors.json")).unwrap();
        let mut vectors = vectors.iter();
        let vector = vectors.find(|it| it["id"] == "tc-15-multipart").unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (inputs, outputs) = (&vector["inputs"]["params"], &vector["outputs"]);
        let decode = |value: &Value| STANDARD.decode(text(value)).unwrap();
        let form = decode(&outputs["body_base64"]);
        let content_type = text(&outputs["headers"]["Content-Type"]);
        let parts = parse(&form, boundary(&content_type).unwrap()).unwrap();
        let names: Vec<&str> = parts.iter().map(|part| &*part.name).collect();
        assert_eq!(names, ["Name", "List", "File"]);
        assert_eq!(parts[0].content, text(&inputs["Name"]).as_bytes());
        let list: Value = serde_json::from_slice(parts[1].content).unwrap();
        assert_eq!(list, inputs["List"]);
        assert_eq!(
            parts[2].content,
            decode(&inputs["File"]["__bytes_base64__"])
        );
    }

    #[test]
    fn a_form_is_taken_apart() {
        let content_type = "multipart/form-data; boundary=\"b\"";
        assert_eq!(boundary(content_type), Some("b"));
        let form = b"--b\r\nContent-Disposition: form-data; name=\"A\"\r\n\r\n1\r\n2\r\n\
            --b\r\ncontent-disposition: form-data; name=\"B\"; filename=\"x\"\r\n\
            Content-Type: image/png\r\n\r\n\x00\xff--b\r\n--b--\r\n";
        let part = |name: &str, content| Part {
            name: name.to_owned(),
            content,
        };
        let parts = [part("A", b"1\r\n2"), part("B", b"\x00\xff--b")];
        assert_eq!(parse(form, "b").expect("a form"), parts);
        assert_eq!(parse(b"", "b"), Some(Vec::new()));
    }

    #[test]
    fn what_is_not_quite_a_form_is_none() {
        let head = "Content-Disposition: form-data; name=\"A\"";
        for form in [
            "--b".to_owned(),
            format!("--b\r\n{head}\r\n\r\n1\r\n"),
            format!("--b\r\n{head}\r\n\r\n1--b--\r\n"),
            format!("--b\r\n{head}\r\n1\r\n--b--\r\n"),
            format!("--b\n{head}\n\n1\n--b--\n"),
            format!("--c\r\n{head}\r\n\r\n1\r\n--c--\r\n"),
            "--b\r\nContent-Disposition: form-data; name=A\r\n\r\n1\r\n--b--\r\n".to_owned(),
        ] {
            assert_eq!(parse(form.as_bytes(), "b"), None, "{form}");
        }
        assert_eq!(boundary("multipart/form-data"), None);
    }
}
