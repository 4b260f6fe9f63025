//! Which fields are likely to hold a secret, judging by their names.

/// How the names of secrets end. A field too many that is not printed does less harm than a
/// password that is.
const SECRETS: &[&str] = &[
    "AccessToken",
    "IdentityToken",
    "Password",
    "Passwd",
    "PrivateKey",
    "RefreshToken",
    "SecretKey",
    "SecurityToken",
    "SessionToken",
];

/// Whether a string of this name is likely to be a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let name = plain(name);
    name == "token" || SECRETS.iter().any(|secret| name.ends_with(&plain(secret)))
}
