//! Requests: which member goes where, and how it is written there.

mod body;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::Timestamp;
use crate::operation::{Dispatch, Method, Operation};
use crate::path::Path;
use crate::percent;
#[cfg(feature = "serde")]
use crate::record::Value;
use crate::record::{ArrayStyle, Format, Location, Member, Peek, Record};

pub(crate) use body::Body;

/// A request in pieces, before it is signed.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The path, percent-encoded.
    pub(crate) path: String,
    /// The query string's pairs, not encoded, in the order of the members.
    pub(crate) query: Vec<(String, String)>,
    /// Headers; their values are visible ASCII and spaces.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body, where the request has one.
    pub(crate) body: Option<Body>,
}

/// A request cannot be written. The value at fault is not shown: it may be a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EncodeError {
    path: String,
    expected: &'static str,
}

/// The member by which the vendor recognises a request that it has executed already, if the action
/// takes one, and what the caller has put there.
pub(crate) fn idempotency_token(request: &dyn Record) -> Option<Peek<'_>> {
    let mut members = request.members().iter().enumerate();
    let (index, _) = members.find(|(_, member)| member.is_idempotency_token())?;
    Some(request.peek(index))
}

/// A single value of a request as text, by its wire name.
pub(crate) fn member_text(request: &dyn Record, name: &str) -> Option<String> {
    let mut members = request.members().iter().enumerate();
    let (index, member) = members.find(|(_, member)| member.name == name)?;
    text(&request.peek(index), member.format())
}

/// Takes a request apart. The idempotency token is the one given here, if there is one.
pub(crate) fn parts(
    request: &dyn Record,
    operation: &Operation,
    method: Method,
    token: Option<&str>,
) -> Result<Parts, EncodeError> {
    check_members(request, &Path::Root)?;
    let mut parts = Parts {
        path: operation.path.to_owned(),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
    };
    let mut whole = None;
    let mut form = None;
    let mut has_body_members = false;
    for (index, member) in request.members().iter().enumerate() {
        let value = peek(request, index, member, token);
        match place(member, method) {
            Location::Path => fill(&mut parts.path, member, &value)?,
            Location::Header => parts.headers.extend(header(member, &value)?),
            Location::Query => {
                let arrays = member.arrays().unwrap_or(operation.service.provider.arrays);
                flatten(
                    &mut parts.query,
                    member.name,
                    value,
                    member.format(),
                    arrays,
                );
            }
            Location::Payload | Location::Body => has_body_members = true,
            Location::Part => {
                let form = form.get_or_insert_with(Vec::new);
                form.extend(body::part(member.name, value, member.format()));
            }
            Location::WholeBody => whole = Body::whole(value, member.format()),
        }
    }
    // Where the path says what is called, an empty body would be one more thing to be refused.
    let sends_empty = operation.service.provider.dispatch != Dispatch::Path && has_body(method);
    parts.body = match (whole, form) {
        (Some(whole), _) => Some(whole),
        (None, Some(form)) => Some(Body::Form(form)),
        (None, None) if sends_empty || has_body_members => Some(Body::object(&Object {
            record: request,
            request_method: Some(method),
            token,
        })),
        (None, None) => None,
    };
    Ok(parts)
}

/// Writes a value for serde, with the names of the wire.
#[cfg(feature = "serde")]
pub fn serialize<V: Value, S: Serializer>(value: &V, serializer: S) -> Result<S::Ok, S::Error> {
    Json {
        value: value.peek(),
        format: Format::NATURAL,
    }
    .serialize(serializer)
}

/// A record as JSON, with the names of the wire; one that is a whole body as that.
#[cfg(feature = "testing")]
pub(crate) fn value(record: &dyn Record) -> serde_json::Value {
    let members = record.members();
    let whole = members
        .iter()
        .position(|member| member.location() == Location::WholeBody);
    let value = match whole {
        Some(index) if members.len() == 1 => Json {
            value: record.peek(index),
            format: members[index].format(),
        },
        _ => Json {
            value: Peek::Record(record),
            format: Format::NATURAL,
        },
    };
    serde_json::to_value(value).expect("values whose keys are strings can be written")
}

/// The value of a member, or the token that was made up for it.
fn peek<'a>(
    record: &'a dyn Record,
    index: usize,
    member: &Member,
    token: Option<&'a str>,
) -> Peek<'a> {
    match token {
        Some(token) if member.is_idempotency_token() => Peek::String(token),
        _ => record.peek(index),
    }
}

/// Where a member travels.
fn place(member: &Member, method: Method) -> Location {
    match member.location() {
        Location::Payload if has_body(method) => Location::Body,
        Location::Payload => Location::Query,
        location => location,
    }
}

fn has_body(method: Method) -> bool {
    matches!(method, Method::Post | Method::Put)
}

/// Puts a value into a path template.
fn fill(path: &mut String, member: &Member, value: &Peek<'_>) -> Result<(), EncodeError> {
    let text = match text(value, member.format()) {
        // Servers and proxies resolve these, and would call something else.
        Some(text) if !matches!(text.as_str(), "" | "." | "..") => text,
        _ => return Err(error(member, "a value other than nothing, `.` and `..`")),
    };
    *path = path.replace(&format!("{{{}}}", member.name), &percent::encode(&text));
    Ok(())
}

/// The header that a value becomes, if there is one.
fn header(
    member: &Member,
    value: &Peek<'_>,
) -> Result<Option<(&'static str, String)>, EncodeError> {
    if matches!(value, Peek::Absent) {
        return Ok(None);
    }
    text(value, member.format())
        .filter(|text| text.bytes().all(|byte| matches!(byte, b' '..=b'~')))
        .map(|text| Some((member.name, text)))
        .ok_or_else(|| error(member, "visible ASCII characters"))
}

/// Appends the pairs that a value becomes in a query string. What is empty becomes none.
fn flatten(
    query: &mut Vec<(String, String)>,
    name: &str,
    value: Peek<'_>,
    format: Format,
    arrays: ArrayStyle,
) {
    // The styles other than numbering are only known from lists at the top.
    let nested = ArrayStyle::Indexed;
    match value {
        Peek::Record(record) => {
            for (index, member) in record.members().iter().enumerate() {
                let name = format!("{name}.{}", member.name);
                flatten(query, &name, record.peek(index), member.format(), nested);
            }
        }
        Peek::Map(map) => map.each(&mut |key, value| {
            flatten(query, &format!("{name}.{key}"), value, format, nested);
        }),
        Peek::List(list) => {
            let items = || (0..list.len()).map(|index| list.peek(index));
            let texts: Option<Vec<String>> = items().map(|item| text(&item, format)).collect();
            match (texts.filter(|texts| !texts.is_empty()), arrays) {
                (Some(texts), ArrayStyle::Brackets) => {
                    query.extend(texts.into_iter().map(|text| (format!("{name}[]"), text)));
                }
                (Some(texts), ArrayStyle::Repeated) => {
                    query.extend(texts.into_iter().map(|text| (name.to_owned(), text)));
                }
                (Some(texts), ArrayStyle::Comma) => query.push((name.to_owned(), texts.join(","))),
                _ => {
                    for (index, item) in items().enumerate() {
                        flatten(query, &format!("{name}.{index}"), item, format, nested);
                    }
                }
            }
        }
        value => query.extend(text(&value, format).map(|text| (name.to_owned(), text))),
    }
}

/// A value as text, if it is a single one.
fn text(value: &Peek<'_>, format: Format) -> Option<String> {
    match value {
        Peek::Absent | Peek::Record(_) | Peek::List(_) | Peek::Map(_) => None,
        Peek::String(value) | Peek::StringEnum(value, _) => Some((*value).to_owned()),
        Peek::Bool(value) => Some(value.to_string()),
        Peek::Signed(value) | Peek::IntegerEnum(value, _) => Some(value.to_string()),
        Peek::Unsigned(value) => Some(value.to_string()),
        Peek::Float(value) => Some(value.to_string()),
        Peek::Bytes(value) => Some(STANDARD.encode(value)),
        Peek::Timestamp(value) => Some(instant(*value, format).to_string()),
        Peek::Json(serde_json::Value::String(value)) => Some(value.clone()),
        Peek::Json(value) => Some(value.to_string()),
    }
}

fn instant(value: Timestamp, format: Format) -> i64 {
    match format {
        Format::MILLISECONDS => value.as_millisecond(),
        _ => value.as_second(),
    }
}

/// Makes sure that the wire can hold all values of a record.
fn check_members(record: &dyn Record, path: &Path<'_>) -> Result<(), EncodeError> {
    for (index, member) in record.members().iter().enumerate() {
        let path = Path::Member(path, member.name);
        check(record.peek(index), member.format(), &path)?;
    }
    Ok(())
}

fn check(value: Peek<'_>, format: Format, path: &Path<'_>) -> Result<(), EncodeError> {
    let number = match value {
        Peek::Signed(value) | Peek::IntegerEnum(value, _) => i128::from(value),
        Peek::Unsigned(value) => i128::from(value),
        Peek::Float(value) if !value.is_finite() => {
            return Err(EncodeError::new(path, "a finite number"));
        }
        Peek::Record(record) => return check_members(record, path),
        Peek::List(list) => {
            return (0..list.len())
                .try_for_each(|index| check(list.peek(index), format, &Path::Item(path, index)));
        }
        Peek::Map(map) => {
            let mut result = Ok(());
            map.each(&mut |key, value| {
                if result.is_ok() {
                    result = check(value, format, &Path::Member(path, key));
                }
            });
            return result;
        }
        _ => return Ok(()),
    };
    match format {
        Format::INT32 if i32::try_from(number).is_err() => {
            Err(EncodeError::new(path, "a number of 32 bits with a sign"))
        }
        Format::UINT32 if u32::try_from(number).is_err() => {
            Err(EncodeError::new(path, "a number of 32 bits without a sign"))
        }
        _ => Ok(()),
    }
}

/// A value as JSON.
struct Json<'a> {
    value: Peek<'a>,
    format: Format,
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Peek::Absent => serializer.serialize_none(),
            Peek::String(value) | Peek::StringEnum(value, _) => serializer.serialize_str(value),
            Peek::Bool(value) => serializer.serialize_bool(value),
            Peek::Signed(value) | Peek::IntegerEnum(value, _) => serializer.serialize_i64(value),
            Peek::Unsigned(value) => serializer.serialize_u64(value),
            Peek::Float(value) => serializer.serialize_f64(value),
            Peek::Bytes(value) => serializer.serialize_str(&STANDARD.encode(value)),
            Peek::Timestamp(value) => serializer.serialize_i64(instant(value, self.format)),
            Peek::Json(value) => value.serialize(serializer),
            Peek::Record(record) => Object {
                record,
                request_method: None,
                token: None,
            }
            .serialize(serializer),
            Peek::List(list) => {
                let mut output = serializer.serialize_seq(Some(list.len()))?;
                for index in 0..list.len() {
                    output.serialize_element(&self.part(list.peek(index)))?;
                }
                output.end()
            }
            Peek::Map(map) => {
                let mut output = serializer.serialize_map(None)?;
                let mut result = Ok(());
                map.each(&mut |key, value| {
                    if result.is_ok() {
                        result = output.serialize_entry(key, &self.part(value));
                    }
                });
                result?;
                output.end()
            }
        }
    }
}

impl Json<'_> {
    /// An item of this list, or an entry of this map.
    fn part<'a>(&self, value: Peek<'a>) -> Json<'a> {
        Json {
            value,
            format: self.format,
        }
    }
}

/// A record as a JSON object, without what is absent.
struct Object<'a> {
    record: &'a dyn Record,
    /// The method, if this is a request, of which some members may travel elsewhere.
    request_method: Option<Method>,
    token: Option<&'a str>,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut output = serializer.serialize_map(None)?;
        for (index, member) in self.record.members().iter().enumerate() {
            let is_elsewhere = self
                .request_method
                .is_some_and(|method| place(member, method) != Location::Body);
            let value = peek(self.record, index, member, self.token);
            if is_elsewhere || matches!(value, Peek::Absent) {
                continue;
            }
            let format = member.format();
            output.serialize_entry(member.name, &Json { value, format })?;
        }
        output.end()
    }
}

fn error(member: &Member, expected: &'static str) -> EncodeError {
    EncodeError::new(&Path::Member(&Path::Root, member.name), expected)
}

impl EncodeError {
    fn new(path: &Path<'_>, expected: &'static str) -> Self {
        Self {
            path: path.to_string(),
            expected,
        }
    }
}

impl Display for EncodeError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the request cannot be written: expected {} at {}",
            self.expected, self.path
        )
    }
}

impl std::error::Error for EncodeError {}
