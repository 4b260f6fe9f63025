//! How a request proves who sent it.
//!
//! Each scheme is a pure function of the request, the credential, the time and the nonce: none
//! reads a clock or draws a random number, so equal inputs give equal signatures. What a scheme
//! computes on the way is kept, since a refused signature is explained by comparing the string to
//! sign with the one that the vendor expects.
//!
//! | scheme | vendor | covers |
//! |---|---|---|
//! | [`tc3`] | Tencent Cloud | method, host, query, content type, body and, if asked to, the action |
//! | [`tencent_v1`] | Tencent Cloud | method, host and all parameters, never a body of JSON |
//! | [`huawei`] | Huawei Cloud Meeting | a login, which then gives a token for the calls |
//! | [`zego`] | ZEGOCLOUD | the application, the nonce and the time, nothing of the request |

pub mod huawei;
pub mod tc3;
pub mod tencent_v1;
pub mod zego;

use std::fmt::{self, Debug, Formatter};

use hmac::digest::{KeyInit, Output};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use crate::percent::query_string;

const LOWER_HEX: &[u8; 16] = b"0123456789abcdef";

/// A signature in the notation of its scheme, and the text that was signed.
///
/// `Debug` shows neither, as both may hold secrets.
#[derive(Clone)]
pub struct Signature {
    string_to_sign: Zeroizing<String>,
    value: String,
}

impl Signature {
    /// The text that was signed. It is as secret as the credential where the scheme mixes one into
    /// it, as [`zego`] does, or where parameters are secret, as the session token of
    /// [`tencent_v1`].
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// The signature as the request carries it, before any percent-encoding.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl Debug for Signature {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signature").finish_non_exhaustive()
    }
}

fn hmac<M: KeyInit + Mac>(key: &[u8], message: &str) -> Output<M> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC accepts keys of every length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes()
}

fn hmac_sha256(key: &[u8], message: &str) -> [u8; 32] {
    hmac::<Hmac<Sha256>>(key, message).into()
}

fn lower_hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * bytes.len());
    push_lower_hex(&mut hex, bytes);
    hex
}

fn push_lower_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push(char::from(LOWER_HEX[usize::from(byte >> 4)]));
        text.push(char::from(LOWER_HEX[usize::from(byte & 0xf)]));
    }
}
