//! The row of a member in the table of its type: what the wire calls it, and how it writes it.

/// What a type and its members are called.
#[derive(Debug)]
pub struct Layout {
    /// The name of the type and those of the fields, in order, with white space between them. One
    /// string for all is less work for rustc than one for each.
    pub names: &'static str,
    /// The members, in the order of their numbers.
    pub members: &'static [Member],
}

/// What the wire calls a member and how it writes it.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The name on the wire.
    pub name: &'static str,
    /// Those of [`modifier`] that apply.
    pub modifiers: u16,
}

/// How a value is written where its Rust type leaves it open: the bits of a member that say so,
/// which hardly any value is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format(u16);

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

/// The words that a row of [`record!`](crate::record) may carry, by these very names.
#[expect(
    non_upper_case_globals,
    reason = "they are words of the macro, and the macro finds them here"
)]
pub mod modifier {
    /// A number of 32 bits with a sign.
    pub const int32: u16 = 1;
    /// A number of 32 bits without a sign.
    pub const uint32: u16 = 2;
    /// An instant in seconds since 1970.
    pub const seconds: u16 = 3;
    /// An instant in milliseconds since 1970.
    pub const milliseconds: u16 = 4;
    /// Travels in the path.
    pub const path: u16 = 1 << 3;
    /// Travels in the query string.
    pub const query: u16 = 2 << 3;
    /// Travels in a header.
    pub const header: u16 = 3 << 3;
    /// Travels in the body.
    pub const body: u16 = 4 << 3;
    /// Travels as a part of a form.
    pub const part: u16 = 5 << 3;
    /// Is the body, or the reply, itself.
    pub const whole_body: u16 = 6 << 3;
    /// Written `Key.0=a&Key.1=b` in a query string.
    pub const indexed: u16 = 1 << 6;
    /// Written `Key[]=a&Key[]=b` in a query string.
    pub const brackets: u16 = 2 << 6;
    /// Written `Key=a&Key=b` in a query string.
    pub const repeated: u16 = 3 << 6;
    /// Written `Key=a,b` in a query string.
    pub const comma: u16 = 4 << 6;
    /// In a reply, the vendor promises to send it.
    pub const required: u16 = 1 << 9;
    /// In a reply, the vendor may send null.
    pub const nullable: u16 = 1 << 10;
    /// Never printed.
    pub const sensitive: u16 = 1 << 11;
    /// Names the call, so that the vendor executes it once; made up where it is empty.
    pub const idempotency_token: u16 = 1 << 12;
}

/// The bits of [`modifier`] that exclude each other.
const FORMAT: u16 = 0b111;
const LOCATION: u16 = 0b111 << 3;
const ARRAYS: u16 = 0b111 << 6;

impl Format {
    pub(crate) const NATURAL: Self = Self(0);
    pub(crate) const INT32: Self = Self(modifier::int32);
    pub(crate) const UINT32: Self = Self(modifier::uint32);
    pub(crate) const MILLISECONDS: Self = Self(modifier::milliseconds);
}

impl Layout {
    pub(crate) const EMPTY: Self = Self {
        names: "",
        members: &[],
    };

    /// The name of the type.
    pub(crate) fn type_name(&self) -> &'static str {
        self.words().next().unwrap_or_default()
    }

    /// The names of the fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.words().skip(1)
    }

    fn words(&self) -> impl Iterator<Item = &'static str> {
        let words = self.names.split_ascii_whitespace();
        words.map(|word| word.trim_start_matches("r#"))
    }
}

impl Member {
    #[inline]
    pub(crate) fn format(self) -> Format {
        Format(self.modifiers & FORMAT)
    }

    pub(crate) fn location(self) -> Location {
        match self.modifiers & LOCATION {
            modifier::path => Location::Path,
            modifier::query => Location::Query,
            modifier::header => Location::Header,
            modifier::body => Location::Body,
            modifier::part => Location::Part,
            modifier::whole_body => Location::WholeBody,
            _ => Location::Payload,
        }
    }

    pub(crate) fn arrays(self) -> Option<ArrayStyle> {
        match self.modifiers & ARRAYS {
            modifier::indexed => Some(ArrayStyle::Indexed),
            modifier::brackets => Some(ArrayStyle::Brackets),
            modifier::repeated => Some(ArrayStyle::Repeated),
            modifier::comma => Some(ArrayStyle::Comma),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn is_required(self) -> bool {
        self.modifiers & modifier::required != 0
    }

    #[inline]
    pub(crate) fn is_nullable(self) -> bool {
        self.modifiers & modifier::nullable != 0
    }

    pub(crate) fn is_sensitive(self) -> bool {
        self.modifiers & modifier::sensitive != 0
    }

    pub(crate) fn is_idempotency_token(self) -> bool {
        self.modifiers & modifier::idempotency_token != 0
    }
}
