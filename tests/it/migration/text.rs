//! As text: what it says, and what it does where a host runs it.

use super::{migration, schema};
use crate::support::empty;

#[test]
fn the_text_of_a_migration() {
    insta::assert_snapshot!(migration());
}

/// Run one by one by whatever tool, the statements do what the runner does, and take it back.
#[test]
fn run_by_another_tool() {
    let (_database, mut client) = empty();
    let before = schema(&mut client);
    let sql = migration().to_sql();
    for _ in 0..2 {
        for step in &sql {
            client.batch_execute(&step.run).unwrap();
        }
    }
    let after = schema(&mut client);
    assert_eq!(after.len(), before.len() + 2);
    for step in sql.iter().rev() {
        client.batch_execute(step.undo.as_deref().unwrap()).unwrap();
    }
    assert_eq!(schema(&mut client), before);
    migration().run(&mut client, &super::quick()).unwrap();
    assert_eq!(schema(&mut client), after);
}
