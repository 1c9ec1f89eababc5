//! Content types: which number stands for which model, asked once, whoever asks.
//!
//! ```text
//! cargo run --example content_types
//! ```
//!
//! With `DATABASE_URL`, the numbers too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;
use std::thread;

use pagewise::ContentTypes;
use pagewise::chat;
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let statement = ContentTypes::statement(&chat::TAGGABLE)?;
    println!("-- Both in one query, and the same text for any number of them:\n\n{statement:#};\n");
    println!("{}", statement.to_literal_sql());

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let types = ContentTypes::default();
    // As a service has it: one cache, and each thread has a client.
    let requests = || -> Result<(), pagewise::Error> {
        let mut client = Client::connect(&url, NoTls)?;
        for _ in 0..1000 {
            types.resolve(&mut client, &chat::TAGGABLE)?;
        }
        Ok(())
    };
    thread::scope(|scope| -> Result<(), Box<dyn Error>> {
        for thread in [scope.spawn(requests), scope.spawn(requests)] {
            thread.join().map_err(|_| "a thread has panicked")??;
        }
        Ok(())
    })?;
    println!("after 2000 requests: {:?}", types.counts());

    let mut client = Client::connect(&url, NoTls)?;
    let ids = types.resolve(&mut client, &chat::TAGGABLE)?;
    println!("chat.chat         {}", ids.chat.value());
    println!("chat.chatmessage  {}", ids.message.value());

    let configured = [("chat", "chatmessage"), ("chat", "no_such_model")];
    if let Err(error) = types.resolve_names(&mut client, &configured) {
        println!("{error}");
    }
    types.invalidate(&chat::CHAT);
    types.resolve(&mut client, &chat::CHAT)?;
    println!("after one was forgotten: {:?}", types.counts());
    println!("all of them: {}", types.warm_up(&mut client)?);
    Ok(())
}
