//! Decides the example in an action's documentation: a call made from the page's own example, or
//! from sample values where the page has none.

use std::fmt::Write;

use bindery_model::{
    Action, Authentication, Field, Provider, RegionUse, Service, Shape, TypeDef, TypeRef,
};
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
    let empty = Map::new();
    let request = action
        .examples
        .first()
        .map_or(&empty, |example| &example.request);
    let client = module_ident(&service.name);
    let writer = Writer {
        service,
        client: client.clone(),
    };
    let expression = writer.request(action, request);
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
        let region = region(provider, service, action);
        lines.push(format!("let config = Config::builder({credential})"));
        lines.push(format!("    .region({})", string(&region)));
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

/// A region in which an action can be called, or one of the vendor's where no page lists them.
fn region(provider: &Provider, service: &Service, action: &Action) -> String {
    let others = service.actions.iter().flat_map(|action| &action.regions);
    if let Some(region) = action.regions.iter().chain(others).next() {
        return region.clone();
    }
    let mut params = provider.common_params.iter();
    let example = params
        .find(|param| param.set_by_client && param.name.ends_with("Region"))
        .and_then(|param| param.example.as_ref());
    example.map_or_else(|| "region".to_owned(), text_of)
}

/// A credential that an action accepts.
fn credential(authentication: Authentication) -> &'static str {
    match authentication {
        Authentication::Tc3 | Authentication::Skip => {
            "Credential::tencent(\"secret id\", \"secret key\")"
        }
        Authentication::AppId => "Credential::huawei_app_id(\"app id\", \"app key\")",
        Authentication::Account => "Credential::huawei_account(\"account\", \"password\")",
        Authentication::Token => "Credential::huawei_token(\"access token\")",
        Authentication::None => "Credential::none()",
        Authentication::Zego => "Credential::zego(1_234_567_890, \"server secret\")",
    }
}

const INDENT: &str = "    ";

struct Writer<'a> {
    service: &'a Service,
    /// The name under which the example knows the service's module.
    client: String,
}

/// A struct to be made: its name, that of the struct with what it requires, and its fields.
struct Object<'a> {
    name: String,
    required: String,
    fields: Vec<&'a Field>,
    /// Whether the constructor takes what is required.
    strict: bool,
}

impl Writer<'_> {
    fn request(&self, action: &Action, values: &Map<String, Value>) -> String {
        let object = Object {
            name: format!("{}::{}", self.client, action.ident),
            required: format!("{}::{}::Required", self.client, action.module),
            fields: action
                .params
                .iter()
                .filter(|field| !field.set_by_client)
                .collect(),
            strict: true,
        };
        self.object(&object, values)
    }

    /// A constructor call with its setters. Lines below the first are indented from where it starts.
    fn object(&self, object: &Object<'_>, values: &Map<String, Value>) -> String {
        let (required, optional): (Vec<&Field>, Vec<&Field>) = object
            .fields
            .iter()
            .partition(|field| object.strict && field.required);
        let mut text = self.constructor(object, &required, values);
        let setters: Vec<String> = optional
            .into_iter()
            .filter_map(|field| {
                let value = values.get(&field.name).filter(|value| !is_empty(value))?;
                let value = hung("(", &self.argument(&field.ty, value), ")");
                Some(format!(".{}{value}", field.ident))
            })
            .collect();
        let chain = setters.concat();
        if fits(&format!("{text}{chain}")) {
            return text + &chain;
        }
        // What follows a closing brace stands below it, as rustfmt has it.
        let level = if text.ends_with("})") { "" } else { INDENT };
        for setter in setters {
            text.push('\n');
            text.push_str(level);
            text.push_str(&setter.replace('\n', &format!("\n{level}")));
        }
        text
    }

    fn constructor(
        &self,
        object: &Object<'_>,
        required: &[&Field],
        values: &Map<String, Value>,
    ) -> String {
        let name = &object.name;
        let value = |field: &Field| values.get(&field.name).cloned().unwrap_or(sample(field));
        match required {
            [] => format!("{name}::new()"),
            [one] => {
                let value = hung("(", &self.argument(&one.ty, &value(one)), ")");
                format!("{name}::new{value}")
            }
            many => {
                let mut text = format!("{name}::new({} {{\n", object.required);
                for field in many {
                    let value = indented(&self.plain(&field.ty, &value(field)));
                    let _ = writeln!(text, "{INDENT}{}: {value},", field.ident);
                }
                text.push_str("})");
                text
            }
        }
    }

    /// What a setter takes.
    fn argument(&self, ty: &TypeRef, value: &Value) -> String {
        match (ty, value) {
            (TypeRef::String | TypeRef::Date | TypeRef::DateTime, _) => string(&text_of(value)),
            (TypeRef::List(item), Value::Array(values)) if !values.is_empty() => {
                let items = values.iter().map(|value| self.argument(item, value));
                list("[", &items.collect::<Vec<_>>())
            }
            _ => self.plain(ty, value),
        }
    }

    /// A value of a field's own type.
    fn plain(&self, ty: &TypeRef, value: &Value) -> String {
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
            TypeRef::Json | TypeRef::Map(_) => "Default::default()".to_owned(),
            TypeRef::List(item) => {
                let items = value.as_array().into_iter().flatten();
                let items = items.map(|value| self.plain(item, value));
                list("vec![", &items.collect::<Vec<_>>())
            }
            TypeRef::Named(index) => self.named(self.service.type_def(*index), value),
        }
    }

    fn named(&self, definition: &TypeDef, value: &Value) -> String {
        let name = format!("{}::{}", self.client, definition.ident);
        let known = match &definition.shape {
            Shape::Object(fields) => {
                let object = Object {
                    required: format!("{name}Required"),
                    name,
                    fields: fields.iter().collect(),
                    strict: !definition.output,
                };
                let empty = Map::new();
                return self.object(&object, value.as_object().unwrap_or(&empty));
            }
            Shape::IntegerEnum(values) => values
                .iter()
                .find(|known| Some(known.value) == value.as_i64())
                .or(values.first())
                .map(|known| &known.ident),
            Shape::StringEnum(values) => values
                .iter()
                .find(|known| Some(known.value.as_str()) == value.as_str())
                .or(values.first())
                .map(|known| &known.ident),
        };
        match known {
            Some(variant) => format!("{name}::{variant}"),
            None => format!("{name}::from(Default::default())"),
        }
    }
}

/// Whether an expression is short enough for one line, as rustfmt has it for chains and lists.
fn fits(text: &str) -> bool {
    text.len() <= 60 && !text.contains('\n')
}

fn indented(text: &str) -> String {
    text.replace('\n', &format!("\n{INDENT}"))
}

/// What is enclosed: on lines of its own if it is a chain over several lines.
fn hung(open: &str, text: &str, close: &str) -> String {
    let is_delimited = text.ends_with(['}', ']']) || text.ends_with("})");
    if text.contains('\n') && !is_delimited {
        format!("{open}\n{INDENT}{},\n{close}", indented(text))
    } else {
        format!("{open}{text}{close}")
    }
}

fn list(open: &str, items: &[String]) -> String {
    let line = format!("{open}{}]", items.join(", "));
    let is_short = |item: &String| item.len() <= 10;
    if fits(&line) || items.iter().all(is_short) {
        return line;
    }
    let items = items
        .iter()
        .map(|item| format!("{INDENT}{},\n", indented(item)));
    format!("{open}\n{}]", items.collect::<String>())
}

/// A value for a field of which the page gives none.
fn sample(field: &Field) -> Value {
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
