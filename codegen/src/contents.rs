//! What generated code contains, as the manifest, the README and the notice of its crate list it.

use bindery_model as model;

use crate::plan::Outline;

/// The vendors and services of generated code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// The vendors, in order.
    pub vendors: Vec<Vendor>,
    /// The services, each with the cargo feature that it is compiled with.
    pub features: Vec<Feature>,
}

/// A vendor.
#[derive(Clone, Debug, PartialEq)]
pub struct Vendor {
    /// The folder's name: `tencent`.
    pub name: String,
    /// The Rust module.
    pub module: String,
    /// The vendor's own name: `Tencent Cloud`.
    pub title: String,
    /// The pages that its description was taken from.
    pub sources: Vec<model::Source>,
}

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The cargo feature: `tencent-trtc`.
    pub name: String,
    /// The product's name, as Markdown.
    pub title: String,
    /// The paths of its versions in the crate: `tencent::trtc::v20190722`.
    pub modules: Vec<String>,
}

impl Contents {
    /// What an outline lists, which was made of these providers.
    pub(crate) fn new(providers: &[model::Provider], outline: &Outline) -> Self {
        let mut contents = Self::default();
        for (provider, plan) in providers.iter().zip(&outline.providers) {
            if plan.families.is_empty() {
                continue;
            }
            contents.vendors.push(Vendor {
                name: provider.name.clone(),
                module: plan.module.clone(),
                title: provider.title.clone(),
                sources: provider.sources.clone(),
            });
            for family in &plan.families {
                let module = |version| format!("{}::{}::{version}", plan.module, family.module);
                let title = family.doc.first().map_or("", String::as_str);
                contents.features.push(Feature {
                    name: family.feature.clone(),
                    title: title.trim_end_matches('.').to_owned(),
                    modules: family.versions.iter().map(module).collect(),
                });
            }
        }
        contents
    }
}
