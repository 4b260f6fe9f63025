//! Descriptions, which mix Markdown, HTML and the components of documentation sites.

use crate::prose;

/// The longest listing that is kept in a description, in lines.
const LONGEST_LISTING: usize = 20;

/// A description as plain text.
pub(super) fn plain(text: &str) -> String {
    let text = without_listings(text).0;
    let text = without_components(&text);
    let lines: Vec<_> = text.lines().map(without_marks).collect();
    prose::plain(&lines.join("\n"))
}

/// The same on one line.
pub(super) fn line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a description loses something of its own, not only its markup.
pub(super) fn has_long_listing(text: &str) -> bool {
    without_listings(text).1
}

/// Leaves out whole programs, and the fences around short listings.
fn without_listings(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut listing: Option<Vec<&str>> = None;
    let mut dropped = false;
    let mut close = |listing: Vec<&str>, out: &mut String| {
        if listing.len() > LONGEST_LISTING {
            dropped = true;
        } else {
            for line in &listing {
                push_line(line, out);
            }
        }
    };
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        match (&mut listing, is_fence) {
            (Some(_), true) => close(listing.take().unwrap_or_default(), &mut out),
            (None, true) => listing = Some(Vec::new()),
            (Some(lines), false) => lines.push(line),
            (None, false) => push_line(line, &mut out),
        }
    }
    if let Some(listing) = listing {
        close(listing, &mut out);
    }
    (out, dropped)
}

fn push_line(line: &str, out: &mut String) {
    out.push_str(line);
    out.push('\n');
}

/// Replaces the tags of components, such as `<Note title="Limit">`, by their titles.
fn without_components(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some(tag) = component(rest, &out) else {
            out.push('<');
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.len()..];
        out.push('\n');
        if let Some(title) = title(tag) {
            out.push_str(title);
            out.push_str(": ");
        }
    }
    out.push_str(rest);
    out
}

/// The tag of a component at the start of a text. `<InstanceId>` alone is a placeholder: a component
/// has attributes or an end.
fn component<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    let tag = &text[..=text.find('>')?];
    let inside = tag[1..tag.len() - 1].trim_end_matches('/');
    let name = inside.trim_start_matches('/');
    let name = name.split_whitespace().next()?;
    let is_name = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.chars().any(|c| c.is_ascii_lowercase());
    let is_closed = text.contains(&format!("</{name}>"));
    let is_end = tag.starts_with("</") && !before.is_empty();
    (is_name && (is_closed || is_end || inside.contains('=') || tag.ends_with("/>"))).then_some(tag)
}

fn title(tag: &str) -> Option<&str> {
    let (_, value) = tag.split_once("title=")?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let title = value[1..].split(quote).next()?.trim();
    (!title.is_empty()).then_some(title)
}

/// A line without what Markdown marks it with.
fn without_marks(line: &str) -> String {
    let mut line = line.trim_end();
    let indent = line.len() - line.trim_start().len();
    let (space, text) = line.split_at(indent);
    let mut text = text;
    while let Some(rest) = text.strip_prefix('>') {
        text = rest.trim_start();
    }
    let heading = text.trim_start_matches('#');
    if heading.len() < text.len() && heading.starts_with(' ') {
        text = heading.trim_start();
    }
    line = text;
    format!("{space}{}", links(&line.replace("**", "")))
}

/// Writes `[text](address)` as the text, and the address behind it if it leads to a page.
fn links(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(middle) = rest.find("](") {
        let Some((start, end)) = rest[..middle].rfind('[').zip(rest[middle..].find(')')) else {
            out.push_str(&rest[..middle + 2]);
            rest = &rest[middle + 2..];
            continue;
        };
        let text = &rest[start + 1..middle];
        let address = rest[middle + 2..middle + end].trim();
        out.push_str(rest[..start].strip_suffix('!').unwrap_or(&rest[..start]));
        out.push_str(text);
        if address.starts_with("http") && address != text {
            out.push_str(" (");
            out.push_str(address);
            out.push(')');
        }
        rest = &rest[middle + end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        let table = [
            (
                "Rooms.\n<Note title=\"Rate Limit\">10 times/second</Note>",
                "Rooms.\n\nRate Limit: 10 times/second",
            ),
            ("> **Note**\n>\n> - Removed.", "Note\n\n- Removed."),
            ("See [Codes](/return-codes).", "See Codes."),
            (
                "See [Codes](https://a.io/x) and [b].",
                "See Codes (https://a.io/x) and [b].",
            ),
            ("## Heading", "Heading"),
            ("<InstanceId> of <b>it</b> < 3", "<InstanceId> of it < 3"),
            ("a\n```go\nshort()\n```\nb", "a\nshort()\nb"),
        ];
        for (markup, text) in table {
            assert_eq!(plain(markup), text, "{markup}");
        }
        let program = format!("a\n```go\n{}```\nb", "line\n".repeat(21));
        assert_eq!(
            (plain(&program), has_long_listing(&program)),
            ("a\nb".to_owned(), true)
        );
    }
}
