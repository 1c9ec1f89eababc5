//! What leaves which notes.

use std::thread;
use std::time::Duration;

use pagewise::cache::{CacheKind, ResultCache, Source, Sources, Tier};
use pagewise::chat::{self, Chat, Message};
use pagewise::{Error, entity};

use super::place::{
    CHATS, bare, message, migrate, notes, notes_of, pid, place, undo, until_it_waits,
};

const MESSAGES: &str = "chat_chatmessage";

#[test]
fn a_thousand_messages_are_one_note() {
    let (_database, mut client) = place();
    client.batch_execute(CHATS).unwrap();
    let many = "INSERT INTO chat_chatmessage (chat_id) SELECT 1 + i % 2 FROM generate_series(1, 1000) AS i";
    assert_eq!(notes_of(&mut client, many), ["1:chat_chatmessage"]);
    let one_by_one: String = (0..1000).map(|i| message(10_000 + i, 1) + ";\n").collect();
    assert_eq!(notes_of(&mut client, &one_by_one), ["1:chat_chatmessage"]);
    let of_all =
        "INSERT INTO chat_chatmessage (chat_id) SELECT 1 + i % 4 FROM generate_series(1, 8) AS i";
    assert_eq!(
        notes_of(&mut client, of_all),
        ["1:chat_chatmessage", "2:chat_chatmessage"]
    );
    let two_transactions = format!(
        "BEGIN; {}; COMMIT; BEGIN; {}; COMMIT",
        message(20_000, 1),
        message(20_001, 1)
    );
    assert_eq!(notes_of(&mut client, &two_transactions).len(), 2);
}

#[test]
fn an_update_is_noted_if_it_matters() {
    let (_database, mut client) = place();
    client.batch_execute(CHATS).unwrap();
    client
        .batch_execute(&format!("{}; {}", message(1, 1), message(2, 3)))
        .unwrap();
    client
        .batch_execute(
            "INSERT INTO experiments_participant (id, team_id, name) VALUES (1, 1, 'Ann'), (2, 1, 'Bob'), (3, 2, 'Cy')",
        )
        .unwrap();
    let mut noted = |sql: &str| notes_of(&mut client, sql);
    let none: [&str; 0] = [];
    assert_eq!(
        noted("UPDATE chat_chatmessage SET content = 'other', metadata = '{\"a\": 1}'"),
        none
    );
    assert_eq!(
        noted("UPDATE chat_chatmessage SET message_type = message_type"),
        none
    );
    assert_eq!(
        noted("UPDATE chat_chatmessage SET message_type = 'ai' WHERE false"),
        none
    );
    assert_eq!(
        noted("UPDATE chat_chatmessage SET message_type = 'ai' WHERE id = 2"),
        ["2:chat_chatmessage"]
    );
    // From one team to another: both.
    assert_eq!(
        noted("UPDATE chat_chatmessage SET chat_id = 4 WHERE id = 1"),
        ["1:chat_chatmessage", "2:chat_chatmessage"]
    );
    assert_eq!(
        noted("UPDATE experiments_participant SET team_id = 2 WHERE id = 1"),
        ["1:experiments_participant", "2:experiments_participant"]
    );
    // Together the rows have what they had.
    assert_eq!(
        noted(
            "UPDATE experiments_participant SET name = CASE id WHEN 2 THEN 'Cy' ELSE 'Bob' END, team_id = 1 WHERE id IN (2, 3)"
        ),
        ["1:experiments_participant", "2:experiments_participant"]
    );
    assert_eq!(
        noted(
            "UPDATE experiments_participant SET name = CASE id WHEN 2 THEN 'Bob' ELSE 'Cy' END WHERE id IN (2, 3)"
        ),
        ["1:experiments_participant"]
    );
}

#[test]
fn nothing_is_missed() {
    let (_database, mut client) = place();
    client.batch_execute(CHATS).unwrap();
    client.batch_execute(&message(1, 1)).unwrap();
    let mut noted = |sql: &str| notes_of(&mut client, sql);
    let of_one = ["1:chat_chatmessage"];
    assert_eq!(
        noted(
            "INSERT INTO chat_chatmessage (id, chat_id) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET message_type = 'ai'"
        ),
        of_one
    );
    assert_eq!(
        noted(
            "MERGE INTO chat_chatmessage AS m USING (VALUES (1)) AS v (id) ON m.id = v.id WHEN MATCHED THEN UPDATE SET message_type = 'human'"
        ),
        of_one
    );
    assert_eq!(
        noted("WITH x AS (DELETE FROM chat_chatmessage RETURNING id) SELECT count(*) FROM x"),
        of_one
    );
    assert_eq!(noted("TRUNCATE chat_chatmessage"), [":chat_chatmessage"]);
    // What is taken back was not.
    let none: [&str; 0] = [];
    assert_eq!(noted(&format!("BEGIN; {}; ROLLBACK", message(2, 1))), none);
    assert_eq!(
        noted(&format!(
            "BEGIN; SAVEPOINT s; {}; ROLLBACK TO s; COMMIT",
            message(2, 1)
        )),
        none
    );
    assert_eq!(
        noted(&format!(
            "BEGIN; SAVEPOINT s; {0}; ROLLBACK TO s; {0}; COMMIT",
            message(2, 1)
        )),
        of_one
    );
    // Of no team.
    assert_eq!(
        noted("INSERT INTO trace_trace (id, team_id) VALUES (1, NULL)"),
        none
    );
    assert_eq!(
        noted("UPDATE trace_trace SET team_id = 2"),
        ["2:trace_trace"]
    );
    assert_eq!(
        noted("UPDATE trace_trace SET team_id = NULL"),
        ["2:trace_trace"]
    );
    // Whatever the writer's search path, and whatever it has put before everything.
    assert_eq!(
        noted(
            "CREATE TEMP TABLE pagewise_cache_note (team_id bigint); CREATE TEMP TABLE chat_chat (id bigint, team_id bigint); \
             SET search_path TO pg_temp, public; INSERT INTO public.chat_chatmessage (chat_id) VALUES (1); RESET search_path; \
             DROP TABLE pg_temp.pagewise_cache_note, pg_temp.chat_chat"
        ),
        of_one
    );
}

/// The chat's own note does not do: it may be committed, and a result computed, before the message's.
#[test]
fn a_message_whose_chat_is_not_seen_is_noted_for_all() {
    let (database, mut client) = place();
    let mut other = database.client().unwrap();
    client.batch_execute("BEGIN").unwrap();
    client
        .batch_execute("INSERT INTO chat_chat (id, team_id) VALUES (1, 7)")
        .unwrap();
    let mut message_first = other.transaction().unwrap();
    message_first.batch_execute(&message(1, 1)).unwrap();
    client.batch_execute("COMMIT").unwrap();
    assert_eq!(notes(&mut client), ["7:chat_chat"]);

    const TURNS: CacheKind<i64> = CacheKind::new("turns", Tier::TREND, &["chat_chat", MESSAGES]);
    let (cache, key) = (ResultCache::new(), TURNS.key(7));
    let ticket = cache
        .lookup(&mut client, &key)
        .unwrap()
        .fresh()
        .unwrap_err();
    let turns: i64 = client
        .query_one("SELECT count(*) FROM chat_chatmessage", &[])
        .unwrap()
        .get(0);
    assert_eq!(turns, 0);
    cache.put(&mut client, &key, &turns, &ticket).unwrap();
    assert_eq!(cache.lookup(&mut client, &key).unwrap().fresh(), Ok(0));
    message_first.commit().unwrap();
    assert_eq!(notes(&mut client), ["7:chat_chat", ":chat_chatmessage"]);
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());

    // A chat that is gone already, in the same transaction: all, too.
    let gone = "BEGIN; DELETE FROM chat_chat; DELETE FROM chat_chatmessage; COMMIT";
    assert_eq!(
        notes_of(&mut client, gone),
        ["7:chat_chat", ":chat_chatmessage"]
    );
}

/// Else its message would be noted for the team that the chat was of, and committed after the chat's move was.
#[test]
fn a_chat_moves_when_nobody_writes_to_it() {
    let (database, mut client) = place();
    client.batch_execute(CHATS).unwrap();
    let mut writer = database.client().unwrap();
    let mut writing = writer.transaction().unwrap();
    writing.batch_execute(&message(1, 1)).unwrap();
    let mut mover = database.client().unwrap();
    let mover_is = pid(&mut mover);
    let moving = thread::spawn(move || {
        mover
            .batch_execute("UPDATE chat_chat SET team_id = 2 WHERE id = 1")
            .unwrap();
    });
    until_it_waits(&mut client, mover_is);
    // Another column of the chat is written without waiting.
    client
        .batch_execute("SET lock_timeout = '10s'; UPDATE chat_chat SET name = 'other' WHERE id = 2")
        .unwrap();
    writing.commit().unwrap();
    moving.join().unwrap();
    let expected = ["1:chat_chat", "2:chat_chat", "1:chat_chatmessage"];
    let all = notes(&mut client);
    assert!(
        expected
            .iter()
            .all(|note| all.iter().any(|left| left == note)),
        "{all:?}"
    );
}

#[test]
fn steps_make_what_is_missing_and_raise_the_horizon() {
    let (database, mut client) = bare();
    let horizon = |client: &mut postgres::Client| -> String {
        let row = client.query_one("SELECT transaction::text FROM pagewise_cache_horizon", &[]);
        row.unwrap().get(0)
    };
    let sources = chat::cache_sources();
    const CHANNELS: CacheKind<i64> =
        CacheKind::new("channels", Tier::TREND, &["channels_experimentchannel"]);
    let (cache, key) = (ResultCache::new(), CHANNELS.key(1));
    let keep = |client: &mut postgres::Client| {
        let ticket = cache.lookup(client, &key).unwrap().ticket;
        cache.put(client, &key, &1, &ticket).unwrap();
        assert_eq!(cache.lookup(client, &key).unwrap().fresh(), Ok(1));
    };
    // What was computed before there were triggers is not trusted; who writes meanwhile is waited for.
    keep(&mut client);
    let mut writer = database.client().unwrap();
    let mut writing = writer.transaction().unwrap();
    writing
        .batch_execute(
            "INSERT INTO channels_experimentchannel (team_id, platform) VALUES (1, 'telegram')",
        )
        .unwrap();
    let mut installer = database.client().unwrap();
    let installer_is = pid(&mut installer);
    let steps = sources.steps().unwrap();
    let installing = thread::spawn(move || {
        installer.batch_execute("SET lock_timeout = 0").unwrap();
        let triggers = steps.iter().filter(|step| step.name().contains("channel"));
        for step in triggers {
            installer.batch_execute(&step.sql()).unwrap();
        }
    });
    until_it_waits(&mut client, installer_is);
    writing.commit().unwrap();
    installing.join().unwrap();
    assert!(cache.lookup(&mut client, &key).unwrap().fresh().is_err());

    migrate(&mut client, sources.steps().unwrap());
    keep(&mut client);
    let before = horizon(&mut client);
    migrate(&mut client, sources.steps().unwrap());
    assert_eq!(before, horizon(&mut client), "nothing was missing");
    assert_eq!(cache.lookup(&mut client, &key).unwrap().fresh(), Ok(1));
    // A trigger that somebody has dropped, or disabled.
    for broken in [
        "DROP TRIGGER pagewise_note_removed ON channels_experimentchannel",
        "ALTER TABLE channels_experimentchannel DISABLE TRIGGER pagewise_note_changed",
    ] {
        keep(&mut client);
        client.batch_execute(broken).unwrap();
        migrate(&mut client, sources.steps().unwrap());
        assert!(
            cache.lookup(&mut client, &key).unwrap().fresh().is_err(),
            "{broken}"
        );
        assert_eq!(
            notes_of(&mut client, "UPDATE channels_experimentchannel SET deleted = true; DELETE FROM channels_experimentchannel;
                INSERT INTO channels_experimentchannel (team_id, platform) VALUES (1, 'telegram')"),
            ["1:channels_experimentchannel"]
        );
    }
    // Another declaration takes the place of the old one, and nothing is left of that.
    let functions = |client: &mut postgres::Client| -> i64 {
        let row = client.query_one(
            "SELECT count(*) FROM pg_proc WHERE proname LIKE 'pagewise\\_note\\_%'",
            &[],
        );
        row.unwrap().get(0)
    };
    assert_eq!(functions(&mut client), 9);
    let wider = chat::cache_sources().source(Source::of(chat::Channel).reads(chat::Channel::NAME));
    migrate(&mut client, wider.steps().unwrap());
    assert_eq!(functions(&mut client), 9);
    assert_eq!(
        notes_of(
            &mut client,
            "UPDATE channels_experimentchannel SET name = 'other'"
        ),
        ["1:channels_experimentchannel"]
    );
    let none: [&str; 0] = [];
    assert_eq!(
        notes_of(
            &mut client,
            "UPDATE channels_experimentchannel SET deleted = NOT deleted"
        ),
        none
    );
    undo(&mut client, &wider);
    assert_eq!(functions(&mut client), 0);
    assert_eq!(
        notes_of(&mut client, "DELETE FROM channels_experimentchannel"),
        none
    );
    // Under a stricter isolation nobody knows who has written meanwhile.
    client
        .batch_execute(&sources.steps().unwrap()[0].sql())
        .unwrap();
    let refused = format!(
        "BEGIN ISOLATION LEVEL SERIALIZABLE; {}",
        sources.steps().unwrap()[9].sql()
    );
    let refused = client.batch_execute(&refused).unwrap_err();
    assert!(
        refused.to_string().contains("READ COMMITTED")
            || format!("{refused:?}").contains("READ COMMITTED"),
        "{refused:?}"
    );
}

entity! {
    /// A folder of a team.
    Folder = "folders" as "folder" {
        key ID: i64 = "id";
        tenant TEAM_ID: Option<i32> = "team_id";
    }
}
entity! {
    /// A file in a folder.
    File = "files" as "file" {
        key ID: i64 = "id";
        tenant through FOLDER_ID => Folder;
        FOLDER_ID: i64 = "folder_id";
    }
}
entity! {
    /// A line of a file.
    Line = "it's \\ lines" as "line" {
        key ID: i64 = "id";
        tenant through FILE_ID => File;
        FILE_ID: i64 = "file_id";
    }
}
entity! {
    /// The same for all.
    Font = "fonts" as "font" {
        key ID: i64 = "id";
        shared;
    }
}
entity! {
    /// Its tenants are no numbers.
    Page = "pages" as "page" {
        key ID: i64 = "id";
        tenant SITE: String = "site";
    }
}

#[test]
fn teams_are_found_however_far_they_are() {
    let (_database, mut client) = bare();
    client
        .batch_execute(
            "CREATE TABLE folders (id bigint PRIMARY KEY, team_id integer); CREATE TABLE files (id bigint PRIMARY KEY, folder_id bigint);
             CREATE TABLE \"it's \\ lines\" (id bigint PRIMARY KEY, file_id bigint, words json); CREATE TABLE fonts (id bigint)",
        )
        .unwrap();
    let sources = Sources::new()
        .source(Source::of(Line))
        .source(Source::of(Font))
        .source(Source::of(File))
        .source(Source::of(Folder));
    migrate(&mut client, sources.steps().unwrap());
    client
        .batch_execute(
            "INSERT INTO folders VALUES (1, 7), (2, NULL); INSERT INTO files VALUES (1, 1), (2, 2), (3, NULL), (4, 99)",
        )
        .unwrap();
    let mut noted = |sql: &str| notes_of(&mut client, sql);
    let none: [&str; 0] = [];
    let of_file = |file: &str, id: i64| {
        format!("INSERT INTO \"it's \\ lines\" VALUES ({id}, {file}, '{{}}')")
    };
    assert_eq!(noted(&of_file("1", 1)), ["7:it's \\ lines"]);
    assert_eq!(noted(&of_file("2", 2)), none);
    assert_eq!(noted(&of_file("3", 3)), none);
    assert_eq!(noted(&of_file("NULL", 4)), none);
    assert_eq!(noted(&of_file("4", 5)), [":it's \\ lines"]);
    assert_eq!(noted(&of_file("98", 6)), [":it's \\ lines"]);
    // No column is named: each UPDATE is noted.
    assert_eq!(
        noted("UPDATE \"it's \\ lines\" SET words = words WHERE id = 1"),
        ["7:it's \\ lines"]
    );
    assert_eq!(noted("INSERT INTO fonts VALUES (1)"), [":fonts"]);
    assert_eq!(noted("UPDATE fonts SET id = 2 WHERE false"), none);
}

#[test]
fn what_cannot_be_noted_is_refused() {
    let refused = Sources::new().source(Source::of(Page)).steps().unwrap_err();
    assert!(matches!(refused, Error::TenantType { .. }), "{refused}");
    let refused = Sources::new()
        .source(Source::of(Message))
        .steps()
        .unwrap_err();
    assert!(matches!(refused, Error::Incomplete { .. }), "{refused}");
    let refused = Sources::new()
        .source(Source::of(Chat))
        .in_schema("")
        .steps()
        .unwrap_err();
    assert!(matches!(refused, Error::InvalidName { .. }), "{refused}");
}

#[test]
fn who_listens_is_told_once() {
    let (database, mut client) = bare();
    migrate(
        &mut client,
        chat::cache_sources().notifying().steps().unwrap(),
    );
    client.batch_execute(CHATS).unwrap();
    let mut listener = database.client().unwrap();
    listener.batch_execute("LISTEN pagewise_cache").unwrap();
    let many: String = (0..10).map(|i| message(i, 1) + ";\n").collect();
    client
        .batch_execute(&format!(
            "BEGIN; {many} {}; TRUNCATE trace_trace; COMMIT",
            message(10, 4)
        ))
        .unwrap();
    client
        .batch_execute(&format!("BEGIN; {}; ROLLBACK", message(11, 1)))
        .unwrap();
    let mut heard = Vec::new();
    {
        use postgres::fallible_iterator::FallibleIterator as _;
        let mut notifications = listener.notifications();
        let mut coming = notifications.timeout_iter(Duration::from_secs(20));
        while heard.len() < 3
            && let Some(notification) = coming.next().unwrap()
        {
            heard.push(notification.payload().to_owned());
        }
    }
    heard.sort();
    assert_eq!(
        heard,
        ["1:chat_chatmessage", "2:chat_chatmessage", ":trace_trace"]
    );
    // Nothing more has come: the next one is the next.
    client.batch_execute(&message(12, 4)).unwrap();
    use postgres::fallible_iterator::FallibleIterator as _;
    let mut notifications = listener.notifications();
    let next = notifications
        .timeout_iter(Duration::from_secs(20))
        .next()
        .unwrap();
    assert_eq!(next.unwrap().payload(), "2:chat_chatmessage");
}
