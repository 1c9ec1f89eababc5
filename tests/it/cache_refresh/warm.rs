//! Results are computed before somebody asks for them.

use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};
use pagewise::cache::{
    CacheKey, CacheKind, Compute, ComputeError, Definition, Freshness, Origin, ResultCache,
    WarmOutcome, WarmTask, Warming,
};
use pagewise::chat::dashboard::cached::active_teams;
use postgres::Transaction;

use super::{EAGER, LENIENT, STRICT, Slow, TEAM, database};

/// The team's number; of some teams there is none.
struct Number {
    kind: CacheKind<i64>,
    team: i64,
}

impl Definition for Number {
    type Value = i64;

    fn key(&self) -> CacheKey<i64> {
        self.kind.key(self.team)
    }
}

impl Compute for Number {
    fn compute(
        &self,
        transaction: &mut Transaction<'_>,
        _now: DateTime<Utc>,
    ) -> Result<i64, ComputeError> {
        assert_ne!(self.team, 3, "it is the third");
        let text = "SELECT 10 / ($1::bigint - 2)";
        Ok(transaction.query_one(text, &[&self.team])?.try_get(0)?)
    }
}

fn of_team(team: i64) -> Vec<WarmTask> {
    [STRICT, LENIENT]
        .map(|kind| WarmTask::new(Number { kind, team }))
        .into()
}

#[test]
fn one_teams_failure_stops_no_other() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let warming = Warming::new([1, 2, 3, 4, 5]);
    let mut clients = [database.client().unwrap(), database.client().unwrap()];
    thread::scope(|scope| {
        for client in &mut clients {
            scope.spawn(|| warming.run(&cache, client, of_team));
        }
    });
    let report = warming.report();
    assert!(report.left.is_empty());
    let asked = cache.pending_counts(TEAM, STRICT);
    assert_eq!(asked.lookups(), 0, "nobody has asked for it");
    let mut teams: Vec<_> = report.teams.iter().map(|team| team.team).collect();
    teams.sort_unstable();
    assert_eq!(teams, [1, 2, 3, 4, 5]);
    assert_eq!(report.count(|outcome| *outcome == WarmOutcome::Computed), 6);
    let mut failed: Vec<_> = report
        .failed()
        .map(|(team, result)| (team, result.outcome.to_string()))
        .collect();
    failed.sort_unstable();
    assert_eq!(failed.len(), 4);
    assert!(
        failed[..2]
            .iter()
            .all(|(team, why)| *team == 2 && why.contains("division by zero")),
        "{failed:?}"
    );
    assert!(
        failed[2..]
            .iter()
            .all(|(team, why)| *team == 3 && why.contains("it is the third")),
        "{failed:?}"
    );
    let report = report.to_string();
    let lines = report.lines().filter(|line| line.starts_with("team "));
    assert_eq!(lines.count(), 10, "{report}");

    // Readers find what was warmed, by the same definition.
    let read = cache
        .get(
            &mut client,
            &Number {
                kind: LENIENT,
                team: 4,
            },
        )
        .unwrap();
    assert_eq!(
        (read.value, read.origin),
        (5, Origin::Kept(Freshness::Fresh))
    );
    let again = Warming::new([4]);
    again.run(&cache, &mut client, of_team);
    assert_eq!(
        again
            .report()
            .count(|outcome| *outcome == WarmOutcome::WasFresh),
        2
    );
}

/// What another is computing is left to it; what soon will be stale is computed.
#[test]
fn what_is_computed_already_is_left() {
    let (database, mut client) = database();
    let caches = [ResultCache::new(), ResultCache::new()];
    thread::scope(|scope| {
        let slow = Slow::start(scope, &caches[0], database.client().unwrap(), STRICT, 7);
        for cache in &caches {
            let warming = Warming::new([TEAM]);
            warming.run(cache, &mut client, |team| {
                vec![WarmTask::new(Number { kind: STRICT, team })]
            });
            assert_eq!(
                warming
                    .report()
                    .count(|outcome| *outcome == WarmOutcome::Busy),
                1
            );
        }
        slow.finish().unwrap();
    });
    for _ in 0..2 {
        let warming = Warming::new([TEAM]);
        warming.run(&caches[0], &mut client, |team| {
            vec![WarmTask::new(Number { kind: EAGER, team })]
        });
        assert_eq!(
            warming
                .report()
                .count(|outcome| *outcome == WarmOutcome::Computed),
            1
        );
    }
}

/// The others go on with what one has left that lost its connection.
#[test]
fn a_lost_connection() {
    let (database, mut client) = database();
    let mut lost = database.client().unwrap();
    let process: i32 = lost
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    client
        .execute("SELECT pg_terminate_backend($1)", &[&process])
        .unwrap();
    let (cache, warming) = (ResultCache::new(), Warming::new([1, 4, 5]));
    warming.run(&cache, &mut lost, of_team);
    let report = warming.report();
    assert_eq!(
        report.left.len(),
        3,
        "it stops at once, or when it has found out"
    );
    assert!(report.failed().count() < 2, "{report}");
    warming.run(&cache, &mut client, of_team);
    let report = warming.report();
    assert!(report.left.is_empty());
    assert_eq!(report.count(|outcome| *outcome == WarmOutcome::Computed), 6);
}

/// Who ends the connection that it is computed through.
struct Breaks(i64);

impl Definition for Breaks {
    type Value = i64;

    fn key(&self) -> CacheKey<i64> {
        STRICT.key(self.0)
    }
}

impl Compute for Breaks {
    fn compute(
        &self,
        transaction: &mut Transaction<'_>,
        _now: DateTime<Utc>,
    ) -> Result<i64, ComputeError> {
        let text = "SELECT 1 FROM pg_terminate_backend(pg_backend_pid())";
        transaction.query_one(text, &[])?;
        Ok(0)
    }
}

/// What breaks one connection after another does not break them all.
#[test]
fn a_team_that_breaks_connections() {
    let (database, _client) = database();
    let (cache, warming) = (ResultCache::new(), Warming::new([2, 1, 4]));
    let task = |team| match team {
        2 => WarmTask::new(Breaks(2)),
        team => WarmTask::new(Number { kind: STRICT, team }),
    };
    let of_team = |team| {
        vec![
            task(team),
            WarmTask::new(Number {
                kind: LENIENT,
                team,
            }),
        ]
    };
    for (left, teams) in [(3, 1), (1, 4), (1, 4)] {
        let mut client = database.client().unwrap();
        warming.run(&cache, &mut client, of_team);
        let report = warming.report();
        assert_eq!(
            (report.left.len(), report.teams.len()),
            (left, teams),
            "{report}"
        );
    }
    let report = warming.report();
    assert_eq!(report.left, [2]);
    assert_eq!(report.failed().count(), 2, "{report}");
    assert_eq!(report.count(|outcome| *outcome == WarmOutcome::Computed), 4);
}

#[test]
fn teams_in_which_something_happens() {
    let (_database, mut client) = database();
    client
        .batch_execute(
            "INSERT INTO teams_team (id, name, slug) VALUES (2, 'two', 'two'), (3, 'three', 'three'), (4, 'four', 'four');
             INSERT INTO chat_chat (id, team_id) VALUES (1, 1), (2, 2), (3, 3), (4, 4);
             INSERT INTO chat_chatmessage (chat_id, created_at, message_type, content) VALUES
               (1, now() - interval '1 hour', 'human', ''),
               (2, now() - interval '1 hour', 'ai', ''), (2, now() - interval '2 hours', 'human', ''),
               (3, now() - interval '2 days', 'human', ''),
               (4, now() - interval '1 hour', 'system', '')",
        )
        .unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    assert_eq!(active_teams(&mut client, day).unwrap(), [2, 1]);
    assert_eq!(active_teams(&mut client, 3 * day).unwrap(), [2, 1, 3]);
    assert_eq!(active_teams(&mut client, Duration::ZERO).unwrap(), [0; 0]);
    assert_eq!(active_teams(&mut client, Duration::MAX).unwrap(), [2, 1, 3]);
}
