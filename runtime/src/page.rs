//! Pages: asks for one after the other, and notices when the vendor's pages do not come to an end.
//!
//! A page that is empty, or shorter than what was asked for, is the last one. A total is not
//! looked at, since vendors do not agree whether it counts the page or everything.

use std::fmt;
use std::future::poll_fn;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use crate::call::{BoxFuture, Call, CallResult};
use crate::error::{ActionError, Error, ErrorKind};
use crate::operation::{Paged, Pagination};
use crate::record::{Peek, Record, Slot};
use crate::response::Response;

/// How many pages are asked for unless [`Pages::max_pages`] says otherwise.
const MAX_PAGES: u64 = 10_000;

/// The pages of an action's results, one call each.
///
/// It is a [`Stream`]; [`next`](Self::next) reads it without any crate for streams. After an
/// error there are no more pages.
#[must_use = "pages are asked for when they are awaited"]
pub struct Pages<A: Paged> {
    state: State<A>,
    cursor: Cursor,
    remaining: u64,
}

/// The results of an action, page after page.
///
/// It is a [`Stream`]; [`next`](Self::next) reads it without any crate for streams. After an
/// error there are no more results.
#[must_use = "results are asked for when they are awaited"]
pub struct Items<A: Paged> {
    pages: Pages<A>,
    page: vec::IntoIter<A::Item>,
}

enum State<A: Paged> {
    /// The call for the next page.
    Ready(Box<Call<A>>),
    /// The call is on its way, and comes back for the page after it.
    Waiting(Sent<A>),
    Done,
}

type Sent<A> = BoxFuture<'static, (Box<Call<A>>, CallResult<A>)>;

/// Where in the results the next page begins, and what the last one was like.
struct Cursor {
    pagination: Pagination,
    /// The number of the page, or of items to pass over.
    position: u64,
    /// How many items are asked for.
    size: u64,
    /// What the last page held.
    fingerprint: Option<u64>,
    /// What the last page gave to ask for this one.
    token: Option<String>,
}

impl<A: Paged> Pages<A> {
    /// Fails with [`ErrorKind::Paging`] when there are more pages than this, 10,000 unless set.
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.remaining = pages;
        self
    }

    /// The next page, or `None` after the last one.
    pub async fn next(&mut self) -> Option<CallResult<A>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    pub(crate) fn new(call: Call<A>) -> Self {
        Self {
            cursor: Cursor::new(A::PAGINATION, &call.request),
            state: State::Ready(Box::new(call)),
            remaining: MAX_PAGES,
        }
    }

    fn begin(&mut self, mut call: Box<Call<A>>) -> Result<Sent<A>, Error> {
        if self.remaining == 0 {
            let message = "there are more pages than the limit allows";
            return Err(Error::new(ErrorKind::Paging, message));
        }
        self.remaining -= 1;
        self.cursor.write(&mut call.request)?;
        Ok(Box::pin(async move {
            let result = call.send().await;
            (call, result)
        }))
    }

    fn end(&mut self, call: Box<Call<A>>, mut page: Response<A::Output>) -> CallResult<A> {
        let count = A::items(&mut page).map_or(0, |items| items.len() as u64);
        match self.cursor.advance(&*page, count) {
            Ok(true) => self.state = State::Ready(call),
            Ok(false) => {}
            Err(error) => {
                return Err(ActionError::new(
                    error
                        .with_operation(const { &A::OPERATION })
                        .with_request_id(page.request_id().map(str::to_owned))
                        .with_request(page.request().clone()),
                ));
            }
        }
        Ok(page)
    }
}

impl<A: Paged> Stream for Pages<A> {
    type Item = CallResult<A>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut future = match mem::replace(&mut self.state, State::Done) {
            State::Ready(call) => match self.begin(call) {
                Ok(future) => future,
                Err(error) => {
                    let error = error.with_operation(const { &A::OPERATION });
                    return Poll::Ready(Some(Err(ActionError::new(error))));
                }
            },
            State::Waiting(future) => future,
            State::Done => return Poll::Ready(None),
        };
        let Poll::Ready((call, result)) = future.as_mut().poll(context) else {
            self.state = State::Waiting(future);
            return Poll::Pending;
        };
        Poll::Ready(Some(result.and_then(|page| self.end(call, page))))
    }
}

impl<A: Paged> Items<A> {
    /// Fails with [`ErrorKind::Paging`] when there are more pages than this, 10,000 unless set.
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.pages = self.pages.max_pages(pages);
        self
    }

    /// The next result, or `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<A::Item, ActionError<A::ErrorCode>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    pub(crate) fn new(call: Call<A>) -> Self {
        Self {
            pages: Pages::new(call),
            page: Vec::new().into_iter(),
        }
    }
}

impl<A: Paged> Stream for Items<A> {
    type Item = Result<A::Item, ActionError<A::ErrorCode>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(mut page)) => {
                    self.page = A::items(&mut page)
                        .map(mem::take)
                        .unwrap_or_default()
                        .into_iter();
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

// Nothing in them is pinned in place: the future on its way is on the heap.
impl<A: Paged> Unpin for Pages<A> {}
impl<A: Paged> Unpin for Items<A> {}

impl<A: Paged> fmt::Debug for Pages<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pages")
            .field("action", &A::OPERATION.name)
            .finish_non_exhaustive()
    }
}

impl<A: Paged> fmt::Debug for Items<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Items")
            .field("action", &A::OPERATION.name)
            .finish_non_exhaustive()
    }
}

impl Cursor {
    /// Begins where the request says, or else at the first page.
    fn new(pagination: Pagination, request: &dyn Record) -> Self {
        let read = |name: &str| number(&peek(request, name));
        let (position, size, default_size) = match pagination {
            Pagination::Number {
                page,
                first,
                size,
                default_size,
                ..
            } => (read(page).unwrap_or(first), read(size), default_size),
            Pagination::Offset {
                offset,
                limit,
                default_size,
                ..
            } => (read(offset).unwrap_or(0), read(limit), default_size),
            Pagination::Token { default_size, .. } => (0, None, default_size),
        };
        Self {
            pagination,
            position,
            size: size.unwrap_or(default_size),
            fingerprint: None,
            token: None,
        }
    }

    /// Puts into a request what asks for the next page. Both the place and the size are always
    /// sent, since some vendors ignore one without the other.
    fn write(&self, request: &mut dyn Record) -> Result<(), Error> {
        match self.pagination {
            Pagination::Number { page, size, .. } => {
                set(request, page, &self.position.to_string())?;
                set(request, size, &self.size.to_string())
            }
            Pagination::Offset { offset, limit, .. } => {
                set(request, offset, &self.position.to_string())?;
                set(request, limit, &self.size.to_string())
            }
            Pagination::Token { token, .. } => match &self.token {
                Some(value) => set(request, token, value),
                None => Ok(()),
            },
        }
    }

    /// Takes in a page with a number of items. Returns whether another may follow.
    fn advance(&mut self, page: &dyn Record, items: u64) -> Result<bool, Error> {
        if items == 0 {
            return Ok(false);
        }
        let step = match self.pagination {
            Pagination::Number { .. } => 1,
            Pagination::Offset { .. } => items,
            Pagination::Token { next, .. } => return self.follow(text_at(page, next)),
        };
        if items < self.size {
            return Ok(false);
        }
        let fingerprint = Some(fingerprint(page));
        if fingerprint == self.fingerprint {
            let message = "the vendor sent the same page twice";
            return Err(Error::new(ErrorKind::Paging, message));
        }
        self.fingerprint = fingerprint;
        self.position += step;
        Ok(true)
    }

    fn follow(&mut self, token: Option<String>) -> Result<bool, Error> {
        if token.is_some() && token == self.token {
            let message = "the vendor sent the same page token twice";
            return Err(Error::new(ErrorKind::Paging, message));
        }
        self.token = token;
        Ok(self.token.is_some())
    }
}

fn position(record: &dyn Record, name: &str) -> Option<usize> {
    record
        .members()
        .iter()
        .position(|member| member.name == name)
}

fn peek<'a>(record: &'a dyn Record, name: &str) -> Peek<'a> {
    position(record, name).map_or(Peek::Absent, |index| record.peek(index))
}

fn number(value: &Peek<'_>) -> Option<u64> {
    match *value {
        Peek::Unsigned(value) => Some(value),
        Peek::Signed(value) => value.try_into().ok(),
        Peek::String(value) => value.parse().ok(),
        _ => None,
    }
}

/// A token, where it is not one of those that stand for none.
fn text_at(record: &dyn Record, path: &[&str]) -> Option<String> {
    let (name, rest) = path.split_first()?;
    let text = match peek(record, name) {
        Peek::Record(inner) => return text_at(inner, rest),
        Peek::String(text) => text.to_owned(),
        value => number(&value).filter(|number| *number != 0)?.to_string(),
    };
    Some(text).filter(|text| !text.is_empty())
}

fn set(record: &mut dyn Record, name: &str, text: &str) -> Result<(), Error> {
    let slot = position(record, name).map_or(Slot::None, |index| record.slot(index));
    fill(slot, text).ok_or_else(|| {
        Error::build(format!(
            "the input {name} cannot hold {text} to ask for a page"
        ))
    })
}

fn fill(slot: Slot<'_>, text: &str) -> Option<()> {
    match slot {
        Slot::Optional(optional) => return fill(optional.fill(), text),
        Slot::String(value) => text.clone_into(value),
        Slot::Unsigned(value) => *value = text.parse().ok()?,
        Slot::Signed(value) => *value = text.parse().ok()?,
        _ => return None,
    }
    Some(())
}

/// A number that stands for what the lists of a page hold. What stands beside them may well be
/// different in a repeated page, such as the page's number.
fn fingerprint(page: &dyn Record) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_lists(page, &mut hasher);
    hasher.finish()
}

fn hash_lists(record: &dyn Record, hasher: &mut DefaultHasher) {
    for index in 0..record.members().len() {
        match record.peek(index) {
            Peek::Record(inner) => hash_lists(inner, hasher),
            list @ Peek::List(_) => hash(&list, hasher),
            _ => {}
        }
    }
}

fn hash(value: &Peek<'_>, hasher: &mut DefaultHasher) {
    match value {
        Peek::Absent => hasher.write_u8(0),
        Peek::String(value) | Peek::StringEnum(value, _) => value.hash(hasher),
        Peek::Bool(value) => value.hash(hasher),
        Peek::Signed(value) | Peek::IntegerEnum(value, _) => value.hash(hasher),
        Peek::Unsigned(value) => value.hash(hasher),
        Peek::Float(value) => value.to_bits().hash(hasher),
        Peek::Bytes(value) => value.hash(hasher),
        Peek::Timestamp(value) => value.hash(hasher),
        Peek::Json(value) => value.to_string().hash(hasher),
        Peek::Record(record) => {
            for index in 0..record.members().len() {
                hash(&record.peek(index), hasher);
            }
        }
        Peek::List(list) => {
            hasher.write_usize(list.len());
            for index in 0..list.len() {
                hash(&list.peek(index), hasher);
            }
        }
        Peek::Map(map) => map.each(&mut |key, value| {
            key.hash(hasher);
            hash(&value, hasher);
        }),
    }
}
