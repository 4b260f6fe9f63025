//! Decides the module of an action: request, reply, codes and how the call is made.

use std::iter;

use bindery_model::{self as model, PageStyle, Pagination, Service, Shape, TypeRef};
use serde_json::Value;

use super::doc;
use super::types::{Context, Role, constructor, is_optional, need};
use crate::Options;
use crate::plan::{Action, Item, Module, Paging, Stream, StringEnum};
use crate::text;

/// Makes the plan of an action.
pub(super) fn lower(
    provider: &model::Provider,
    service: &Service,
    index: usize,
    context: &Context<'_>,
    options: &Options,
) -> Action {
    let action = &service.actions[index];
    let output = format!("{}Output", action.ident);
    let mut module = Module::default();
    need(&mut module, "self");
    let mut request = context.structure(
        &action.ident,
        Role::Input,
        &action.params,
        None,
        &mut module,
    );
    request.doc = doc::request(provider, service, action, options);
    request.constructor = Some(constructor(&request.fields, "Required"));
    let mut reply = context.structure(&output, Role::Output, &action.output, None, &mut module);
    reply.doc = vec![format!("The output of [`{}`].", action.ident)];
    let mut leading = vec![Item::Struct(request), Item::Struct(reply)];
    let code = match codes(provider, service, action) {
        Some(codes) => {
            need(&mut module, "error_code");
            need(&mut module, "UnknownValue");
            let ident = codes.ident.clone();
            leading.push(Item::ErrorCode(codes));
            ident
        }
        None if !service.errors.is_empty() => "super::CommonErrorCode".to_owned(),
        None => "super::super::super::CommonErrorCode".to_owned(),
    };
    let paging = paging(service, action, context, &mut module);
    context.add_types(Some(index), &mut module);
    Action {
        module: action.module.clone(),
        doc: doc::action_module(action),
        method_doc: doc::method(action),
        deprecated: action.deprecated.clone(),
        request: action.ident.clone(),
        output,
        code,
        operation: operation(provider, service, action),
        paging,
        stream: action.stream.as_ref().map(|one| stream(action, one)),
        leading,
        content: module,
    }
}

/// The enumeration of an action's own codes. There is none where the page lists none and there are
/// common ones to fall back on.
fn codes(
    provider: &model::Provider,
    service: &Service,
    action: &model::Action,
) -> Option<StringEnum> {
    let has_common = !service.errors.is_empty() || !provider.errors.is_empty();
    if action.errors.is_empty() && has_common {
        return None;
    }
    let mut codes = doc::codes(
        &format!("{}ErrorCode", action.ident),
        &format!("A code that {} may answer with.", action.name),
        &action.errors,
    );
    codes.doc.extend(doc::code_hints(provider, service));
    Some(codes)
}

fn operation(provider: &model::Provider, service: &Service, action: &model::Action) -> Vec<String> {
    let mut fields = vec![
        format!("kind: support::Kind::{:?}", action.kind),
        format!("method: support::Method::{:?}", action.method),
    ];
    if action.path != "/" {
        fields.push(format!("path: {}", text::string(&action.path)));
    }
    if let Some(host) = &action.host {
        fields.push(format!("host: Some({})", text::string(host)));
    }
    fields.push(format!(
        "authentication: support::Authentication::{:?}",
        action.authentication
    ));
    fields.push(format!(
        "envelope: support::Envelope::{:?}",
        action.envelope
    ));
    if action.region != model::RegionUse::None {
        fields.push(format!("region: support::RegionUse::{:?}", action.region));
    }
    if !action.rate_limits.is_empty() {
        fields.push(format!(
            "rate_limits: &{}",
            rate_limits(&action.rate_limits)
        ));
    }
    let classes = super::classes(
        &action.errors,
        &[&service.errors, &provider.errors],
        "support::",
    );
    if !classes.is_empty() {
        fields.push(format!("errors: &{}", text::array_of_calls(&classes)));
    }
    let arguments = ["&SERVICE".to_owned(), text::string(&action.name)];
    fields.push(text::call("..support::Operation::new", &arguments));
    fields
}

fn rate_limits(limits: &[model::RateLimit]) -> String {
    let calls: Vec<(String, Vec<String>)> = limits
        .iter()
        .map(|limit| {
            let (constructor, _) = doc::period(limit.period);
            let mut scope = format!("support::RateScope::{:?}", limit.scope);
            if let Some(param) = &limit.by {
                scope = text::call(&scope, &[text::string(param)]);
            }
            (
                format!("support::RateLimit::{constructor}"),
                vec![limit.count.to_string(), scope],
            )
        })
        .collect();
    text::array_of_calls(&calls)
}

fn paging(
    service: &Service,
    action: &model::Action,
    context: &Context<'_>,
    module: &mut Module,
) -> Option<Paging> {
    let pagination = action.pagination.as_ref()?;
    let (style, inputs, fields) = match &pagination.style {
        PageStyle::Number { page, first, size } => (
            "Number",
            vec![page, size],
            vec![
                format!("page: {}", text::string(page)),
                // Where the page does not say, a guess would lose or repeat results.
                format!("first: {}", (*first)?),
                format!("size: {}", text::string(size)),
                format!("default_size: {}", default_size(action, Some(size))),
                format!("max_size: {}", max_size(action, size)),
                format!("total: {}", total(pagination)),
            ],
        ),
        PageStyle::Offset { offset, limit } => (
            "Offset",
            vec![offset, limit],
            vec![
                format!("offset: {}", text::string(offset)),
                format!("limit: {}", text::string(limit)),
                format!("default_size: {}", default_size(action, Some(limit))),
                format!("max_size: {}", max_size(action, limit)),
                format!("total: {}", total(pagination)),
            ],
        ),
        PageStyle::Token { token, next, limit } => {
            let size = default_size(action, limit.as_deref());
            let inputs = iter::once(token).chain(limit).collect();
            let limit = limit.as_ref().map_or_else(
                || "None".to_owned(),
                |limit| format!("Some({})", text::string(limit)),
            );
            (
                "Token",
                inputs,
                vec![
                    format!("token: {}", text::string(token)),
                    format!("next: {}", path(next)),
                    format!("limit: {limit}"),
                    format!("default_size: {size}"),
                ],
            )
        }
    };
    let (items, item) = items_expression(service, &action.output, &pagination.items);
    Some(Paging {
        item: context.rust_type(item, module),
        style: style.to_owned(),
        fields,
        inputs: inputs
            .into_iter()
            .map(|name| (text::string(name), input(action, name)))
            .collect(),
        items,
    })
}

/// The field of an input of the request.
fn input(action: &model::Action, name: &str) -> String {
    let field = action.params.iter().find(|field| field.name == name);
    let field = field.expect("resolve has checked the names of the inputs");
    field.ident.clone()
}

fn stream(action: &model::Action, stream: &model::EventStream) -> Stream {
    let error = match &stream.error {
        None => "Envelope".to_owned(),
        Some(model::StreamError::Object(names)) => format!("Object({})", path(names)),
        Some(model::StreamError::Members { code, message }) => {
            let message = path(message.as_deref().unwrap_or_default());
            let members = [("code", path(code)), ("message", message)];
            let members = members.map(|(name, path)| {
                let path = path.replace('\n', "\n    ");
                format!("    {name}: {path},\n")
            });
            format!("Members {{\n{}}}", members.concat())
        }
    };
    Stream {
        error: format!("support::StreamError::{error}"),
        switch: stream.switch.as_ref().map(|name| input(action, name)),
    }
}

/// How many items are asked for where a request does not say. Most actions allow for more than 20,
/// hardly one for less.
fn default_size(action: &model::Action, parameter: Option<&str>) -> u64 {
    const USUAL: u64 = 20;
    let find = |name| action.params.iter().find(|field| field.name == name);
    let Some(field) = parameter.and_then(find) else {
        return USUAL;
    };
    let (least, most) = field.range.clone().unwrap_or_default();
    let size = field.default.as_ref().and_then(number).unwrap_or(USUAL);
    let size = size.min(most.as_ref().and_then(number).unwrap_or(u64::MAX));
    size.max(least.as_ref().and_then(number).unwrap_or(1))
}

/// How many items a request may ask for, where the vendor says so.
fn max_size(action: &model::Action, parameter: &str) -> String {
    let field = action.params.iter().find(|field| field.name == parameter);
    let range = field.and_then(|field| field.range.as_ref());
    match range.and_then(|(_, most)| most.as_ref().and_then(number)) {
        Some(most) => format!("Some({})", text::number(&most.to_string())),
        None => "None".to_owned(),
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn total(pagination: &Pagination) -> String {
    match &pagination.total {
        Some(total) => format!("Some({})", path(total)),
        None => "None".to_owned(),
    }
}

fn path(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| text::string(name)).collect();
    format!("&{}", text::array(&names))
}

/// The expression that borrows the list in `page`, and the type of the list's items.
fn items_expression<'a>(
    service: &'a Service,
    output: &'a [model::Field],
    path: &[String],
) -> (String, &'a TypeRef) {
    let mut fields = output;
    let mut role = Role::Output;
    let mut expression = String::from("page");
    for name in path {
        let field = fields
            .iter()
            .find(|field| field.name == *name)
            .expect("resolve has checked the path of the items");
        expression = format!("{expression}.{}", field.ident);
        match (&field.ty, is_optional(field, role)) {
            (TypeRef::List(item), true) => return (format!("{expression}.as_mut()"), item),
            (TypeRef::List(item), false) => return (format!("Some(&mut {expression})"), item),
            (TypeRef::Named(index), optional) => {
                let definition = service.type_def(*index);
                let Shape::Object(members) = &definition.shape else {
                    unreachable!("resolve has checked that the path leads through objects");
                };
                if optional {
                    expression.push_str(".as_mut()?");
                }
                role = Role::of(definition);
                fields = members;
            }
            _ => unreachable!("resolve has checked that the path leads to a list"),
        }
    }
    unreachable!("resolve has checked that the path of the items ends at a list")
}
