//! Where a service is: the host, and what stands before every path.

use serde_json::Value;

use super::{
    documents::{At, Documents},
    remarks::Remarks,
};
use crate::error::ImportError;

/// A server of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    /// What stands before every path: nothing, or `/v1`.
    pub(super) base: String,
}

/// The servers of some documents.
#[derive(Debug)]
pub(super) struct Servers<'h> {
    /// The host that a person has chosen.
    host: Option<&'h str>,
    /// What each document lists, if it lists any.
    by_document: Vec<Option<Server>>,
    /// The server of everything that has no other.
    pub(super) main: Server,
}

impl<'h> Servers<'h> {
    /// Reads what the first documents say, of which there are some.
    pub(super) fn read(
        documents: &Documents,
        count: usize,
        host: Option<&'h str>,
        remarks: &Remarks,
    ) -> Result<Self, ImportError> {
        let roots = (0..count).map(|index| documents.root(index));
        let by_document: Vec<_> = roots
            .map(|root| Server::read(&root, host, remarks))
            .collect::<Result<_, _>>()?;
        let main = by_document.iter().flatten().next().cloned();
        let chosen = host.map(|host| Server {
            host: host.to_ascii_lowercase(),
            base: String::new(),
        });
        let main = match main.or(chosen) {
            Some(main) if is_host(&main.host) => main,
            Some(main) => {
                let reason = format!(
                    "--host: expected a host such as api.example.com, found {:?}",
                    main.host
                );
                return Err(documents.root(0).error(&reason));
            }
            None => {
                let reason = "no `servers` say where the service is; say it with --host";
                return Err(documents.root(0).error(reason));
            }
        };
        Ok(Self {
            host,
            by_document,
            main,
        })
    }

    /// The server of an operation: its own, that of its path, or that of its document.
    pub(super) fn of(
        &self,
        operation: &At<'_>,
        path: &At<'_>,
        remarks: &Remarks,
    ) -> Result<Server, ImportError> {
        for at in [operation, path] {
            if let Some(server) = Server::read(at, self.host, remarks)? {
                return Ok(server);
            }
        }
        let of_document = self
            .by_document
            .get(operation.document())
            .cloned()
            .flatten();
        Ok(of_document.unwrap_or_else(|| self.main.clone()))
    }
}

impl Server {
    /// The first server that a document, a path or an operation lists, if it lists any. `host` is
    /// the one that a person has chosen instead.
    pub(super) fn read(
        at: &At<'_>,
        host: Option<&str>,
        remarks: &Remarks,
    ) -> Result<Option<Self>, ImportError> {
        let Some(servers) = at.follow("servers")? else {
            return Ok(None);
        };
        let Some(first) = servers.items().next() else {
            return Ok(None);
        };
        let first = first.resolved()?;
        if host.is_none() && servers.items().nth(1).is_some() {
            remarks.add(
                &servers,
                "only the first server is kept; callers choose another one as their endpoint",
            );
        }
        let url = first
            .text("url")
            .ok_or_else(|| first.error("expected the `url` of a server"))?;
        let url = with_defaults(url, &first, remarks)?;
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (scheme, rest),
            // An address without a host is relative to that of the document.
            None => ("https", url.strip_prefix("//").unwrap_or(&url)),
        };
        let is_relative = scheme == "https" && rest.len() == url.len();
        let (stated, base) = match rest.find('/') {
            _ if is_relative => ("", rest),
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        if scheme == "http" {
            remarks.add(&first, "the server is called by https instead of http");
        }
        let base = base.trim_end_matches('/');
        let base = if base.is_empty() || base.starts_with('/') {
            base.to_owned()
        } else {
            format!("/{base}")
        };
        let host = host.unwrap_or(stated).to_ascii_lowercase();
        if is_host(&host) {
            return Ok(Some(Self { host, base }));
        }
        Err(first.error(&format!(
            "expected a server such as https://api.example.com/v1, found {url:?}; say the host \
             with --host"
        )))
    }
}

/// A server's address with the defaults of its variables.
fn with_defaults(url: &str, server: &At<'_>, remarks: &Remarks) -> Result<String, ImportError> {
    let mut url = url.to_owned();
    let variables = server.follow("variables")?;
    for (name, variable) in variables.iter().flat_map(At::members) {
        let place = format!("{{{name}}}");
        if !url.contains(&place) {
            continue;
        }
        let default = match variable.value.get("default") {
            Some(Value::String(text)) => text.clone(),
            Some(value @ Value::Number(_)) => value.to_string(),
            _ => return Err(variable.error("expected the `default` of a server's variable")),
        };
        remarks.add(
            &variable,
            format!("{place} is always {default:?}; callers choose another host as their endpoint"),
        );
        url = url.replace(&place, &default);
    }
    Ok(url)
}

/// Whether a text is a host that the language takes.
pub(super) fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    text.contains('.') && text.split('.').all(is_label)
}
