//! Paths of keys, as overlays write them: `output.UserList.nullable`.

use std::fmt;

use bindery_model::document::push_pointer;

/// The keys that lead to a part of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(Vec<String>);

impl Path {
    /// Reads a path, in which a key that holds a dot stands in quotes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut keys = Vec::new();
        let mut rest = text;
        loop {
            let (key, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
            };
            if key.is_empty() {
                return None;
            }
            keys.push(key.to_owned());
            match after.strip_prefix('.') {
                Some(after) => rest = after,
                None => return after.is_empty().then_some(Self(keys)),
            }
        }
    }

    pub(super) fn new<const N: usize>(keys: [&str; N]) -> Self {
        Self(keys.map(str::to_owned).to_vec())
    }

    /// The path one step further.
    pub(super) fn to(&self, key: &str) -> Self {
        let mut path = self.clone();
        path.0.push(key.to_owned());
        path
    }

    /// The last key.
    pub(super) fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// The path to the same part while `from` was called by its last key, and not `to`.
    pub(super) fn before_renaming(&self, from: &Self, to: &str) -> Option<Self> {
        let (_, above) = from.0.split_last()?;
        let below = self.0.strip_prefix(above)?;
        let below = below.split_first().filter(|(key, _)| *key == to)?.1;
        Some(Self([from.0.as_slice(), below].concat()))
    }

    /// The first key, and the path below it.
    pub(super) fn split_first(self) -> Option<(String, Self)> {
        let mut keys = self.0.into_iter();
        Some((keys.next()?, Self(keys.collect())))
    }

    /// The JSON pointer from a part to one in it, if that is where this path leads.
    pub(super) fn below(&self, part: &Self) -> Option<String> {
        let keys = self.0.strip_prefix(part.0.as_slice())?;
        let mut pointer = String::new();
        for key in keys {
            push_pointer(&mut pointer, key);
        }
        Some(pointer)
    }

    /// JSON pointers to the part and to all that it lies in, the narrowest first.
    pub(super) fn pointers(&self) -> Vec<String> {
        let mut pointer = String::new();
        let mut pointers = vec![pointer.clone()];
        for key in &self.0 {
            push_pointer(&mut pointer, key);
            pointers.push(pointer.clone());
        }
        pointers.reverse();
        pointers
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            if key.contains('.') {
                write!(f, "\"{key}\"")?;
            } else {
                f.write_str(key)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_they_are_written() {
        for text in ["GetUser", "a.b.c", "errors.\"A.B\".doc"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "a.", ".a", "a..b", "\"a", "\"a\"b"] {
            assert_eq!(Path::parse(text), None, "{text}");
        }
        let path = Path::parse("errors.\"A.B\"").unwrap();
        assert_eq!(path.pointers(), ["/errors/A.B", "/errors", ""]);
        let below = |part| path.below(&Path::parse(part).unwrap());
        assert_eq!(below("errors").as_deref(), Some("/A.B"));
        assert_eq!(below("output"), None);
        let before = |from| {
            let path = Path::parse("params.X-A.type").unwrap();
            let before = path.before_renaming(&Path::parse(from).unwrap(), "X-A");
            before.map(|path| path.to_string())
        };
        assert_eq!(before("params.A").as_deref(), Some("params.A.type"));
        assert_eq!(before("output.A"), None);
        assert_eq!(before("params.A.type"), None);
    }
}
