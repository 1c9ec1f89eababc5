//! Commands that ask for nothing: what a transaction and its settings need.

/// Whether there is a transaction that was marked by a setting, and at which level this one is.
pub(crate) const LOOK_FOR_TRANSACTION: &str = "SELECT current_setting('pagewise.transaction', true) IS NOT DISTINCT FROM 'open', \
                                               current_setting('transaction_isolation')";

/// The first words of such commands.
#[cfg(feature = "monitor")]
const COMMANDS: [&str; 9] = [
    "BEGIN",
    "START",
    "COMMIT",
    "END",
    "ROLLBACK",
    "ABORT",
    "SAVEPOINT",
    "RELEASE",
    "SET",
];

/// Whether a text is only a command of a transaction, or sets something: it asks for nothing, and reads nothing.
///
/// `SELECT set_config(..)` is SET with parameters. Of several commands in one text, nobody knows.
#[cfg(feature = "monitor")]
pub(crate) fn is_housekeeping(text: &str) -> bool {
    const SET_CONFIG: &str = "SELECT set_config(";
    let text = text.trim_start();
    let end = text.bytes().position(|byte| !byte.is_ascii_alphabetic());
    let word = &text[..end.unwrap_or(text.len())];
    let is = |other: &str| word.eq_ignore_ascii_case(other);
    if is("SELECT") {
        return match text.get(..SET_CONFIG.len()) {
            Some(start) if start.eq_ignore_ascii_case(SET_CONFIG) => is_one_call(text),
            _ => text == LOOK_FOR_TRANSACTION,
        };
    }
    COMMANDS.iter().any(|command| is(command)) && !has_another(text)
}

/// Nothing is read beside it.
#[cfg(feature = "monitor")]
fn is_one_call(text: &str) -> bool {
    let has_from = || {
        text.split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case("from"))
    };
    !has_another(text) && !has_from()
}

#[cfg(feature = "monitor")]
fn has_another(text: &str) -> bool {
    text.trim_end_matches(|c: char| c == ';' || c.is_whitespace())
        .contains(';')
}

#[cfg(all(test, feature = "monitor"))]
mod tests {
    use super::{LOOK_FOR_TRANSACTION, is_housekeeping};

    #[test]
    fn commands_of_transactions_and_settings_are() {
        for text in [
            "BEGIN",
            "begin;",
            " START TRANSACTION READ ONLY",
            "COMMIT",
            "END",
            "ROLLBACK TO SAVEPOINT a",
            "ABORT ; ",
            "SAVEPOINT a",
            "RELEASE SAVEPOINT a",
            "SET LOCAL statement_timeout = 5",
            "SELECT set_config('statement_timeout', $1, true)",
            LOOK_FOR_TRANSACTION,
        ] {
            assert!(is_housekeeping(text), "{text}");
        }
    }

    #[test]
    fn what_asks_for_something_is_not() {
        for text in [
            "",
            "SELECT 1",
            "SELECT",
            "SELECT set_configuration()",
            "SELECT set_config('a', 'b', true), id FROM sessions",
            "SELECT current_setting('transaction_isolation')",
            "BEGIN; SELECT 1",
            "SETTLE",
            "COMMITS",
            "EXPLAIN SELECT 1",
            "WITH begin AS (SELECT 1) SELECT 1",
            "ä",
        ] {
            assert!(!is_housekeeping(text), "{text}");
        }
    }
}
