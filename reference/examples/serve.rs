//! Starts a throw-away PostgreSQL server and keeps it until its input ends (Ctrl-D, Ctrl-C):
//!
//! ```text
//! cargo run -p pagewise-reference --example serve -- 0.1
//! ```
//!
//! With a scale it loads the reference data and prints the URL of that database, else of an empty one. With
//! `DATABASE_URL` set, the database is made on that server instead.

use std::error::Error;
use std::io::{Read, stdin};
use std::process::ExitCode;

use pagewise_reference::Server;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Box<dyn Error>> {
    let scale = std::env::args()
        .nth(1)
        .map(|scale| scale.parse())
        .transpose()?;
    let server = Server::shared()?;
    let database = match scale {
        Some(scale) => server.reference(scale)?,
        None => server.database()?,
    };
    println!("{}", database.url());
    stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
