//! Imports metadata as a user does, and reads what comes out with the model.

mod common;
mod examples;
mod files;
mod golden;
mod openapi;
mod overlays;
mod pages;
mod streams;
mod traps;
