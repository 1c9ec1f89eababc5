//! Commands that ask for nothing: what a transaction and its settings need.

/// Whether there is a transaction that was marked by a setting, and at which level this one is.
pub(crate) const LOOK_FOR_TRANSACTION: &str = "SELECT current_setting('pagewise.transaction', true) IS NOT DISTINCT FROM 'open', \
                                               current_setting('transaction_isolation')";

/// Whether a text is only a command of a transaction, or sets something: it asks for nothing, and reads nothing.
///
/// A monitor counts it beside the statements; a cache of statements does not prepare it. `SELECT set_config(..)` is SET with
/// parameters. Of several commands in one text, nobody knows. A comment at the end, such as tags, does not matter.
pub(crate) fn is_housekeeping(text: &str) -> bool {
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
    const SET_CONFIG: &str = "SELECT set_config(";
    let text = without_comment(text.trim());
    let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
    let end = text.find(|character| !is_of_word(character));
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

fn without_comment(text: &str) -> &str {
    match text.strip_suffix("*/").and_then(|text| text.rfind("/*")) {
        Some(end) => text[..end].trim_end(),
        None => text,
    }
}

/// Nothing is read beside it.
fn is_one_call(text: &str) -> bool {
    let has_from = || {
        text.split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case("from"))
    };
    !has_another(text) && !has_from()
}

fn has_another(text: &str) -> bool {
    text.trim_end_matches(|c: char| c == ';' || c.is_whitespace())
        .contains(';')
}

#[cfg(test)]
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
            "SELECT set_config('pagewise.transaction', 'open', true)",
            LOOK_FOR_TRANSACTION,
        ] {
            assert!(is_housekeeping(text), "{text}");
            let tagged = format!("{text} /*route='%2Fsessions'*/");
            assert!(is_housekeeping(&tagged), "{tagged}");
        }
        assert!(is_housekeeping("COMMIT/*a='b'*/"));
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
            "started",
            "end_of",
            "\"begin\"",
            "*/",
            "SELECT 1 /*BEGIN*/",
            "EXPLAIN SELECT 1",
            "WITH begin AS (SELECT 1) SELECT 1",
            "ä",
        ] {
            assert!(!is_housekeeping(text), "{text}");
        }
    }
}
