//! The error of one action.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::Error;

/// Why a call of one action failed: an [`Error`] whose code is the action's enumeration.
///
/// All of [`Error`]'s methods can be called on it, and `?` turns it into an [`Error`].
pub struct ActionError<C> {
    error: Error,
    code: PhantomData<fn() -> C>,
}

impl<C> ActionError<C> {
    /// The error without the action's enumeration.
    pub fn into_error(self) -> Error {
        self.error
    }

    pub(crate) fn new(error: Error) -> Self {
        Self {
            error,
            code: PhantomData,
        }
    }
}

impl<C: for<'a> From<&'a str>> ActionError<C> {
    /// The vendor's code; [`Error::code`] has it as text.
    pub fn code(&self) -> Option<C> {
        self.error.code_as()
    }
}

impl<C> Deref for ActionError<C> {
    type Target = Error;

    fn deref(&self) -> &Error {
        &self.error
    }
}

impl<C> From<ActionError<C>> for Error {
    fn from(error: ActionError<C>) -> Self {
        error.error
    }
}

impl<C> fmt::Display for ActionError<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl<C> fmt::Debug for ActionError<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, formatter)
    }
}

impl<C> StdError for ActionError<C> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
