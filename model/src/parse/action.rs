//! The file of an action.

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    language,
    model::{Kind, RateScope},
    parse::{
        entries::{Entries, expected, text},
        expression,
        field::{errors, fields, rust_name, types},
        name::Name,
        named_after, sources,
    },
    spec::{
        ActionSpec, EventStreamSpec, ExampleSpec, Located, PageStyleSpec, PaginationSpec,
        RateLimitSpec,
    },
    yaml::{Node, NodeKind},
};

pub(crate) fn action<'a>(
    node: &'a Node<'a>,
    start: Span,
    file: &'a str,
    problems: &mut Problems,
) -> Option<ActionSpec<'a>> {
    let map = Entries::open(node, &language::ACTION, start, problems)?;
    let name = map
        .text("action", problems)
        .unwrap_or_else(|| named_after(file, start));
    Name::Action.check(&name, problems);
    if name.value != file {
        problems.add(
            Diagnostic::new(
                name.span,
                format!(
                    "{} is in a file called {}",
                    quote(name.value),
                    quote(&format!("{file}.yaml"))
                ),
            )
            .label(format!("this should be {}", quote(file)))
            .help("rename the file or change `action`: the two have to be the same"),
        );
    }
    let regions = map.texts("regions", problems);
    for region in &regions {
        Name::Region.check(region, problems);
    }
    Some(ActionSpec {
        name,
        rust_name: rust_name(&map, Name::RustType, problems),
        title: map.plain_text("title", problems),
        doc: map.plain_text("doc", problems).unwrap_or_default(),
        notes: map
            .texts("notes", problems)
            .into_iter()
            .map(|note| note.value)
            .collect(),
        formerly: map.plain_text("formerly", problems),
        sources: sources(&map, problems),
        kind: map.word("kind", problems).unwrap_or(Kind::Write),
        method: map.word("method", problems),
        host: host(&map, problems),
        path: map.text("path", problems),
        authentication: map.word("authentication", problems),
        envelope: map.word("envelope", problems),
        region: map.word("region", problems),
        regions,
        rate_limits: rate_limits(&map, problems),
        deprecated: map.plain_text("deprecated", problems),
        params: fields(&map, "params", &language::PARAM, problems),
        output: fields(&map, "output", &language::OUTPUT, problems),
        types: types(&map, problems),
        errors: errors(&map, problems),
        status_codes: status_codes(&map, problems),
        pagination: pagination(&map, problems),
        stream: stream(&map, problems),
        examples: examples(&map, problems),
    })
}

fn host<'a>(map: &Entries<'a>, problems: &mut Problems) -> Option<&'a str> {
    let host = map.text("host", problems)?;
    Name::Host.check(&host, problems);
    Some(host.value)
}

fn rate_limits<'a>(map: &Entries<'a>, problems: &mut Problems) -> Vec<RateLimitSpec<'a>> {
    let Some(node) = map.get("rate_limit") else {
        return Vec::new();
    };
    let items = match &node.kind {
        NodeKind::Sequence(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let owner = map.key_span("rate_limit");
    items
        .iter()
        .filter_map(|item| rate_limit(item, owner, problems))
        .collect()
}

fn rate_limit<'a>(
    node: &'a Node<'a>,
    owner: Span,
    problems: &mut Problems,
) -> Option<RateLimitSpec<'a>> {
    if let NodeKind::Scalar { text, .. } = &node.kind {
        let text = Located {
            value: &**text,
            span: node.span,
        };
        let (count, period) = expression::rate(&text, problems)?;
        return Some(RateLimitSpec {
            count,
            period,
            scope: RateScope::Account,
            by: None,
            doc: None,
            span: node.span,
        });
    }
    let map = Entries::open(node, &language::RATE_LIMIT, owner, problems)?;
    let scope = map.located_word("scope", problems);
    let by = map.text("by", problems);
    let doc = map.plain_text("doc", problems);
    let limit = map.written("limit", problems)?;
    let (count, period) = expression::rate(&limit, problems)?;
    Some(RateLimitSpec {
        count,
        period,
        span: scope.as_ref().map_or(limit.span, |scope| scope.span),
        scope: scope.map_or(RateScope::Account, |scope| scope.value),
        by,
        doc,
    })
}

fn status_codes<'a>(map: &Entries<'a>, problems: &mut Problems) -> Vec<(u16, &'a str)> {
    let mut codes = Vec::new();
    for (key, node) in map.map("status_codes", problems) {
        let meaning = text(node, key.span, &key.text, problems);
        match key.text.parse() {
            Ok(code @ 100..=599) if key.text.len() == 3 => {
                codes.push((
                    code,
                    meaning.map(|meaning| meaning.value).unwrap_or_default(),
                ));
            }
            _ => problems.add(
                Diagnostic::new(
                    key.span,
                    format!("{} is not an HTTP status code", quote(&key.text)),
                )
                .label("expected a number from 100 to 599")
                .help("write it as in `200`"),
            ),
        }
    }
    codes
}

fn pagination<'a>(
    map: &Entries<'a>,
    problems: &mut Problems,
) -> Option<Located<PaginationSpec<'a>>> {
    let node = map.get("pagination")?;
    let span = map.key_span("pagination");
    let map = Entries::open(node, &language::PAGINATION, span, problems)?;
    let present = |keys: &[&'static str]| -> Vec<&'static str> {
        keys.iter()
            .copied()
            .filter(|key| map.get(key).is_some())
            .collect()
    };
    let [style] = present(&["page", "offset", "token"])[..] else {
        problems.add(
            Diagnostic::new(
                span,
                "a pagination needs one of `page`, `offset` and `token`",
            )
            .label("how are the pages told apart?")
            .help("add `page` and `size`, or `offset` and `limit`, or `token` and `next`"),
        );
        return None;
    };
    let (required, foreign): (_, &[_]) = match style {
        "page" => ("size", &["limit", "next"]),
        "offset" => ("limit", &["first", "size", "next"]),
        _ => ("next", &["first", "size"]),
    };
    if map.get(required).is_none() {
        map.missing(required, problems);
    }
    for key in present(foreign) {
        problems.add(
            Diagnostic::new(
                map.key_span(key),
                format!("`{key}` does not go with `{style}`"),
            )
            .label("does not belong here")
            .related(map.key_span(style), "because of this")
            .help(format!("remove it; `{style}` goes with `{required}`")),
        );
    }
    let style = match style {
        "page" => PageStyleSpec::Number {
            page: map.text("page", problems),
            first: map.count("first", problems).map(|first| first.value),
            size: map.text("size", problems),
        },
        "offset" => PageStyleSpec::Offset {
            offset: map.text("offset", problems),
            limit: map.text("limit", problems),
        },
        _ => PageStyleSpec::Token {
            token: map.text("token", problems),
            next: map.text("next", problems),
            limit: map.text("limit", problems),
        },
    };
    let items = map.text("items", problems);
    let total = map.text("total", problems);
    Some(Located {
        value: PaginationSpec {
            style,
            items,
            total,
        },
        span,
    })
}

fn stream<'a>(map: &Entries<'a>, problems: &mut Problems) -> Option<Located<EventStreamSpec<'a>>> {
    let node = map.get("stream")?;
    let span = map.key_span("stream");
    let map = Entries::open(node, &language::EVENT_STREAM, span, problems)?;
    Some(Located {
        value: EventStreamSpec {
            switch: map.text("switch", problems),
            error: map.text("error", problems),
            error_code: map.text("error_code", problems),
            error_message: map.text("error_message", problems),
        },
        span,
    })
}

fn examples<'a>(map: &Entries<'a>, problems: &mut Problems) -> Vec<ExampleSpec<'a>> {
    let examples = map.list("examples", &language::EXAMPLE, problems);
    examples
        .iter()
        .map(|example| self::example(example, problems))
        .collect()
}

fn example<'a>(map: &Entries<'a>, problems: &mut Problems) -> ExampleSpec<'a> {
    let status = map.count("status", problems);
    if let Some(status) = &status
        && !(100..=599).contains(&status.value)
    {
        problems.add(
            Diagnostic::new(
                status.span,
                format!("{} is not an HTTP status code", status.value),
            )
            .label("expected a number from 100 to 599")
            .help("write it as in `200`"),
        );
    }
    if let Some(node) = map.get("request")
        && !matches!(node.kind, NodeKind::Mapping(_))
    {
        expected(
            node,
            map.key_span("request"),
            "the inputs by name",
            problems,
            |problem| problem.help("write `request: { Name: value }`"),
        );
    }
    ExampleSpec {
        title: map.plain_text("title", problems).unwrap_or_default(),
        method: map.word("method", problems),
        request: map.get("request"),
        status: status
            .and_then(|status| u16::try_from(status.value).ok())
            .unwrap_or(200),
        response: map.get("response"),
    }
}
