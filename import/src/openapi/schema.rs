//! Schemas: what a value is.
//!
//! A schema is read in two steps. [`Flat`] joins all that is said about a value. Then its type is
//! one of the language, and objects and enumerations become definitions: those of `components`
//! under their names, the others under a name that tells where they stand.

use std::collections::HashMap;

use bindery_model::ident;
use serde_json::Value;

use super::{
    documents::{At, Node},
    enumeration::{self, Enumeration},
    field::{self, Field},
    flat::Flat,
    remarks::{Owner, Remarks},
    types::{self, Type},
};
use crate::error::ImportError;

/// How deep lists and maps may lie in one another.
const MAX_DEPTH: usize = 6;

/// How deep schemas may lie in one another.
const MAX_OPEN: usize = 256;

/// Keywords that say something which the language cannot say.
const UNSUPPORTED: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "discriminator",
    "else",
    "if",
    "multipleOf",
    "not",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// A type with a name.
#[derive(Debug)]
pub(super) struct Definition<'d> {
    /// The name that it should have.
    pub(super) name: String,
    /// Whether the document gives it that name.
    pub(super) is_component: bool,
    pub(super) at: At<'d>,
    pub(super) doc: String,
    pub(super) shape: Shape<'d>,
}

#[derive(Debug)]
pub(super) enum Shape<'d> {
    Object(Vec<Field<'d>>),
    Enumeration(Enumeration),
}

/// What a value is, and whether it may be null.
#[derive(Debug)]
pub(super) struct Schema<'d> {
    pub(super) flat: Flat<'d>,
    pub(super) ty: Type,
    pub(super) nullable: bool,
}

/// The schemas of an import.
#[derive(Debug)]
pub(super) struct Schemas<'d, 'r> {
    pub(super) remarks: &'r Remarks,
    pub(super) definitions: Vec<Definition<'d>>,
    by_node: HashMap<Node, usize>,
    /// Lists and maps that are being read, which could contain themselves.
    open: Vec<Node>,
    depth: usize,
}

impl<'d, 'r> Schemas<'d, 'r> {
    pub(super) fn new(remarks: &'r Remarks) -> Self {
        Self {
            remarks,
            definitions: Vec::new(),
            by_node: HashMap::new(),
            open: Vec::new(),
            depth: 0,
        }
    }

    /// Reads the schema of a value. `context` is the name of its type, should it need one.
    pub(super) fn read(&mut self, at: &At<'d>, context: &str) -> Result<Schema<'d>, ImportError> {
        let (flat, nullable) = Self::settled(at)?;
        let node = flat.identity.node();
        if self.depth >= MAX_OPEN {
            return Err(at.error("schemas are nested too deeply"));
        }
        let ty = if self.open.contains(&node) {
            self.remarks
                .add(at, "a list or map of itself is taken for json");
            Type::Json
        } else {
            self.open.push(node);
            self.depth += 1;
            let ty = self.of_keywords(&flat, context);
            self.depth -= 1;
            self.open.pop();
            ty?
        };
        Ok(Schema { flat, ty, nullable })
    }

    /// Reads the members of an object without making a definition of it; nothing, if the schema is
    /// not one of an object with members.
    pub(super) fn object(
        &mut self,
        at: &At<'d>,
        context: &str,
    ) -> Result<Option<Vec<Field<'d>>>, ImportError> {
        let (flat, _) = Self::settled(at)?;
        if flat.choice().is_some() || flat.properties().is_empty() {
            return Ok(None);
        }
        self.members(&flat, context).map(Some)
    }

    /// A schema without choices that leave only one thing beside null, and whether it may be null.
    pub(super) fn settled(at: &At<'d>) -> Result<(Flat<'d>, bool), ImportError> {
        let mut flat = Flat::new(at)?;
        let mut nullable = flat.is_nullable();
        for _ in 0..MAX_OPEN {
            let Some(only) = only_choice(&flat, &mut nullable)? else {
                return Ok((flat, nullable));
            };
            flat = only.over(flat);
            nullable |= flat.is_nullable();
        }
        Err(at.error("the schema consists of itself"))
    }

    fn members(&mut self, flat: &Flat<'d>, context: &str) -> Result<Vec<Field<'d>>, ImportError> {
        self.report_unsupported(flat);
        for key in ["maxProperties", "minProperties"] {
            if let Some(at) = flat.keyword(key) {
                self.remarks
                    .add(&at, format!("`{key}` is left out: the members are listed"));
            }
        }
        if let Some(at) = flat.keyword("additionalProperties")
            && at.value.is_object()
        {
            self.remarks
                .add(&at, "members beside those that are listed are left out");
        }
        let required = flat.required();
        let mut fields = Vec::new();
        for (name, at) in flat.properties() {
            let is_required = required.contains(&name);
            if !field::is_name(name) {
                let text = format!("the member {name:?} is left out: {}", field::NAME_RULE);
                self.remarks.add(&at, text);
                continue;
            }
            let schema = self.read(&at, &join(context, name))?;
            fields.push(Field::new(name, at, schema, is_required, self.remarks));
        }
        Ok(fields)
    }

    /// The type that the keywords of a schema stand for.
    fn of_keywords(&mut self, flat: &Flat<'d>, context: &str) -> Result<Type, ImportError> {
        if let Some(choice) = flat.choice() {
            if let Some(enumeration) = enumeration::of_choice(&choice)? {
                let shape = Shape::Enumeration(enumeration);
                return Ok(Type::Named(self.add(flat, context, shape)));
            }
            self.remarks
                .add(&choice, "a choice of several types is taken for json");
            return Ok(Type::Json);
        }
        if !flat.properties().is_empty() {
            return self.define(flat, context);
        }
        let types = flat.types();
        if types.len() > 1 {
            let at = flat.keyword("type").unwrap_or(flat.identity.clone());
            self.remarks
                .add(&at, "a choice of several types is taken for json");
            return Ok(Type::Json);
        }
        let ty = types.first().copied();
        let plain = types::plain(ty, flat);
        self.report_unknown(ty, &plain, flat);
        if let Some(values) = flat.values() {
            return Ok(
                match enumeration::read(&values, &plain, flat, self.remarks) {
                    Ok(enumeration) => {
                        let shape = Shape::Enumeration(enumeration);
                        Type::Named(self.add(flat, context, shape))
                    }
                    Err(ty) => ty,
                },
            );
        }
        self.report_unsupported(flat);
        match ty {
            Some("array") => self.list(flat, context),
            None if flat.keyword("items").is_some() => self.list(flat, context),
            Some("object") | None if plain == Type::Json => self.map(flat, context),
            _ => Ok(plain),
        }
    }

    fn list(&mut self, flat: &Flat<'d>, context: &str) -> Result<Type, ImportError> {
        let Some(items) = flat.keyword("items").filter(|at| at.value.is_object()) else {
            self.remarks.add(
                &flat.identity,
                "the items of the list are not described, and taken for json",
            );
            return Ok(Type::List(Box::new(Type::Json)));
        };
        let items = self.read(&items, &join(context, "Item"))?;
        if items.nullable {
            self.remarks.add(
                &items.flat.identity,
                "the items of the list may be null, which is not said",
            );
        }
        Ok(self.nest(flat, items.ty, Type::List))
    }

    /// An object without named members.
    fn map(&mut self, flat: &Flat<'d>, context: &str) -> Result<Type, ImportError> {
        let Some(values) = flat.keyword("additionalProperties") else {
            return Ok(Type::Json);
        };
        match values.value {
            Value::Object(schema) if !schema.is_empty() => {
                let values = self.read(&values, &join(context, "Value"))?;
                Ok(self.nest(flat, values.ty, Type::Map))
            }
            Value::Bool(false) => self.define(flat, context),
            _ => Ok(Type::Json),
        }
    }

    fn nest(&self, flat: &Flat<'d>, inner: Type, outer: fn(Box<Type>) -> Type) -> Type {
        if inner.depth() < MAX_DEPTH {
            return outer(Box::new(inner));
        }
        self.remarks.add(
            &flat.identity,
            "lists and maps are nested too deeply, and taken for json",
        );
        Type::Json
    }

    /// An object with members. Its definition exists before its members are read, which may be of
    /// the same type.
    fn define(&mut self, flat: &Flat<'d>, context: &str) -> Result<Type, ImportError> {
        let node = flat.identity.node();
        if let Some(&index) = self.by_node.get(&node) {
            return Ok(Type::Named(index));
        }
        let index = self.add(flat, context, Shape::Object(Vec::new()));
        let before = self.remarks.about(Owner::Definition(index));
        let whole = Flat::new(&flat.identity)?;
        // What a choice has left is said by the schema around it.
        let whole = if whole.properties().is_empty() {
            flat.clone()
        } else {
            whole
        };
        let name = self.definitions[index].name.clone();
        // What leads back to this object ends here, so that lists around it may stand inside.
        let open = std::mem::take(&mut self.open);
        let mut fields = self.members(&whole, &name)?;
        field::without_binary(&mut fields, self.remarks);
        self.open = open;
        self.remarks.about(before);
        self.definitions[index].shape = Shape::Object(fields);
        Ok(Type::Named(index))
    }

    fn add(&mut self, flat: &Flat<'d>, context: &str, shape: Shape<'d>) -> usize {
        let node = flat.identity.node();
        if let Some(&index) = self.by_node.get(&node) {
            return index;
        }
        let index = self.definitions.len();
        let component = component(flat.identity.pointer());
        self.definitions.push(Definition {
            is_component: component.is_some(),
            name: component.unwrap_or_else(|| context.to_owned()),
            doc: flat.doc_of_identity(),
            at: flat.identity.clone(),
            shape,
        });
        self.by_node.insert(node, index);
        index
    }

    fn report_unknown(&self, ty: Option<&str>, plain: &Type, flat: &Flat<'d>) {
        if let Some(ty) = ty
            && *plain == Type::Json
            && !matches!(ty, "array" | "object")
            && let Some(at) = flat.keyword("type")
        {
            self.remarks.add(
                &at,
                format!("the type {ty:?} is unknown, and taken for json"),
            );
        }
        let is_known = |format: &str| match plain {
            Type::String => format == "password",
            Type::Int64 => matches!(format, "int" | "int64" | "integer" | "long"),
            Type::Float => matches!(format, "double" | "float"),
            _ => true,
        };
        if let Some(at) = flat.keyword("format")
            && let Some(format) = at.value.as_str()
            && !is_known(format)
        {
            let text = format!("the format {format:?} is left out: the language does not know it");
            self.remarks.add(&at, text);
        }
    }

    fn report_unsupported(&self, flat: &Flat<'d>) {
        for key in UNSUPPORTED {
            if let Some(at) = flat.keyword(key)
                && at.value != &Value::Bool(false)
            {
                self.remarks.add(&at, format!("`{key}` is left out"));
            }
        }
        let choice = flat.any_choice().filter(|_| flat.choice().is_none());
        if let Some(at) = choice {
            self.remarks.add(
                &at,
                "that only some combinations of the members are allowed is left out",
            );
        }
    }
}

/// The only thing that `oneOf` or `anyOf` leaves beside null, if it leaves one.
fn only_choice<'d>(flat: &Flat<'d>, nullable: &mut bool) -> Result<Option<Flat<'d>>, ImportError> {
    let Some(at) = flat.choice() else {
        return Ok(None);
    };
    let mut choices = Vec::new();
    for item in at.items() {
        let choice = Flat::new(&item)?;
        if choice.types_with_null() == ["null"] {
            *nullable = true;
        } else {
            choices.push(choice);
        }
    }
    match choices.len() {
        1 => Ok(choices.pop()),
        _ => Ok(None),
    }
}

/// The name of a part of `components`, or of a document's list of definitions.
fn component(pointer: &str) -> Option<String> {
    let lists = ["/components/schemas/", "/$defs/", "/definitions/"];
    let name = lists.iter().find_map(|list| pointer.strip_prefix(list))?;
    (!name.contains('/')).then(|| name.replace("~1", "/").replace("~0", "~"))
}

/// The name of a part, made from that of the whole.
pub(super) fn join(context: &str, name: &str) -> String {
    format!("{context}{}", ident::type_ident(name))
}
