//! Which actions return their results in pages, judging by the names that vendors give to the
//! inputs and outputs of such actions.
//!
//! Where more than one reading is possible there is none. An action that only takes a limit has no
//! pages. The number of the first page is given where the parameter's text tells it.

use std::{borrow::Cow, fmt};

use crate::{
    first_page,
    yaml::{Map, Node, Style},
};

/// Inputs that hold the number of a page, and those that hold its size.
const PAGES: &[&str] = &["Page", "PageIndex", "PageNo", "PageNum", "PageNumber"];
const SIZES: &[&str] = &["Limit", "PageSize", "PerPage", "Rp", "Size"];

/// Inputs that hold the number of items to pass over, and of those wanted.
const OFFSETS: &[&str] = &["OffSet", "Offset", "Skip"];
const LIMITS: &[&str] = &["Length", "Limit"];

/// Inputs that hold a token, and the outputs that hold the next one.
const TOKENS: &[&str] = &[
    "Context",
    "Cursor",
    "Marker",
    "NextCursor",
    "NextToken",
    "PageToken",
    "PaginationToken",
    "ScrollId",
    "ScrollToken",
    "SearchAfter",
];
const NEXT_TOKENS: &[&str] = &[
    "Context",
    "Cursor",
    "Marker",
    "NextContext",
    "NextCursor",
    "NextMarker",
    "NextPageToken",
    "NextToken",
    "PageToken",
    "PaginationToken",
    "ScrollId",
    "ScrollToken",
    "SearchAfter",
];
const TOKEN_LIMITS: &[&str] = &["Limit", "MaxResults", "PageSize", "Size"];

/// Outputs that hold the number of all items.
const TOTALS: &[&str] = &[
    "RecordNum",
    "Total",
    "TotalCnt",
    "TotalCount",
    "TotalCounts",
    "TotalNum",
];

/// How the pages of an action are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageStyle {
    /// By their number, which starts at one that the metadata tells.
    Number,
    /// By their number, of which the metadata does not tell where it starts.
    NumberFromUnknown,
    /// By the number of items to pass over.
    Offset,
    /// By a token that a page holds for the next one.
    Token,
}

/// An input or an output, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
    pub(crate) doc: &'a str,
    /// What is assumed when it is left out, where that is 0 or 1.
    pub(crate) default: Option<u8>,
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Text,
    Object,
    List,
    ListOfObjects,
    Other,
}

/// The members of an object.
#[derive(Clone, Debug)]
pub(crate) struct Object<'a> {
    /// The output that holds it, unless it is the reply itself.
    pub(crate) step: Option<&'a str>,
    pub(crate) members: Vec<Member<'a>>,
}

/// The pagination of an action, if it can be told. `objects` are those among the outputs.
pub(crate) fn pagination(
    inputs: &[Member<'_>],
    root: &Object<'_>,
    objects: &[Object<'_>],
) -> Option<(PageStyle, Map<'static>)> {
    let output = Output::find(root, objects)?;
    let mut map = Map::new(Style::Flow);
    let pages = (
        only(inputs, PAGES, is_number),
        only(inputs, SIZES, is_number),
    );
    let offsets = (
        only(inputs, OFFSETS, is_number),
        only(inputs, LIMITS, is_number),
    );
    let tokens = (
        only(inputs, TOKENS, is_string),
        only(&output.holder.members, NEXT_TOKENS, is_string),
    );
    let style = match (pages, offsets, tokens) {
        ((Some(page), Some(size)), (None, _), (None, _)) => {
            let first = first_page::stated(page.doc).or(page.default);
            map.add("page", data(page.name));
            map.add_some("first", first.map(|first| Node::word(first.to_string())));
            map.add("size", data(size.name));
            match first {
                Some(_) => PageStyle::Number,
                None => PageStyle::NumberFromUnknown,
            }
        }
        ((None, _), (Some(offset), Some(limit)), (None, _)) => {
            map.add("offset", data(offset.name));
            map.add("limit", data(limit.name));
            PageStyle::Offset
        }
        ((None, _), (None, _), (Some(token), Some(next))) => {
            let limit = only(inputs, TOKEN_LIMITS, is_number);
            map.add_some("limit", limit.map(|limit| data(limit.name)));
            map.add("token", data(token.name));
            map.add("next", output.holder.path(next));
            PageStyle::Token
        }
        _ => return None,
    };
    map.add("items", output.holder.path(output.items));
    map.add_some("total", output.holder.total().or_else(|| root.total()));
    Some((style, map))
}

/// Where the items of a page are.
#[derive(Clone, Copy)]
struct Output<'o, 'a> {
    holder: &'o Object<'a>,
    items: &'o Member<'a>,
}

impl<'o, 'a> Output<'o, 'a> {
    /// Finds the items of a reply among its lists, or else among those inside of its objects: the
    /// only list of objects, or the only list.
    fn find(root: &'o Object<'a>, objects: &'o [Object<'a>]) -> Option<Self> {
        let own: Vec<_> = Self::lists(root).collect();
        if own.is_empty() {
            Self::choose(objects.iter().flat_map(Self::lists).collect())
        } else {
            Self::choose(own)
        }
    }

    fn lists(holder: &'o Object<'a>) -> impl Iterator<Item = Self> {
        let lists = holder.members.iter();
        let lists = lists.filter(|member| matches!(member.kind, Kind::List | Kind::ListOfObjects));
        lists.map(move |items| Self { holder, items })
    }

    fn choose(mut lists: Vec<Self>) -> Option<Self> {
        if lists.len() > 1 {
            lists.retain(|list| list.items.kind == Kind::ListOfObjects);
        }
        let only = lists.pop()?;
        lists.is_empty().then_some(only)
    }
}

impl Object<'_> {
    fn path(&self, member: &Member<'_>) -> Node<'static> {
        match self.step {
            None => data(member.name),
            Some(step) => Node::Data(format!("{step}.{}", member.name).into()),
        }
    }

    /// The number of all items. A reply that repeats what was passed over and wanted counts them all
    /// as well.
    fn total(&self) -> Option<Node<'static>> {
        let find = |names| only(&self.members, names, is_integer);
        let count = || find(OFFSETS).and(find(LIMITS)).and(find(&["Count"]));
        find(TOTALS).or_else(count).map(|total| self.path(total))
    }
}

fn data(name: &str) -> Node<'static> {
    Node::Data(name.to_owned().into())
}

impl fmt::Display for PageStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "number",
            Self::NumberFromUnknown => "number without a known first page",
            Self::Offset => "offset",
            Self::Token => "token",
        })
    }
}

/// The only member that has one of these names and fits. A second one makes it ambiguous.
fn only<'m, 'a>(
    members: &'m [Member<'a>],
    names: &[&str],
    fits: fn(&Member<'_>) -> bool,
) -> Option<&'m Member<'a>> {
    let mut found = members
        .iter()
        .filter(|member| fits(member) && is_called(member.name, names));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether a member has one of these names, or the same in the style of another vendor: `page_size`
/// and `pageSize` are `PageSize`.
pub(crate) fn is_called(name: &str, names: &[&str]) -> bool {
    let is_usual = name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('_');
    let name = if is_usual {
        Cow::Borrowed(name)
    } else {
        let words = name.split('_').filter_map(|word| {
            let (first, rest) = word.split_at_checked(1)?;
            Some(first.to_ascii_uppercase() + rest)
        });
        Cow::Owned(words.collect())
    };
    names.contains(&&*name)
}

/// Whether an input can hold a whole number, which some services take as text.
fn is_number(member: &Member<'_>) -> bool {
    is_integer(member) || is_string(member)
}

fn is_integer(member: &Member<'_>) -> bool {
    member.kind == Kind::Integer
}

fn is_string(member: &Member<'_>) -> bool {
    member.kind == Kind::Text
}
