//! What messages of the server's say, in whatever language they are.

/// Whether a message names something: between quotes, or whatever else is no part of a name.
///
/// Translations quote in their own way, some with a space between.
pub(crate) fn is_about(message: &str, name: &str) -> bool {
    let is_of_name = |character: char| character.is_alphanumeric() || "_./+-".contains(character);
    let mut places = message.match_indices(name);
    !name.is_empty()
        && places.any(|(at, _)| {
            let (before, after) = (&message[..at], &message[at + name.len()..]);
            !before.trim_end().ends_with(is_of_name) && !after.trim_start().starts_with(is_of_name)
        })
}

#[cfg(test)]
mod tests {
    use super::is_about;

    #[test]
    fn names_are_found_whatever_they_are_quoted_by() {
        for message in [
            "time zone \"Mars/Base\" not recognized",
            "le fuseau horaire \u{ab}\u{a0}Mars/Base\u{a0}\u{bb} n'est pas reconnu",
            "le fuseau horaire \u{ab} Mars/Base \u{bb} n'est pas reconnu",
            "Zeitzone \u{201e}Mars/Base\u{201c} nicht erkannt",
            "Zeitzone \u{bb}Mars/Base\u{ab} nicht erkannt",
            "\u{30bf}\u{30a4}\u{30e0}\u{300c}Mars/Base\u{300d}\u{306f}",
        ] {
            assert!(is_about(message, "Mars/Base"), "{message}");
            // Other values of the same statement.
            for other in [
                "",
                "Mars",
                "Base",
                "ars/Base",
                "recognized",
                "time",
                "horaire",
            ] {
                assert!(!is_about(message, other), "{other}: {message}");
            }
        }
        let message = "relation \"reports.daily_counts\" does not exist";
        assert!(is_about(message, "reports.daily_counts"));
        assert!(!is_about(message, "daily_counts"));
        assert!(!is_about(message, "reports.daily"));
    }
}
