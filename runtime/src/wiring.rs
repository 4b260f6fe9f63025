//! The macros with which generated code ties its types to the runtime.
//!
//! What stands for each field is a call of a method, which rustc checks faster than the same function
//! called by its path. No setter of a generated type has the name of such a method, which `bindery
//! check` sees to.
//!
//! Everything in them is `#[inline]`, so that it is compiled where it is used: a crate of bindings
//! is then only type-checked, and a program pays for the actions that it calls.

/// Implements [`Record`](crate::support::Record), [`RecordMut`](crate::support::RecordMut), `Clone`,
/// `Debug`, and with feature `serde` both of serde's traits, for a struct.
///
/// A row is the member's number, its Rust field, its wire name, and what else the wire asks for:
/// any of the words of [`modifier`](crate::support::modifier).
///
/// ```
/// use bindery_runtime::record;
///
/// pub struct User {
///     pub name: String,
///     pub joined: Option<bindery_runtime::Timestamp>,
/// }
///
/// record! {
///     User {
///         0 => name: "Name" required,
///         1 => joined: "JoinTs" seconds,
///     }
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($type:ident { $($index:literal => $field:ident: $name:literal $($modifier:ident)*,)* }) => {
        $crate::readable! {
            $type { $($index => $field: $name $($modifier)*,)* }
        }

        impl $crate::support::RecordMut for $type {
            #[inline]
            fn slot(&mut self, index: usize) -> $crate::support::Slot<'_> {
                // There may be no fields.
                #[allow(unused_imports)]
                use $crate::support::ValueMut as _;

                match index {
                    $($index => self.$field.as_slot(),)*
                    _ => $crate::support::Slot::None,
                }
            }

            #[inline]
            fn empty() -> Self {
                Self { $($field: $crate::support::ValueMut::absent()),* }
            }
        }

        impl ::core::clone::Clone for $type {
            #[inline]
            fn clone(&self) -> Self {
                $crate::support::cloned(self)
            }
        }

        $crate::serde_value!($type);
    };
}

/// Implements [`Record`](crate::support::Record), `Clone` and `Debug` for a struct that is only sent.
/// With feature `serde`, it does all that [`record!`] does.
///
/// The rows are those of [`record!`].
#[cfg(not(feature = "serde"))]
#[macro_export]
macro_rules! input {
    ($type:ident { $($index:literal => $field:ident: $name:literal $($modifier:ident)*,)* }) => {
        $crate::readable! {
            $type { $($index => $field: $name $($modifier)*,)* }
        }

        impl ::core::clone::Clone for $type {
            #[inline]
            fn clone(&self) -> Self {
                Self { $($field: self.$field.clone()),* }
            }
        }
    };
}

/// Implements [`Record`](crate::support::Record), `Clone` and `Debug` for a struct that is only sent.
/// With feature `serde`, it does all that [`record!`] does.
///
/// The rows are those of [`record!`].
#[cfg(feature = "serde")]
#[macro_export]
macro_rules! input {
    ($($record:tt)*) => {
        $crate::record! { $($record)* }
    };
}

/// Implements [`Record`](crate::support::Record) and `Debug` for a struct.
#[doc(hidden)]
#[macro_export]
macro_rules! readable {
    ($type:ident { $($index:literal => $field:ident: $name:literal $($modifier:ident)*,)* }) => {
        impl $crate::support::Record for $type {
            #[inline]
            fn field(&self, index: usize) -> $crate::support::Field<'_> {
                // There may be no fields.
                #[allow(unused_imports)]
                use $crate::support::Value as _;

                match index {
                    $($index => self.$field.as_field(),)*
                    _ => $crate::support::Field::None(&$crate::support::Layout {
                        names: stringify!($type $($field)*),
                        members: &[$($crate::support::Member {
                            name: $name,
                            modifiers: 0 $(| $crate::support::modifier::$modifier)*,
                        }),*],
                    }),
                }
            }
        }

        impl ::core::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::support::print(self, formatter)
            }
        }
    };
}

/// Implements the traits of an open enumeration over numbers.
///
/// The enumeration has one variant `Unknown(UnknownValue<i64>)` beside those of the rows.
#[macro_export]
macro_rules! integer_enum {
    ($type:ident { $($value:literal => $variant:ident,)* }) => {
        impl $type {
            /// The number on the wire, known or not.
            #[inline]
            pub fn value(self) -> i64 {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value.into_inner(),
                }
            }
        }

        impl ::core::convert::From<i64> for $type {
            #[inline]
            fn from(value: i64) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    _ => Self::Unknown($crate::support::UnknownValue::new(value)),
                }
            }
        }

        impl $crate::support::Integer for $type {
            #[inline]
            fn set(&mut self, value: i64) {
                *self = Self::from(value);
            }
        }

        impl $crate::support::ValueMut for $type {
            #[inline]
            fn absent() -> Self {
                Self::from(0)
            }

            #[inline]
            fn as_slot(&mut self) -> $crate::support::Slot<'_> {
                $crate::support::Slot::IntegerEnum(self)
            }
        }

        impl $crate::support::Value for $type {
            #[inline]
            fn peek(&self) -> $crate::support::Peek<'_> {
                let name = match self {
                    $(Self::$variant => Some(stringify!($variant)),)*
                    Self::Unknown(_) => None,
                };
                $crate::support::Peek::IntegerEnum(self.value(), name)
            }
        }

        $crate::serde_value!($type);
    };
}

/// Implements the traits of an open enumeration over strings.
///
/// The enumeration has one variant `Unknown(UnknownValue<String>)` beside those of the rows.
#[macro_export]
macro_rules! string_enum {
    ($type:ident { $($value:literal => $variant:ident,)* }) => {
        impl $type {
            /// The text on the wire, known or not.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value.get(),
                }
            }
        }

        impl ::core::convert::From<&str> for $type {
            #[inline]
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    _ => Self::Unknown($crate::support::UnknownValue::new(value.to_owned())),
                }
            }
        }

        impl ::core::fmt::Display for $type {
            #[inline]
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl $crate::support::Text for $type {
            #[inline]
            fn set(&mut self, value: &str) {
                *self = Self::from(value);
            }
        }

        impl $crate::support::ValueMut for $type {
            #[inline]
            fn absent() -> Self {
                Self::from("")
            }

            #[inline]
            fn as_slot(&mut self) -> $crate::support::Slot<'_> {
                $crate::support::Slot::StringEnum(self)
            }
        }

        impl $crate::support::Value for $type {
            #[inline]
            fn peek(&self) -> $crate::support::Peek<'_> {
                let name = match self {
                    $(Self::$variant => Some(stringify!($variant)),)*
                    Self::Unknown(_) => None,
                };
                $crate::support::Peek::StringEnum(self.as_str(), name)
            }
        }

        $crate::serde_value!($type);
    };
}

/// Implements the traits of an enumeration of error codes: `From<&str>`, `Clone`, `Debug`, `Display`
/// and equality.
///
/// The enumeration has one variant `Unknown(UnknownValue<String>)` beside those of the rows. There
/// are many such enumerations and they are rarely used, so their functions are few and short.
#[macro_export]
macro_rules! error_code {
    ($type:ident { $($value:literal => $variant:ident,)* }) => {
        impl $type {
            /// The code on the wire, known or not.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value.get(),
                }
            }
        }

        impl ::core::convert::From<&str> for $type {
            #[inline]
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    _ => Self::Unknown($crate::support::UnknownValue::new(value.to_owned())),
                }
            }
        }

        impl ::core::clone::Clone for $type {
            #[inline]
            fn clone(&self) -> Self {
                Self::from(self.as_str())
            }
        }

        impl ::core::cmp::PartialEq for $type {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl ::core::cmp::Eq for $type {}

        impl ::core::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let name = match self {
                    $(Self::$variant => Some(stringify!($variant)),)*
                    Self::Unknown(_) => None,
                };
                match name {
                    Some(name) => formatter.write_str(name),
                    None => formatter.debug_tuple("Unknown").field(&self.as_str()).finish(),
                }
            }
        }

        impl ::core::fmt::Display for $type {
            #[inline]
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        $crate::serde_code!($type);
    };
}

/// Implements serde's traits for a type that the runtime can reach.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! serde_value {
    ($type:ident) => {
        impl $crate::support::serde::Serialize for $type {
            fn serialize<S: $crate::support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::support::serialize(self, serializer)
            }
        }

        impl<'de> $crate::support::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let mut value = <Self as $crate::support::ValueMut>::absent();
                $crate::support::deserialize(&mut value, deserializer)?;
                ::core::result::Result::Ok(value)
            }
        }
    };
}

/// Does nothing: the feature `serde` is off.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! serde_value {
    ($type:ident) => {};
}

/// Implements serde's traits for an enumeration of error codes.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! serde_code {
    ($type:ident) => {
        impl $crate::support::serde::Serialize for $type {
            fn serialize<S: $crate::support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::support::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::support::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let code =
                    <::std::string::String as $crate::support::serde::Deserialize>::deserialize(
                        deserializer,
                    )?;
                ::core::result::Result::Ok(Self::from(code.as_str()))
            }
        }
    };
}

/// Does nothing: the feature `serde` is off.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! serde_code {
    ($type:ident) => {};
}
