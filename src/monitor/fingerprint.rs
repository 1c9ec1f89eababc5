//! Telling texts apart at little cost: [`Fingerprint`].

use std::hash::{Hash, Hasher};

/// A text's length, and 64 bits that depend on all of it.
///
/// It is computed for each statement that runs. Two texts with the same one would be counted together, and nothing worse;
/// that is one pair in many millions of millions of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    length: u32,
    bits: u64,
}

/// Odd, and with as many ones as zeros, without a pattern: digits of the golden ratio, and of the square root of two.
const SEEDS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0x6a09_e667_f3bc_c909];

impl Fingerprint {
    pub fn of(text: &str) -> Self {
        let mut bits = SEEDS[0] ^ text.len() as u64;
        let mut rest = text.as_bytes();
        while let Some((chunk, after)) = rest.split_first_chunk::<16>() {
            bits = folded(bits, *chunk);
            rest = after;
        }
        let mut last = [0; 16];
        last[..rest.len()].copy_from_slice(rest);
        Self {
            length: u32::try_from(text.len()).unwrap_or(u32::MAX),
            bits: folded(bits, last),
        }
    }

    /// That of the text under a name.
    pub fn named(self, name: Option<&str>) -> Self {
        match name {
            Some(name) => Self {
                bits: self.bits ^ Self::of(name).bits.rotate_left(32),
                ..self
            },
            None => self,
        }
    }
}

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.bits);
    }
}

/// Each bit of both halves decides on bits in the middle of the product; those are put onto its ends.
fn folded(bits: u64, chunk: [u8; 16]) -> u64 {
    let chunk = u128::from_le_bytes(chunk);
    let (low, high) = (chunk as u64, (chunk >> 64) as u64);
    let product = u128::from(low ^ bits) * u128::from(high ^ SEEDS[1] ^ bits.rotate_left(31));
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Fingerprint;

    #[test]
    fn a_change_of_one_letter_anywhere_is_another_text() {
        let text = "SELECT \"session\".\"id\" FROM \"sessions\" WHERE \"team_id\" = $1 LIMIT 26";
        let mut seen = HashSet::from([Fingerprint::of(text)]);
        for end in 0..text.len() {
            assert!(seen.insert(Fingerprint::of(&text[..end])), "{end}");
            for letter in ["a", "b", "'", "0"] {
                let other = [&text[..end], letter, &text[end + 1..]].concat();
                assert!(
                    other == text || seen.insert(Fingerprint::of(&other)),
                    "{other}"
                );
            }
        }
        let named = |name| Fingerprint::of(text).named(name);
        assert_eq!(named(None), Fingerprint::of(text));
        assert!(seen.insert(named(Some("a"))) && seen.insert(named(Some("b"))));
    }
}
