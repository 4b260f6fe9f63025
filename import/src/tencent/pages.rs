//! Which actions return their results in pages, judging by the names that vendors give to the
//! inputs and outputs of such actions.
//!
//! Where more than one reading is possible there is none. An action that only takes a limit has no
//! pages. The number of the first page is given where the parameter's text tells it.

use std::fmt;

use super::{
    api::{Action, Api, Element, Member, Object},
    first_page,
};
use crate::yaml::{Map, Node, Style};

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

/// The pagination of an action, if it can be told.
pub(super) fn pagination<'a>(
    api: &'a Api<'_>,
    action: &Action<'_>,
) -> Option<(PageStyle, Map<'a>)> {
    let inputs = &api.objects[&action.input];
    let root = &api.objects[&action.output];
    let output = Output::find(api, root)?;
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
        only(output.holder, NEXT_TOKENS, is_string),
    );
    let style = match (pages, offsets, tokens) {
        ((Some(page), Some(size)), (None, _), (None, _)) => {
            let first = first_page::stated(&page.document);
            map.add("page", Node::data(&page.name));
            map.add_some("first", first.map(|first| Node::word(first.to_string())));
            map.add("size", Node::data(&size.name));
            match first {
                Some(_) => PageStyle::Number,
                None => PageStyle::NumberFromUnknown,
            }
        }
        ((None, _), (Some(offset), Some(limit)), (None, _)) => {
            map.add("offset", Node::data(&offset.name));
            map.add("limit", Node::data(&limit.name));
            PageStyle::Offset
        }
        ((None, _), (None, _), (Some(token), Some(next))) => {
            let limit = only(inputs, TOKEN_LIMITS, is_number);
            map.add_some("limit", limit.map(|limit| Node::data(&limit.name)));
            map.add("token", Node::data(&token.name));
            map.add("next", output.path(next));
            PageStyle::Token
        }
        _ => return None,
    };
    map.add("items", output.path(output.items));
    let beside_items = only(output.holder, TOTALS, is_integer).map(|total| output.path(total));
    let at_root = || only(root, TOTALS, is_integer).map(|total| Node::data(&total.name));
    map.add_some("total", beside_items.or_else(at_root));
    Some((style, map))
}

/// Where the items of a page are.
struct Output<'a> {
    /// The output that holds them, unless they stand on their own.
    step: Option<&'a str>,
    holder: &'a Object<'a>,
    items: &'a Member<'a>,
}

impl<'a> Output<'a> {
    /// Finds the items of a reply among its lists, or else among those inside of its objects: the
    /// only list of objects, or the only list.
    fn find(api: &'a Api<'_>, root: &'a Object<'_>) -> Option<Self> {
        let own = lists(None, root).collect::<Vec<_>>();
        if !own.is_empty() {
            return Self::choose(own);
        }
        let objects = root.members.iter().filter_map(|member| {
            let Element::Object(name) = member.ty().element else {
                return None;
            };
            Some((&*member.name, &api.objects[name]))
        });
        Self::choose(
            objects
                .flat_map(|(step, holder)| lists(Some(step), holder))
                .collect(),
        )
    }

    fn choose(mut lists: Vec<Self>) -> Option<Self> {
        if lists.len() > 1 {
            lists.retain(|list| matches!(list.items.ty().element, Element::Object(_)));
        }
        let only = lists.pop()?;
        lists.is_empty().then_some(only)
    }

    fn path(&self, member: &'a Member<'_>) -> Node<'a> {
        match self.step {
            None => Node::data(&member.name),
            Some(step) => Node::Data(format!("{step}.{}", member.name).into()),
        }
    }
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

/// The lists of an object, which stands at `step`.
fn lists<'a>(step: Option<&'a str>, holder: &'a Object<'_>) -> impl Iterator<Item = Output<'a>> {
    let lists = holder.members.iter().filter(|member| member.ty().list);
    lists.map(move |items| Output {
        step,
        holder,
        items,
    })
}

/// The only member that has one of these names and fits. A second one makes it ambiguous.
fn only<'a>(
    object: &'a Object<'_>,
    names: &[&str],
    fits: fn(&Member<'_>) -> bool,
) -> Option<&'a Member<'a>> {
    let mut found = object
        .members
        .iter()
        .filter(|member| names.contains(&&*member.name) && fits(member));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether an input can hold a whole number, which some services take as text.
fn is_number(member: &Member<'_>) -> bool {
    is_integer(member) || is_string(member)
}

fn is_integer(member: &Member<'_>) -> bool {
    let ty = member.ty();
    !ty.list && matches!(ty.element, Element::Int64 | Element::Uint64)
}

fn is_string(member: &Member<'_>) -> bool {
    let ty = member.ty();
    !ty.list && ty.element == Element::String
}
