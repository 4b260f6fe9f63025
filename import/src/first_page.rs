//! Where pages start to be counted, as the text of a parameter tells it.
//!
//! A text tells it outright, or by the default, which is the first page, or by the smallest number
//! that it allows. A text that tells both 0 and 1 tells nothing.

use crate::prose;

/// Phrases about the first page, in which `#` stands for its number.
const PHRASES: &[&str] = &[
    "从#开始",
    "起始值为#",
    "第一页是#",
    "第一页为#",
    "#表示第一页",
    "起始页,#开始",
    // The default.
    "默认#",
    "默认为#",
    "默认是#",
    "默认填#",
    "默认值#",
    "默认值为#",
    "默认值是#",
    "默认:#",
    "默认值:#",
    "缺省#",
    "不填时默认为#",
    // The smallest number.
    ">=#",
    "≥#",
    "大于等于#",
    "不能小于#",
    "最小#",
    "最小为#",
    "最小值#",
    "最小值为#",
    "范围[#,",
    "范围:[#,",
    "范围为[#,",
    "范围是[#,",
    "范围:#~",
];

/// Phrases of which the number is one too small.
const ABOVE: &[&str] = &[">#", "大于#"];

/// The number of the first page.
pub(super) fn stated(document: &str) -> Option<u8> {
    let text = plain(document);
    let says = |phrase: &str, number: u8| occurs(&text, &phrase.replace('#', &number.to_string()));
    let is = |first: u8| PHRASES.iter().any(|phrase| says(phrase, first));
    let from_zero = is(0);
    let from_one = is(1) || ABOVE.iter().any(|phrase| says(phrase, 0));
    match (from_zero, from_one) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        _ => None,
    }
}

/// A text without spaces, and with the signs that Chinese has in two forms in one of them.
fn plain(document: &str) -> String {
    let text = prose::plain(document);
    let text = text.chars().filter(|c| !c.is_whitespace());
    text.map(|c| match c {
        '：' => ':',
        '，' => ',',
        c => c,
    })
    .collect()
}

/// Whether a phrase occurs in a text and is not the beginning or the end of a longer number.
fn occurs(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + phrase.len()..].chars().next();
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let starts = !(phrase.starts_with(|c: char| c.is_ascii_digit()) && is_digit(before));
        starts && !(phrase.ends_with(|c: char| c.is_ascii_digit()) && is_digit(after))
    })
}

#[cfg(test)]
mod tests {
    use super::stated;

    /// Texts of the metadata.
    #[test]
    fn the_first_page_is_what_the_text_tells() {
        for text in [
            "分页页码，从 0 开始",
            "分页页码 第一页是0",
            "页码ID，0表示第一页，以此后推。默认填0",
            "当前页数，默认为0，\n注意：PageNumber和PageSize 其中一个不填均默认返回6条数据。",
            "默认0，从0开始",
            "页码默认值：0",
        ] {
            assert_eq!(stated(text), Some(0), "{text}");
        }
        for text in [
            "当前页码（从1开始）",
            "<p>页码，从1开始，默认1；小于1时按1处理</p>",
            "分页查询，第几页，必传，大于0",
            "页码（取值范围&gt;0）",
            "页数，取值范围为[1, 1000]。",
            "页码，取值范围为[1,INF)，默认值为1",
            "起始页，当PageNo=1表示第一页， PageNo=2表示第二页，依次类推。",
            "取第几页，范围：1~100000。默认1。",
            "STRING(10)，页码（起始值为1，每次最多返回20条记录，第二页返回的记录数为第21至40条记录",
        ] {
            assert_eq!(stated(text), Some(1), "{text}");
        }
        for text in [
            "页码",
            "分页条数，默认10条",
            "页码，从10开始",
            "页码，默认1，从0开始",
            "当前查看页码，PageSize、PageNumber值均为-1 时，按照1页无限制条数匹配所有设备",
            "分页大小",
        ] {
            assert_eq!(stated(text), None, "{text}");
        }
    }
}
