//! A client that counts.

use std::cell::Cell;

use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use postgres::{Client, Error, Row};

/// A client that counts what it is asked.
pub struct Counting<'a> {
    pub client: &'a mut Client,
    pub asked: &'a Cell<usize>,
}

impl Execute for Counting<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        self.asked.set(self.asked.get() + 1);
        Execute::run(self.client, text, parameters)
    }
}

/// The same, which has its client for itself.
pub struct CountingClient {
    pub client: Client,
    pub asked: usize,
}

impl CountingClient {
    pub fn new(client: Client) -> Self {
        Self { client, asked: 0 }
    }
}

impl Execute for CountingClient {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        self.asked += 1;
        Execute::run(&mut self.client, text, parameters)
    }
}
