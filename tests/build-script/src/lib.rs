//! Bindings that a build script makes from this crate's own specification.

include!(concat!(env!("OUT_DIR"), "/bindery.rs"));
