//! A vendor's words as documentation.

use std::fmt::Write;

/// The width of documentation of what stands in a module.
const ITEM_WIDTH: usize = 96;

/// The width of documentation of what stands in an item, and so is indented.
pub(crate) const MEMBER_WIDTH: usize = ITEM_WIDTH - 4;

/// Plain text as lines of documentation: Markdown that shows the text as it is, with code spans
/// and links kept.
pub(crate) fn prose(text: &str) -> Vec<String> {
    paragraphs(text, ITEM_WIDTH)
}

/// The same for a field, a variant or a function.
pub(crate) fn member_prose(text: &str) -> Vec<String> {
    paragraphs(text, MEMBER_WIDTH)
}

/// Markdown as lines of documentation.
pub(crate) fn markup(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    wrap(text, "", ITEM_WIDTH, &mut lines);
    lines
}

/// The same for a field, a variant or a function.
pub(crate) fn member_markup(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    wrap(text, "", MEMBER_WIDTH, &mut lines);
    lines
}

fn paragraphs(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n').filter(|line| !line.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        wrap(&inline(paragraph), "", width, &mut lines);
    }
    lines
}

/// Plain text as an item of a list.
pub(crate) fn item(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    wrap(&inline(&words), "- ", ITEM_WIDTH, &mut lines);
    lines
}

/// Plain text within a line, with what Markdown or rustdoc would take for markup escaped.
pub(crate) fn inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    if !text.contains('`') {
        escape_words(text, &mut escaped);
        return escaped;
    }
    let balanced = text.matches('`').count().is_multiple_of(2) && !text.contains("``");
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            escaped.push_str(if balanced { "`" } else { "\\`" });
        }
        if balanced && index % 2 == 1 {
            escaped.push_str(part);
        } else {
            escape_words(part, &mut escaped);
        }
    }
    escaped
}

fn escape_words(text: &str, escaped: &mut String) {
    for (index, word) in text.split([' ', '\t']).enumerate() {
        if index > 0 {
            escaped.push(' ');
        }
        if let Some(start) = url_start(word) {
            let (before, url) = word.split_at(start);
            let end = url_end(url);
            let (url, after) = url.split_at(end);
            // The author may have marked the link already.
            let (before, after) = match (before.strip_suffix('<'), after.strip_prefix('>')) {
                (Some(before), Some(after)) => (before, after),
                _ => (before, after),
            };
            escape_marks(before, escaped);
            let _ = write!(escaped, "<{url}>");
            escape_marks(after, escaped);
        } else {
            escape_marks(word, escaped);
        }
    }
}

/// Where a URL starts in a word.
fn url_start(word: &str) -> Option<usize> {
    if !word.contains(':') {
        return None;
    }
    let schemes = ["http://", "https://"];
    schemes.iter().filter_map(|scheme| word.find(scheme)).min()
}

/// Where a URL ends in a word: punctuation behind it belongs to the sentence.
fn url_end(word: &str) -> usize {
    let mut url = &word[..word.find(['<', '>']).unwrap_or(word.len())];
    loop {
        let mut marks = url.chars();
        match marks.next_back() {
            Some('.' | ',' | ';' | ':' | '"' | '。') => {}
            Some(')') if !url.contains('(') => {}
            Some(']') if !url.contains('[') => {}
            _ => return url.len(),
        }
        url = marks.as_str();
    }
}

fn escape_marks(text: &str, escaped: &mut String) {
    if !text.contains(['<', '[', ']', '*', '\\', '~', '|', '_', '&']) {
        escaped.push_str(text);
        return;
    }
    let mut before = ' ';
    let mut marks = text.chars().peekable();
    while let Some(mark) = marks.next() {
        let after = marks.peek().copied().unwrap_or(' ');
        let markup = match mark {
            '<' | '[' | ']' | '*' | '\\' | '~' | '|' => true,
            // Underscores within a word and lone ampersands are text.
            '_' => !before.is_alphanumeric() || !after.is_alphanumeric(),
            '&' => after.is_ascii_alphanumeric() || after == '#',
            _ => false,
        };
        if markup {
            escaped.push('\\');
        }
        escaped.push(mark);
        before = mark;
    }
}

fn wrap(text: &str, marker: &str, max: usize, lines: &mut Vec<String>) {
    let indent = " ".repeat(marker.len());
    let mut line = String::from(marker);
    let mut width = 0;
    let mut empty = true;
    for word in text.split_whitespace() {
        let word_width = word.chars().count();
        if !empty && width + 1 + word_width > max {
            lines.push(std::mem::replace(&mut line, indent.clone()));
            empty = true;
        }
        if empty {
            guard_line_start(word, &mut line);
            width = line.chars().count();
        } else {
            line.push(' ');
            line.push_str(word);
            width += 1 + word_width;
        }
        empty = false;
    }
    if !empty {
        lines.push(line);
    }
}

/// Keeps a word at the start of a line from being taken for a list, a heading or a rule.
fn guard_line_start(word: &str, line: &mut String) {
    let digits = word.trim_start_matches(|digit: char| digit.is_ascii_digit());
    if digits.len() < word.len() && (digits.starts_with('.') || digits.starts_with(')')) {
        line.push_str(&word[..word.len() - digits.len()]);
        line.push('\\');
        line.push_str(digits);
        return;
    }
    if word.starts_with(['-', '+', '#', '=', ':', '>']) {
        line.push('\\');
    }
    line.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_shows_markup_as_text() {
        assert_eq!(prose("a <b> [c] `d[0]`"), [r"a \<b> \[c\] `d[0]`"]);
        assert_eq!(prose("one ` tick"), [r"one \` tick"]);
        assert_eq!(
            prose("see https://a.example/x_y."),
            ["see <https://a.example/x_y>."]
        );
        assert_eq!(
            prose("see <https://a.example>."),
            ["see <https://a.example>."]
        );
        assert_eq!(
            prose("1. first\n- second"),
            [r"1\. first", "", r"\- second"]
        );
        assert_eq!(
            prose("```\nfn main() {}\n```").join("|"),
            r"\`\`\`||fn main() {}||\`\`\`"
        );
    }
}
