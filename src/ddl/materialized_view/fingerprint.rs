//! By which a declaration is told from another: a number that is the same in every build.

/// FNV-1a: declarations outlive processes, so what is written down of them must not depend on the compiler's hash.
pub(super) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
