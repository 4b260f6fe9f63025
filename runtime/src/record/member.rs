//! The row of a member in the table of its type: what the wire calls it, and how it writes it.

/// What the wire calls a member and how it writes it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a modifier of its own"
)]
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub(crate) name: &'static str,
    pub(crate) field: &'static str,
    pub(crate) format: Format,
    pub(crate) location: Location,
    pub(crate) arrays: Option<ArrayStyle>,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) sensitive: bool,
    pub(crate) idempotency_token: bool,
}

/// How a value is written where its Rust type leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Natural,
    Int32,
    Uint32,
    Seconds,
    Milliseconds,
}

/// Where an input travels, and whether an output is the reply itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// In the body, or in the query string where the method has no body.
    Payload,
    Path,
    Query,
    Header,
    Body,
    /// As a part of a form, `multipart/form-data`.
    Part,
    /// It is the body, or the reply, itself.
    WholeBody,
}

/// How a list is written in a query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayStyle {
    /// `Key.0=a&Key.1=b`
    Indexed,
    /// `Key[]=a&Key[]=b`
    Brackets,
    /// `Key=a&Key=b`
    Repeated,
    /// `Key=a,b`
    Comma,
}

/// Generates the modifiers that a row of [`record!`](crate::record) may carry.
macro_rules! modifiers {
    ($($(#[$doc:meta])* $name:ident => $field:ident = $value:expr;)*) => {
        impl Member {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(mut self) -> Self {
                    self.$field = $value;
                    self
                }
            )*
        }
    };
}

modifiers! {
    /// A number of 32 bits with a sign.
    int32 => format = Format::Int32;
    /// A number of 32 bits without a sign.
    uint32 => format = Format::Uint32;
    /// An instant in seconds since 1970.
    seconds => format = Format::Seconds;
    /// An instant in milliseconds since 1970.
    milliseconds => format = Format::Milliseconds;
    /// Travels in the path.
    path => location = Location::Path;
    /// Travels in the query string.
    query => location = Location::Query;
    /// Travels in a header.
    header => location = Location::Header;
    /// Travels in the body.
    body => location = Location::Body;
    /// Travels as a part of a form.
    part => location = Location::Part;
    /// Is the body, or the reply, itself.
    whole_body => location = Location::WholeBody;
    /// Written `Key.0=a&Key.1=b` in a query string.
    indexed => arrays = Some(ArrayStyle::Indexed);
    /// Written `Key[]=a&Key[]=b` in a query string.
    brackets => arrays = Some(ArrayStyle::Brackets);
    /// Written `Key=a&Key=b` in a query string.
    repeated => arrays = Some(ArrayStyle::Repeated);
    /// Written `Key=a,b` in a query string.
    comma => arrays = Some(ArrayStyle::Comma);
    /// In a reply, the vendor promises to send it.
    required => required = true;
    /// In a reply, the vendor may send null.
    nullable => nullable = true;
    /// Never printed.
    sensitive => sensitive = true;
    /// Names the call, so that the vendor executes it once; made up where it is empty.
    idempotency_token => idempotency_token = true;
}

impl Member {
    /// A member by its wire name and its Rust field.
    #[must_use]
    pub const fn new(name: &'static str, field: &'static str) -> Self {
        Self {
            name,
            field,
            format: Format::Natural,
            location: Location::Payload,
            arrays: None,
            required: false,
            nullable: false,
            sensitive: false,
            idempotency_token: false,
        }
    }
}
