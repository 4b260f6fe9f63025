//! Writes the programs that call a service: all of its actions, or one.

use bindery_model::{Action, Provider, Service};
use proc_macro2::TokenStream;
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
        use bindery_runtime::support::Record;
        use bindery_runtime::{Config, Credential, Error};
        use bindings::#vendor::#product::#version as api;

        fn open() -> Result<api::Client, Error> {
            let config = Config::builder(Credential::tencent("id", "key")).build()?;
            api::Client::new(&config)
        }
    };
    let calls = actions.iter().map(|action| {
        let (name, method) = (&action.name, format_ident!("{}", action.module));
        let request = format_ident!("{}", action.ident);
        quote!(#name => show(&*client.#method(api::#request::empty()).await?),)
    });
    (open, quote!(#(#calls)*))
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
