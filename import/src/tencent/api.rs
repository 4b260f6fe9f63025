//! The metadata of one version of a service as the vendor publishes it: `api.json` and
//! `examples.json`.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de};

/// `api.json`
#[derive(Debug, Deserialize)]
pub(super) struct Api<'a> {
    #[serde(borrow)]
    pub(super) actions: BTreeMap<String, Action<'a>>,
    pub(super) metadata: Metadata,
    pub(super) objects: BTreeMap<String, Object<'a>>,
}

/// The only part of `api.json` that tells how the service is called.
#[derive(Debug, Deserialize)]
pub(super) struct Identity {
    pub(super) metadata: Metadata,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) api_version: String,
    /// The name in the host and in the signature, which is not always that of the folder.
    pub(super) service_short_name: String,
    #[serde(rename = "serviceNameCN")]
    pub(super) title: Option<String>,
    #[serde(rename = "api_brief")]
    pub(super) brief: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Action<'a> {
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) document: Cow<'a, str>,
    pub(super) input: String,
    pub(super) output: String,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) skip_sign: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Object<'a> {
    #[serde(borrow)]
    pub(super) document: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) members: Vec<Member<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Member<'a> {
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    /// `list`, `object`, or the JSON type of a single value.
    #[serde(rename = "type", borrow)]
    pub(super) shape: Cow<'a, str>,
    /// The type of a single value or of an item.
    #[serde(rename = "member", borrow)]
    pub(super) element: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) document: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) example: Cow<'a, str>,
    #[serde(default)]
    pub(super) disabled: bool,
    #[serde(default, deserialize_with = "flag")]
    pub(super) required: bool,
    /// Nothing where the metadata does not say.
    #[serde(default, deserialize_with = "optional_flag")]
    pub(super) output_required: Option<bool>,
    /// Nothing where the metadata does not say.
    #[serde(default, deserialize_with = "optional_flag")]
    pub(super) value_allowed_null: Option<bool>,
}

/// `examples.json`
#[derive(Debug, Deserialize)]
pub(super) struct Examples<'a> {
    #[serde(borrow)]
    pub(super) actions: BTreeMap<String, Vec<Example<'a>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Example<'a> {
    #[serde(borrow)]
    pub(super) title: Cow<'a, str>,
    /// The request as it is sent, or an address with the inputs in the query string.
    #[serde(borrow)]
    pub(super) input: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) output: Cow<'a, str>,
}

/// What a member holds: one value, or a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type<'a> {
    pub(super) list: bool,
    pub(super) element: Element<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element<'a> {
    String,
    Bool,
    Int64,
    Uint64,
    Float,
    Bytes,
    Date,
    DateTime,
    Object(&'a str),
}

impl Member<'_> {
    /// Whether the two words that say what the member holds are known, and go together.
    pub(super) fn is_known(&self) -> bool {
        let element = self.ty().element;
        match &*self.shape {
            "list" => true,
            "object" | "bool" | "int" | "float" | "string" | "binary" => {
                self.shape == element.shape()
                    || (self.shape == "string" && element == Element::Bytes)
            }
            _ => false,
        }
    }

    /// What the member holds. A word that is not known counts as the name of an object.
    pub(super) fn ty(&self) -> Type<'_> {
        let element = match &*self.element {
            name if self.shape == "object" => Element::Object(name),
            "string" => Element::String,
            "bool" => Element::Bool,
            "int64" => Element::Int64,
            "uint64" => Element::Uint64,
            "float" => Element::Float,
            "binary" => Element::Bytes,
            "date" => Element::Date,
            "datetime" | "datetime_iso" => Element::DateTime,
            name => Element::Object(name),
        };
        Type {
            list: self.shape == "list",
            element,
        }
    }
}

impl Element<'_> {
    /// The word for a single value of it.
    fn shape(self) -> &'static str {
        match self {
            Self::String | Self::Date | Self::DateTime => "string",
            Self::Bool => "bool",
            Self::Int64 | Self::Uint64 => "int",
            Self::Float => "float",
            Self::Bytes => "binary",
            Self::Object(_) => "object",
        }
    }
}

impl Type<'_> {
    /// The type in the words of the language.
    pub(super) fn expression(&self) -> String {
        let element = match self.element {
            Element::String => "string",
            Element::Bool => "bool",
            Element::Int64 => "int64",
            Element::Uint64 => "uint64",
            Element::Float => "float",
            Element::Bytes => "bytes",
            Element::Date => "date",
            Element::DateTime => "datetime",
            Element::Object(name) => name,
        };
        if self.list {
            format!("[{element}]")
        } else {
            element.to_owned()
        }
    }
}

fn optional_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    flag(deserializer).map(Some)
}

/// Truth values, which the vendor sometimes writes as the numbers 0 and 1.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Flag;

    impl de::Visitor<'_> for Flag {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true or false")
        }

        fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
            match value {
                0 => Ok(false),
                1 => Ok(true),
                _ => Err(E::invalid_value(de::Unexpected::Unsigned(value), &self)),
            }
        }

        fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
            Ok(false)
        }
    }

    deserializer.deserialize_any(Flag)
}
