//! Whether documents can be imported at all, and where they are from.

use std::collections::BTreeSet;

use super::{
    Request, documents::Documents, operation::Found, remarks::Remarks, server::Servers, service,
};
use crate::error::ImportError;

/// Checks that a document is one of OpenAPI 3.0 or 3.1.
pub(super) fn version(documents: &Documents, index: usize) -> Result<(), ImportError> {
    let root = documents.root(index);
    if let Some(at) = root.child("swagger") {
        return Err(at.error(
            "expected OpenAPI 3.0 or 3.1, found Swagger 2.0; convert it, as in \
             `npx swagger2openapi FILE --yaml --outfile OUT`",
        ));
    }
    let Some(at) = root.child("openapi") else {
        return Err(
            root.error("expected a document of OpenAPI, which starts with `openapi: 3.1.0`")
        );
    };
    // Without quotes, `3.0` is a number.
    let version = match at.value {
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let is_known = ["3.0", "3.1"].iter().any(|known| {
        let rest = version.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    if is_known {
        return Ok(());
    }
    Err(at.error(&format!("expected OpenAPI 3.0 or 3.1, found {version:?}")))
}

/// Checks that what is to be cited can be.
pub(super) fn source(request: &Request) -> Result<(), ImportError> {
    match &request.source {
        Some(source) if !service::is_url(source) => Err(ImportError::IllegalName {
            what: "address of a page",
            name: source.clone(),
        }),
        _ => Ok(()),
    }
}

/// Names the documents that do not say where they were published.
pub(super) fn remark_sources(
    documents: &Documents,
    found: &[Found<'_>],
    servers: &Servers<'_>,
    remarks: &Remarks,
) {
    let mut indices: BTreeSet<_> = found.iter().map(|found| found.at.document()).collect();
    indices.insert(0);
    for index in indices {
        let root = documents.root(index);
        let page = root.child("externalDocs");
        if !page.is_some_and(|page| page.text("url").is_some_and(service::is_url)) {
            let text = format!(
                "nothing says where the document was published: {} is cited; say it with --source",
                servers.main.host
            );
            remarks.add(&root, text);
        }
    }
}
