//! Writes what Bindery is compared with: the same service as structs that derive serde's traits,
//! with an `async fn` per action, as such clients are usually generated.

use bindery_model::{Action, Field, Service, Shape, TypeDef, TypeRef};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// Which of serde's traits the types derive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    /// `Serialize` for what requests reach, `Deserialize` for what replies reach.
    Needed,
    /// Both for all.
    Both,
}

/// The source of a crate that binds a service.
pub(crate) fn source(service: &Service, derive: Derive) -> String {
    let writer = Writer { service, derive };
    let file = syn::parse2(writer.root()).expect("the peers' sources are Rust");
    prettyplease::unparse(&file)
}

struct Writer<'a> {
    service: &'a Service,
    derive: Derive,
}

impl Writer<'_> {
    /// A module per action, as in Bindery's crates, so that rustc can divide the work alike.
    fn root(&self) -> TokenStream {
        let actions = self.service.actions.iter().enumerate();
        let modules = actions.map(|(index, action)| {
            let module = ident(&action.module);
            let request = self.structure(&action.ident, &action.doc, &action.params, (true, false));
            let output = output_ident(action);
            let doc = format!("What {} answers.", action.name);
            let output = self.structure(&output.to_string(), &doc, &action.output, (false, true));
            let types = self.types(Some(index));
            quote! {
                pub mod #module { #request #output #(#types)* }
                pub use self::#module::*;
            }
        });
        let types = self.types(None);
        let methods = self.service.actions.iter().map(method);
        let title = docs(&self.service.title);
        quote! {
            #(#modules)*
            #(#types)*

            #title
            #[derive(Clone, Debug)]
            pub struct Client(peer_runtime::Transport);

            impl Client {
                /// A client that sends its requests in a given way.
                pub fn new(transport: peer_runtime::Transport) -> Self {
                    Self(transport)
                }

                #(#methods)*
            }
        }
    }

    /// The types that an action owns, or those that are shared.
    fn types(&self, owner: Option<usize>) -> Vec<TokenStream> {
        let own = self.service.types.iter().filter(|ty| ty.owner == owner);
        own.filter_map(|ty| self.type_def(ty)).collect()
    }

    /// Enumerations are left as the strings and numbers that they are on the wire.
    fn type_def(&self, ty: &TypeDef) -> Option<TokenStream> {
        match &ty.shape {
            Shape::Object(fields) => {
                Some(self.structure(&ty.ident, &ty.doc, fields, (ty.input, ty.output)))
            }
            Shape::IntegerEnum(_) | Shape::StringEnum(_) => None,
        }
    }

    fn structure(
        &self,
        name: &str,
        doc: &str,
        fields: &[Field],
        (input, output): (bool, bool),
    ) -> TokenStream {
        let both = self.derive == Derive::Both;
        let serialize = (input || both).then(|| quote!(serde::Serialize,));
        let deserialize = (output || both).then(|| quote!(serde::Deserialize,));
        let (name, doc) = (ident(name), docs(doc));
        let fields = fields
            .iter()
            .filter(|field| !field.set_by_client)
            .map(|field| {
                let (ident, doc) = (ident(&field.ident), docs(&field.doc));
                let (wire, ty) = (&field.name, self.rust_type(&field.ty));
                let skip =
                    (input || both).then(|| quote!(, skip_serializing_if = "Option::is_none"));
                quote! {
                    #doc
                    #[serde(rename = #wire #skip)]
                    pub #ident: Option<#ty>
                }
            });
        quote! {
            #doc
            #[derive(Clone, Debug, Default, #serialize #deserialize)]
            pub struct #name { #(#fields),* }
        }
    }

    fn rust_type(&self, ty: &TypeRef) -> TokenStream {
        match ty {
            TypeRef::String | TypeRef::Date | TypeRef::DateTime | TypeRef::Bytes => quote!(String),
            TypeRef::Bool => quote!(bool),
            TypeRef::Int32 | TypeRef::Int64 | TypeRef::Seconds | TypeRef::Milliseconds => {
                quote!(i64)
            }
            TypeRef::Uint32 | TypeRef::Uint64 => quote!(u64),
            TypeRef::Float => quote!(f64),
            TypeRef::Json => quote!(serde_json::Value),
            TypeRef::List(item) => {
                let item = self.rust_type(item);
                quote!(Vec<#item>)
            }
            TypeRef::Map(value) => {
                let value = self.rust_type(value);
                quote!(std::collections::BTreeMap<String, #value>)
            }
            TypeRef::Named(index) => {
                let ty = self.service.type_def(*index);
                let name = ident(&ty.ident);
                match ty.shape {
                    Shape::Object(_) => quote!(crate::#name),
                    Shape::IntegerEnum(_) => quote!(i64),
                    Shape::StringEnum(_) => quote!(String),
                }
            }
        }
    }
}

fn method(action: &Action) -> TokenStream {
    let (method, request) = (ident(&action.module), ident(&action.ident));
    let (output, doc, name) = (output_ident(action), docs(&action.doc), &action.name);
    quote! {
        #doc
        pub async fn #method(&self, request: &#request) -> Result<#output, peer_runtime::Error> {
            let body = peer_runtime::encode(request)?;
            let reply = self.0.send(#name, body).await?;
            peer_runtime::decode(&reply)
        }
    }
}

fn output_ident(action: &Action) -> Ident {
    format_ident!("{}Output", action.ident)
}

/// Documentation, an attribute per line.
fn docs(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| format!(" {line}"));
    quote!(#(#[doc = #lines])*)
}

fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(name) => Ident::new_raw(name, proc_macro2::Span::call_site()),
        None => format_ident!("{name}"),
    }
}

#[cfg(test)]
mod tests {
    use bindery_model::Sources;

    use super::*;

    const PROVIDER: &str = "
provider: acme
title: Acme
doc: A vendor.
source: { url: https://acme.example/api }
dispatch: header
authentication: tc3
envelope: response
arrays: indexed
clock_window: 300s
";

    const SERVICE: &str = "
service: rooms
title: Rooms
version: '2026-01-01'
host: rooms.acme.example
doc: Rooms.
source: { url: https://acme.example/api }
types:
  Filter: { doc: Sent., fields: { Type: { type: string, doc: A keyword in Rust. } } }
  Room: { doc: Received., fields: { Id: { type: uint64, doc: The number. } } }
  Tag: { doc: Sent and received., fields: { Key: { type: string, doc: The key. } } }
";

    const ACTION: &str = "
action: ListRooms
doc: Lists rooms.
source: { url: https://acme.example/api/ListRooms }
kind: read
region: none
params:
  Filters: { type: '[Filter]', doc: The filters. }
  Tags: { type: '[Tag]', doc: The tags. }
output:
  Rooms: { type: '[Room]', doc: The rooms. }
  Tags: { type: '[Tag]', doc: The tags. }
";

    /// What each struct derives, by its name.
    fn derives(derive: Derive) -> Vec<(String, bool, bool)> {
        let sources = Sources::from_files([
            ("acme/provider.yaml", PROVIDER),
            ("acme/rooms/v20260101/service.yaml", SERVICE),
            ("acme/rooms/v20260101/ListRooms.yaml", ACTION),
        ]);
        let model = bindery_model::check(&sources).unwrap_or_else(|problems| panic!("{problems}"));
        let file = syn::parse_file(&source(&model.providers[0].services[0], derive)).unwrap();
        let mut structs = Vec::new();
        collect(&file.items, &mut structs);
        structs.sort_unstable();
        structs
    }

    fn collect(items: &[syn::Item], structs: &mut Vec<(String, bool, bool)>) {
        for item in items {
            match item {
                syn::Item::Mod(module) => {
                    let (_, items) = module.content.as_ref().expect("modules have contents");
                    collect(items, structs);
                }
                syn::Item::Struct(item) if item.ident != "Client" => {
                    let attributes = item
                        .attrs
                        .iter()
                        .filter(|one| one.path().is_ident("derive"));
                    let text: String = attributes.map(|one| quote!(#one).to_string()).collect();
                    let name = item.ident.to_string();
                    structs.push((
                        name,
                        text.contains("Serialize"),
                        text.contains("Deserialize"),
                    ));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn types_derive_the_directions_in_which_they_travel() {
        let names = ["Filter", "ListRooms", "ListRoomsOutput", "Room", "Tag"];
        let directions = [
            (true, false),
            (true, false),
            (false, true),
            (false, true),
            (true, true),
        ];
        let expected = names.iter().zip(directions);
        let expected: Vec<_> = expected
            .map(|(name, (sent, received))| (String::from(*name), sent, received))
            .collect();
        assert_eq!(derives(Derive::Needed), expected);
        let both = names.map(|name| (name.to_owned(), true, true));
        assert_eq!(derives(Derive::Both), both);
    }
}
