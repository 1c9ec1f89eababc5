//! Whatever several connections do, one after the other's step: a result that is found as fresh is what the committed rows say.
//!
//! The rows are of each table of the dashboard's map. What is kept is computed by SQL; what it has to be, by plain maps of what
//! was committed.

mod model;
mod step;

use std::time::Duration;

use pagewise::cache::{CacheKey, Entry, Invalidation, LocalCopies, NotePurge, ResultCache, Ticket};
use pagewise_reference::Database;
use postgres::Client;
use postgres::error::SqlState;
use proptest::collection::vec;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::place::place;
use model::{CHATS, Change, KINDS, Rows, TABLES, Table, apply, query, value};
use step::{Step, step};

type Outcome = Result<(), TestCaseError>;

/// What one who asks has in hands: of which result, since when, and its value, computed by a transaction with changes of its
/// own.
struct InHand {
    kind: usize,
    team: i64,
    ticket: Ticket,
    value: Option<String>,
    is_own: bool,
}

struct Session {
    client: Client,
    is_open: bool,
    /// Of a transaction of REPEATABLE READ: the rows that it sees, but for its own changes.
    seen: Option<Rows>,
    changes: Vec<Change>,
    in_hand: Option<InHand>,
}

#[derive(Default, Debug)]
struct Seen {
    fresh: u32,
    outdated: u32,
    absent: u32,
    kept: u32,
    refused: u32,
}

struct History {
    sessions: Vec<Session>,
    cache: ResultCache,
    copies: LocalCopies,
    committed: Rows,
    next_ids: [i64; TABLES.len()],
    seen: Seen,
    _database: Database,
}

fn key(kind: usize, team: i64) -> CacheKey<String> {
    KINDS[kind].key(team)
}

impl History {
    fn new() -> Self {
        let (database, _) = place();
        let session = || {
            let mut client = database.client().unwrap();
            client.batch_execute("SET lock_timeout = '2ms'").unwrap();
            Session {
                client,
                is_open: false,
                seen: None,
                changes: Vec::new(),
                in_hand: None,
            }
        };
        Self {
            sessions: (0..3).map(|_| session()).collect(),
            cache: ResultCache::new(),
            copies: LocalCopies::new(100, Duration::from_secs(3600)),
            committed: Rows::new(),
            next_ids: [1; TABLES.len()],
            seen: Seen::default(),
            _database: database,
        }
    }

    fn begin_anew(&mut self) {
        for session in &mut self.sessions {
            session.client.batch_execute("ROLLBACK").unwrap();
            session.is_open = false;
            session.seen = None;
            session.changes.clear();
            session.in_hand = None;
        }
        let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
        let clear = format!(
            "TRUNCATE {}; DELETE FROM dashboard_dashboardcache; DELETE FROM pagewise_cache_note WHERE transaction < \
             pg_current_xact_id()",
            names.join(", ")
        );
        self.sessions[0].client.batch_execute(&clear).unwrap();
        self.committed.clear();
        self.copies.clear();
        self.next_ids = [1; TABLES.len()];
        for team in [1, 1, 2] {
            let insert = Step::Insert {
                table: CHATS,
                of: team,
                value: 0,
            };
            self.step(0, insert).expect("a chat");
        }
    }

    /// Runs what changes rows; what others are in the way of is given up, with its transaction.
    fn write(&mut self, at: usize, sql: &str, change: Change) {
        let session = &mut self.sessions[at];
        match session.client.execute(sql, &[]) {
            Ok(0) if !matches!(change, Change::Emptied(_)) => {}
            Ok(_) => {
                session.changes.push(change);
                if !session.is_open {
                    self.end(at, true);
                }
            }
            Err(error) => {
                let expected = [
                    SqlState::LOCK_NOT_AVAILABLE,
                    SqlState::T_R_SERIALIZATION_FAILURE,
                    SqlState::T_R_DEADLOCK_DETECTED,
                ];
                let code = error.code();
                assert!(
                    code.is_some_and(|code| expected.contains(code)),
                    "{error:?}\n{sql}"
                );
                self.seen.refused += 1;
                self.give_up(at);
            }
        }
    }

    fn give_up(&mut self, at: usize) {
        self.sessions[at].client.batch_execute("ROLLBACK").unwrap();
        self.end(at, false);
    }

    fn end(&mut self, at: usize, is_committed: bool) {
        let session = &mut self.sessions[at];
        let changes = std::mem::take(&mut session.changes);
        if is_committed {
            apply(&mut self.committed, &changes);
        }
        session.is_open = false;
        session.seen = None;
        // What was computed of changes that nobody else sees is of no use outside of their transaction.
        if session.in_hand.as_ref().is_some_and(|hand| hand.is_own) {
            session.in_hand = None;
        }
    }

    /// A row as the session has it, if it may write it.
    fn row(&self, at: usize, key: (usize, i64)) -> Option<(i64, usize)> {
        let session = &self.sessions[at];
        let mut rows = session.seen.as_ref().unwrap_or(&self.committed).clone();
        apply(&mut rows, &session.changes);
        rows.get(&key).copied()
    }

    fn step(&mut self, at: usize, step: Step) -> Outcome {
        match step {
            Step::Begin { repeatable } => {
                // What a move does not promise: see `Sources`.
                let is_move = |change: &Change| match change {
                    Change::Put(key, _) => key.0 == CHATS && self.committed.contains_key(key),
                    Change::Gone(_) => false,
                    Change::Emptied(_) => true,
                };
                let mut changes = self.sessions.iter().flat_map(|session| &session.changes);
                let is_moving = changes.any(is_move);
                let session = &mut self.sessions[at];
                if session.is_open {
                    return Ok(());
                }
                session.is_open = true;
                let repeatable = repeatable && !is_moving;
                let begin = match repeatable {
                    true => {
                        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM django_content_type"
                    }
                    false => "BEGIN",
                };
                session.client.batch_execute(begin).unwrap();
                session.seen = repeatable.then(|| self.committed.clone());
            }
            Step::Commit | Step::Rollback => {
                let is_committed = matches!(step, Step::Commit);
                let session = &mut self.sessions[at];
                if session.is_open {
                    let end = if is_committed { "COMMIT" } else { "ROLLBACK" };
                    session.client.batch_execute(end).unwrap();
                    self.end(at, is_committed);
                }
            }
            Step::Insert { table, of, value } => {
                let id = self.next_ids[table];
                self.next_ids[table] += 1;
                let Table {
                    name,
                    of: owner,
                    column,
                    values,
                    besides,
                    beside,
                } = &TABLES[table];
                let beside = beside.replace("{id}", &id.to_string());
                let sql = match table {
                    CHATS => format!("INSERT INTO {name} (id, {owner}) VALUES ({id}, {of})"),
                    _ => format!(
                        "INSERT INTO {name} (id, {owner}, {column}{besides}) VALUES ({id}, {of}, '{}'{beside})",
                        values[value]
                    ),
                };
                self.write(at, &sql, Change::Put((table, id), (of, value)));
            }
            Step::Set { table, row, value } => {
                let id = self.near(table, row);
                let Some((of, _)) = self.row(at, (table, id)).filter(|_| table != CHATS) else {
                    return Ok(());
                };
                let Table {
                    name,
                    column,
                    values,
                    ..
                } = &TABLES[table];
                let sql = format!(
                    "UPDATE {name} SET {column} = '{}' WHERE id = {id}",
                    values[value]
                );
                self.write(at, &sql, Change::Put((table, id), (of, value)));
            }
            Step::Move { table, row, of } => {
                let id = self.near(table, row);
                let Some((_, value)) = self.row(at, (table, id)) else {
                    return Ok(());
                };
                // What a move does not promise: see `Sources`.
                let is_strict = |session: &Session| session.seen.is_some();
                if table == CHATS && self.sessions.iter().any(is_strict) {
                    return Ok(());
                }
                let Table {
                    name, of: owner, ..
                } = &TABLES[table];
                let sql = format!("UPDATE {name} SET {owner} = {of} WHERE id = {id}");
                self.write(at, &sql, Change::Put((table, id), (of, value)));
            }
            Step::Irrelevant { table, row } => {
                let id = self.near(table, row);
                let Some(known) = self.row(at, (table, id)) else {
                    return Ok(());
                };
                let Table { name, .. } = &TABLES[table];
                let column = match *name {
                    "trace_trace" => "error",
                    "chat_chat" | "channels_experimentchannel" => "name",
                    _ => "updated_at",
                };
                let sql = format!("UPDATE {name} SET {column} = {column} WHERE id = {id}");
                self.write(at, &sql, Change::Put((table, id), known));
            }
            Step::Delete { table, row } => {
                let id = self.near(table, row);
                if self.row(at, (table, id)).is_none() {
                    return Ok(());
                }
                let sql = format!("DELETE FROM {} WHERE id = {id}", TABLES[table].name);
                self.write(at, &sql, Change::Gone((table, id)));
            }
            Step::Truncate { table } => {
                // Who began before it sees the rows no more, nor the change.
                if self.sessions.iter().any(|session| session.seen.is_some()) {
                    return Ok(());
                }
                let sql = format!("TRUNCATE {}", TABLES[table].name);
                self.write(at, &sql, Change::Emptied(table));
            }
            Step::TakenBack { table, row } => {
                let id = self.near(table, row);
                if self.sessions[at].is_open {
                    let sql = format!(
                        "SAVEPOINT here; DELETE FROM {} WHERE id = {id}; ROLLBACK TO here",
                        TABLES[table].name
                    );
                    if self.sessions[at].client.batch_execute(&sql).is_err() {
                        self.give_up(at);
                    }
                }
            }
            Step::Look { kind, team } => return self.look(at, kind, team),
            Step::Compute => {
                let session = &mut self.sessions[at];
                if let Some(hand) = &mut session.in_hand {
                    let row = session.client.query_one(&query(hand.kind, hand.team), &[]);
                    match row {
                        Ok(row) => {
                            hand.value = Some(row.get(0));
                            hand.is_own = !session.changes.is_empty();
                        }
                        Err(_) => self.give_up(at),
                    }
                }
            }
            Step::Put => {
                let session = &mut self.sessions[at];
                if let Some(InHand {
                    kind,
                    team,
                    ticket,
                    value: Some(value),
                    ..
                }) = &session.in_hand
                {
                    let kept =
                        self.cache
                            .put(&mut session.client, &key(*kind, *team), value, ticket);
                    match kept {
                        Ok(is_kept) => {
                            self.seen.kept += u32::from(is_kept);
                            session.in_hand = None;
                        }
                        Err(_) => self.give_up(at),
                    }
                }
            }
            Step::Purge => {
                let purge = NotePurge::new().keep(Duration::ZERO).batch(2);
                if purge.run(&mut self.sessions[at].client).is_err() {
                    self.give_up(at);
                }
            }
            Step::Invalidate { kind, team } => {
                let mut by_hand = match kind {
                    Some(kind) => Invalidation::of_kind(KINDS[kind]),
                    None => Invalidation::of_all_kinds(),
                };
                if let Some(team) = team {
                    by_hand = by_hand.team(team);
                }
                by_hand.run(&mut self.sessions[at].client).unwrap();
            }
            Step::CatchUp => {
                if !self.sessions[at].is_open {
                    self.copies.catch_up(&mut self.sessions[at].client).unwrap();
                    self.check_copies()?;
                }
            }
        }
        Ok(())
    }

    /// One of the rows that were written last, mostly.
    fn near(&self, table: usize, row: i64) -> i64 {
        (self.next_ids[table] - row).max(1)
    }

    fn look(&mut self, at: usize, kind: usize, team: i64) -> Outcome {
        let key = key(kind, team);
        let session = &mut self.sessions[at];
        let copy = self.copies.get(&key);
        let found = match self.cache.lookup(&mut session.client, &key) {
            Ok(found) => found,
            Err(_) => {
                self.give_up(at);
                return Ok(());
            }
        };
        match found.entry {
            Some(Entry {
                value: kept,
                freshness,
                ..
            }) if freshness.is_fresh() => {
                self.seen.fresh += 1;
                // Where one has changed what it is made of oneself, a note of one's own outdates it.
                let rows = session.seen.as_ref().unwrap_or(&self.committed);
                let now = value(rows, kind, team);
                if kept != now {
                    return Err(TestCaseError::fail(format!(
                        "of {key:?} the cache has {kept:?}, and committed is {now:?}"
                    )));
                }
                // What is read outside of a transaction may be copied by whoever looks.
                if let (Err(ticket), false) = (copy, session.is_open) {
                    let hour = Duration::from_secs(3600);
                    self.copies.put(&key, kept.into(), hour, ticket);
                }
            }
            Some(_) => self.seen.outdated += 1,
            None => self.seen.absent += 1,
        }
        session.in_hand = Some(InHand {
            kind,
            team,
            ticket: found.ticket,
            value: None,
            is_own: false,
        });
        Ok(())
    }

    /// After a look at the notes, copies are what is committed.
    fn check_copies(&self) -> Outcome {
        for kind in 0..KINDS.len() {
            for team in 1..3 {
                let now = value(&self.committed, kind, team);
                if let Ok(copy) = self.copies.get(&key(kind, team))
                    && *copy != now
                {
                    return Err(TestCaseError::fail(format!(
                        "of {kind} and team {team} the copy is {copy:?}, and committed is {now:?}"
                    )));
                }
            }
        }
        Ok(())
    }
}

#[test]
fn what_is_found_is_what_is_committed() {
    let history = std::cell::RefCell::new(History::new());
    let mut config = Config {
        failure_persistence: None,
        max_shrink_time: 30_000,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 60;
    }
    let steps = vec((0..3_usize, step()), 40..160);
    let result = TestRunner::new(config).run(&steps, |steps| {
        let mut history = history.borrow_mut();
        history.begin_anew();
        steps
            .iter()
            .try_for_each(|(at, step)| history.step(*at, *step))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let seen = &history.borrow().seen;
    println!("{seen:?}");
    assert!(seen.fresh > 25 && seen.outdated > 25, "{seen:?}");
}
