//! Which actions return their results in pages, judging by the names that vendors give to the
//! inputs and outputs of such actions.
//!
//! Where more than one reading is possible there is none. The number of the first page is not
//! given, because the metadata does not tell it.

use super::api::{Action, Api, Element, Member, Object};
use crate::yaml::{Map, Node, Style};

/// Inputs that hold the number of a page, and those that hold its size.
const PAGES: &[&str] = &["Page", "PageIndex", "PageNo", "PageNum", "PageNumber"];
const SIZES: &[&str] = &["Limit", "PageSize", "Size"];

/// Inputs that hold the number of items to pass over, and of those wanted.
const OFFSETS: &[&str] = &["Offset"];
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
    "SearchAfter",
];
const TOKEN_LIMITS: &[&str] = &["Limit", "MaxResults", "PageSize"];

/// Outputs that hold the number of all items.
const TOTALS: &[&str] = &[
    "RecordNum",
    "Total",
    "TotalCnt",
    "TotalCount",
    "TotalCounts",
    "TotalNum",
];

/// The pagination of an action, if it can be told.
pub(super) fn pagination<'a>(api: &'a Api<'_>, action: &Action<'_>) -> Option<Map<'a>> {
    let inputs = &api.objects[&action.input];
    let output = Output::find(api, &api.objects[&action.output])?;
    let mut map = Map::new(Style::Flow);
    let pages = (
        only(inputs, PAGES, is_integer),
        only(inputs, SIZES, is_integer),
    );
    let offsets = (
        only(inputs, OFFSETS, is_integer),
        only(inputs, LIMITS, is_integer),
    );
    let tokens = (
        only(inputs, TOKENS, is_string),
        only(output.holder, NEXT_TOKENS, is_string),
    );
    match (pages, offsets, tokens) {
        ((Some(page), Some(size)), (None, _), (None, _)) => {
            map.add("page", Node::data(&page.name));
            map.add("size", Node::data(&size.name));
        }
        ((None, _), (Some(offset), Some(limit)), (None, _)) => {
            map.add("offset", Node::data(&offset.name));
            map.add("limit", Node::data(&limit.name));
        }
        ((None, _), (None, _), (Some(token), Some(next))) => {
            map.add("token", Node::data(&token.name));
            map.add("next", output.path(next));
            let limit = only(inputs, TOKEN_LIMITS, is_integer);
            map.add_some("limit", limit.map(|limit| Node::data(&limit.name)));
        }
        _ => return None,
    }
    map.add("items", output.path(output.items));
    let total = only(output.holder, TOTALS, is_integer);
    map.add_some("total", total.map(|total| output.path(total)));
    Some(map)
}

/// Where the items of a page are.
struct Output<'a> {
    /// The output that holds them, unless they stand on their own.
    step: Option<&'a str>,
    holder: &'a Object<'a>,
    items: &'a Member<'a>,
}

impl<'a> Output<'a> {
    /// Finds the only list of a reply: beside the request's identifier or inside of one object.
    fn find(api: &'a Api<'_>, root: &'a Object<'_>) -> Option<Self> {
        if let Some(items) = lists(root).next() {
            return lists(root).nth(1).is_none().then_some(Self {
                step: None,
                holder: root,
                items,
            });
        }
        let mut holders = root.members.iter().filter_map(|member| {
            let Element::Object(name) = member.ty().element else {
                return None;
            };
            let holder = &api.objects[name];
            Some((member, holder, lists(holder).next()?))
        });
        let (member, holder, items) = holders.next()?;
        let unambiguous = holders.next().is_none() && lists(holder).nth(1).is_none();
        unambiguous.then_some(Self {
            step: Some(&member.name),
            holder,
            items,
        })
    }

    fn path(&self, member: &'a Member<'_>) -> Node<'a> {
        match self.step {
            None => Node::data(&member.name),
            Some(step) => Node::Data(format!("{step}.{}", member.name).into()),
        }
    }
}

fn lists<'a>(object: &'a Object<'_>) -> impl Iterator<Item = &'a Member<'a>> {
    object.members.iter().filter(|member| member.ty().list)
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

fn is_integer(member: &Member<'_>) -> bool {
    let ty = member.ty();
    !ty.list && matches!(ty.element, Element::Int64 | Element::Uint64)
}

fn is_string(member: &Member<'_>) -> bool {
    let ty = member.ty();
    !ty.list && ty.element == Element::String
}
