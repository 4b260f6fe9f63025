//! What a specification and the vendor's metadata say differently about one version of a service.
//!
//! A specification may be more precise than the metadata, which has no words for instants and for
//! enumerations: `timestamp(s)` agrees with `uint64`. It may not be less precise, or different.

use std::collections::BTreeSet;

use bindery_model::{Action, Authentication, Field, Service, Shape, TypeRef};
use serde_json::{Value, json};

use super::{Rule, files::Files, path::Path};
use crate::{
    declared::Declared,
    error::ImportError,
    tencent::{
        api::{self, Api, Element, Member},
        field::{REQUEST_ID, Side},
        placement::Placement,
    },
};

/// One thing of which specification and metadata say different things.
#[derive(Debug)]
pub(super) struct Difference {
    /// The name of the file without its extension.
    pub(super) stem: String,
    pub(super) at: Path,
    pub(super) rule: Rule,
    pub(super) specification: Value,
    pub(super) metadata: Value,
    /// Where the metadata says so, below the root of its file.
    pub(super) member: Path,
}

/// Compares all actions of a service with its metadata.
pub(super) fn compare(
    service: &Service,
    api: &Api<'_>,
    files: &mut Files,
) -> Result<Vec<Difference>, ImportError> {
    let mut comparison = Comparison {
        service,
        api,
        placement: Placement::new(api, &Declared::default()),
        files,
        compared: BTreeSet::new(),
        pending: Vec::new(),
        differences: Vec::new(),
    };
    for action in &service.actions {
        comparison.action(action)?;
    }
    while let Some((ty, object)) = comparison.pending.pop() {
        comparison.named(ty, object)?;
    }
    Ok(comparison.differences)
}

struct Comparison<'a> {
    service: &'a Service,
    api: &'a Api<'a>,
    placement: Placement<'a>,
    files: &'a mut Files,
    /// The pairs of a type and an object that were or will be compared.
    compared: BTreeSet<(usize, &'a str)>,
    pending: Vec<(usize, &'a str)>,
    differences: Vec<Difference>,
}

/// Fields that are compared with the members of an object.
struct Fields<'a> {
    stem: &'a str,
    /// Where the fields stand in their file.
    at: Path,
    object: &'a str,
    /// The side that the object stands on for the vendor.
    side: Side,
    /// Whether requests of this specification hold the fields, and whether replies do.
    sent: bool,
    received: bool,
}

impl<'a> Comparison<'a> {
    fn action(&mut self, action: &'a Action) -> Result<(), ImportError> {
        let Some(described) = self.api.actions.get(&action.name) else {
            self.differences.push(Difference {
                stem: action.name.clone(),
                at: Path::default(),
                rule: Rule::UnknownAction,
                specification: json!(action.name),
                metadata: Value::Null,
                member: Path::new(["actions"]),
            });
            return Ok(());
        };
        self.flags(action, described);
        let params = action.params.iter().filter(|param| !param.set_by_client);
        let fields = |key, object, side| Fields {
            stem: &action.name,
            at: Path::new([key]),
            object,
            side,
            sent: side == Side::Input,
            received: side == Side::Output,
        };
        self.fields(&fields("params", &described.input, Side::Input), params)?;
        let output = fields("output", &described.output, Side::Output);
        self.fields(&output, action.output.iter())
    }

    /// What is said of an action as a whole.
    fn flags(&mut self, action: &Action, described: &api::Action<'_>) {
        let withdrawn = described.status.as_deref();
        let withdrawn = withdrawn.is_some_and(|status| status != "online");
        let unsigned = action.authentication == Authentication::Skip;
        let flags = [
            (
                Rule::Deprecated,
                "deprecated",
                action.deprecated.is_some(),
                withdrawn,
                "status",
            ),
            (
                Rule::Authentication,
                "authentication",
                unsigned,
                described.skip_sign,
                "skip_sign",
            ),
        ];
        for (rule, key, specification, metadata, member) in flags {
            if specification != metadata {
                self.differences.push(Difference {
                    stem: action.name.clone(),
                    at: Path::new([key]),
                    rule,
                    specification: specification.into(),
                    metadata: metadata.into(),
                    member: Path::new(["actions", &action.name, member]),
                });
            }
        }
    }

    /// Compares a type with the object that stands in its place.
    fn named(&mut self, ty: usize, object: &'a str) -> Result<(), ImportError> {
        let declared = self.service.type_def(ty);
        let Shape::Object(members) = &declared.shape else {
            return Ok(());
        };
        let fields = Fields {
            stem: self.stem(ty)?,
            at: Path::new(["types", &declared.name, "fields"]),
            object,
            side: self.placement.side(object),
            sent: declared.input,
            received: declared.output,
        };
        self.fields(&fields, members.iter())
    }

    /// Compares fields with the members of their names, or of those that they had before an overlay
    /// renamed them.
    fn fields(
        &mut self,
        place: &Fields<'a>,
        fields: impl Iterator<Item = &'a Field>,
    ) -> Result<(), ImportError> {
        let api = self.api;
        let members = &api.objects[place.object].members;
        let mut known = BTreeSet::new();
        for field in fields {
            let before = self.files.before(place.stem, &place.at.to(&field.name))?;
            let name = before.last().unwrap_or(&field.name);
            known.insert(name.to_owned());
            match members.iter().find(|member| member.name == name) {
                Some(member) => self.field(place, field, member)?,
                None if place.side == Side::Output && name == REQUEST_ID => {}
                None => {
                    let ty = self.expression(&field.ty)?;
                    let at = place.at.to(&field.name);
                    let member = Path::new(["objects", place.object, "members"]);
                    self.add(place, at, Rule::UnknownMember, ty, Value::Null, member);
                }
            }
        }
        for member in members {
            // The identifier of a request is a part of the envelope.
            if !known.contains(&*member.name) && member.name != REQUEST_ID {
                let ty = member.ty().expression().into();
                let at = place.at.to(&member.name);
                let member = Path::new(["objects", place.object, "members", &member.name]);
                self.add(place, at, Rule::MissingMember, Value::Null, ty, member);
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        place: &Fields<'a>,
        field: &Field,
        member: &'a Member<'_>,
    ) -> Result<(), ImportError> {
        let at = place.at.to(&field.name);
        let said = Path::new(["objects", place.object, "members", &member.name]);
        if !self.agrees(&field.ty, member.ty())? {
            let (ours, theirs) = (self.expression(&field.ty)?, member.ty().expression());
            let member = said.to("member");
            self.add(
                place,
                at.to("type"),
                Rule::Type,
                ours,
                theirs.into(),
                member,
            );
        }
        let mut flag = |rule, key: &str, ours: bool, theirs: bool, member: &str| {
            if ours != theirs {
                let member = said.to(member);
                self.add(place, at.to(key), rule, ours.into(), theirs.into(), member);
            }
        };
        let (required, key) = requirement(place, field, member);
        if let Some(required) = required {
            flag(Rule::Required, "required", field.required, required, key);
        }
        if place.received
            && place.side != Side::Input
            && let Some(nullable) = member.value_allowed_null
        {
            flag(
                Rule::Nullable,
                "nullable",
                field.nullable,
                nullable,
                "value_allowed_null",
            );
        }
        let deprecated = field.deprecated.is_some();
        flag(
            Rule::Deprecated,
            "deprecated",
            deprecated,
            member.disabled,
            "disabled",
        );
        Ok(())
    }

    fn add(
        &mut self,
        place: &Fields<'_>,
        at: Path,
        rule: Rule,
        specification: Value,
        metadata: Value,
        member: Path,
    ) {
        self.differences.push(Difference {
            stem: place.stem.to_owned(),
            at,
            rule,
            specification,
            metadata,
            member,
        });
    }

    /// Whether a type can be what the metadata means. Objects are compared later.
    fn agrees(&mut self, ours: &TypeRef, theirs: api::Type<'a>) -> Result<bool, ImportError> {
        let ours = match ours {
            TypeRef::List(item) if theirs.list => item,
            _ if theirs.list => return Ok(false),
            ours => ours,
        };
        let element = theirs.element;
        Ok(match ours {
            TypeRef::String => element == Element::String,
            TypeRef::Bool => element == Element::Bool,
            TypeRef::Int64 => element == Element::Int64,
            TypeRef::Uint64 => element == Element::Uint64,
            TypeRef::Float => element == Element::Float,
            TypeRef::Seconds | TypeRef::Milliseconds => {
                matches!(element, Element::Int64 | Element::Uint64)
            }
            TypeRef::Bytes => matches!(element, Element::Bytes | Element::String),
            TypeRef::Date => matches!(element, Element::Date | Element::String),
            TypeRef::DateTime => matches!(element, Element::DateTime | Element::String),
            TypeRef::Int32
            | TypeRef::Uint32
            | TypeRef::Json
            | TypeRef::List(_)
            | TypeRef::Map(_) => false,
            TypeRef::Named(ty) => self.named_agrees(*ty, element)?,
        })
    }

    fn named_agrees(&mut self, ty: usize, element: Element<'a>) -> Result<bool, ImportError> {
        let declared = self.service.type_def(ty);
        if let (Shape::Object(_), Element::Object(object)) = (&declared.shape, element) {
            if self.compared.insert((ty, object)) {
                self.pending.push((ty, object));
            }
            return Ok(true);
        }
        let base = self.base(ty)?;
        let base = base.as_deref();
        Ok(match element {
            Element::String => base == Some("string"),
            Element::Int64 => base == Some("int64"),
            Element::Uint64 => base == Some("uint64"),
            _ => false,
        })
    }

    /// What the values of an enumeration are.
    fn base(&mut self, ty: usize) -> Result<Option<String>, ImportError> {
        let declared = self.service.type_def(ty);
        let path = Path::new(["types", &declared.name, "enum"]);
        let stem = self.stem(ty)?;
        let base = self.files.value(stem, &path)?;
        Ok(base.as_ref().and_then(Value::as_str).map(str::to_owned))
    }

    /// The file that declares a type, without its extension.
    fn stem(&mut self, ty: usize) -> Result<&'a str, ImportError> {
        let declared = self.service.type_def(ty);
        match declared.owner {
            Some(action) => Ok(&self.service.actions[action].name),
            None => self.files.stem_of_shared(&declared.name),
        }
    }

    /// A type in the words of the language, and what the values of an enumeration are.
    fn expression(&mut self, ty: &TypeRef) -> Result<Value, ImportError> {
        let text = expression(self.service, ty);
        let mut inner = ty;
        while let TypeRef::List(next) | TypeRef::Map(next) = inner {
            inner = next;
        }
        let base = match inner {
            TypeRef::Named(index) => self.base(*index)?,
            _ => None,
        };
        Ok(match base {
            Some(base) => format!("{text} of {base}").into(),
            None => text.into(),
        })
    }
}

/// Whether the metadata asks for a member or promises it, if it says so, and under which key.
fn requirement(
    place: &Fields<'_>,
    field: &Field,
    member: &Member<'_>,
) -> (Option<bool>, &'static str) {
    let asked = (Some(member.required), "required");
    let promised = (member.output_required, "output_required");
    match place.side {
        Side::Input => asked,
        Side::Both if place.sent => asked,
        // The vendor sends the object as well. What holds for which side is not clear.
        Side::Both if field.required == member.required => asked,
        Side::Output | Side::Both => promised,
    }
}

fn expression(service: &Service, ty: &TypeRef) -> String {
    match ty {
        TypeRef::String => "string".to_owned(),
        TypeRef::Bool => "bool".to_owned(),
        TypeRef::Int32 => "int32".to_owned(),
        TypeRef::Int64 => "int64".to_owned(),
        TypeRef::Uint32 => "uint32".to_owned(),
        TypeRef::Uint64 => "uint64".to_owned(),
        TypeRef::Float => "float".to_owned(),
        TypeRef::Bytes => "bytes".to_owned(),
        TypeRef::Seconds => "timestamp(s)".to_owned(),
        TypeRef::Milliseconds => "timestamp(ms)".to_owned(),
        TypeRef::Date => "date".to_owned(),
        TypeRef::DateTime => "datetime".to_owned(),
        TypeRef::Json => "json".to_owned(),
        TypeRef::List(item) => format!("[{}]", expression(service, item)),
        TypeRef::Map(value) => format!("{{{}}}", expression(service, value)),
        TypeRef::Named(index) => service.type_def(*index).name.clone(),
    }
}
