//! The language as a JSON Schema, for editors.

use serde_json::{Value, json};

/// The JSON Schema (draft-07) of the language.
pub fn json_schema() -> Value {
    json!({ "$schema": "http://json-schema.org/draft-07/schema#" })
}
