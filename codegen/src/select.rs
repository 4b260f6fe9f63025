//! Cuts a model down to some services or actions and the types they reach.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use bindery_model::suggest::closest;
use bindery_model::{Field, Model, Service, Shape, TypeRef};

/// How many names are listed where none is close to the one that was typed.
const LISTED: usize = 20;

/// Which services and actions to keep.
///
/// Written `trtc`, `tencent/trtc`, `trtc:DescribeUserInfo,DescribeRoomInfo`, or several of these
/// with commas between: `trtc:DescribeUserInfo,cam:GetUser`. One version of a service is named as its
/// folder is: `trtc/v20190722`, `tencent/trtc/v20190722:DescribeUserInfo`. After an action, a whole service is
/// named with its provider, because a name alone is another action: `trtc:DescribeUserInfo,tencent/cam`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection(Vec<Wanted>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    provider: Option<String>,
    service: String,
    /// The version, as its folder is called; all when there is none.
    version: Option<String>,
    /// The actions; all when there are none.
    actions: Vec<String>,
}

/// Why a selection cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectionError {
    /// The text is not a selection.
    Syntax(String),
    /// No service has this name; the names that there are.
    Service(String, Vec<String>),
    /// The service has no such action; the names that there are.
    Action(String, String, Vec<String>),
}

impl FromStr for Selection {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, SelectionError> {
        let mut wanted: Vec<Wanted> = Vec::new();
        for part in text.split(',') {
            let (service, action) = match part.split_once(':') {
                Some((service, action)) => (Some(service), Some(action)),
                None if wanted.last().is_some_and(|last| !last.actions.is_empty())
                    && !part.contains('/') =>
                {
                    (None, Some(part))
                }
                None => (Some(part), None),
            };
            let service = service.map(Wanted::parse).transpose();
            let (Ok(service), false) = (service, action == Some("")) else {
                return Err(SelectionError::Syntax(text.to_owned()));
            };
            wanted.extend(service);
            if let (Some(last), Some(action)) = (wanted.last_mut(), action) {
                last.actions.push(action.to_owned());
            }
        }
        Ok(Self(wanted))
    }
}

impl Selection {
    /// Joins selections: what any of them keeps is kept.
    #[must_use]
    pub fn union(selections: impl IntoIterator<Item = Self>) -> Self {
        Self(
            selections
                .into_iter()
                .flat_map(|selection| selection.0)
                .collect(),
        )
    }

    /// The part of a model that is selected.
    pub fn apply(&self, model: Model) -> Result<Model, SelectionError> {
        self.check(&model)?;
        Ok(self.restrict(model))
    }

    /// The part of a model that is selected, whether or not there is all that is.
    pub(crate) fn restrict(&self, mut model: Model) -> Model {
        for provider in &mut model.providers {
            let name = provider.name.clone();
            for service in &mut provider.services {
                let wanted: Vec<&Wanted> = self
                    .0
                    .iter()
                    .filter(|wanted| wanted.names([&name, &service.name, &service.module]))
                    .collect();
                if wanted.is_empty() {
                    service.actions.clear();
                } else if wanted.iter().all(|wanted| !wanted.actions.is_empty()) {
                    let names: BTreeSet<&str> = wanted
                        .iter()
                        .flat_map(|one| &one.actions)
                        .map(String::as_str)
                        .collect();
                    keep(service, &names);
                }
            }
            provider
                .services
                .retain(|service| !service.actions.is_empty());
        }
        model
            .providers
            .retain(|provider| !provider.services.is_empty());
        model
    }

    /// Whether anything of a service is kept, by the names of its provider, its own and its version's.
    pub(crate) fn wants(&self, service: [&str; 3]) -> bool {
        self.0.iter().any(|wanted| wanted.names(service))
    }

    /// Checks that all services exist, which have the names of a provider, their own and a version's.
    pub(crate) fn check_services(&self, known: &[[&str; 3]]) -> Result<(), SelectionError> {
        for wanted in &self.0 {
            let mut services = known.iter();
            if !services.any(|service| wanted.names(*service)) {
                let known = known.iter().map(|service| wanted.written_like(*service));
                let mut known: Vec<_> = known.collect();
                known.dedup();
                return Err(SelectionError::Service(wanted.service_name(), known));
            }
        }
        Ok(())
    }

    fn check(&self, model: &Model) -> Result<(), SelectionError> {
        let providers = model.providers.iter();
        let services: Vec<(&str, &Service)> = providers
            .flat_map(|provider| {
                let services = provider.services.iter();
                services.map(|service| (provider.name.as_str(), service))
            })
            .collect();
        let names = services
            .iter()
            .map(|(name, one)| [name, &*one.name, &*one.module]);
        self.check_services(&names.collect::<Vec<_>>())?;
        for wanted in &self.0 {
            let known: Vec<&str> = services
                .iter()
                .filter(|(provider, one)| wanted.names([provider, &one.name, &one.module]))
                .flat_map(|(_, service)| &service.actions)
                .map(|action| action.name.as_str())
                .collect();
            if let Some(action) = wanted
                .actions
                .iter()
                .find(|action| !known.contains(&action.as_str()))
            {
                let known = known.into_iter().map(str::to_owned).collect();
                let service = wanted.service_name();
                return Err(SelectionError::Action(service, action.clone(), known));
            }
        }
        Ok(())
    }
}

impl Wanted {
    /// A service without actions: `trtc`, `tencent/trtc`, `trtc/v20190722` or all three.
    fn parse(text: &str) -> Result<Self, ()> {
        let is_version = |part: &str| {
            let number = part.strip_prefix('v').unwrap_or_default();
            number.starts_with(|c: char| c.is_ascii_digit())
        };
        let parts: Vec<&str> = text.split('/').collect();
        let (provider, service, version) = match parts[..] {
            [service] => (None, service, None),
            [service, version] if is_version(version) => (None, service, Some(version)),
            [provider, service] => (Some(provider), service, None),
            [provider, service, version] => (Some(provider), service, Some(version)),
            _ => return Err(()),
        };
        if parts.contains(&"") {
            return Err(());
        }
        Ok(Self {
            provider: provider.map(str::to_owned),
            service: service.to_owned(),
            version: version.map(str::to_owned),
            actions: Vec::new(),
        })
    }

    /// The service as it was typed.
    fn service_name(&self) -> String {
        let version = self.version.as_deref().unwrap_or_default();
        let provider = self.provider.as_deref().unwrap_or_default();
        self.written_like([provider, &self.service, version])
    }

    /// A service with as many parts as were typed of this one.
    fn written_like(&self, [provider, service, version]: [&str; 3]) -> String {
        let parts = [
            self.provider.is_some().then_some(provider),
            Some(service),
            self.version.is_some().then_some(version),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        parts.join("/")
    }

    fn names(&self, [provider, service, version]: [&str; 3]) -> bool {
        self.service == service
            && self.provider.as_deref().is_none_or(|name| name == provider)
            && self.version.as_deref().is_none_or(|name| name == version)
    }
}

/// Leaves some actions in a service and the types that they reach.
fn keep(service: &mut Service, names: &BTreeSet<&str>) {
    let mut reached = BTreeSet::new();
    let kept: Vec<usize> = (0..service.actions.len())
        .filter(|index| names.contains(service.actions[*index].name.as_str()))
        .collect();
    for index in &kept {
        let action = &service.actions[*index];
        for field in action.params.iter().chain(&action.output) {
            reach(service, &field.ty, &mut reached);
        }
    }
    let types: Vec<usize> = reached.iter().copied().collect();
    let new_index = |old: usize| types.binary_search(&old).expect("the type is reached");
    let new_owner = |old: usize| kept.binary_search(&old).expect("the owner is kept");
    let mut definitions: Vec<_> = types
        .iter()
        .map(|index| service.types[*index].clone())
        .collect();
    for definition in &mut definitions {
        definition.owner = definition.owner.map(new_owner);
        if let Shape::Object(fields) = &mut definition.shape {
            renumber(fields, &new_index);
        }
    }
    service.types = definitions;
    service
        .actions
        .retain(|action| names.contains(action.name.as_str()));
    for action in &mut service.actions {
        renumber(&mut action.params, &new_index);
        renumber(&mut action.output, &new_index);
    }
}

fn reach(service: &Service, ty: &TypeRef, reached: &mut BTreeSet<usize>) {
    match ty {
        TypeRef::List(inner) | TypeRef::Map(inner) => reach(service, inner, reached),
        TypeRef::Named(index) if reached.insert(*index) => {
            if let Shape::Object(fields) = &service.types[*index].shape {
                for field in fields {
                    reach(service, &field.ty, reached);
                }
            }
        }
        _ => {}
    }
}

fn renumber(fields: &mut [Field], new_index: &impl Fn(usize) -> usize) {
    fn visit(ty: &mut TypeRef, new_index: &impl Fn(usize) -> usize) {
        match ty {
            TypeRef::List(inner) | TypeRef::Map(inner) => visit(inner, new_index),
            TypeRef::Named(index) => *index = new_index(*index),
            _ => {}
        }
    }
    for field in fields {
        visit(&mut field.ty, new_index);
    }
}

/// The selection as it would be typed.
impl fmt::Display for Selection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, wanted) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str(",")?;
            }
            formatter.write_str(&wanted.service_name())?;
            if !wanted.actions.is_empty() {
                write!(formatter, ":{}", wanted.actions.join(","))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for SelectionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text) => write!(
                formatter,
                "`{text}` is no selection: expected SERVICE or SERVICE:ACTION,ACTION, with \
                 PROVIDER/ before the service and /VERSION behind it or without"
            ),
            Self::Service(name, known) => {
                write!(formatter, "no service `{name}`: {}", remedy(name, known))
            }
            Self::Action(service, name, known) => write!(
                formatter,
                "no action `{name}` in {service}: {}",
                remedy(name, known)
            ),
        }
    }
}

/// The name that may have been meant, or those that there are.
fn remedy(name: &str, known: &[String]) -> String {
    if let Some(meant) = closest(name, known.iter().map(String::as_str)) {
        return format!("did you mean `{meant}`?");
    }
    let listed = known.len().min(LISTED);
    let names = known[..listed].join(", ");
    match known.len() - listed {
        0 => format!("there are {names}"),
        more => format!("there are {names} and {more} more"),
    }
}

impl std::error::Error for SelectionError {}
