//! The only source of randomness: secrets for tokens, sessions and links.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// The system gave no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random numbers ({0}); try again")]
pub struct NoRandomness(getrandom::Error);

/// 256 random bits as 43 letters, digits, hyphens and underscores.
///
/// # Errors
/// The system's.
pub fn secret() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(bits()?))
}

/// 256 random bits as a secret that signs webhooks: `whsec_` and base64.
///
/// # Errors
/// The system's.
pub fn signing_secret() -> Result<String, NoRandomness> {
    Ok(format!("whsec_{}", STANDARD.encode(bits()?)))
}

fn bits() -> Result<[u8; 32], NoRandomness> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}

/// A random number below one, to spread retries.
///
/// # Errors
/// The system's.
pub fn fraction() -> Result<f64, NoRandomness> {
    let bits = getrandom::u32().map_err(NoRandomness)?;
    Ok(f64::from(bits) / (f64::from(u32::MAX) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_safe_in_addresses_and_never_the_same() {
        let [one, other] = [secret(), secret()].map(|it| it.expect("random bits"));
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
        let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(one.chars().all(is_safe));
    }

    #[test]
    fn fractions_are_below_one() {
        let all = (0..100).map(|_| fraction().expect("a number"));
        assert!(all.into_iter().all(|it| (0.0..1.0).contains(&it)));
    }
}
