//! Which action of the model a request means.

use axum::http::Method as HttpMethod;
use bindery_model::{Action, Dispatch, Method, Model, Provider, Service};

use crate::form;

/// An action and where it belongs.
#[derive(Clone, Copy)]
pub(crate) struct Target<'m> {
    /// The provider.
    pub(crate) provider: &'m Provider,
    /// The service.
    pub(crate) service: &'m Service,
    /// The action.
    pub(crate) action: &'m Action,
}

impl Target<'_> {
    /// The service and the action: `cam:AddUser`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service.name, self.action.name)
    }
}

/// The first part of a name that no action fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// No service has this name.
    Service,
    /// The service has no such version.
    Version,
    /// The service's version has no such action.
    Action,
}

/// Finds an action by service, version and name.
pub(crate) fn by_scope<'m>(
    model: &'m Model,
    service: &str,
    version: &str,
    action: &str,
) -> Result<Target<'m>, Unknown> {
    let mut unknown = Unknown::Service;
    for (provider, candidate) in services(model, Dispatch::Header) {
        if candidate.name != service {
            continue;
        }
        if candidate.version == version {
            return find_action(provider, candidate, action).ok_or(Unknown::Action);
        }
        unknown = Unknown::Version;
    }
    Err(unknown)
}

/// Finds an action by version and name, which the first label of the host decides when
/// several services have both.
pub(crate) fn by_version<'m>(
    model: &'m Model,
    host: &str,
    version: &str,
    action: &str,
) -> Result<Target<'m>, Unknown> {
    let label = host.split('.').next().unwrap_or_default();
    if services(model, Dispatch::Header).any(|(_, service)| service.name == label) {
        return by_scope(model, label, version, action);
    }
    let mut targets = services(model, Dispatch::Header)
        .filter_map(|(provider, service)| find_action(provider, service, action))
        .peekable();
    if targets.peek().is_none() {
        return Err(Unknown::Action);
    }
    targets
        .find(|target| target.service.version == version)
        .ok_or(Unknown::Version)
}

/// Finds an action that requests name in their query; the host decides between services.
pub(crate) fn by_query<'m>(model: &'m Model, host: &str, action: &str) -> Option<Target<'m>> {
    let targets: Vec<_> = services(model, Dispatch::Query)
        .filter_map(|(provider, service)| find_action(provider, service, action))
        .collect();
    let exact = targets.iter().find(|target| target.service.host == host);
    exact.or(targets.first()).copied()
}

/// Finds an action by method and path, with the decoded values of the path's parameters.
///
/// A template whose text matches is preferred to one whose parameter happens to.
pub(crate) fn by_path<'m>(
    model: &'m Model,
    method: &HttpMethod,
    path: &str,
) -> Option<(Target<'m>, Vec<(String, String)>)> {
    let mut best = None;
    for (provider, service) in services(model, Dispatch::Path) {
        for action in &service.actions {
            if name(action.method) != method.as_str() {
                continue;
            }
            if let Some(values) = match_template(&action.path, path)
                && best
                    .as_ref()
                    .is_none_or(|(_, found): &(_, Vec<_>)| values.len() < found.len())
            {
                best = Some((
                    Target {
                        provider,
                        service,
                        action,
                    },
                    values,
                ));
            }
        }
    }
    best
}

fn services(model: &Model, dispatch: Dispatch) -> impl Iterator<Item = (&Provider, &Service)> {
    model
        .providers
        .iter()
        .filter(move |provider| provider.dispatch == dispatch)
        .flat_map(|provider| {
            provider
                .services
                .iter()
                .map(move |service| (provider, service))
        })
}

fn find_action<'m>(provider: &'m Provider, service: &'m Service, name: &str) -> Option<Target<'m>> {
    let action = service.actions.iter().find(|action| action.name == name)?;
    Some(Target {
        provider,
        service,
        action,
    })
}

fn name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}

fn match_template(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut values = Vec::new();
    let mut segments = path.split('/');
    for part in template.split('/') {
        let segment = segments.next()?;
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(_) if segment.is_empty() => return None,
            Some(name) => values.push((name.to_owned(), form::path_segment(segment))),
            None if part == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_match_whole_segments() {
        let values = match_template("/member/{account}", "/member/alice%40ent01");
        assert_eq!(
            values,
            Some(vec![("account".to_owned(), "alice@ent01".to_owned())])
        );
        for path in ["/member", "/member/", "/member/a/b", "/other/a"] {
            assert_eq!(match_template("/member/{account}", path), None, "{path}");
        }
    }
}
