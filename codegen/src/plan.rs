//! Every decision about the Rust to be written, as data.
//!
//! [`lower`](crate::lower) makes a plan of a model; [`render`](crate::render) writes it down and
//! decides nothing.

/// The vendors' modules, and in them those of the services: what one service does not know.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) providers: Vec<Provider>,
}

/// The module of a vendor.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) module: String,
    pub(crate) doc: Vec<String>,
    /// The fields of the static description.
    pub(crate) description: Vec<String>,
    /// The names of the support module that the description needs.
    pub(crate) support: Vec<String>,
    pub(crate) codes: Option<StringEnum>,
    pub(crate) families: Vec<Family>,
}

/// The module of a service, which holds one for each of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) module: String,
    pub(crate) feature: String,
    pub(crate) doc: Vec<String>,
    /// The modules of the versions.
    pub(crate) versions: Vec<String>,
}

/// The module of one version of a service.
#[derive(Debug)]
pub(crate) struct Service {
    /// The modules from the vendor's to this one.
    pub(crate) path: [String; 3],
    pub(crate) doc: Vec<String>,
    pub(crate) description: Vec<String>,
    pub(crate) codes: Option<StringEnum>,
    pub(crate) client_doc: Vec<String>,
    /// The types that several actions share.
    pub(crate) types: Module,
    pub(crate) actions: Vec<Action>,
}

/// The module of an action.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) module: String,
    pub(crate) doc: Vec<String>,
    pub(crate) method_doc: Vec<String>,
    pub(crate) deprecated: Option<String>,
    pub(crate) request: String,
    pub(crate) output: String,
    pub(crate) code: String,
    /// The fields of the constant that describes the call.
    pub(crate) operation: Vec<String>,
    pub(crate) paging: Option<Paging>,
    pub(crate) stream: Option<Stream>,
    /// The request, the reply, and the codes where the page lists any.
    pub(crate) leading: Vec<Item>,
    /// The types that only this action uses.
    pub(crate) content: Module,
}

/// How the results of an action are walked through.
#[derive(Debug)]
pub(crate) struct Paging {
    pub(crate) item: String,
    /// The variant of the runtime's `Pagination`.
    pub(crate) style: String,
    pub(crate) fields: Vec<String>,
    /// The inputs that ask for a page: their wire names, as literals, and their fields.
    pub(crate) inputs: Vec<(String, String)>,
    /// The expression that borrows the items in `page`.
    pub(crate) items: String,
}

/// How the reply of an action comes as a stream of events.
#[derive(Debug)]
pub(crate) struct Stream {
    /// The expression that says where in an event an error stands.
    pub(crate) error: String,
    /// The field of the input that asks for events.
    pub(crate) switch: Option<String>,
}

/// Types that stand in one file.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The names of the support module that the types need.
    pub(crate) support: Vec<String>,
    /// Whether the types need `BTreeMap`.
    pub(crate) map: bool,
    /// Shared types that are used here.
    pub(crate) shared: Vec<String>,
    pub(crate) items: Vec<Item>,
}

/// A type.
#[derive(Debug)]
pub(crate) enum Item {
    Struct(Struct),
    IntegerEnum(IntegerEnum),
    StringEnum(StringEnum),
    ErrorCode(StringEnum),
}

/// A struct with the members of an object.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) ident: String,
    pub(crate) doc: Vec<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) constructor: Option<Constructor>,
    /// Whether it holds the inputs of an action.
    pub(crate) is_request: bool,
    /// Whether no reply holds it.
    pub(crate) is_only_sent: bool,
}

/// How callers make a struct.
#[derive(Debug)]
pub(crate) enum Constructor {
    /// `new()`
    Empty,
    /// `new(value)`
    Single,
    /// `new(Required { … })`, with the name of that struct.
    Named(String),
}

/// A field of a struct.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: String,
    pub(crate) wire: String,
    pub(crate) doc: Vec<String>,
    pub(crate) deprecated: Option<String>,
    pub(crate) ty: String,
    /// The modifiers of the row in `record!`.
    pub(crate) modifiers: Vec<&'static str>,
    /// Whether the constructor takes it.
    pub(crate) required: bool,
    pub(crate) argument: Argument,
}

/// What a setter or constructor takes for a field, and how it becomes the field's value.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: &'static str,
    pub(crate) ty: String,
    pub(crate) value: &'static str,
}

/// An open enumeration over numbers.
#[derive(Debug)]
pub(crate) struct IntegerEnum {
    pub(crate) ident: String,
    pub(crate) doc: Vec<String>,
    /// Documentation, literal and variant of each value.
    pub(crate) variants: Vec<(Vec<String>, String, String)>,
}

/// An open enumeration over strings.
#[derive(Debug)]
pub(crate) struct StringEnum {
    pub(crate) ident: String,
    pub(crate) doc: Vec<String>,
    /// Documentation, literal and variant of each value.
    pub(crate) variants: Vec<(Vec<String>, String, String)>,
}
