//! What is found of what was kept.

use std::thread;
use std::time::Duration;

use pagewise::cache::{
    CacheKind, CacheStatistics, Freshness, Lookup, ResultCache, StaleReason, Ticket, Tier,
};
use pagewise::driver::postgres::Execute;
use postgres::Client;

use super::{COUNT, database, migrate, note};

fn keep(cache: &ResultCache, client: &mut Client, value: &Vec<i64>) {
    let key = COUNT.key(1);
    let ticket = cache.lookup(client, &key).unwrap().ticket;
    assert!(cache.put(client, &key, value, &ticket).unwrap());
}

/// As if everything that is kept had been computed so long ago.
fn grow_older(client: &mut Client, seconds: f64) {
    client
        .execute(
            "UPDATE dashboard_dashboardcache SET computed_at = computed_at - $1 * interval '1 second', \
             expires_at = expires_at - $1 * interval '1 second'",
            &[&seconds],
        )
        .unwrap();
}

fn reason(lookup: &Lookup<Vec<i64>>) -> Option<StaleReason> {
    match lookup.entry.as_ref()?.freshness {
        Freshness::Stale { reason, .. } => Some(reason),
        _ => None,
    }
}

#[test]
fn nothing_is_a_result() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    assert_eq!(cache.lookup(&mut client, &key).unwrap().entry, None);
    keep(&cache, &mut client, &Vec::new());
    let found = cache.lookup(&mut client, &key).unwrap();
    assert!(found.age().unwrap() < Duration::from_secs(300));
    assert_eq!(found.fresh(), Ok(Vec::new()));
    let others = cache.lookup(&mut client, &COUNT.key(2)).unwrap();
    assert_eq!(others.entry, None, "of another team");
    let counts = cache.pending_counts(1, COUNT);
    assert_eq!((counts.hits, counts.stale_hits, counts.misses), (1, 0, 2));
    assert_eq!(counts.hit_ratio(), Some(1.0 / 3.0));
}

#[test]
fn ages() {
    let (_database, mut client) = database();
    let tier = Tier::fresh_for(Duration::from_secs(1_000))
        .refresh_early(Duration::from_secs(300))
        .stale_for(Duration::from_secs(500));
    let cache = ResultCache::new().tier(COUNT, tier);
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    let freshness = |client: &mut Client| {
        let lookup = cache.lookup(client, &key).unwrap();
        lookup.entry.map(|entry| entry.freshness)
    };
    assert_eq!(freshness(&mut client), Some(Freshness::Fresh));
    grow_older(&mut client, 600.0);
    assert_eq!(freshness(&mut client), Some(Freshness::Fresh));
    grow_older(&mut client, 200.0);
    assert_eq!(freshness(&mut client), Some(Freshness::Ending));
    grow_older(&mut client, 200.0);
    let stale = freshness(&mut client).unwrap();
    assert!(matches!(
        stale,
        Freshness::Stale {
            reason: StaleReason::Age,
            ..
        }
    ));
    assert!(!stale.is_fresh());
    grow_older(&mut client, 500.0);
    assert_eq!(freshness(&mut client), None, "stale for too long");
    // Another cache, in which the kind has its own tier of five minutes.
    keep(&cache, &mut client, &vec![1]);
    grow_older(&mut client, 400.0);
    let lookup = ResultCache::new().lookup(&mut client, &key).unwrap();
    assert_eq!(lookup.entry, None);
}

#[test]
fn changes_outdate() {
    let (_database, mut client) = database();
    let cache = ResultCache::new().tier(COUNT, Tier::OVERVIEW.stale_for(Duration::from_secs(60)));
    let key = COUNT.key(1);
    let outdated = |client: &mut Client| reason(&cache.lookup(client, &key).unwrap());
    for (team, source, is_outdated) in [
        (Some(1), "chat_chatmessage", true),
        (Some(2), "chat_chatmessage", false),
        (Some(1), "chat_chat", false),
        (None, "chat_chatmessage", true),
        (None, "chat_chat", false),
        (Some(1), "kind:count", true),
        (Some(1), "kind:counts", false),
    ] {
        keep(&cache, &mut client, &vec![1]);
        assert_eq!(outdated(&mut client), None);
        note(&mut client, team, source);
        let expected = is_outdated.then_some(StaleReason::Change);
        assert_eq!(outdated(&mut client), expected, "{team:?} {source}");
    }
}

#[test]
fn a_change_counts_once_it_is_committed() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    let mut writer = database.client().unwrap();
    let mut writing = writer.transaction().unwrap();
    note(&mut writing, Some(1), "chat_chatmessage");
    // Computed while the change was not to be seen.
    keep(&cache, &mut client, &vec![1]);
    assert_eq!(
        cache.lookup(&mut client, &key).unwrap().fresh(),
        Ok(vec![1])
    );
    let ticket = cache.lookup(&mut client, &key).unwrap().ticket;
    writing.commit().unwrap();
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());
    // What was begun before the commit is kept, but is no better.
    assert!(cache.put(&mut client, &key, &vec![2], &ticket).unwrap());
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());
    keep(&cache, &mut client, &vec![3]);
    assert_eq!(
        cache.lookup(&mut client, &key).unwrap().fresh(),
        Ok(vec![3])
    );
    // What is rolled back has changed nothing.
    let mut writing = writer.transaction().unwrap();
    note(&mut writing, Some(1), "chat_chatmessage");
    writing.rollback().unwrap();
    assert_eq!(
        cache.lookup(&mut client, &key).unwrap().fresh(),
        Ok(vec![3])
    );
}

#[test]
fn no_clock_makes_a_change_undone() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    note(&mut client, Some(1), "chat_chatmessage");
    client
        .execute(
            "UPDATE pagewise_cache_note SET noted_at = noted_at + interval '1 hour'",
            &[],
        )
        .unwrap();
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());
}

#[test]
fn tolerated_changes() {
    let (_database, mut client) = database();
    let tier = Tier::OVERVIEW.tolerate_changes(Duration::from_secs(60));
    let cache = ResultCache::new().tier(COUNT, tier);
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    note(&mut client, Some(1), "chat_chatmessage");
    assert_eq!(
        cache.lookup(&mut client, &key).unwrap().fresh(),
        Ok(vec![1])
    );
    client
        .execute(
            "UPDATE pagewise_cache_note SET noted_at = noted_at - interval '61 seconds'",
            &[],
        )
        .unwrap();
    // A later change does not give it more time.
    note(&mut client, Some(1), "chat_chatmessage");
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());
}

#[test]
fn what_nobody_knows_is_outdated() {
    let (_database, mut client) = database();
    let cache = ResultCache::new().tier(COUNT, Tier::OVERVIEW.stale_for(Duration::from_secs(60)));
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    // Notes of its time may be gone.
    client
        .batch_execute("SELECT pg_current_xact_id(); UPDATE pagewise_cache_horizon SET transaction = pg_current_xact_id()")
        .unwrap();
    let lookup = cache.lookup(&mut client, &key).unwrap();
    assert_eq!(reason(&lookup), Some(StaleReason::Unknown));
    client
        .batch_execute("UPDATE pagewise_cache_horizon SET transaction = '0'")
        .unwrap();
    // It was kept on another server, which was ahead of this one.
    keep(&cache, &mut client, &vec![1]);
    client
        .execute(
            "UPDATE dashboard_dashboardcache SET snapshot = '900000000000:900000000000:'",
            &[],
        )
        .unwrap();
    let lookup = cache.lookup(&mut client, &key).unwrap();
    assert_eq!(reason(&lookup), Some(StaleReason::Unknown));
    // And may be replaced all the same.
    keep(&cache, &mut client, &vec![2]);
    assert_eq!(
        cache.lookup(&mut client, &key).unwrap().fresh(),
        Ok(vec![2])
    );
}

#[test]
fn older_does_not_replace_newer() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    let mut others: Vec<Client> = (0..3).map(|_| database.client().unwrap()).collect();
    let ticket = |client: &mut Client| cache.lookup(client, &key).unwrap().ticket;
    // Transactions that go on while tickets are taken, and end between them.
    let mut tickets: Vec<Ticket> = Vec::new();
    let mut going_on: Vec<_> = others
        .iter_mut()
        .map(|c| c.transaction().unwrap())
        .collect();
    for transaction in &mut going_on {
        transaction
            .execute("SELECT pg_current_xact_id()", &[])
            .unwrap();
    }
    tickets.push(ticket(&mut client));
    // The one in the middle first: neither bound of the snapshot moves.
    going_on.remove(1).commit().unwrap();
    tickets.push(ticket(&mut client));
    going_on.remove(1).commit().unwrap();
    tickets.push(ticket(&mut client));
    going_on.remove(0).commit().unwrap();
    tickets.push(ticket(&mut client));
    for (later, ticket) in tickets.iter().enumerate() {
        for (earlier, old) in tickets.iter().enumerate() {
            client
                .execute("DELETE FROM dashboard_dashboardcache", &[])
                .unwrap();
            assert!(cache.put(&mut client, &key, &vec![2], ticket).unwrap());
            let is_kept = cache.put(&mut client, &key, &vec![1], old).unwrap();
            assert_eq!(is_kept, earlier >= later, "{old:?} over {ticket:?}");
            let value: String = client
                .query_one("SELECT data::text FROM dashboard_dashboardcache", &[])
                .unwrap()
                .get(0);
            assert_eq!(value, if is_kept { "[1]" } else { "[2]" });
        }
    }
}

#[test]
fn what_cannot_be_read_is_not_there() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    const OTHER: CacheKind<String> = CacheKind::new("count", Tier::OVERVIEW, &["chat_chatmessage"]);
    keep(&cache, &mut client, &vec![1]);
    let lookup = cache.lookup(&mut client, &OTHER.key(1)).unwrap();
    assert_eq!(lookup.entry, None);
    assert!(lookup.unreadable.unwrap().contains("expected a string"));
    // Another version has another key.
    let lookup = cache.lookup(&mut client, &OTHER.version(2).key(1)).unwrap();
    assert_eq!((lookup.entry, lookup.unreadable), (None, None));
}

#[test]
fn values_that_json_has_not() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    const TEXT: CacheKind<String> = CacheKind::new("text", Tier::OVERVIEW, &[]);
    let key = TEXT.key(1);
    let ticket = cache.lookup(&mut client, &key).unwrap().ticket;
    let refused = cache
        .put(&mut client, &key, &"a\0b".to_owned(), &ticket)
        .unwrap_err();
    assert!(
        refused.to_string().contains("the character NUL"),
        "{refused}"
    );
    for text in ["", "\\u0000", "\\\\u0000\\", "\"'$1 \u{1f600}"] {
        let ticket = cache.lookup(&mut client, &key).unwrap().ticket;
        assert!(
            cache
                .put(&mut client, &key, &text.to_owned(), &ticket)
                .unwrap()
        );
        assert_eq!(
            cache.lookup(&mut client, &key).unwrap().fresh().as_deref(),
            Ok(text)
        );
    }
}

#[test]
fn what_the_origin_keeps_is_its_own() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    client
        .execute(
            "INSERT INTO dashboard_dashboardcache (team_id, cache_key, data, expires_at) \
             VALUES (1, $1, '[5]', now() + interval '1 hour'), (1, 'overview_stats', '{}', now() - interval '1 day')",
            &[&key.text()],
        )
        .unwrap();
    // Nobody knows when it was computed.
    assert_eq!(cache.lookup(&mut client, &key).unwrap().entry, None);
    assert_eq!(cache.purge(&mut client, Duration::ZERO).unwrap(), 0);
    keep(&cache, &mut client, &vec![1]);
    assert_eq!(
        cache.lookup(&mut client, &key).unwrap().fresh(),
        Ok(vec![1])
    );
}

#[test]
fn purging() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    keep(&cache, &mut client, &vec![1]);
    grow_older(&mut client, 400.0);
    client
        .execute(
            "INSERT INTO dashboard_dashboardcache (team_id, cache_key, data, expires_at, computed_at, snapshot) \
             SELECT 2, n::text, '[]', expires_at, computed_at, snapshot \
             FROM dashboard_dashboardcache, generate_series(1, 2500) AS n",
            &[],
        )
        .unwrap();
    let hour = Duration::from_secs(3_600);
    assert_eq!(cache.purge(&mut client, hour).unwrap(), 0);
    keep(&cache, &mut client, &vec![1]);
    assert_eq!(cache.purge(&mut client, Duration::ZERO).unwrap(), 2500);
    assert_eq!(
        cache.lookup(&mut client, &COUNT.key(1)).unwrap().fresh(),
        Ok(vec![1])
    );
}

#[test]
fn counts_are_written_and_add_up() {
    let (_database, mut client) = database();
    let (one, two) = (ResultCache::new(), ResultCache::new());
    let key = COUNT.key(1);
    keep(&one, &mut client, &vec![1]);
    for cache in [&one, &two, &two] {
        assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_ok());
    }
    one.flush_counts(&mut client).unwrap();
    two.flush_counts(&mut client).unwrap();
    two.flush_counts(&mut client).unwrap();
    let hits: i64 = client
        .query_one("SELECT hit_count FROM dashboard_dashboardcache", &[])
        .unwrap()
        .get(0);
    assert_eq!(hits, 3);
    let statistics = one.statistics(&mut client, 1).unwrap();
    let [kind] = statistics.kinds.as_slice() else {
        panic!("{statistics}")
    };
    assert_eq!(
        (kind.kind.as_str(), kind.entries, kind.expired),
        ("count", 1, 0)
    );
    assert_eq!((kind.counts.hits, kind.counts.misses), (3, 1));
    assert_eq!(statistics.hit_ratio(), Some(0.75));
    assert!(kind.bytes > 0);
    let other = one.statistics(&mut client, 2).unwrap();
    assert_eq!((other.hit_ratio(), other.kinds.len()), (None, 0));
    // Of a value that is computed anew, nobody has asked yet.
    keep(&one, &mut client, &vec![2]);
    let hits: i64 = client
        .query_one("SELECT hit_count FROM dashboard_dashboardcache", &[])
        .unwrap()
        .get(0);
    assert_eq!(hits, 0);
    assert!(CacheStatistics::default().to_string().is_empty());
}

#[test]
fn counts_that_were_not_written_are_written_later() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_ok());
    client
        .batch_execute("ALTER TABLE pagewise_cache_statistics RENAME TO gone")
        .unwrap();
    cache.flush_counts(&mut client).unwrap_err();
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_ok());
    client
        .batch_execute("ALTER TABLE gone RENAME TO pagewise_cache_statistics")
        .unwrap();
    cache.flush_counts(&mut client).unwrap();
    let counts = cache.statistics(&mut client, 1).unwrap().counts();
    assert_eq!((counts.hits, counts.misses), (2, 1));
}

#[test]
fn looking_locks_nothing_and_waits_for_nobody() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    let mut writer = database.client().unwrap();
    let mut writing = writer.transaction().unwrap();
    writing
        .batch_execute("SELECT FROM dashboard_dashboardcache FOR UPDATE")
        .unwrap();
    let mut reading = client.build_transaction().read_only(true).start().unwrap();
    reading.batch_execute("SET LOCAL lock_timeout = 1").unwrap();
    assert_eq!(
        cache.lookup(&mut reading, &key).unwrap().fresh(),
        Ok(vec![1])
    );
    let held = reading
        .run(
            "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND mode <> 'AccessShareLock' AND locktype <> 'virtualxid'",
            &[],
        )
        .unwrap();
    assert!(held.is_empty());
}

#[test]
fn after_a_restore_the_steps_are_run_again() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    client
        .batch_execute(
            "UPDATE dashboard_dashboardcache SET snapshot = '900000000000:900000000000:'; \
             UPDATE pagewise_cache_horizon SET transaction = '900000000000', installed = '900000000000'; \
             INSERT INTO pagewise_cache_note (team_id, source, transaction) VALUES (1, 'chat_chatmessage', '900000000000')",
        )
        .unwrap();
    keep(&cache, &mut client, &vec![2]);
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());
    migrate(&mut client);
    keep(&cache, &mut client, &vec![3]);
    let found = cache.lookup(&mut client, &key).unwrap().fresh();
    assert_eq!(found, Ok(vec![3]));
    // What is of this server stays as it is.
    migrate(&mut client);
    let found = cache.lookup(&mut client, &key).unwrap().fresh();
    assert_eq!(found, Ok(vec![3]));
}

/// A note whose number is of this server's future tells that the other numbers are of another server, too.
#[test]
fn after_a_restore_a_number_that_is_none_of_here_is_enough() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    keep(&cache, &mut client, &vec![1]);
    client
        .batch_execute(
            "INSERT INTO pagewise_cache_note (team_id, source, transaction) VALUES (1, 'chat_chatmessage', '900000000000')",
        )
        .unwrap();
    let is_fresh = |client: &mut Client| cache.lookup(client, &key).unwrap().fresh().is_ok();
    assert!(!is_fresh(&mut client));
    migrate(&mut client);
    assert!(!is_fresh(&mut client));
    keep(&cache, &mut client, &vec![2]);
    assert!(is_fresh(&mut client));
}

#[test]
fn a_look_reads_little_however_many_notes_there_are() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    let mut other = database.client().unwrap();
    let mut going_on = other.transaction().unwrap();
    going_on
        .execute("SELECT pg_current_xact_id()", &[])
        .unwrap();
    // Older than what is kept, but not than the transaction that goes on.
    client
        .execute(
            "INSERT INTO pagewise_cache_note (team_id, source, transaction) \
             SELECT 1, source, (1000 + n)::text::xid8 FROM generate_series(1, 10000) AS n, \
             unnest(ARRAY['chat_chatmessage', 'chat_chat']) AS source",
            &[],
        )
        .unwrap();
    client.batch_execute("ANALYZE pagewise_cache_note").unwrap();
    keep(&cache, &mut client, &vec![1]);
    client
        .execute(
            "UPDATE dashboard_dashboardcache SET snapshot = '1001:20000:1001'",
            &[],
        )
        .unwrap();
    let look = key.lookup();
    let text = format!("EXPLAIN (ANALYZE, BUFFERS) {}", look.text());
    let rows = client.run(&text, look.parameters()).unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    // The first is that of the whole statement: `Buffers: shared hit=20 read=1`.
    let whole = plan.iter().find(|line| line.contains("Buffers: shared"));
    let buffers: i64 = whole
        .unwrap()
        .split(['=', ' '])
        .filter_map(|word| word.parse::<i64>().ok())
        .sum();
    assert!((1..60).contains(&buffers), "{}", plan.join("\n"));
    going_on.rollback().unwrap();
}

#[test]
fn a_ticket_without_a_look() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    let statement = Ticket::statement();
    let mut transaction = client.transaction().unwrap();
    transaction
        .execute("SELECT pg_current_xact_id()", &[])
        .unwrap();
    let rows = transaction
        .run(statement.text(), statement.parameters())
        .unwrap();
    let ticket = Ticket::new(rows[0].get::<_, String>(0), rows[0].get(1));
    // What this transaction does later is not in what is computed now.
    note(&mut transaction, Some(1), "chat_chatmessage");
    transaction.commit().unwrap();
    assert!(cache.put(&mut client, &key, &vec![1], &ticket).unwrap());
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());
}

/// One that has waited compares with what it finds then, which its own snapshot does not show.
#[test]
fn older_that_had_to_wait_does_not_replace_newer() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    client
        .batch_execute(
            "CREATE FUNCTION wait_if_old() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN IF NEW.data = '[1]' THEN PERFORM pg_advisory_xact_lock(7); END IF; RETURN NEW; END $$;
             CREATE TRIGGER wait_if_old BEFORE INSERT ON dashboard_dashboardcache
             FOR EACH ROW EXECUTE FUNCTION wait_if_old();
             SELECT pg_advisory_lock(7)",
        )
        .unwrap();
    let old = cache.lookup(&mut client, &key).unwrap().ticket;
    let mut other = database.client().unwrap();
    let is_kept = thread::scope(|scope| {
        let (cache, key, old) = (&cache, &key, &old);
        let waiting = scope.spawn(move || cache.put(&mut other, key, &vec![1], old).unwrap());
        let text = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        while client.query_one(text, &[]).unwrap().get::<_, i64>(0) == 0 {
            thread::sleep(Duration::from_millis(2));
        }
        for _ in 0..3 {
            client.execute("SELECT pg_current_xact_id()", &[]).unwrap();
        }
        let new = cache.lookup(&mut client, key).unwrap().ticket;
        assert!(cache.put(&mut client, key, &vec![2], &new).unwrap());
        client.execute("SELECT pg_advisory_unlock(7)", &[]).unwrap();
        waiting.join().unwrap()
    });
    assert!(!is_kept);
    let found = cache.lookup(&mut client, &key).unwrap();
    assert_eq!(found.fresh(), Ok(vec![2]));
}
