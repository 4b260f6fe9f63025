//! Turns a [`Model`] into Rust.
//!
//! Data flows one way: the model is lowered to a plan, which holds every decision about
//! the Rust; the plan is rendered to text; the text becomes [`Files`], which touch the
//! disk only where something has changed. The same model gives the same bytes, always.
//!
//! A build script takes [`Builder`]; the `bindery` command takes [`Generator`], which does all this
//! for one service at a time and leaves out what has not changed; [`generate`] does it for a model.

mod builder;
mod files;
mod fingerprints;
mod generator;
mod lower;
mod plan;
mod render;
mod select;
mod text;

use bindery_model::Model;

use crate::plan::Outline;

pub use builder::{BuildError, Builder};
pub use files::{Change, Effect, Files};
pub use generator::{GenerateError, Generated, Generator};
pub use select::{Selection, SelectionError};

/// How to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether the result is a crate or a module of one.
    pub layout: Layout,
    /// Where the vendors' modules stand as seen by users, for the examples in the documentation:
    /// `bindery_sdk`. Without it there are no examples.
    pub example_path: Option<String>,
}

/// What the generated files make up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The sources of a crate with one cargo feature per service.
    Crate,
    /// A module with everything in it.
    Module,
}

/// Generates the sources of a model.
pub fn generate(model: &Model, options: &Options) -> Files {
    let mut files = Vec::new();
    let mut outline = Outline::default();
    for provider in &model.providers {
        let services = &provider.services;
        for service in services {
            files.extend(render::service(&lower::service(provider, service, options)));
        }
        let versions = services
            .iter()
            .map(|service| lower::family(provider, service));
        outline.providers.push(lower::provider(provider, versions));
    }
    files.extend(render::outline(&outline, options));
    Files::new(files)
}

/// The cargo features of a generated crate, one per service, in order.
pub fn features(model: &Model) -> Vec<String> {
    let mut features: Vec<String> = model
        .providers
        .iter()
        .flat_map(|provider| {
            provider
                .services
                .iter()
                .map(|service| lower::feature(provider, service))
        })
        .collect();
    features.dedup();
    features
}
