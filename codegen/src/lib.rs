//! Turns a [`Model`] into Rust.
//!
//! Data flows one way: the model is lowered to a plan, which holds every decision about
//! the Rust; the plan is rendered to text; the text becomes [`Files`], which touch the
//! disk only where something has changed. The same model gives the same bytes, always.
//!
//! A build script takes [`Builder`]; the `bindery` command takes [`Generator`], which does all this
//! for one service at a time and leaves out what has not changed; [`generate`] does it for a model.

mod builder;
mod contents;
mod files;
mod fingerprints;
mod generator;
mod lower;
mod package;
mod plan;
mod render;
mod select;
mod text;

use bindery_model::Model;

use crate::plan::Outline;

pub use builder::{BuildError, Builder};
pub use contents::{Contents, Feature, Vendor};
pub use files::{Change, Effect, Files};
pub use generator::{GenerateError, Generated, Generator};
pub use package::{Example, Package, PackageError, PackageName};
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
    for provider in &model.providers {
        for service in &provider.services {
            files.extend(render::service(&lower::service(provider, service, options)));
        }
    }
    files.extend(render::outline(&outline(model), options));
    Files::new(files)
}

fn outline(model: &Model) -> Outline {
    let providers = model.providers.iter().map(|provider| {
        let services = provider.services.iter();
        lower::provider(
            provider,
            services.map(|service| lower::family(provider, service)),
        )
    });
    Outline {
        providers: providers.collect(),
    }
}

/// What the code that is generated of a model contains.
pub fn contents(model: &Model) -> Contents {
    Contents::new(&model.providers, &outline(model))
}

/// The cargo features of a generated crate, one per service, in order.
pub fn features(model: &Model) -> Vec<String> {
    let features = contents(model).features.into_iter();
    features.map(|feature| feature.name).collect()
}
