//! Servers come, serve and go, however their process ends.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pagewise_reference::{Error, Server, ServerOptions};

/// Set for the process that a test starts to be killed.
const VICTIM: &str = "PAGEWISE_REFERENCE_TEST_VICTIM";

fn names(client: &mut postgres::Client) -> Vec<String> {
    let rows = client
        .query(
            "SELECT datname::text FROM pg_database WHERE datname LIKE 'pagewise\\_%'",
            &[],
        )
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn folder(server: &Server) -> String {
    let database = server.database().unwrap();
    let data: String = database
        .client()
        .unwrap()
        .query_one("SHOW data_directory", &[])
        .unwrap()
        .get(0);
    data.strip_suffix("/data").unwrap().to_owned()
}

#[test]
fn databases_are_separate_and_go_with_their_value() {
    let server = Server::shared().unwrap();
    let (one, other) = (server.database().unwrap(), server.database().unwrap());
    one.client()
        .unwrap()
        .batch_execute("INSERT INTO teams_team (name) VALUES ('mine')")
        .unwrap();
    let mut client = other.client().unwrap();
    assert_eq!(
        client
            .query_one("SELECT count(*) FROM teams_team", &[])
            .unwrap()
            .get::<_, i64>(0),
        0
    );
    let name = one.name().to_owned();
    assert!(names(&mut client).contains(&name));
    let _still_connected = one.client().unwrap();
    drop(one);
    assert!(!names(&mut client).contains(&name));
}

#[test]
fn many_threads_share_one_template() {
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                Server::shared()
                    .unwrap()
                    .reference(0.001)
                    .unwrap()
                    .client()
                    .unwrap()
            });
        }
    });
}

#[test]
fn psql_understands_the_url() {
    let database = Server::shared().unwrap().database().unwrap();
    let output = match Command::new("psql")
        .args(["-XAtc", "SELECT current_database()", database.url()])
        .output()
    {
        Ok(output) => output,
        // Without psql there is nothing to check.
        Err(_) => return,
    };
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        database.name(),
        "{output:?}"
    );
}

#[test]
fn a_server_of_ones_own_is_removed_with_its_value() {
    let options = ServerOptions::default()
        .shared_buffers("32MB")
        .loopback(true)
        .setting("jit", "off");
    let server = Server::start(&options).unwrap();
    let folder = folder(&server);
    assert!(
        server
            .database()
            .unwrap()
            .url()
            .starts_with("postgresql://postgres@127.0.0.1:")
    );
    assert!(Path::new(&folder).exists());
    drop(server);
    assert!(!Path::new(&folder).exists());
}

#[test]
fn on_a_server_that_stays_only_the_dead_lose_their_databases() {
    let host = Server::start(&ServerOptions::default()).unwrap();
    let home = host.database().unwrap();
    let mut client = home.client().unwrap();
    client
        .batch_execute("CREATE DATABASE pagewise_7f_1")
        .unwrap();
    client
        .batch_execute("CREATE DATABASE pagewise_production")
        .unwrap();

    let living = Server::connect(home.url()).unwrap();
    let kept = living.database().unwrap();
    let second = Server::connect(home.url()).unwrap();
    drop(second.database().unwrap());
    let found = names(&mut client);
    assert!(found.contains(&kept.name().to_owned()));
    assert!(found.contains(&"pagewise_production".to_owned()));
    assert!(!found.contains(&"pagewise_7f_1".to_owned()));

    drop((kept, living, second));
    let found = names(&mut client);
    assert!(
        found
            .iter()
            .all(|name| name == "pagewise_production" || !name.ends_with("_0")),
        "{found:?}"
    );
}

#[test]
fn a_killed_process_leaves_no_server() {
    if env::var_os(VICTIM).is_some() {
        let server = Server::start(&ServerOptions::default()).unwrap();
        println!("\nfolder {}", folder(&server));
        thread::sleep(Duration::from_secs(60));
        return;
    }
    let mut victim = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "server::a_killed_process_leaves_no_server",
            "--nocapture",
        ])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(victim.stdout.take().unwrap());
    let folder = output
        .lines()
        .find_map(|line| Some(line.unwrap().strip_prefix("folder ")?.to_owned()))
        .unwrap();
    assert!(Path::new(&folder).exists());
    victim.kill().unwrap();
    victim.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while Path::new(&folder).exists() {
        assert!(Instant::now() < deadline, "{folder} is still there");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_wrong_address_gives_one_line_without_the_password() {
    let error = Server::connect("postgresql://me:secret@127.0.0.1:1/x").unwrap_err();
    assert!(matches!(error, Error::Connect { .. }));
    let text = error.to_string();
    assert!(
        text.contains("DATABASE_URL") && !text.contains("secret") && !text.contains('\n'),
        "{text}"
    );
}
