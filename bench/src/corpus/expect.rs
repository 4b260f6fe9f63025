//! What the vendor's metadata says of the vendor's examples: what is wrong with each, and what is
//! left of it when that is put right. Nothing of Bindery takes part in it.

use std::fmt::{self, Display, Formatter};

use serde_json::{Map, Number, Value};

use crate::vendor::{Member, Version};

/// What the identifier of a request is called, which belongs to the envelope.
const REQUEST_ID: &str = "RequestId";

/// Which half of an example is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Request,
    Reply,
}

/// A place where an example differs from the metadata.
pub(super) struct Deviation {
    pub(super) path: String,
    pub(super) kind: Kind,
    /// What the runtime has to say of it, if it is to say anything.
    pub(super) mismatch: Option<String>,
}

/// In what way an example differs. The words are those of the table that is printed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Null,
    NullUnflagged,
    NullWhereShared,
    NullItem,
    Missing,
    MissingRequestId,
    MissingWhereShared,
    Undeclared,
    Beyond,
    Type(&'static str, &'static str),
}

impl Display for Kind {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Null => "null where it is not allowed",
            Self::NullUnflagged => "null where nothing is said of it",
            Self::NullWhereShared => {
                "null where it is not allowed, in an object that requests hold too"
            }
            Self::NullItem => "null in a list",
            Self::Missing => "promised or required, and absent",
            Self::MissingRequestId => "RequestId absent",
            Self::MissingWhereShared => "promised and absent, in an object that requests hold too",
            Self::Undeclared => "not declared",
            Self::Beyond => "a number beyond the type",
            Self::Type(declared, found) => {
                return write!(formatter, "{declared} given as {found}");
            }
        })
    }
}

/// An example's half as the metadata would have it.
pub(super) struct Expected {
    /// The members that can be read, converted to their declared types.
    pub(super) kept: Value,
    pub(super) deviations: Vec<Deviation>,
}

/// Looks at the members of a request or of a reply, which are those of an object.
pub(super) fn expect(version: &Version, object: &str, half: Half, members: &Value) -> Expected {
    let mut walk = Walk {
        version,
        half,
        deviations: Vec::new(),
    };
    let empty = Map::new();
    let members = members.as_object().unwrap_or(&empty);
    let kept = walk.object(object, members, "$");
    Expected {
        kept: Value::Object(kept),
        deviations: walk.deviations,
    }
}

struct Walk<'a> {
    version: &'a Version,
    half: Half,
    deviations: Vec<Deviation>,
}

impl Walk<'_> {
    fn object(
        &mut self,
        name: &str,
        values: &Map<String, Value>,
        path: &str,
    ) -> Map<String, Value> {
        let object = &self.version.api.objects[name];
        let is_sent = self.version.sent.contains(name);
        let mut kept = Map::new();
        for undeclared in values.keys() {
            if !object.members.iter().any(|one| one.name == *undeclared) {
                self.note(format!("{path}.{undeclared}"), Kind::Undeclared, None);
            }
        }
        for member in &object.members {
            let path = format!("{path}.{}", member.name);
            let is_enveloped =
                self.half == Half::Reply && path == "$.RequestId" && member.name == REQUEST_ID;
            match values.get(&member.name) {
                None if is_enveloped => self.note(path, Kind::MissingRequestId, None),
                None => self.absent(member, is_sent, path),
                Some(Value::Null) if is_enveloped => self.note(path, Kind::NullUnflagged, None),
                Some(_) if is_enveloped => {}
                Some(Value::Null) => self.null(member, is_sent, path),
                Some(value) => {
                    if let Some(value) = self.member(member, value, path) {
                        kept.insert(member.name.clone(), value);
                    }
                }
            }
        }
        kept
    }

    /// Of an object that requests hold too, the specification only says what senders must know.
    fn absent(&mut self, member: &Member, is_sent: bool, path: String) {
        match self.half {
            Half::Reply if member.is_promised() && is_sent => {
                self.note(path, Kind::MissingWhereShared, None);
            }
            Half::Reply if member.is_promised() => self.note(path, Kind::Missing, Some("Missing")),
            Half::Request if member.is_required() => self.note(path, Kind::Missing, None),
            _ => {}
        }
    }

    fn null(&mut self, member: &Member, is_sent: bool, path: String) {
        match self.half {
            Half::Request if member.is_required() => self.note(path, Kind::Missing, None),
            Half::Request => self.note(path, Kind::Null, None),
            Half::Reply if member.may_be_null() => {}
            Half::Reply if !member.is_flagged() => {
                self.note(path, Kind::NullUnflagged, Some("Null"));
            }
            Half::Reply if is_sent => self.note(path, Kind::NullWhereShared, None),
            Half::Reply => self.note(path, Kind::Null, Some("Null")),
        }
    }

    fn member(&mut self, member: &Member, value: &Value, path: String) -> Option<Value> {
        if !member.is_list() {
            return self.single(&member.element, value, path);
        }
        let Value::Array(items) = value else {
            self.drop(path, "List", value);
            return None;
        };
        let mut kept = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}[{index}]");
            if item.is_null() {
                self.note(path, Kind::NullItem, Some("Null"));
            } else {
                kept.extend(self.single(&member.element, item, path));
            }
        }
        Some(Value::Array(kept))
    }

    /// One value of a declared type.
    fn single(&mut self, element: &str, value: &Value, path: String) -> Option<Value> {
        let declared = match element {
            "string" | "binary" | "date" | "datetime" | "datetime_iso" => "String",
            "int64" | "uint64" => "Integer",
            "float" => "Number",
            "bool" => "Bool",
            object => {
                let Value::Object(members) = value else {
                    self.drop(path, "Object", value);
                    return None;
                };
                return Some(Value::Object(self.object(object, members, &path)));
            }
        };
        if shape(value) == declared || (declared, shape(value)) == ("Number", "Integer") {
            return self.within(element, value, path);
        }
        let Some(converted) = convert(declared, value) else {
            self.drop(path, declared, value);
            return None;
        };
        let found = shape(value);
        let mismatch = format!("Converted {{ declared: {declared}, found: {found} }}");
        self.note(path, Kind::Type(declared, found), Some(&mismatch));
        Some(converted)
    }

    /// A value of the declared type, unless it is a number that the type does not have.
    fn within(&mut self, element: &str, value: &Value, path: String) -> Option<Value> {
        let is_within = match element {
            "int64" => value.is_i64(),
            "uint64" => value.is_u64(),
            _ => true,
        };
        if is_within {
            return Some(value.clone());
        }
        self.note(path, Kind::Beyond, Some("OutOfRange"));
        None
    }

    fn drop(&mut self, path: String, declared: &'static str, value: &Value) {
        let found = shape(value);
        let mismatch = format!("Dropped {{ declared: {declared}, found: {found} }}");
        self.note(path, Kind::Type(declared, found), Some(&mismatch));
    }

    fn note(&mut self, path: String, kind: Kind, mismatch: Option<&str>) {
        self.deviations.push(Deviation {
            path,
            kind,
            mismatch: mismatch.map(str::to_owned),
        });
    }
}

/// What a value looks like on the wire.
fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Bool",
        Value::Number(number) if number.is_f64() => "Number",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "List",
        Value::Object(_) => "Object",
    }
}

/// A value that says the same in the declared type: numbers and truth values in text, text of
/// them, and 0 and 1 for truth values.
fn convert(declared: &str, value: &Value) -> Option<Value> {
    match (declared, value) {
        ("String", Value::Number(_) | Value::Bool(_)) => Some(Value::String(value.to_string())),
        ("Integer", Value::String(text)) => {
            let number = text.trim().parse::<i64>().ok()?;
            Some(Value::from(number))
        }
        ("Number", Value::String(text)) => {
            let number = text.trim().parse::<f64>().ok()?;
            Number::from_f64(number).map(Value::Number)
        }
        ("Bool", Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        ("Bool", Value::Number(number)) => match number.as_u64()? {
            bit @ (0 | 1) => Some((bit == 1).into()),
            _ => None,
        },
        _ => None,
    }
}
