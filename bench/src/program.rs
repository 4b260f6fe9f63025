//! Writes the programs that call a service: all of its actions, or one.

use bindery_model::{Action, Field, Provider, Service, Shape, TypeRef};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// How a program calls a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    /// Through Bindery's bindings.
    Bindery,
    /// Through bindings that derive serde's traits.
    Peer,
}

/// The source of a program that makes the call that is named on its command line. The bindings are
/// the crate `bindings`.
pub(crate) fn source(
    provider: &Provider,
    service: &Service,
    actions: &[Action],
    client: Client,
) -> String {
    let (open, call) = match client {
        Client::Bindery => bindery(provider, service, actions),
        Client::Peer => peer(service, actions),
    };
    let file = quote! {
        use std::fmt::Debug;
        use std::pin::Pin;

        fn main() {
            let action = std::env::args().nth(1).unwrap_or_default();
            // On the heap, as a spawned task is: the runtime polls in two places, and would compile
            // all of it twice.
            let call: Pin<Box<dyn Future<Output = Result<(), Error>>>> = Box::pin(call(&action));
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().expect("no runtime");
            if let Err(error) = runtime.block_on(call) {
                show(&error);
            }
        }

        #open

        async fn call(action: &str) -> Result<(), Error> {
            let client = open()?;
            match action {
                #call
                _ => show(&"no such action"),
            }
            Ok(())
        }

        fn show(value: &dyn Debug) {
            println!("{value:?}");
        }
    };
    let file = syn::parse2(file).expect("the programs' sources are Rust");
    prettyplease::unparse(&file)
}

/// How a client is made, and how it calls the actions.
fn bindery(
    provider: &Provider,
    service: &Service,
    actions: &[Action],
) -> (TokenStream, TokenStream) {
    let (vendor, product) = (
        format_ident!("{}", provider.name),
        format_ident!("{}", service.name),
    );
    let version = format_ident!("{}", service.module);
    let open = quote! {
        use bindery_runtime::{Config, Credential, Error};
        use bindings::#vendor::#product::#version as api;

        fn open() -> Result<api::Client, Error> {
            let config = Config::builder(Credential::tencent("id", "key")).build()?;
            api::Client::new(&config)
        }
    };
    let calls = actions.iter().map(|action| {
        let (name, method) = (&action.name, format_ident!("{}", action.module));
        let required = quote!(api::#method::Required);
        let request = made(service, &action.ident, &required, &action.params);
        quote!(#name => show(&*client.#method(#request).await?),)
    });
    (open, quote!(#(#calls)*))
}

/// The expression that makes a struct of Bindery's bindings from what it needs.
fn made(service: &Service, ident: &str, named: &TokenStream, fields: &[Field]) -> TokenStream {
    let ident = format_ident!("{ident}");
    let fields = fields
        .iter()
        .filter(|one| one.required && !one.idempotency_token && !one.set_by_client);
    let (idents, values): (Vec<Ident>, Vec<TokenStream>) = fields
        .map(|one| (format_ident!("{}", one.ident), nothing(service, &one.ty)))
        .unzip();
    match values.as_slice() {
        [] => quote!(api::#ident::new()),
        [value] => quote!(api::#ident::new(#value)),
        _ => quote!(api::#ident::new(#named { #(#idents: #values),* })),
    }
}

/// An expression of a type that holds as little as possible.
fn nothing(service: &Service, ty: &TypeRef) -> TokenStream {
    if let TypeRef::Named(index) = ty
        && let Shape::Object(fields) = &service.type_def(*index).shape
    {
        let definition = service.type_def(*index);
        let named = format_ident!("{}Required", definition.ident);
        // What replies hold as well has no fields that must be given.
        let fields = if definition.output {
            &[]
        } else {
            fields.as_slice()
        };
        return made(service, &definition.ident, &quote!(api::#named), fields);
    }
    let rust_type = rust_type(service, ty);
    match ty {
        TypeRef::List(_) | TypeRef::Map(_) => quote!(<#rust_type>::new()),
        _ => quote!(<#rust_type as bindery_runtime::support::ValueMut>::absent()),
    }
}

fn rust_type(service: &Service, ty: &TypeRef) -> TokenStream {
    match ty {
        TypeRef::String | TypeRef::Date | TypeRef::DateTime => quote!(String),
        TypeRef::Bytes => quote!(Vec<u8>),
        TypeRef::Bool => quote!(bool),
        TypeRef::Int32 | TypeRef::Int64 => quote!(i64),
        TypeRef::Uint32 | TypeRef::Uint64 => quote!(u64),
        TypeRef::Float => quote!(f64),
        TypeRef::Seconds | TypeRef::Milliseconds => quote!(bindery_runtime::Timestamp),
        TypeRef::Json => quote!(bindery_runtime::support::Json),
        TypeRef::List(item) => {
            let item = rust_type(service, item);
            quote!(Vec<#item>)
        }
        TypeRef::Map(value) => {
            let value = rust_type(service, value);
            quote!(std::collections::BTreeMap<String, #value>)
        }
        TypeRef::Named(index) => {
            let ident = format_ident!("{}", service.type_def(*index).ident);
            quote!(api::#ident)
        }
    }
}

fn peer(service: &Service, actions: &[Action]) -> (TokenStream, TokenStream) {
    let (url, version) = (format!("https://{}", service.host), &service.version);
    let open = quote! {
        use peer_runtime::{Error, Transport};

        fn open() -> Result<bindings::Client, Error> {
            Ok(bindings::Client::new(Transport::new(#url, #version)))
        }
    };
    let calls = actions.iter().map(|action| {
        let (name, method) = (&action.name, format_ident!("{}", action.module));
        let request = format_ident!("{}", action.ident);
        quote!(#name => show(&client.#method(&bindings::#request::default()).await?),)
    });
    (open, quote!(#(#calls)*))
}
