//! Decides what the documentation says.

use std::time::Duration;

use bindery_model::{
    Action, ArrayStyle, ErrorCode, Field, Kind, Location, PageStyle, Pagination, Provider,
    RateScope, RegionUse, Service, Source, TypeRef,
};

use super::types::Role;
use super::{example, module_ident};
use crate::Options;
use crate::plan::StringEnum;
use crate::text::{MEMBER_WIDTH, inline, item, markup, member_markup, member_prose, prose, string};

/// The documentation of a vendor's module.
pub(super) fn provider(provider: &Provider) -> Vec<String> {
    let mut lines = vec![format!("{}.", inline(&provider.title)), String::new()];
    lines.extend(prose(&provider.doc));
    lines.extend(sources(&provider.sources));
    let window = provider.clock_window.as_secs();
    lines.push(String::new());
    lines.push(format!(
        "Requests are refused if the clock is off by more than {window} seconds."
    ));
    lines.extend(set_by_client(&provider.common_params));
    lines
}

/// The documentation of the module of a service version.
pub(super) fn service(service: &Service) -> Vec<String> {
    let title = format!(
        "{}, version {}.",
        inline(&service.title),
        inline(&service.version)
    );
    let mut lines = vec![title, String::new()];
    lines.extend(prose(&service.doc));
    lines.extend(sources(&service.sources));
    lines.push(String::new());
    lines.push("| Action | What it does |".to_owned());
    lines.push("|---|---|".to_owned());
    for action in &service.actions {
        let summary = summary(&action.doc);
        lines.push(format!("| [`{}`] | {summary} |", action.ident));
    }
    lines
}

/// The documentation of the client of a service.
pub(super) fn client(provider: &Provider, service: &Service) -> Vec<String> {
    vec![
        format!(
            "Calls {} of {}.",
            inline(&service.title),
            inline(&provider.title)
        ),
        String::new(),
        "Cloning is cheap; clones share connections.".to_owned(),
    ]
}

/// The documentation of an action's module.
pub(super) fn action_module(action: &Action) -> Vec<String> {
    markup(&summary(&action.doc))
}

/// The documentation of the client's method for an action.
pub(super) fn method(action: &Action) -> Vec<String> {
    let mut lines = member_markup(&summary(&action.doc));
    lines.push(String::new());
    lines.push(format!(
        "See [`{}`] for limits, errors and an example.",
        action.ident
    ));
    lines
}

/// The documentation of a request: what the vendor's page says about the action.
pub(super) fn request(
    provider: &Provider,
    service: &Service,
    action: &Action,
    options: &Options,
) -> Vec<String> {
    let mut lines = prose(&action.doc);
    if !action.notes.is_empty() {
        lines.push(String::new());
        for note in &action.notes {
            lines.extend(item(note));
        }
    }
    if let Some(note) = &action.deprecated {
        lines.push(String::new());
        lines.extend(prose(&format!("Deprecated: {note}")));
    }
    lines.push(String::new());
    lines.extend(facts(service, action));
    lines.extend(set_by_client(&action.params));
    lines.push(String::new());
    lines.extend(errors(provider, service, action));
    if let Some(path) = &options.example_path {
        lines.push(String::new());
        lines.push("# Example".to_owned());
        lines.push(String::new());
        lines.extend(example::lines(provider, service, action, path));
    }
    lines
}

/// The documentation of a field.
pub(super) fn field(field: &Field, role: Role) -> Vec<String> {
    let mut lines = member_prose(&field.doc);
    let mut facts = Vec::new();
    if field.required && role == Role::Both {
        facts.push("Required in a request.".to_owned());
    }
    if let Some(default) = &field.default {
        facts.push(format!("Default: `{}`.", json(default)));
    }
    if let Some((low, high)) = &field.range {
        facts.push(bounds(
            "Range",
            low.as_ref().map(json),
            high.as_ref().map(json),
        ));
    }
    if let Some((low, high)) = field.length {
        let unit = if matches!(field.ty, TypeRef::List(_)) {
            "Items"
        } else {
            "Length"
        };
        facts.push(bounds(
            unit,
            low.map(|low| low.to_string()),
            high.map(|high| high.to_string()),
        ));
    }
    if let Some(pattern) = &field.pattern {
        facts.push(format!("Pattern: {}.", code(pattern)));
    }
    if let Some(unit) = unit(field) {
        facts.push(unit.to_owned());
    }
    if field.idempotency_token {
        facts.push("Generated for each call when omitted.".to_owned());
    }
    if field.nullable {
        facts.push("May be null.".to_owned());
    }
    if field.always {
        facts.push("Always present.".to_owned());
    }
    if let Some(example) = &field.example {
        facts.push(format!("Example: {}.", code(&json(example))));
    }
    if lines.is_empty() {
        lines.push(format!("{} on the wire.", code(&field.name)));
    }
    if let Some(note) = &field.deprecated {
        lines.push(String::new());
        lines.extend(member_prose(&format!("Deprecated: {note}")));
    }
    if !facts.is_empty() {
        lines.push(String::new());
        lines.extend(fill(&facts));
    }
    lines
}

/// Sentences in lines, none of them broken: there may be code in them.
fn fill(facts: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for fact in facts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + fact.chars().count() <= MEMBER_WIDTH => {
                line.push(' ');
                line.push_str(fact);
            }
            _ => lines.push(fact.clone()),
        }
    }
    lines
}

/// The enumeration of the codes that a page lists.
pub(super) fn codes(ident: &str, summary: &str, errors: &[ErrorCode]) -> StringEnum {
    StringEnum {
        ident: ident.to_owned(),
        doc: prose(summary),
        variants: variants_of_codes(errors),
    }
}

/// Where to find the codes that the page of an action leaves out.
pub(super) fn code_hints(provider: &Provider, service: &Service) -> Vec<String> {
    let mut lines = common_codes(provider, service);
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

/// Where the codes that actions share are, and how to read them.
fn common_codes(provider: &Provider, service: &Service) -> Vec<String> {
    let provider_module = module_ident(&provider.name);
    let service_module = format!("{}::{}", module_ident(&service.name), service.module);
    let mut places = Vec::new();
    if !service.errors.is_empty() {
        places.push((service_module, "super"));
    }
    if !provider.errors.is_empty() {
        places.push((provider_module, "super::super::super"));
    }
    let Some((first, _)) = places.first() else {
        return Vec::new();
    };
    let usage = format!("`error.code_as::<{first}::CommonErrorCode>()`");
    let links = places
        .iter()
        .map(|(module, path)| format!("[`{module}::CommonErrorCode`]({path}::CommonErrorCode)"));
    let links = links.collect::<Vec<_>>().join(" and ");
    markup(&format!("Codes of every action: {links}, as in {usage}."))
}

/// Documentation, literal and variant of each code.
fn variants_of_codes(errors: &[ErrorCode]) -> Vec<(Vec<String>, String, String)> {
    errors
        .iter()
        .map(|error| {
            let mut doc = vec![code(&error.code)];
            if !error.doc.is_empty() {
                doc.push(String::new());
                doc.extend(member_prose(&error.doc));
            }
            if let Some(remedy) = &error.remedy {
                doc.push(String::new());
                doc.extend(member_prose(&format!("Remedy: {remedy}")));
            }
            (doc, string(&error.code), error.ident.clone())
        })
        .collect()
}

/// The runtime's constructor for a limit over a period, and the period's name.
pub(super) fn period(period: Duration) -> (&'static str, &'static str) {
    match period.as_secs() {
        1 => ("per_second", "second"),
        60 => ("per_minute", "minute"),
        3600 => ("per_hour", "hour"),
        other => unreachable!("the language knows no limit over {other} seconds"),
    }
}

fn facts(service: &Service, action: &Action) -> Vec<String> {
    let mut rows = Vec::new();
    for (index, source) in action.sources.iter().enumerate() {
        let label = if index == 0 { "Page" } else { "See also" };
        let title = source.title.as_deref().unwrap_or(&action.name);
        let date = source
            .updated
            .as_ref()
            .map(|date| format!(", {date}"))
            .unwrap_or_default();
        rows.push((label, format!("[{}]({}){date}", inline(title), source.url)));
    }
    let method = format!("{:?}", action.method).to_uppercase();
    rows.push((
        "Request",
        format!(
            "`{method} https://{}{}`",
            action.host.as_ref().unwrap_or(&service.host),
            action.path
        ),
    ));
    if action.stream.is_some() {
        rows.push((
            "Reply",
            "server-sent events with `events`, or one reply".to_owned(),
        ));
    }
    if let Some(Pagination {
        style: PageStyle::Number { first: None, .. },
        ..
    }) = action.pagination
    {
        rows.push((
            "Pages",
            "by number; the page does not say which is the first".to_owned(),
        ));
    }
    for limit in &action.rate_limits {
        let (_, period) = period(limit.period);
        let scope = match limit.scope {
            RateScope::Account => "account",
            RateScope::Application => "application",
            RateScope::Room => "room",
        };
        let by = limit
            .by
            .as_ref()
            .map(|by| format!(", which {} names", code(by)))
            .unwrap_or_default();
        rows.push((
            "Rate limit",
            format!("{} per {period} for each {scope}{by}", limit.count),
        ));
    }
    if let Some(regions) = regions(action) {
        rows.push(("Region", regions));
    }
    rows.push(("Safe to retry", retrying(action)));
    if let Some(name) = &action.formerly {
        rows.push(("Formerly", code(name)));
    }
    let mut lines = vec!["| | |".to_owned(), "|---|---|".to_owned()];
    lines.extend(
        rows.into_iter()
            .map(|(name, value)| format!("| {name} | {value} |")),
    );
    lines
}

/// What a second execution would do.
fn retrying(action: &Action) -> String {
    let token = action.params.iter().find(|param| param.idempotency_token);
    match (action.kind, token) {
        (Kind::Read, _) => "yes: it only reads".to_owned(),
        (Kind::Idempotent, _) => "yes: a second time changes nothing more".to_owned(),
        (Kind::Write, Some(token)) => {
            format!("yes, within a call: {} lets it act once", code(&token.name))
        }
        (Kind::Write, None) => "no: it may act twice".to_owned(),
    }
}

fn regions(action: &Action) -> Option<String> {
    let names: Vec<String> = action
        .regions
        .iter()
        .map(|region| format!("`{region}`"))
        .collect();
    match (action.region, names.is_empty()) {
        (RegionUse::Required, true) => Some("required".to_owned()),
        (RegionUse::Required, false) => Some(format!("required, one of {}", names.join(", "))),
        (RegionUse::Optional, true) => Some("not required".to_owned()),
        (RegionUse::Optional, false) => Some(format!("optional, one of {}", names.join(", "))),
        (RegionUse::None, _) => None,
    }
}

fn errors(provider: &Provider, service: &Service, action: &Action) -> Vec<String> {
    let mut lines = vec!["# Errors".to_owned(), String::new()];
    if action.errors.is_empty() {
        lines.push("The page lists no codes of its own.".to_owned());
    } else {
        let codes = format!("{}ErrorCode", action.ident);
        lines.extend(markup(&format!(
            "Codes of this action: [`{codes}`], which `error.code()` returns."
        )));
    }
    let common = common_codes(provider, service);
    if !common.is_empty() {
        lines.push(String::new());
        lines.extend(common);
    }
    if !action.status_codes.is_empty() {
        lines.push(String::new());
        lines.push("HTTP status:".to_owned());
        lines.push(String::new());
        for (status, meaning) in &action.status_codes {
            lines.extend(item(&format!("{status}: {meaning}")));
        }
    }
    lines
}

/// A table of the parameters that callers never see.
fn set_by_client(params: &[Field]) -> Vec<String> {
    let mut lines = Vec::new();
    for param in params.iter().filter(|param| param.set_by_client) {
        if lines.is_empty() {
            lines.push(String::new());
            lines.push("The client sets by itself:".to_owned());
            lines.push(String::new());
        }
        let place = match param.location {
            Location::Payload => "",
            Location::Path => " (path)",
            Location::Query => " (query)",
            Location::Header => " (header)",
            Location::Body => " (body)",
            Location::Part => " (form)",
            Location::WholeBody => " (whole body)",
        };
        let doc = param.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        lines.extend(item(&format!("{}{place}: {doc}", code(&param.name))));
    }
    lines
}

fn sources(sources: &[Source]) -> Vec<String> {
    let mut lines = Vec::new();
    for source in sources {
        lines.push(String::new());
        let date = source
            .updated
            .as_ref()
            .map(|date| format!(", {date}"))
            .unwrap_or_default();
        lines.push(match &source.title {
            Some(title) => format!("Source: [{}]({}){date}.", inline(title), source.url),
            None => format!("Source: <{}>{date}.", source.url),
        });
    }
    lines
}

/// The first sentence.
fn summary(doc: &str) -> String {
    let paragraph = doc
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let sentence = match paragraph.find(". ") {
        Some(end) => &paragraph[..=end],
        None => paragraph,
    };
    inline(&sentence.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn unit(field: &Field) -> Option<&'static str> {
    match &field.ty {
        TypeRef::Seconds => Some("Seconds since 1970 on the wire."),
        TypeRef::Milliseconds => Some("Milliseconds since 1970 on the wire."),
        TypeRef::Date => Some("A date as the vendor writes it."),
        TypeRef::DateTime => Some("A time as the vendor writes it."),
        TypeRef::List(_) => match field.arrays {
            Some(ArrayStyle::Comma) => Some("Joined with commas on the wire."),
            _ => None,
        },
        _ => None,
    }
}

fn bounds(what: &str, low: Option<String>, high: Option<String>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{what}: {low} to {high}."),
        (Some(low), None) => format!("{what}: at least {low}."),
        (None, Some(high)) => format!("{what}: at most {high}."),
        (None, None) => format!("{what}: any."),
    }
}

fn json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A code span, whatever the text.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains('`') {
        inline(&text)
    } else {
        format!("`{text}`")
    }
}
