//! The types of a module: their declarations, their functions, and the tables that tie them to the
//! runtime.

use super::bare;
use crate::plan::{Constructor, Field, IntegerEnum, Item, Module, StringEnum, Struct};
use crate::text::{Text, string};

pub(super) fn items(text: &mut Text, module: &Module) {
    for (index, item) in module.items.iter().enumerate() {
        if index > 0 {
            text.blank();
        }
        declaration(text, item);
        text.blank();
        table(text, item);
    }
}

pub(super) fn declaration(text: &mut Text, item: &Item) {
    match item {
        Item::Struct(item) => structure(text, item),
        Item::IntegerEnum(item) => enumeration(
            text,
            &item.doc,
            &item.ident,
            "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]",
            &item.variants,
            "i64",
        ),
        Item::StringEnum(item) => enumeration(
            text,
            &item.doc,
            &item.ident,
            "#[derive(Clone, Debug, PartialEq, Eq, Hash)]",
            &item.variants,
            "String",
        ),
        Item::ErrorCode(item) => error_code_declaration(text, item),
    }
}

pub(super) fn table(text: &mut Text, item: &Item) {
    match item {
        Item::Struct(item) => record(text, item),
        Item::IntegerEnum(IntegerEnum {
            ident, variants, ..
        }) => {
            variant_table(text, "integer_enum", ident, variants);
        }
        Item::StringEnum(StringEnum {
            ident, variants, ..
        }) => {
            variant_table(text, "string_enum", ident, variants);
        }
        Item::ErrorCode(StringEnum {
            ident, variants, ..
        }) => variant_table(text, "error_code", ident, variants),
    }
}

pub(super) fn error_code(text: &mut Text, item: &StringEnum) {
    error_code_declaration(text, item);
    text.blank();
    variant_table(text, "error_code", &item.ident, &item.variants);
}

fn error_code_declaration(text: &mut Text, item: &StringEnum) {
    enumeration(text, &item.doc, &item.ident, "", &item.variants, "String");
}

fn structure(text: &mut Text, item: &Struct) {
    text.doc(&item.doc);
    text.line("#[non_exhaustive]");
    if item.fields.is_empty() {
        text.line(&format!("pub struct {} {{}}", item.ident));
    } else {
        text.block(&format!("pub struct {} {{", item.ident), "}", |text| {
            for field in &item.fields {
                text.doc(&field.doc);
                text.field(&field.ident, &field.ty);
            }
        });
    }
    let Some(constructor) = &item.constructor else {
        return;
    };
    if let Constructor::Named(name) = constructor {
        text.blank();
        required(text, item, name);
    }
    text.blank();
    text.block(&format!("impl {} {{", item.ident), "}", |text| {
        new(text, item, constructor);
        for field in item.fields.iter().filter(|field| !field.required) {
            text.blank();
            setter(text, field);
        }
    });
    if matches!(constructor, Constructor::Empty) {
        text.blank();
        text.block(
            &format!("impl Default for {} {{", item.ident),
            "}",
            |text| {
                text.function("fn default", &[], "Self", |text| text.line("Self::new()"));
            },
        );
    }
}

fn required(text: &mut Text, item: &Struct, name: &str) {
    text.doc(&[format!("What [`{}::new`] needs.", item.ident)]);
    text.block(&format!("pub struct {name} {{"), "}", |text| {
        for field in item.fields.iter().filter(|field| field.required) {
            text.doc(&[format!("See [`{}::{}`].", item.ident, bare(&field.ident))]);
            text.field(&field.ident, &field.ty);
        }
    });
}

fn new(text: &mut Text, item: &Struct, constructor: &Constructor) {
    let source = |text: &Text, field: &Field| match constructor {
        _ if !field.required => format!("{}: None", field.ident),
        Constructor::Named(_) => text.moved_field("required", &field.ident),
        Constructor::Empty | Constructor::Single => {
            if field.argument.value == "value" && field.ident == "value" {
                "value".to_owned()
            } else {
                format!("{}: {}", field.ident, field.argument.value)
            }
        }
    };
    let params = match constructor {
        Constructor::Empty => Vec::new(),
        Constructor::Named(name) => vec![format!("required: {name}")],
        Constructor::Single => item
            .fields
            .iter()
            .filter(|field| field.required)
            .map(|field| format!("{}: {}", field.argument.name, field.argument.ty))
            .collect(),
    };
    let doc = match (constructor, item.is_request) {
        (Constructor::Empty, true) => "Creates a request with no inputs set.",
        (Constructor::Empty, false) => "Creates a value with no fields set.",
        (_, true) => "Creates a request from its required inputs.",
        (_, false) => "Creates a value from its required fields.",
    };
    text.doc(&[doc.to_owned()]);
    text.function("pub fn new", &params, "Self", |text| {
        let fields: Vec<String> = item
            .fields
            .iter()
            .map(|field| source(text, field))
            .collect();
        if fields.is_empty() {
            text.line("Self {}");
        } else {
            text.literal("Self", &fields, "");
        }
    });
}

fn setter(text: &mut Text, field: &Field) {
    text.doc(&[format!("Sets [`{0}`](Self::{0}).", bare(&field.ident))]);
    deprecated(text, field.deprecated.as_ref());
    let params = [
        "mut self".to_owned(),
        format!("{}: {}", field.argument.name, field.argument.ty),
    ];
    text.function(
        &format!("pub fn {}", field.ident),
        &params,
        "Self",
        |text| {
            text.assign(&format!("self.{}", field.ident), field.argument.value);
            text.line("self");
        },
    );
}

fn record(text: &mut Text, item: &Struct) {
    let macro_name = if item.is_only_sent { "input" } else { "record" };
    text.block(&format!("{macro_name}! {{"), "}", |text| {
        if item.fields.is_empty() {
            text.line(&format!("{} {{}}", item.ident));
            return;
        }
        text.block(&format!("{} {{", item.ident), "}", |text| {
            for (index, field) in item.fields.iter().enumerate() {
                let mut row = format!("{index} => {}: {}", field.ident, string(&field.wire));
                for modifier in &field.modifiers {
                    row.push(' ');
                    row.push_str(modifier);
                }
                row.push(',');
                text.line(&row);
            }
        });
    });
}

fn enumeration(
    text: &mut Text,
    doc: &[String],
    ident: &str,
    derive: &str,
    variants: &[(Vec<String>, String, String)],
    unknown: &str,
) {
    text.doc(doc);
    if !derive.is_empty() {
        text.line(derive);
    }
    text.line("#[non_exhaustive]");
    text.block(&format!("pub enum {ident} {{"), "}", |text| {
        for (doc, _, variant) in variants {
            text.doc(doc);
            text.line(&format!("{variant},"));
        }
        text.doc(&["A value unknown to this version.".to_owned()]);
        text.line(&format!("Unknown(UnknownValue<{unknown}>),"));
    });
}

fn variant_table(
    text: &mut Text,
    macro_name: &str,
    ident: &str,
    variants: &[(Vec<String>, String, String)],
) {
    text.block(&format!("{macro_name}! {{"), "}", |text| {
        if variants.is_empty() {
            text.line(&format!("{ident} {{}}"));
            return;
        }
        text.block(&format!("{ident} {{"), "}", |text| {
            for (_, literal, variant) in variants {
                text.line(&format!("{literal} => {variant},"));
            }
        });
    });
}

pub(super) fn deprecated(text: &mut Text, note: Option<&String>) {
    if let Some(note) = note {
        let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
        text.line(&format!("#[deprecated(note = {})]", string(&note)));
    }
}
