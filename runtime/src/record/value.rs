//! The types that fields have.
//!
//! What is generic here is `#[inline]`, so that it stands where the program uses a type. Elsewhere,
//! the compiler would make the accessors of that type once more beside it.

use std::collections::BTreeMap;

use super::{Field, List, Map, Member, Optional, Peek, Record, Slot, Value};
use crate::Timestamp;

/// Implements [`Value`] for a type that is one kind of slot.
macro_rules! scalar {
    ($type:ty, $slot:ident, $absent:expr, |$value:ident| $peek:expr) => {
        impl Value for $type {
            fn absent() -> Self {
                $absent
            }

            fn slot(&mut self) -> Slot<'_> {
                Slot::$slot(self)
            }

            fn peek(&self) -> Peek<'_> {
                let $value = self;
                $peek
            }
        }
    };
}

scalar!(String, String, Self::new(), |value| Peek::String(value));
scalar!(bool, Bool, false, |value| Peek::Bool(*value));
scalar!(i64, Signed, 0, |value| Peek::Signed(*value));
scalar!(u64, Unsigned, 0, |value| Peek::Unsigned(*value));
scalar!(f64, Float, 0.0, |value| Peek::Float(*value));
scalar!(Vec<u8>, Bytes, Self::new(), |value| Peek::Bytes(value));
scalar!(Timestamp, Timestamp, Self::UNIX_EPOCH, |value| {
    Peek::Timestamp(*value)
});
scalar!(serde_json::Value, Json, Self::Null, |value| Peek::Json(
    value
));

impl<R: Record> Value for R {
    #[inline]
    fn absent() -> Self {
        Self::empty()
    }

    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Record(self)
    }

    #[inline]
    fn peek(&self) -> Peek<'_> {
        Peek::Record(self)
    }
}

impl<R: Record> Record for Box<R> {
    #[inline]
    fn members(&self) -> &'static [Member] {
        (**self).members()
    }

    #[inline]
    fn slot(&mut self, index: usize) -> Slot<'_> {
        (**self).slot(index)
    }

    #[inline]
    fn field(&self, index: usize) -> Field<'_> {
        (**self).field(index)
    }

    #[inline]
    fn empty() -> Self {
        Self::new(R::empty())
    }
}

impl<T: Value> Value for Option<T> {
    #[inline]
    fn absent() -> Self {
        None
    }

    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Optional(self)
    }

    #[inline]
    fn peek(&self) -> Peek<'_> {
        match self {
            Some(value) => value.peek(),
            None => Peek::Absent,
        }
    }

    #[inline]
    fn field(&self) -> Field<'_> {
        Field::Optional(self)
    }
}

impl<T: Value> Optional for Option<T> {
    #[inline]
    fn fill(&mut self) -> Slot<'_> {
        // `get_or_insert_with` is three times the code in a program, once for each type.
        if self.is_none() {
            *self = Some(T::absent());
        }
        match self {
            Some(value) => value.slot(),
            None => Slot::None,
        }
    }

    #[inline]
    fn clear(&mut self) {
        *self = None;
    }

    #[inline]
    fn peek(&self) -> Peek<'_> {
        Value::peek(self)
    }
}

impl<T: Value> Value for Vec<T> {
    #[inline]
    fn absent() -> Self {
        Self::new()
    }

    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }

    #[inline]
    fn peek(&self) -> Peek<'_> {
        Peek::List(self)
    }
}

impl<T: Value> List for Vec<T> {
    #[inline]
    fn clear(&mut self) {
        self.clear();
    }

    #[inline]
    fn push(&mut self) -> Slot<'_> {
        let index = Vec::len(self);
        Vec::push(self, T::absent());
        self[index].slot()
    }

    #[inline]
    fn pop(&mut self) {
        Vec::pop(self);
    }

    #[inline]
    fn len(&self) -> usize {
        Vec::len(self)
    }

    #[inline]
    fn peek(&self, index: usize) -> Peek<'_> {
        self[index].peek()
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    #[inline]
    fn absent() -> Self {
        Self::new()
    }

    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }

    #[inline]
    fn peek(&self) -> Peek<'_> {
        Peek::Map(self)
    }
}

impl<T: Value> Map for BTreeMap<String, T> {
    #[inline]
    fn clear(&mut self) {
        self.clear();
    }

    #[inline]
    fn insert(&mut self, key: &str) -> Slot<'_> {
        self.entry(key.to_owned()).or_insert_with(T::absent).slot()
    }

    #[inline]
    fn remove(&mut self, key: &str) {
        self.remove(key);
    }

    #[inline]
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Peek<'a>)) {
        for (key, value) in self {
            visit(key, value.peek());
        }
    }
}
