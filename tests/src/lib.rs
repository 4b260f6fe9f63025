//! Tests that cross the crates of Bindery.
