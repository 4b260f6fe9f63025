//! Vendors' texts, which mix HTML, entities and stray characters, as plain text.

use crate::yaml::is_mark;

/// The elements that are understood. What looks like any other one is a placeholder that the
/// vendor wrote, such as `<InstanceId>`, and stays.
const ELEMENTS: &[(&str, Effect)] = &[
    ("a", Effect::Link),
    ("b", Effect::Nothing),
    ("blockquote", Effect::Line),
    ("br", Effect::Line),
    ("center", Effect::Line),
    ("code", Effect::Nothing),
    ("dd", Effect::Line),
    ("del", Effect::Nothing),
    ("div", Effect::Line),
    ("dl", Effect::Line),
    ("dt", Effect::Line),
    ("dx-alert", Effect::Line),
    ("em", Effect::Nothing),
    ("font", Effect::Nothing),
    ("h1", Effect::Line),
    ("h2", Effect::Line),
    ("h3", Effect::Line),
    ("h4", Effect::Line),
    ("h5", Effect::Line),
    ("h6", Effect::Line),
    ("hr", Effect::Line),
    ("i", Effect::Nothing),
    ("img", Effect::Nothing),
    ("li", Effect::Item),
    ("ol", Effect::Line),
    ("p", Effect::Line),
    ("pre", Effect::Line),
    ("s", Effect::Nothing),
    ("section", Effect::Line),
    ("small", Effect::Nothing),
    ("span", Effect::Nothing),
    ("strong", Effect::Nothing),
    ("sub", Effect::Nothing),
    ("sup", Effect::Nothing),
    ("svg", Effect::Skip),
    ("table", Effect::Line),
    ("tbody", Effect::Line),
    ("td", Effect::Cell),
    ("tfoot", Effect::Line),
    ("th", Effect::Cell),
    ("thead", Effect::Line),
    ("tr", Effect::Line),
    ("u", Effect::Nothing),
    ("ul", Effect::Line),
];

/// Entities by name. Others stay as they are.
const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("apos", "'"),
    ("emsp", " "),
    ("ensp", " "),
    ("gt", ">"),
    ("lt", "<"),
    ("nbsp", " "),
    ("quot", "\""),
];

/// The longest entity, from `&` to `;`.
const LONGEST_ENTITY: usize = 10;

/// What an element does to the text around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Nothing,
    /// Starts a new line, and so does its end.
    Line,
    /// Starts an item of a list.
    Item,
    /// Separates the cells of a row.
    Cell,
    /// Puts its address behind its text.
    Link,
    /// Disappears with all that is inside.
    Skip,
}

/// The plain text of a vendor's text: lines without trailing blanks, no two empty ones in a row,
/// and no character that the language refuses.
pub(crate) fn plain(text: &str) -> String {
    if !text.contains(|c: char| c == '<' || c == '&' || is_untidy(c)) && !text.contains("  ") {
        return text.trim().to_owned();
    }
    tidy(&decode(&strip(text)))
}

/// The same on one line.
pub(crate) fn line(text: &str) -> String {
    let text = plain(text);
    if text.contains(['\n', ' ']) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text
    }
}

fn is_untidy(c: char) -> bool {
    c.is_control() || is_mark(c)
}

/// Removes tags, and keeps what they mean for the lines of the text.
fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut address = None;
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some(tag) = Tag::read(rest) else {
            out.push('<');
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        match tag.effect {
            Effect::Skip if !tag.closing => {
                let end = format!("</{}>", tag.name);
                rest = rest.find(&end).map_or("", |at| &rest[at + end.len()..]);
            }
            Effect::Link if !tag.closing => address = Some((tag.address(), out.len())),
            Effect::Link => {
                if let Some((Some(address), start)) = address.take()
                    && !out[start..].contains(address)
                {
                    out.push_str(" (");
                    out.push_str(address);
                    out.push(')');
                }
            }
            effect => separate(effect, tag.closing, &mut out),
        }
    }
    out.push_str(rest);
    out
}

/// Makes sure that what follows stands apart from what has been written.
fn separate(effect: Effect, closing: bool, out: &mut String) {
    let at_start = out.is_empty() || out.ends_with('\n');
    match effect {
        Effect::Line if !at_start && !out.ends_with("- ") => out.push('\n'),
        Effect::Item => {
            if !at_start {
                out.push('\n');
            }
            if !closing {
                out.push_str("- ");
            }
        }
        Effect::Cell if !closing && !at_start => out.push_str(" | "),
        _ => {}
    }
}

/// A tag of an element that is understood.
struct Tag<'t> {
    name: &'static str,
    effect: Effect,
    closing: bool,
    attributes: &'t str,
    /// How long it is, brackets included.
    length: usize,
}

impl<'t> Tag<'t> {
    /// Reads a tag from the start of a text.
    fn read(text: &'t str) -> Option<Self> {
        let end = text[1..].find(['<', '>'])? + 1;
        let inside = text[1..end].strip_suffix('/').unwrap_or(&text[1..end]);
        if text.as_bytes()[end] != b'>' {
            return None;
        }
        let (closing, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let (name, attributes) = match inside.find(|c: char| c.is_ascii_whitespace()) {
            Some(space) => inside.split_at(space),
            None => (inside, ""),
        };
        // HTML's names are lower case in practice; `<P>` may be anything.
        let &(name, effect) = ELEMENTS.iter().find(|(element, _)| *element == name)?;
        Some(Self {
            name,
            effect,
            closing,
            attributes,
            length: end + 1,
        })
    }

    /// The address of a link to a page.
    fn address(&self) -> Option<&'t str> {
        let (_, value) = self.attributes.split_once("href=")?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let address = value[1..].split(quote).next()?.trim();
        address.starts_with("http").then_some(address)
    }
}

/// Replaces entities by what they stand for.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest
            .bytes()
            .take(LONGEST_ENTITY)
            .position(|byte| byte == b';');
        let decoded = end.and_then(|end| entity(&rest[1..end]));
        if let (Some(decoded), Some(end)) = (decoded, end) {
            out.push_str(&decoded);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?).map(String::from);
    }
    let (_, text) = ENTITIES.iter().find(|(entity, _)| *entity == name)?;
    Some((*text).to_owned())
}

/// Removes blanks and characters that nobody sees.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    let text = text.replace("\r\n", "\n");
    for line in text.split(['\n', '\r']) {
        let visible = line.replace('\t', " ").replace(is_untidy, "");
        let visible = visible.trim_end();
        let visible = if out.is_empty() {
            visible.trim_start()
        } else {
            visible
        };
        if visible.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        out.push_str(visible);
        empty = 0;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What vendors write, shortened, and what a reader of their pages sees.
    #[test]
    fn markup_becomes_lines() {
        let table = [
            (
                "语速：<li>-2代表0.6倍</li><li>0代表1.0倍（默认）</li>输入其他参数不生效。",
                "语速：\n- -2代表0.6倍\n- 0代表1.0倍（默认）\n输入其他参数不生效。",
            ),
            (
                "<p>工具类型</p><p>目前仅支持 &quot;function&quot;</p>",
                "工具类型\n目前仅支持 \"function\"",
            ),
            (
                "<table><tbody><tr><td>枚举项</td><td>枚举值</td></tr><tr><td>UNARY</td><td>0</td></tr></tbody></table>",
                "枚举项 | 枚举值\nUNARY | 0",
            ),
            (
                "<p>获取方法 <a href=\"https://cloud.tencent.com/document/product/1759\">AppId</a></p>",
                "获取方法 AppId (https://cloud.tencent.com/document/product/1759)",
            ),
            (
                "默认值：2，单位:秒。<br><font color=\"red\">小于检查间隔。</font>",
                "默认值：2，单位:秒。\n小于检查间隔。",
            ),
            (
                "属性。<dx-alert infotype=\"explain\" title=\"\">则该参数必传。</dx-alert>",
                "属性。\n则该参数必传。",
            ),
            (
                "<ul><li> 个人签名</li><li> 企业印章</li></ul><p><img src=\"https://q.cn/9.png\" alt=\"image\"></p>",
                "-  个人签名\n-  企业印章",
            ),
            (
                "a<svg viewBox=\"0 0\"><text>drawn</text></svg>b<!-- not <b>shown -->c",
                "abc",
            ),
        ];
        for (html, text) in table {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn what_is_not_markup_stays() {
        for text in [
            "<InstanceId>-<Port>",
            "1 < 2 && 3 > 2",
            "a <b",
            "&unknown; & &;",
            "长度 <= 64",
        ] {
            assert_eq!(plain(text), text);
        }
        assert_eq!(plain("&lt;br&gt; &#39;&#x27;"), "<br> ''");
    }

    #[test]
    fn blanks_and_characters_that_nobody_sees_are_removed() {
        assert_eq!(
            plain("  a \r\n\r\n\r\n\tb\u{b}\r\n c\u{202e}d \n\n"),
            "a\n\n b\n cd"
        );
        assert_eq!(line(" one\n\n two  three "), "one two three");
    }
}
