//! Rust source as text, laid out as rustfmt would.
//!
//! Generated code has few shapes: documentation, literals, signatures, lists of names. Each is
//! laid out here with rustfmt's widths, so that no formatter has to run over megabytes of output.
//! A test runs rustfmt over what comes out and expects no change.

mod prose;

use std::cmp::Ordering;
use std::fmt::Write;

pub(crate) use self::prose::{
    MEMBER_WIDTH, inline, item, markup, member_markup, member_prose, prose,
};

/// The width of a line.
const MAX_WIDTH: usize = 100;
/// The width up to which the fields of a struct literal stay on one line.
const STRUCT_LITERAL_WIDTH: usize = 18;
/// The width up to which the items of an array or the arguments of a call stay on one line.
const ARRAY_WIDTH: usize = 60;

/// Source text that grows line by line at a level of indentation.
#[derive(Debug, Default)]
pub(crate) struct Text {
    text: String,
    level: usize,
}

impl Text {
    /// Writes a line.
    pub(crate) fn line(&mut self, line: &str) {
        self.pieces(&[line]);
    }

    /// Leaves a line empty.
    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Writes a line that opens a block, what stands in the block, and the line that closes it.
    pub(crate) fn block(&mut self, open: &str, close: &str, body: impl FnOnce(&mut Self)) {
        self.line(open);
        self.level += 1;
        body(self);
        self.level -= 1;
        self.line(close);
    }

    /// Writes outer documentation.
    pub(crate) fn doc(&mut self, lines: &[String]) {
        self.documentation("///", lines);
    }

    /// Writes documentation of the enclosing module.
    pub(crate) fn module_doc(&mut self, lines: &[String]) {
        self.documentation("//!", lines);
    }

    /// Writes a field of a struct.
    pub(crate) fn field(&mut self, name: &str, ty: &str) {
        let pieces = ["pub ", name, ": ", ty, ","];
        if self.fits(&pieces) {
            self.pieces(&pieces);
        } else {
            self.pieces(&["pub ", name, ":"]);
            self.level += 1;
            self.pieces(&[ty, ","]);
            self.level -= 1;
        }
    }

    /// Writes a function: its name with everything before it, its parameters, what follows them,
    /// and its body. It is compiled where it is called, so that a crate of bindings is only checked.
    pub(crate) fn function(
        &mut self,
        name: &str,
        params: &[String],
        result: &str,
        body: impl FnOnce(&mut Self),
    ) {
        self.line("#[inline]");
        let line = format!("{name}({}) -> {result} {{", params.join(", "));
        if self.fits(&[&line]) {
            self.block(&line, "}", body);
            return;
        }
        self.line(&format!("{name}("));
        self.level += 1;
        for param in params {
            self.pieces(&[param, ","]);
        }
        self.level -= 1;
        self.block(&format!(") -> {result} {{"), "}", body);
    }

    /// A field of a struct literal that is written next and takes its value from another
    /// struct's field of the same name.
    pub(crate) fn moved_field(&self, from: &str, name: &str) -> String {
        let line = format!("{name}: {from}.{name}");
        // The comma behind it counts.
        if (self.level + 1) * 4 + line.len() < MAX_WIDTH {
            line
        } else {
            format!("{name}: {from}\n    .{name}")
        }
    }

    /// Writes a struct literal between a beginning (`Self`, `const X: T = T`) and an end.
    pub(crate) fn literal(&mut self, begin: &str, fields: &[String], end: &str) {
        let inner = fields.join(", ");
        if inner.len() <= STRUCT_LITERAL_WIDTH && !inner.contains("..") {
            self.line(&format!("{begin} {{ {inner} }}{end}"));
            return;
        }
        self.block(&format!("{begin} {{"), &format!("}}{end}"), |text| {
            for field in fields {
                let comma = if field.starts_with("..") { "" } else { "," };
                for line in format!("{field}{comma}").lines() {
                    text.line(line);
                }
            }
        });
    }

    /// Writes an assignment, with its value on a line of its own where it must be. A value of
    /// several lines has been broken where it must be.
    pub(crate) fn assign(&mut self, target: &str, value: &str) {
        let pieces = [target, " = ", value, ";"];
        if value.contains('\n') {
            for line in pieces.concat().lines() {
                self.line(line);
            }
        } else if self.fits(&pieces) {
            self.pieces(&pieces);
        } else {
            self.pieces(&[target, " ="]);
            self.level += 1;
            self.pieces(&[value, ";"]);
            self.level -= 1;
        }
    }

    /// Writes a `use` of several names of one module.
    pub(crate) fn import(&mut self, keyword: &str, module: &str, names: &[String]) {
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_by(|a, b| {
            (*a != "self")
                .cmp(&(*b != "self"))
                .then(version_order(a, b))
        });
        if let ["self"] = names.as_slice() {
            self.line(&format!("{keyword} {module};"));
            return;
        }
        if let [name] = names.as_slice() {
            self.line(&format!("{keyword} {module}::{name};"));
            return;
        }
        let line = format!("{keyword} {module}::{{{}}};", names.join(", "));
        // rustfmt keeps columns free behind a list and its rows.
        if self.level * 4 + line.len() < MAX_WIDTH - 1 {
            self.line(&line);
            return;
        }
        self.block(&format!("{keyword} {module}::{{"), "};", |text| {
            let room = MAX_WIDTH - text.level * 4 - 1;
            let mut row = String::new();
            let mut is_first_row = true;
            let last = names.len() - 1;
            for (index, name) in names.into_iter().enumerate() {
                // rustfmt forgets the last comma, unless it has begun a row before.
                let comma = usize::from(index != last || !is_first_row);
                if !row.is_empty() && row.len() + 1 + name.len() + comma > room {
                    text.line(&row);
                    row.clear();
                    is_first_row = false;
                }
                if !row.is_empty() {
                    row.push(' ');
                }
                let _ = write!(row, "{name},");
            }
            text.line(&row);
        });
    }

    /// What has been written.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn documentation(&mut self, marker: &str, lines: &[String]) {
        for line in lines {
            if line.is_empty() {
                self.line(marker);
            } else {
                self.pieces(&[marker, " ", line]);
            }
        }
    }

    /// Writes a line of pieces, which are put together nowhere else: it is what most lines are.
    fn pieces(&mut self, pieces: &[&str]) {
        for _ in 0..self.level {
            self.text.push_str("    ");
        }
        for piece in pieces {
            self.text.push_str(piece);
        }
        self.text.push('\n');
    }

    pub(crate) fn fits(&self, pieces: &[&str]) -> bool {
        let width: usize = pieces.iter().map(|piece| piece.chars().count()).sum();
        self.level * 4 + width <= MAX_WIDTH
    }
}

/// An array of items that each take a line of their own unless all are short.
pub(crate) fn array(items: &[String]) -> String {
    let line = items.join(", ");
    if line.len() <= ARRAY_WIDTH {
        return format!("[{line}]");
    }
    let mut text = String::from("[\n");
    for item in items {
        let _ = writeln!(text, "    {},", item.replace('\n', "\n    "));
    }
    text.push(']');
    text
}

/// A call, or a tuple where the function has no name, with each argument on a line of its own where
/// they are long.
pub(crate) fn call(function: &str, arguments: &[String]) -> String {
    let line = arguments.join(", ");
    if line.len() <= ARRAY_WIDTH {
        return format!("{function}({line})");
    }
    broken_call(function, arguments)
}

/// An array of calls or tuples. A single one that is long opens its brackets together with the
/// array's; those of a tuple do not count.
pub(crate) fn array_of_calls(calls: &[(String, Vec<String>)]) -> String {
    let lines: Vec<String> = calls
        .iter()
        .map(|(function, arguments)| call(function, arguments))
        .collect();
    let ([(function, arguments)], [line]) = (calls, lines.as_slice()) else {
        return array(&lines);
    };
    let brackets = if function.is_empty() { 2 } else { 0 };
    if line.len() <= ARRAY_WIDTH + brackets {
        return format!("[{line}]");
    }
    format!("[{}]", broken_call(function, arguments))
}

fn broken_call(function: &str, arguments: &[String]) -> String {
    format!("{function}(\n    {},\n)", arguments.join(",\n    "))
}

/// A string literal.
pub(crate) fn string(text: &str) -> String {
    proc_macro2::Literal::string(text).to_string()
}

/// A number with its thousands apart, as clippy wants it.
pub(crate) fn number(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    if digits.len() <= 5 {
        return format!("{sign}{digits}");
    }
    let mut text = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// The order in which rustfmt sorts names: part by part, where an underscore comes before all else
/// and numbers are compared by their value.
pub(crate) fn version_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while !left.is_empty() && !right.is_empty() {
        let order = part_order(take(&mut left), take(&mut right));
        if order.is_ne() {
            return order;
        }
    }
    // Of names that differ in leading zeros alone, the one with more of them comes first.
    let zeros = |name: &str| name.bytes().chain([u8::MAX]).collect::<Vec<_>>();
    let by_length = (!left.is_empty()).cmp(&!right.is_empty());
    by_length.then_with(|| zeros(a).cmp(&zeros(b)))
}

fn part_order(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<u128>(), b.parse()) {
        return a.cmp(&b);
    }
    (a != "_").cmp(&(b != "_")).then_with(|| a.cmp(b))
}

/// Takes an underscore, a run of digits, or a run of anything else from the front of a text.
fn take<'a>(text: &mut &'a str) -> &'a str {
    let kind = |mark: char| (mark == '_', mark.is_ascii_digit());
    let first = text.chars().next().map(kind);
    let end = match first {
        Some((true, _)) => 1,
        _ => text
            .find(|mark| Some(kind(mark)) != first)
            .unwrap_or(text.len()),
    };
    let (part, rest) = text.split_at(end);
    *text = rest;
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_item_breaks_where_rustfmt_breaks_it() {
        let array = |function: &str, argument: usize| {
            let arguments = vec!["a".repeat(argument), "b".to_owned()];
            array_of_calls(&[(function.to_owned(), arguments)])
        };
        assert!(!array("", 57).contains('\n'));
        assert!(array("", 58).contains('\n'));
        assert!(!array("f", 54).contains('\n'));
        assert!(array("f", 55).contains('\n'));
    }

    #[test]
    fn numbers_are_grouped_as_clippy_wants() {
        assert_eq!(number("50001"), "50001");
        assert_eq!(number("-100000"), "-100_000");
        assert_eq!(number("1400188366"), "1_400_188_366");
    }

    #[test]
    fn names_are_sorted_as_rustfmt_sorts_imports() {
        // As rustfmt 1.9.0 leaves them in a `use`.
        let sorted = [
            "A1_b", "A1a", "A09", "A9", "A10", "Zebra", "a", "a_b", "a001", "a01", "a1", "a1__b",
            "a1_9", "a1_10", "a9", "a10", "a010_b", "ab", "b",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| version_order(a, b));
        assert_eq!(names, sorted);
    }
}
