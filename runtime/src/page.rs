//! Pages: asks for one after the other, and notices when the vendor's pages do not come to an end.
//!
//! Totals cannot be relied on. Some count everything, some the page, some what there would be
//! without a filter. And some vendors answer a request for what lies beyond the end with the last
//! page once more. What ends a list is therefore, for pages that are asked for by their place:
//!
//! - an empty page;
//! - a page shorter than what was asked for, unless a total says that more was passed over than has
//!   come, or nothing says that so many may be asked for: vendors shorten pages that are too long for
//!   them without saying so;
//! - a total that equals what has come, and is more than this page, so that it cannot be a count
//!   of the page;
//! - the last page once more, if a total says that it was the last, or if it was a short one. It is
//!   not handed out again.
//!
//! A page that comes again without being the last is an error. A total that is smaller than what
//! has come is none.
//!
//! For pages that are asked for by a token, the list ends where there is no next token, or where an
//! empty page gives the token that asked for it. An empty page with another token may well be
//! followed by one that is not empty. A page with items that gives the token that asked for it is
//! an error.
//!
//! Both the place and the size are always sent, since some vendors ignore one without the other.

mod fingerprint;

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use crate::call::{self, BoxFuture, Call, CallResult};
use crate::error::{ActionError, Error, ErrorKind};
use crate::lookup;
use crate::operation::{Paged, Pagination};
use crate::record::{Peek, Record, Slot};
use crate::response::{Filled, Response};
use crate::send::ErasedCall;
use fingerprint::fingerprint;

/// How many pages are asked for unless [`Pages::max_pages`] says otherwise.
const MAX_PAGES: u64 = 10_000;

/// The pages of an action's results, one call each.
///
/// It is a [`Stream`]; [`next`](Self::next) reads it without any crate for streams. After an
/// error there are no more pages.
#[must_use = "pages are asked for when they are awaited"]
pub struct Pages<A: Paged> {
    state: State,
    cursor: Cursor,
    remaining: u64,
    /// How many times the call for the last page was sent.
    attempts: u32,
    /// How many there may be in all.
    most: u64,
    action: PhantomData<fn() -> A>,
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

enum State {
    /// The call for the next page.
    Ready(Box<ErasedCall>),
    /// The call is on its way, and comes back for the page after it.
    Waiting(Sent),
    Done,
}

type Sent = BoxFuture<'static, (Box<ErasedCall>, Result<Filled, Error>)>;

/// Where in the results the next page begins, and what the last one was like.
struct Cursor {
    pagination: Pagination,
    /// The number of the page, or of items to pass over.
    position: u64,
    /// How many items are asked for.
    size: u64,
    /// Whether the vendor says that so many may be asked for.
    may_have_size: bool,
    /// Whether the last page was shorter than that.
    was_short: bool,
    /// How many items lie before the next page.
    passed: u64,
    /// How many items there are, as the last page says.
    total: Option<u64>,
    /// What the last page held.
    fingerprint: Option<u64>,
    /// What asks for the next page.
    token: Option<String>,
}

/// What a page says of those after it.
#[derive(Debug, PartialEq, Eq)]
enum Progress {
    /// There may be another.
    More,
    /// It is the last.
    Last,
    /// It was there before, and that one was the last.
    Again,
}

impl<A: Paged> Pages<A> {
    /// Fails with [`ErrorKind::Paging`] when there are more pages than this, 10,000 unless set.
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.remaining = pages;
        self.most = pages;
        self
    }

    /// The next page, or `None` after the last one.
    pub async fn next(&mut self) -> Option<CallResult<A>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    pub(crate) fn new(call: Call<A>) -> Self {
        Self {
            cursor: Cursor::new(A::PAGINATION, &*call.erased.request),
            state: State::Ready(Box::new(call.erased)),
            remaining: MAX_PAGES,
            attempts: 0,
            most: MAX_PAGES,
            action: PhantomData,
        }
    }

    fn begin(&mut self, mut call: Box<ErasedCall>) -> Result<Sent, Error> {
        if self.remaining == 0 {
            let message = format!(
                "there are more than {} pages; `max_pages` allows for more",
                self.most
            );
            let error = Error::new(ErrorKind::Paging, message);
            return Err(error.with_attempts(self.attempts, false));
        }
        self.remaining -= 1;
        let request = call::request::<A>(&mut call);
        self.cursor
            .write(&mut |name, text| set(request.input(name), name, text))?;
        Ok(call.fill_and_return())
    }

    /// Takes in a page, and decides whether it is handed out and another asked for.
    fn end(
        &mut self,
        call: Box<ErasedCall>,
        mut page: Response<A::Output>,
    ) -> Option<CallResult<A>> {
        self.attempts = page.attempts();
        let count = A::items(&mut page).map_or(0, |items| items.len() as u64);
        match self.cursor.advance(&*page, count) {
            Ok(Progress::More) => self.state = State::Ready(call),
            Ok(Progress::Last) => {}
            Ok(Progress::Again) => return None,
            Err(error) => {
                return Some(Err(ActionError::new(
                    error
                        .with_operation(const { &A::OPERATION })
                        .with_request_id(page.request_id().map(str::to_owned))
                        .with_request(page.request().clone())
                        .with_attempts(page.attempts(), false),
                )));
            }
        }
        Some(Ok(page))
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
        Poll::Ready(match result {
            Ok(filled) => self.end(call, Response::new(filled)),
            Err(error) => Some(Err(ActionError::new(error))),
        })
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
        let read = |name: &str| lookup::number(&lookup::member(request, name));
        let mut cursor = Self {
            pagination,
            position: 0,
            size: 0,
            may_have_size: false,
            was_short: false,
            passed: 0,
            total: None,
            fingerprint: None,
            token: None,
        };
        match pagination {
            Pagination::Number {
                page,
                first,
                size,
                default_size,
                max_size,
                ..
            } => {
                cursor.position = read(page).unwrap_or(first);
                cursor.size = read(size).unwrap_or(default_size);
                cursor.may_have_size = max_size.is_some_and(|most| cursor.size <= most);
                let pages = cursor.position.saturating_sub(first);
                cursor.passed = pages.saturating_mul(cursor.size);
            }
            Pagination::Offset {
                offset,
                limit,
                default_size,
                max_size,
                ..
            } => {
                cursor.position = read(offset).unwrap_or(0);
                cursor.size = read(limit).unwrap_or(default_size);
                cursor.may_have_size = max_size.is_some_and(|most| cursor.size <= most);
                cursor.passed = cursor.position;
            }
            Pagination::Token {
                token,
                limit,
                default_size,
                ..
            } => {
                cursor.token = some_token(&lookup::member(request, token));
                cursor.size = limit.and_then(read).unwrap_or(default_size);
            }
        }
        cursor
    }

    /// Puts into a request what asks for the next page.
    fn write(
        &self,
        set: &mut dyn FnMut(&'static str, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let size = self.size.to_string();
        match self.pagination {
            Pagination::Number {
                page: place,
                size: limit,
                ..
            }
            | Pagination::Offset {
                offset: place,
                limit,
                ..
            } => {
                set(place, &self.position.to_string())?;
                set(limit, &size)
            }
            Pagination::Token { token, limit, .. } => {
                if let Some(value) = &self.token {
                    set(token, value)?;
                }
                limit.map_or(Ok(()), |limit| set(limit, &size))
            }
        }
    }

    /// Takes in a page with a number of items.
    fn advance(&mut self, page: &dyn Record, items: u64) -> Result<Progress, Error> {
        let (step, total) = match self.pagination {
            Pagination::Number { total, .. } => (1, total),
            Pagination::Offset { total, .. } => (items, total),
            Pagination::Token { next, .. } => {
                return self.follow(some_token(&lookup::at(page, next)), items);
            }
        };
        if items == 0 {
            return Ok(Progress::Last);
        }
        let fingerprint = Some(fingerprint(page));
        if fingerprint == self.fingerprint {
            if self.total == Some(self.passed) || self.total.is_none() && self.was_short {
                return Ok(Progress::Again);
            }
            let message = "the vendor sent the same page twice";
            return Err(Error::new(ErrorKind::Paging, message));
        }
        self.fingerprint = fingerprint;
        self.position = self.position.saturating_add(step);
        self.passed = self.passed.saturating_add(items);
        self.total = total.and_then(|path| lookup::number(&lookup::at(page, path)));
        let is_whole = self.total == Some(self.passed) && self.passed > items;
        self.was_short = items < self.size;
        let may_have_more = match self.total {
            Some(total) => total > self.passed,
            // The vendor may have shortened it.
            None => !self.may_have_size,
        };
        Ok(if is_whole || self.was_short && !may_have_more {
            Progress::Last
        } else {
            Progress::More
        })
    }

    fn follow(&mut self, token: Option<String>, items: u64) -> Result<Progress, Error> {
        if token.is_none() || token == self.token && items == 0 {
            return Ok(Progress::Last);
        }
        if token == self.token {
            let message = "the vendor sent the same page token twice";
            return Err(Error::new(ErrorKind::Paging, message));
        }
        self.token = token;
        Ok(Progress::More)
    }
}

/// A token, where it is not one of those that stand for none.
fn some_token(value: &Peek<'_>) -> Option<String> {
    match value {
        Peek::Signed(0) | Peek::Unsigned(0) => None,
        value => lookup::text(value),
    }
}

fn set(input: Slot<'_>, name: &str, text: &str) -> Result<(), Error> {
    fill(input.filled(), text).ok_or_else(|| {
        Error::build(format!(
            "the input {name} cannot hold {text} to ask for a page"
        ))
    })
}

fn fill(slot: Slot<'_>, text: &str) -> Option<()> {
    match slot {
        Slot::String(value) => text.clone_into(value),
        Slot::Unsigned(value) => *value = text.parse().ok()?,
        Slot::Signed(value) => *value = text.parse().ok()?,
        _ => return None,
    }
    Some(())
}
