//! Decides the example in an action's documentation: a call made from the page's own example, or
//! from sample values where the page has none.

use bindery_model::{Action, Authentication, Field, Provider, RegionUse, Service, Shape, TypeRef};
use serde_json::{Map, Value, json};

use super::module_ident;
use crate::text::{number, string};

/// The lines of an example that compiles, code fences included.
pub(super) fn lines(
    provider: &Provider,
    service: &Service,
    action: &Action,
    path: &str,
) -> Vec<String> {
    let writer = Writer { service };
    let empty = Map::new();
    let request = action
        .examples
        .first()
        .map_or(&empty, |example| &example.request);
    let client = module_ident(&service.name);
    let expression = writer.request(&client, action, request);
    let crate_name = path.split("::").next().unwrap_or(path);
    let mut lines = vec!["```no_run".to_owned()];
    lines.push("# async fn example() -> Result<(), Box<dyn std::error::Error>> {".to_owned());
    let version = format!(
        "{path}::{}::{client}::{}",
        module_ident(&provider.name),
        service.module
    );
    lines.push(format!("use {version} as {client};"));
    let mut names = vec!["Config", "Credential"];
    if expression.contains("Timestamp::") {
        names.push("Timestamp");
    }
    lines.push(format!("use {crate_name}::{{{}}};", names.join(", ")));
    lines.push(String::new());
    let credential = credential(action.authentication);
    if action.region == RegionUse::Required {
        let region = action
            .regions
            .first()
            .map_or("ap-guangzhou", String::as_str);
        lines.push(format!("let config = Config::builder({credential})"));
        lines.push(format!("    .region({})", string(region)));
        lines.push("    .build()?;".to_owned());
    } else {
        lines.push(format!(
            "let config = Config::builder({credential}).build()?;"
        ));
    }
    lines.push(format!("let client = {client}::Client::new(&config)?;"));
    lines.push(format!("let request = {expression};"));
    let mut lines: Vec<String> = lines
        .iter()
        .flat_map(|line| line.split('\n').map(str::to_owned))
        .collect();
    if action.pagination.is_some() {
        lines.push(format!(
            "let mut items = client.{}(request).items();",
            action.module
        ));
        lines.push("while let Some(item) = items.next().await {".to_owned());
        lines.push("    println!(\"{:?}\", item?);".to_owned());
        lines.push("}".to_owned());
    } else {
        lines.push(format!(
            "let reply = client.{}(request).await?;",
            action.module
        ));
        lines.push("println!(\"{reply:?}\");".to_owned());
    }
    lines.push("# Ok(())".to_owned());
    lines.push("# }".to_owned());
    lines.push("```".to_owned());
    lines
}

/// A credential that an action accepts.
fn credential(authentication: Authentication) -> &'static str {
    match authentication {
        Authentication::Tc3 | Authentication::Skip => {
            "Credential::tencent(\"secret id\", \"secret key\")"
        }
        Authentication::AppId => "Credential::huawei_app_id(\"app id\", \"app key\")",
        Authentication::Account => "Credential::huawei_account(\"account\", \"password\")",
        Authentication::Token | Authentication::None => {
            "Credential::huawei_token(\"access token\")"
        }
        Authentication::Zego => "Credential::zego(1_234_567_890, \"server secret\")",
    }
}

struct Writer<'a> {
    service: &'a Service,
}

impl Writer<'_> {
    fn request(&self, client: &str, action: &Action, values: &Map<String, Value>) -> String {
        let required = format!("{client}::{}::Required", action.module);
        let ident = format!("{client}::{}", action.ident);
        self.object(client, &ident, &required, &action.params, values, 0)
    }

    /// A constructor call with its setters.
    fn object(
        &self,
        client: &str,
        ident: &str,
        required: &str,
        fields: &[Field],
        values: &Map<String, Value>,
        depth: usize,
    ) -> String {
        let indent = "    ".repeat(depth);
        let fields = || fields.iter().filter(|field| !field.set_by_client);
        let needed: Vec<&Field> = fields().filter(|field| field.required).collect();
        let value = |field: &Field| {
            values
                .get(&field.name)
                .cloned()
                .unwrap_or_else(|| self.sample(field))
        };
        let mut text = match needed.as_slice() {
            [] => format!("{ident}::new()"),
            [one] => {
                let value = self.argument(client, &one.ty, &value(one), depth);
                format!("{ident}::new({value})")
            }
            many => {
                let mut text = format!("{ident}::new({required} {{\n");
                for field in many {
                    let value = self.plain(client, &field.ty, &value(field), depth + 1);
                    text.push_str(&format!("{indent}    {}: {value},\n", field.ident));
                }
                text.push_str(&format!("{indent}}})"));
                text
            }
        };
        for field in fields().filter(|field| !field.required) {
            if let Some(value) = values.get(&field.name).filter(|value| !is_empty(value)) {
                let value = self.argument(client, &field.ty, value, depth);
                // What follows a closing brace stands below it, as rustfmt has it.
                let indent = if text.ends_with("})") {
                    indent.clone()
                } else {
                    format!("{indent}    ")
                };
                text.push_str(&format!("\n{indent}.{}({value})", field.ident));
            }
        }
        text
    }

    /// What a setter takes.
    fn argument(&self, client: &str, ty: &TypeRef, value: &Value, depth: usize) -> String {
        match (ty, value) {
            (TypeRef::String | TypeRef::Date | TypeRef::DateTime, _) => string(&text_of(value)),
            (TypeRef::List(item), Value::Array(values)) if !values.is_empty() => {
                let items: Vec<String> = values
                    .iter()
                    .map(|value| self.argument(client, item, value, depth))
                    .collect();
                format!("[{}]", items.join(", "))
            }
            _ => self.plain(client, ty, value, depth),
        }
    }

    /// A value of a field's own type.
    fn plain(&self, client: &str, ty: &TypeRef, value: &Value, depth: usize) -> String {
        match ty {
            TypeRef::String | TypeRef::Date | TypeRef::DateTime => {
                format!("{}.into()", string(&text_of(value)))
            }
            TypeRef::Bool => (value == &Value::Bool(true)).to_string(),
            TypeRef::Int32 | TypeRef::Int64 | TypeRef::Uint32 | TypeRef::Uint64 => {
                number(&integer(value))
            }
            TypeRef::Float => format!("{:?}", value.as_f64().unwrap_or(1.0)),
            TypeRef::Bytes => "b\"bytes\".to_vec()".to_owned(),
            TypeRef::Seconds => format!("Timestamp::from_second({})?", number(&integer(value))),
            TypeRef::Milliseconds => {
                format!("Timestamp::from_millisecond({})?", number(&integer(value)))
            }
            TypeRef::Json => "Default::default()".to_owned(),
            TypeRef::List(item) => {
                let items: Vec<String> = value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|value| self.plain(client, item, value, depth))
                    .collect();
                format!("vec![{}]", items.join(", "))
            }
            TypeRef::Map(_) => "Default::default()".to_owned(),
            TypeRef::Named(index) => self.named(client, *index, value, depth),
        }
    }

    fn named(&self, client: &str, index: usize, value: &Value, depth: usize) -> String {
        let definition = self.service.type_def(index);
        let owner = definition
            .owner
            .map(|owner| &self.service.actions[owner].module);
        let ident = format!("{client}::{}", definition.ident);
        match &definition.shape {
            Shape::Object(fields) => {
                let empty = Map::new();
                let values = value.as_object().unwrap_or(&empty);
                let required = match owner {
                    Some(module) => format!("{client}::{module}::{}Required", definition.ident),
                    None => format!("{ident}Required"),
                };
                let relaxed: Vec<Field> = fields
                    .iter()
                    .map(|field| {
                        let required = field.required && !definition.output;
                        Field {
                            required,
                            ..field.clone()
                        }
                    })
                    .collect();
                self.object(client, &ident, &required, &relaxed, values, depth)
            }
            Shape::IntegerEnum(known) => known
                .iter()
                .find(|known| Value::from(known.value) == *value)
                .or(known.first())
                .map_or_else(
                    || format!("{ident}::from(0)"),
                    |v| format!("{ident}::{}", v.ident),
                ),
            Shape::StringEnum(known) => known
                .iter()
                .find(|known| Some(known.value.as_str()) == value.as_str())
                .or(known.first())
                .map_or_else(
                    || format!("{ident}::from(\"\")"),
                    |known| format!("{ident}::{}", known.ident),
                ),
        }
    }

    /// A value for a field of which the page gives none.
    fn sample(&self, field: &Field) -> Value {
        if let Some(value) = field.example.as_ref().or(field.default.as_ref()) {
            return value.clone();
        }
        match &field.ty {
            TypeRef::Bool => Value::Bool(true),
            TypeRef::Int32 | TypeRef::Int64 | TypeRef::Uint32 | TypeRef::Uint64 => json!(1),
            TypeRef::Float => json!(1.0),
            TypeRef::Seconds => json!(1_700_000_000),
            TypeRef::Milliseconds => json!(1_700_000_000_000_i64),
            TypeRef::List(item) => match **item {
                TypeRef::String | TypeRef::Date | TypeRef::DateTime => json!([field.name]),
                TypeRef::Int64 | TypeRef::Uint64 => json!([1]),
                _ => json!([{}]),
            },
            TypeRef::Named(_) | TypeRef::Json | TypeRef::Map(_) => json!({}),
            _ => Value::from(field.name.as_str()),
        }
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn integer(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => "1".to_owned(),
    }
}

/// Whether a value says nothing that is worth showing.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}
