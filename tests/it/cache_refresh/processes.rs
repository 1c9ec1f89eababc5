//! Several processes ask for one result.

use std::env;
use std::process::{Child, Command, Stdio};
use std::thread;

use pagewise::cache::{Freshness, ResultCache};
use postgres::{Client, NoTls};

use super::{STRICT, TEAM, database, kept, until};

const URL: &str = "PAGEWISE_TEST_CACHE_PROCESS";
const PROCESSES: usize = 4;
const THREADS: usize = 6;
/// What those who compute wait for.
const GATE: i64 = 42;

/// One of the processes: the test itself, once more.
fn process(url: &str) {
    let cache = ResultCache::new();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut client = Client::connect(url, NoTls).unwrap();
                client
                    .execute("INSERT INTO arrived VALUES (1)", &[])
                    .unwrap();
                let obtained =
                    cache.get_or_compute(&mut client, &STRICT.key(TEAM), |transaction, _| {
                        let number =
                            transaction.query_one("SELECT nextval('computations')", &[])?;
                        transaction.execute("SELECT pg_advisory_xact_lock_shared($1)", &[&GATE])?;
                        number.try_get::<_, i64>(0)
                    });
                assert_eq!(obtained.unwrap().value, 1);
            });
        }
    });
}

fn start(url: &str) -> Child {
    let name = "cache_refresh::processes::one_of_four_processes_computes";
    Command::new(env::current_exe().unwrap())
        .args([name, "--exact"])
        .env(URL, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn one_of_four_processes_computes() {
    if let Ok(url) = env::var(URL) {
        return process(&url);
    }
    let (database, mut client) = database();
    client
        .batch_execute("CREATE TABLE arrived (one int); CREATE SEQUENCE computations")
        .unwrap();
    client
        .execute("SELECT pg_advisory_lock($1)", &[&GATE])
        .unwrap();
    let children: Vec<_> = (0..PROCESSES).map(|_| start(database.url())).collect();
    until(|| {
        let arrived = client.query_one("SELECT count(*) FROM arrived", &[]);
        arrived.unwrap().get::<_, i64>(0) == (PROCESSES * THREADS) as i64
    });
    until(|| {
        let waits = client.query_one(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = \
             (SELECT oid FROM pg_database WHERE datname = current_database())",
            &[],
        );
        waits.unwrap().get::<_, i64>(0) == 1
    });
    client
        .execute("SELECT pg_advisory_unlock($1)", &[&GATE])
        .unwrap();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{said}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(said.contains("1 passed"), "{said}");
    }
    let computations = client.query_one("SELECT last_value FROM computations", &[]);
    assert_eq!(computations.unwrap().get::<_, i64>(0), 1);
    assert_eq!(kept(&mut client, STRICT), Some((1, Freshness::Fresh)));
}
