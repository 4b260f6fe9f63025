//! Turns a vendor's metadata into a Bindery specification.
//!
//! An import writes what the metadata says, and nothing that a person knows better: what it has to
//! guess is marked as a guess, and a file that a person wrote is never touched. Running it again
//! after the vendor has changed something changes the files that this concerns and no others.
//!
//! [`tencent`] reads the metadata of Tencent Cloud's command line, [`openapi`] the documents in
//! which many other vendors describe theirs.

pub use crate::{
    declared::RenamedType,
    error::ImportError,
    files::{origin, with_layout},
};

mod declared;
mod error;
mod files;
mod first_page;
mod names;
pub mod openapi;
mod pages;
mod prose;
mod secret;
pub mod tencent;
mod verb;
use bindery_model::layout as yaml;
