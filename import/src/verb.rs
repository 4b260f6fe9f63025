//! What an action does, as far as its name tells.

/// Beginnings of action names that stand for looking something up.
const READING: &[&str] = &[
    "Count", "Describe", "Fetch", "Find", "Get", "Inquire", "Inquiry", "List", "Lookup", "Query",
    "Search", "Show",
];

/// What a second execution would do, as far as the verb tells. Whatever may change something
/// counts as a write.
pub(crate) fn kind(action: &str) -> &'static str {
    let verb = first_word(action);
    let verb = match verb {
        "Batch" => first_word(&action[verb.len()..]),
        verb => verb,
    };
    if READING.contains(&verb) {
        "read"
    } else {
        "write"
    }
}

/// The first word of a name in camel case.
fn first_word(name: &str) -> &str {
    let end = name
        .char_indices()
        .skip(1)
        .find(|(_, c)| !c.is_ascii_lowercase())
        .map_or(name.len(), |(index, _)| index);
    &name[..end]
}
