//! The types that fields have.
//!
//! What is generic here is `#[inline]`, so that it stands where the program uses a type. Elsewhere,
//! the compiler would make the accessors of that type once more beside it.

use std::collections::BTreeMap;

use super::{
    Field, List, ListMut, Map, MapMut, Optional, Peek, Record, RecordMut, Slot, Value, ValueMut,
};
use crate::Timestamp;

/// Implements [`Value`] and [`ValueMut`] for a type that is one kind of slot, and may be another
/// where it is optional.
macro_rules! scalar {
    ($type:ty, $slot:ident $(or $optional:ident)?, $absent:expr, |$value:ident| $peek:expr) => {
        impl Value for $type {
            fn peek(&self) -> Peek<'_> {
                let $value = self;
                $peek
            }
        }

        impl ValueMut for $type {
            fn absent() -> Self {
                $absent
            }

            fn as_slot(&mut self) -> Slot<'_> {
                Slot::$slot(self)
            }

            $(
                #[inline]
                fn optional_slot(field: &mut Option<Self>) -> Slot<'_> {
                    Slot::$optional(field)
                }
            )?
        }
    };
}

scalar!(String, String or OptionalString, Self::new(), |value| Peek::String(value));
scalar!(bool, Bool or OptionalBool, false, |value| Peek::Bool(*value));
scalar!(i64, Signed or OptionalSigned, 0, |value| Peek::Signed(*value));
scalar!(u64, Unsigned or OptionalUnsigned, 0, |value| Peek::Unsigned(*value));
scalar!(f64, Float or OptionalFloat, 0.0, |value| Peek::Float(*value));
scalar!(Vec<u8>, Bytes, Self::new(), |value| Peek::Bytes(value));
scalar!(Timestamp, Timestamp, Self::UNIX_EPOCH, |value| {
    Peek::Timestamp(*value)
});
scalar!(serde_json::Value, Json, Self::Null, |value| Peek::Json(
    value
));

impl<R: Record> Value for R {
    #[inline]
    fn peek(&self) -> Peek<'_> {
        Peek::Record(self)
    }
}

impl<R: RecordMut> ValueMut for R {
    #[inline]
    fn absent() -> Self {
        Self::empty()
    }

    #[inline]
    fn as_slot(&mut self) -> Slot<'_> {
        Slot::Record(self)
    }
}

impl<R: Record> Record for Box<R> {
    #[inline]
    fn field(&self, index: usize) -> Field<'_> {
        (**self).field(index)
    }
}

impl<R: RecordMut> RecordMut for Box<R> {
    #[inline]
    fn slot(&mut self, index: usize) -> Slot<'_> {
        (**self).slot(index)
    }

    #[inline]
    fn empty() -> Self {
        Self::new(R::empty())
    }
}

impl<T: Value> Value for Option<T> {
    #[inline]
    fn peek(&self) -> Peek<'_> {
        match self {
            Some(value) => value.peek(),
            None => Peek::Absent,
        }
    }

    #[inline]
    fn as_field(&self) -> Field<'_> {
        Field::Optional(self)
    }
}

impl<T: ValueMut> ValueMut for Option<T> {
    #[inline]
    fn absent() -> Self {
        None
    }

    #[inline]
    fn as_slot(&mut self) -> Slot<'_> {
        T::optional_slot(self)
    }
}

impl<T: ValueMut> Optional for Option<T> {
    #[inline]
    fn fill(&mut self) -> Slot<'_> {
        // `get_or_insert_with` is three times the code in a program, once for each type.
        if self.is_none() {
            *self = Some(T::absent());
        }
        match self {
            Some(value) => value.as_slot(),
            None => Slot::None,
        }
    }

    #[inline]
    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Value> Value for Vec<T> {
    #[inline]
    fn peek(&self) -> Peek<'_> {
        Peek::List(self)
    }
}

impl<T: ValueMut> ValueMut for Vec<T> {
    #[inline]
    fn absent() -> Self {
        Self::new()
    }

    #[inline]
    fn as_slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
}

impl<T: Value> List for Vec<T> {
    #[inline]
    fn len(&self) -> usize {
        Vec::len(self)
    }

    #[inline]
    fn peek(&self, index: usize) -> Peek<'_> {
        self[index].peek()
    }
}

impl<T: ValueMut> ListMut for Vec<T> {
    #[inline]
    fn clear(&mut self) {
        self.clear();
    }

    #[inline]
    fn push(&mut self) -> Slot<'_> {
        let index = Vec::len(self);
        Vec::push(self, T::absent());
        self[index].as_slot()
    }

    #[inline]
    fn pop(&mut self) {
        Vec::pop(self);
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    #[inline]
    fn peek(&self) -> Peek<'_> {
        Peek::Map(self)
    }
}

impl<T: ValueMut> ValueMut for BTreeMap<String, T> {
    #[inline]
    fn absent() -> Self {
        Self::new()
    }

    #[inline]
    fn as_slot(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }
}

impl<T: Value> Map for BTreeMap<String, T> {
    #[inline]
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Peek<'a>)) {
        for (key, value) in self {
            visit(key, value.peek());
        }
    }
}

impl<T: ValueMut> MapMut for BTreeMap<String, T> {
    #[inline]
    fn clear(&mut self) {
        self.clear();
    }

    #[inline]
    fn insert(&mut self, key: &str) -> Slot<'_> {
        self.entry(key.to_owned())
            .or_insert_with(T::absent)
            .as_slot()
    }

    #[inline]
    fn remove(&mut self, key: &str) {
        self.remove(key);
    }
}
