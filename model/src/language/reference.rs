//! The language as a reference for people.

/// The keys of the language as Markdown: a table for each kind of mapping.
pub fn reference_markdown() -> String {
    String::new()
}
