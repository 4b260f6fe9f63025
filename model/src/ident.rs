//! How names on the wire become names in Rust.
//!
//! Fields and modules are in snake case; a run of capitals is one word, with its plural `s`
//! (`InstanceIDs` → `instance_ids`) and a version after a `v` (`IPv6Address` → `ipv6_address`).
//! Types and variants keep the vendor's capitals (`InternalError.DBError` →
//! `InternalErrorDBError`), unless there is nothing but capitals (`NOT_FOUND` → `NotFound`).

/// Every keyword of Rust, reserved ones included.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be written with `r#`.
const NEVER_RAW: &[&str] = &["crate", "self", "super"];

/// Types that generated code or Rust itself calls so: another of that name would hide them.
pub const RESERVED_TYPES: &[&str] = &[
    "BTreeMap",
    "Box",
    "Client",
    "Clone",
    "CommonErrorCode",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Into",
    "IntoIterator",
    "Iterator",
    "Json",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PROVIDER",
    "PartialEq",
    "PartialOrd",
    "Required",
    "Result",
    "SERVICE",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "Timestamp",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "UnknownValue",
    "Unpin",
    "Vec",
];

/// Modules and methods that stand beside those of a service's actions, and the crate and the file
/// that their own must not hide.
pub const RESERVED_ACTIONS: &[&str] = &[
    "bindery_runtime",
    "client",
    "new",
    "r#mod",
    "support",
    "types",
];

/// Methods that generated code calls on types that have setters, which would be called instead if
/// they had these names. Callers need `clone`, too.
pub const RESERVED_SETTERS: &[&str] = &["as_field", "as_slot", "clone", "new"];

/// Crates and files that the module of a service must not hide.
pub const RESERVED_SERVICES: &[&str] = &["bindery_runtime", "r#mod", "std"];

/// Modules that stand beside those of providers, and crates, files and folders that these must not
/// hide.
pub const RESERVED_PROVIDERS: &[&str] = &[
    "bin",
    "bindery_runtime",
    "credentials",
    "lib",
    "r#mod",
    "redis",
    "testing",
];

/// The field of a name on the wire: `InstanceIDs` → `instance_ids`, `Type` → `r#type`.
pub fn field_ident(name: &str) -> String {
    escape_keyword(snake(name))
}

/// The module and the method of an action: `DescribeUserInfo` → `describe_user_info`.
pub fn module_ident(name: &str) -> String {
    escape_keyword(snake(name))
}

/// The type of a name: `GetWsTokenReq_Label` → `GetWsTokenReqLabel`.
pub fn type_ident(name: &str) -> String {
    match camel(name) {
        ident if ident == "Self" => "Self_".to_owned(),
        ident => ident,
    }
}

/// The variant of an error code or of a value: `InvalidParameter.SdkAppId` →
/// `InvalidParameterSdkAppId`.
pub fn variant_ident(name: &str) -> String {
    type_ident(name)
}

/// Whether a word has a meaning in Rust of its own.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether a text can be written where Rust wants an identifier.
pub(crate) fn is_legal(ident: &str) -> bool {
    let word = ident.strip_prefix("r#").unwrap_or(ident);
    let mut chars = word.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && (word != ident || !(KEYWORDS.contains(&word) || word == "Self"))
}

fn escape_keyword(ident: String) -> String {
    if NEVER_RAW.contains(&ident.as_str()) {
        format!("{ident}_")
    } else if KEYWORDS.contains(&ident.as_str()) {
        format!("r#{ident}")
    } else {
        ident
    }
}

fn snake(name: &str) -> String {
    let chunks = name.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = chunks
        .flat_map(words)
        .map(|word| word.to_lowercase())
        .collect();
    words.join("_")
}

/// Splits letters and digits where a new word starts.
fn words(chunk: &str) -> Vec<String> {
    let chars: Vec<char> = chunk.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &c) in chars.iter().enumerate() {
        if c.is_uppercase() && !word.is_empty() && starts_word(&chars, index) {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether the capital at a place starts a word: it follows a small letter, or it ends a run of
/// capitals and a small letter follows that is not the run's ending.
fn starts_word(chars: &[char], index: usize) -> bool {
    let letter_before = chars[..index].iter().rev().find(|c| c.is_alphabetic());
    if letter_before.is_none_or(|c| !c.is_uppercase()) {
        return letter_before.is_some();
    }
    let tail: Vec<char> = chars[index + 1..]
        .iter()
        .copied()
        .take_while(|c| !c.is_uppercase())
        .collect();
    let is_ending = match tail[..] {
        ['s'] => true,
        ['v', digit, ..] => digit.is_numeric(),
        _ => false,
    };
    tail.first().is_some_and(|c| c.is_lowercase()) && !is_ending
}

fn camel(name: &str) -> String {
    let shouted = !name.chars().any(char::is_lowercase);
    let mut ident = String::new();
    for chunk in name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|chunk| !chunk.is_empty())
    {
        let digits_meet = ident.ends_with(|c: char| c.is_numeric())
            && chunk.starts_with(|c: char| c.is_numeric());
        if digits_meet {
            ident.push('_');
        }
        let mut chars = chunk.chars();
        ident.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        if shouted {
            ident.extend(chars.flat_map(char::to_lowercase));
        } else {
            ident.push_str(chars.as_str());
        }
    }
    ident
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_snake_case_with_runs_of_capitals_as_words() {
        let table = [
            ("InstanceIDs", "instance_ids"),
            ("IPv6Address", "ipv6_address"),
            ("UserID", "user_id"),
            ("UserIDsList", "user_ids_list"),
            ("hadAutoFixVul", "had_auto_fix_vul"),
            ("X-Access-Token", "x_access_token"),
            ("FakeURLs", "fake_urls"),
            ("VOIPCallInCount", "voip_call_in_count"),
            ("CNAPIGwMCPToolParam", "cnapi_gw_mcp_tool_param"),
            ("TextToSpeechSSE", "text_to_speech_sse"),
            ("DNSFormat", "dns_format"),
            ("Topic_Simplification", "topic_simplification"),
            ("S3Bucket", "s3_bucket"),
            ("Md5Sum", "md5_sum"),
            ("P2P", "p2p"),
            ("SHA256Hash", "sha256_hash"),
            ("Data.List", "data_list"),
            ("userName", "user_name"),
            ("Type", "r#type"),
            ("Gen", "r#gen"),
            ("as", "r#as"),
            ("Super", "super_"),
            ("self", "self_"),
            ("Crate", "crate_"),
        ];
        for (name, ident) in table {
            assert_eq!(field_ident(name), ident, "{name}");
        }
    }

    #[test]
    fn types_and_variants_keep_the_capitals_of_the_vendor() {
        let table = [
            ("InvalidParameter.SdkAppId", "InvalidParameterSdkAppId"),
            ("AuthFailure", "AuthFailure"),
            ("InternalError.DBError", "InternalErrorDBError"),
            ("GetWsTokenReq_Label", "GetWsTokenReqLabel"),
            ("CNAPIGwMCPToolParam", "CNAPIGwMCPToolParam"),
            ("unauthorized-operation", "UnauthorizedOperation"),
            ("NOT_FOUND", "NotFound"),
            ("TLS_1.2", "Tls1_2"),
            ("Self", "Self_"),
            ("user", "User"),
        ];
        for (name, ident) in table {
            assert_eq!(variant_ident(name), ident, "{name}");
        }
    }

    #[test]
    fn names_without_letters_make_no_identifier() {
        for name in ["50001", "", "---", "1080p"] {
            assert!(!is_legal(&variant_ident(name)), "{name}");
        }
    }
}
