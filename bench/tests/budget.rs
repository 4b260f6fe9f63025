//! How much Rust is generated, because that decides how long users wait for rustc.
//!
//! Time cannot be a test: it depends on the machine and on what else it does. What rustc's time
//! follows can: above all the number of function bodies, which it checks one by one, and then the
//! number of tokens. Both are counted here in the bindings of a whole service, with the bodies that
//! the runtime's macros expand to, and without documentation.
//!
//! The limits are what was counted when they were set, and about 5 % more. A change that exceeds
//! one on purpose measures with `bindery-bench compile` what it costs, and raises the limit.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bindery_codegen::{Layout, Options};
use bindery_import::tencent;
use bindery_model::{Model, Shape};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// Function bodies for each action; 22.3 when the limit was set.
const BODIES_PER_ACTION: f64 = 23.4;

/// Tokens for each member of a request, of a reply or of what they hold; 56.4 when the limit was
/// set.
const TOKENS_PER_MEMBER: f64 = 59.2;

/// What has been counted in Rust.
#[derive(Default)]
struct Counts {
    /// Functions, which all have bodies.
    functions: usize,
    tokens: usize,
    /// How often each macro is called.
    calls: BTreeMap<String, usize>,
}

impl Counts {
    fn add(&mut self, stream: TokenStream) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut index = 0;
        while let Some(tree) = trees.get(index) {
            let rest = &trees[index..];
            if let Some(length) = documentation(rest) {
                index += length;
                continue;
            }
            match (tree, rest.get(1)) {
                (TokenTree::Ident(word), Some(TokenTree::Ident(_))) if word == "fn" => {
                    self.functions += 1;
                }
                (TokenTree::Ident(name), Some(TokenTree::Punct(mark)))
                    if mark.as_char() == '!'
                        && matches!(rest.get(2), Some(TokenTree::Group(_))) =>
                {
                    *self.calls.entry(name.to_string()).or_default() += 1;
                }
                _ => {}
            }
            self.tokens += 1;
            if let TokenTree::Group(group) = tree {
                self.add(group.stream());
            }
            index += 1;
        }
    }
}

/// The length of a documentation comment, which is an attribute: `#[doc = "…"]` or `#![doc = "…"]`.
fn documentation(trees: &[TokenTree]) -> Option<usize> {
    let is_mark = |index: usize, mark| matches!(trees.get(index), Some(TokenTree::Punct(one)) if one.as_char() == mark);
    let group = 1 + usize::from(is_mark(1, '!'));
    match trees.get(group) {
        Some(TokenTree::Group(attribute)) if is_mark(0, '#') => {
            let name = attribute.stream().into_iter().next();
            let is_doc = matches!(name, Some(TokenTree::Ident(name)) if name == "doc");
            is_doc.then_some(group + 1)
        }
        _ => None,
    }
}

/// How many functions a call of each of the runtime's macros makes, without feature `serde`.
fn macros() -> BTreeMap<String, usize> {
    let wiring = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src/wiring.rs");
    let file = syn::parse_file(&fs::read_to_string(wiring).unwrap()).unwrap();
    let with_serde = quote!(#[cfg(feature = "serde")]).to_string();
    let with_serde = |one: &syn::Attribute| one.to_token_stream().to_string() == with_serde;
    let mut macros = BTreeMap::new();
    for item in file.items {
        if let syn::Item::Macro(item) = item
            && !item.attrs.iter().any(with_serde)
        {
            let mut counts = Counts::default();
            counts.add(item.mac.tokens);
            macros.insert(item.ident.unwrap().to_string(), counts);
        }
    }
    let functions = macros
        .keys()
        .map(|name| (name.clone(), functions(&macros, name)));
    functions.collect()
}

/// How many functions a call of a macro makes, with those of the macros that it calls.
fn functions(macros: &BTreeMap<String, Counts>, name: &str) -> usize {
    let Some(counts) = macros.get(name) else {
        return 0;
    };
    let called = counts.calls.iter();
    counts.functions
        + called
            .map(|(name, calls)| calls * functions(macros, name))
            .sum::<usize>()
}

/// A service with all of its actions.
fn service() -> Model {
    let spec = Path::new(env!("CARGO_TARGET_TMPDIR")).join("budget");
    let request = tencent::Request {
        catalogue: Path::new(env!("CARGO_MANIFEST_DIR")).join("data"),
        services: vec!["trtc".to_owned()],
        out: spec.clone(),
        ..tencent::Request::default()
    };
    tencent::import(&request, &|_| {}).unwrap();
    bindery_model::load(&spec).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn bindings_stay_as_small_as_they_are() {
    let model = service();
    let [provider] = model.providers.as_slice() else {
        panic!("expected one vendor");
    };
    let [service] = provider.services.as_slice() else {
        panic!("expected one service");
    };
    let actions = service.actions.iter();
    let members: usize = actions.map(|one| one.params.len() + one.output.len()).sum();
    let types = service.types.iter().map(|ty| match &ty.shape {
        Shape::Object(fields) => fields.len(),
        Shape::IntegerEnum(_) | Shape::StringEnum(_) => 0,
    });
    let members = members + types.sum::<usize>();
    assert_eq!((service.actions.len(), members), (86, 1073), "the data");

    let options = Options {
        layout: Layout::Crate,
        example_path: None,
    };
    let mut counts = Counts::default();
    for (path, text) in bindery_codegen::generate(&model, &options).iter() {
        let stream = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        counts.add(stream);
    }
    let macros = macros();
    let expanded = counts.calls.iter().map(|(name, calls)| {
        calls
            * macros
                .get(name)
                .unwrap_or_else(|| panic!("the runtime has no macro {name}"))
    });
    let bodies = counts.functions + expanded.sum::<usize>();
    let ratio = |count: usize, of: usize| {
        f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(of).unwrap())
    };
    let bodies = ratio(bodies, service.actions.len());
    let tokens = ratio(counts.tokens, members);
    assert!(
        bodies <= BODIES_PER_ACTION,
        "{bodies:.2} function bodies for each action, {} are allowed; calls of macros: {:?}",
        BODIES_PER_ACTION,
        counts.calls
    );
    assert!(
        tokens <= TOKENS_PER_MEMBER,
        "{tokens:.2} tokens for each member, {TOKENS_PER_MEMBER} are allowed"
    );
}
