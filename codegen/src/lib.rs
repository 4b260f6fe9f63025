//! Turns a Bindery model into Rust.
