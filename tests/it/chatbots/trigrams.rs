//! How alike two texts are to PostgreSQL's `pg_trgm`, in Rust.

use std::collections::BTreeSet;

/// The groups of three characters of each word of a text, two spaces before the word and one after it.
fn trigrams(text: &str) -> BTreeSet<[char; 3]> {
    let text = text.to_ascii_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    let of_word = |word: &str| {
        let padded: Vec<char> = format!("  {word} ").chars().collect();
        let trigrams = padded
            .windows(3)
            .map(|three| [three[0], three[1], three[2]]);
        trigrams.collect::<Vec<_>>()
    };
    words.flat_map(of_word).collect()
}

/// The share of those that both have of those that any has; of ASCII texts.
#[expect(clippy::cast_precision_loss, reason = "a few dozen")]
pub fn similarity(a: &str, b: &str) -> f32 {
    assert!(a.is_ascii() && b.is_ascii(), "letters depend on the locale");
    let (a, b) = (trigrams(a), trigrams(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let both = a.intersection(&b).count();
    let any = a.union(&b).count();
    both as f32 / any as f32
}

#[test]
fn texts_are_as_alike_as_the_manual_says() {
    // https://www.postgresql.org/docs/current/pgtrgm.html
    assert!((similarity("word", "two words") - 0.363_636).abs() < 1e-5);
    assert_eq!(similarity("Support", "support"), 1.0);
    assert_eq!(similarity("%", "support"), 0.0);
    assert_eq!(similarity("abcd", "axyzw"), 0.1);
}
