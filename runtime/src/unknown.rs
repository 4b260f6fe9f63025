//! A value that the description of an enumeration does not list.

/// A value of an open enumeration that this version of the crate has no variant for.
///
/// It can be read, but not made: a value that has a variant is never found in here, so that
/// comparing two values of the enumeration compares what is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownValue<T>(T);

impl<T> UnknownValue<T> {
    /// Wraps a value. Meant for generated code alone.
    #[doc(hidden)]
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value on the wire.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// The value on the wire, taken out.
    pub fn into_inner(self) -> T {
        self.0
    }
}
