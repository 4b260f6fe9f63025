//! The one place where random numbers come from.

use crate::Error;

/// A number that cannot be guessed, for nonces.
pub(crate) fn nonce() -> Result<u128, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::build("the system gives no random numbers").with_source(error))?;
    Ok(u128::from_be_bytes(bytes))
}

/// A random UUID, version 4.
pub(crate) fn uuid() -> Result<String, Error> {
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0b11 << 62;
    let bits = nonce()? & !VERSION & !VARIANT | 4 << 76 | 0b10 << 62;
    let digits = format!("{bits:032x}");
    let (first, rest) = digits.split_at(8);
    let (second, rest) = rest.split_at(4);
    let (third, rest) = rest.split_at(4);
    let (fourth, fifth) = rest.split_at(4);
    Ok(format!("{first}-{second}-{third}-{fourth}-{fifth}"))
}

/// A number from 0 up to, but not including, 1. It spreads callers in time, so that where the system
/// gives none, a fixed one will do.
pub(crate) fn fraction() -> f64 {
    const DIGITS: u32 = 53;
    let bits = getrandom::u64().unwrap_or(1 << 63) >> (u64::BITS - DIGITS);
    #[expect(clippy::cast_precision_loss, reason = "a float has 53 binary digits")]
    let fraction = bits as f64 / (1_u64 << DIGITS) as f64;
    fraction
}
