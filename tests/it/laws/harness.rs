//! What every law needs: a database, worlds in it, and messages that can be read.

use std::env;
use std::fmt::Display;
use std::rc::Rc;

use pagewise::chat::{Experiment, Message, Participant, Session, Trace};
use pagewise::driver::PageRows;
use pagewise::{Listing, Page, PageStatement};
use pagewise_reference::{Database, Server};
use postgres::{Client, Transaction};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

use crate::oracle::plan::{Plan, plan};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled, Operands, View};
use crate::world::{TEAMS, World};

/// The result of one case.
pub type Outcome = Result<(), TestCaseError>;

/// Of what a request lists rows.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    Sessions,
    Experiments,
    Messages,
    Traces,
    Participants,
}

/// A request of a team.
#[derive(Clone, Debug)]
pub struct Asked {
    pub of: Of,
    pub tenant: i64,
    pub plan: Plan,
}

/// A law, for every entity.
pub trait Law {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        context: &Context,
    ) -> Outcome;
}

fn asked(plans: impl Strategy<Value = Plan>) -> impl Strategy<Value = Asked> {
    let of = prop_oneof![
        4 => Just(Of::Sessions),
        2 => Just(Of::Experiments),
        1 => Just(Of::Messages),
        1 => Just(Of::Traces),
        1 => Just(Of::Participants),
    ];
    let tenant = prop_oneof![4 => Just(1), 1 => TEAMS];
    (of, tenant, plans).prop_map(|(of, tenant, plan)| Asked { of, tenant, plan })
}

/// Runs a property on so many random inputs, or as many as `PROPTEST_CASES` says.
pub fn check<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Outcome) {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    config.max_shrink_iters = 100_000;
    if env::var_os("PROPTEST_MAX_SHRINK_TIME").is_none() {
        config.max_shrink_time = 15_000;
    }
    match TestRunner::new(config).run(strategy, test) {
        Ok(()) => {}
        // The input is printed once; what it means stands in the reason.
        Err(TestError::Fail(reason, input)) => panic!("{reason}\n\nof the input\n{input:#?}"),
        Err(error @ TestError::Abort(_)) => panic!("{error}"),
    }
}

/// A connection to an empty database of its own.
pub struct Connection {
    client: Client,
    // Dropped after the client.
    _database: Database,
}

impl Connection {
    pub fn open() -> Self {
        let database = Server::shared()
            .and_then(Server::database)
            .expect("a database for the test");
        let client = database.client().expect("a connection to it");
        Self {
            client,
            _database: database,
        }
    }

    /// With an extension that the reference tables do without.
    pub fn with_extension(name: &str) -> Self {
        let mut connection = Self::open();
        let create = format!("CREATE EXTENSION {name}");
        let created = connection.client.batch_execute(&create);
        created.expect("the extension, which comes with the server");
        connection
    }

    /// Changes the schema, for good.
    #[cfg(feature = "cache")]
    pub fn migrate(&mut self, migration: &pagewise::ddl::Migration) {
        let options = pagewise::ddl::RunOptions::default();
        let done = migration.run(&mut self.client, &options);
        done.expect("the migration");
    }

    /// Runs with the rows of a world, and takes them away again.
    pub fn with<T>(&mut self, world: &World, run: impl FnOnce(&mut Transaction<'_>) -> T) -> T {
        let mut transaction = self.client.transaction().expect("a transaction");
        world
            .insert(&mut transaction)
            .expect("the world fits the tables");
        let result = run(&mut transaction);
        transaction.rollback().expect("the connection lives");
        result
    }
}

/// Checks a law on worlds with a few requests each.
pub fn law<L: Law>(cases: u32, worlds: impl Strategy<Value = World>, law: L) {
    law_of(cases, worlds, plan(), law);
}

/// Checks a law on worlds with a few requests of some kind each; the law, with what it has seen.
pub fn law_of<L: Law>(
    cases: u32,
    worlds: impl Strategy<Value = World>,
    plans: impl Strategy<Value = Plan>,
    law: L,
) -> L {
    let state = std::cell::RefCell::new((Connection::open(), law));
    let requests = proptest::collection::vec(asked(plans), 1..5);
    check(cases, &(worlds, requests), |(world, requests)| {
        let (connection, law) = &mut *state.borrow_mut();
        connection.with(&world, |transaction| {
            requests
                .iter()
                .try_for_each(|asked| one(transaction, &world, asked, law))
        })
    });
    state.into_inner().1
}

fn one<L: Law>(
    transaction: &mut Transaction<'_>,
    world: &World,
    asked: &Asked,
    law: &mut L,
) -> Outcome {
    let context = context(world, asked.tenant, Operands::Near);
    match asked.of {
        Of::Sessions => law.holds(
            transaction,
            &Request::<Session>::new(&asked.plan, &context),
            &context,
        ),
        Of::Experiments => law.holds(
            transaction,
            &Request::<Experiment>::new(&asked.plan, &context),
            &context,
        ),
        Of::Messages => law.holds(
            transaction,
            &Request::<Message>::new(&asked.plan, &context),
            &context,
        ),
        Of::Traces => law.holds(
            transaction,
            &Request::<Trace>::new(&asked.plan, &context),
            &context,
        ),
        Of::Participants => law.holds(
            transaction,
            &Request::<Participant>::new(&asked.plan, &context),
            &context,
        ),
    }
}

pub fn context(world: &World, tenant: i64, operands: Operands) -> Context {
    Context {
        view: Rc::new(View {
            world: world.clone(),
            tenant,
        }),
        operands,
    }
}

/// Builds a page, and has the server prepare its text as it would for a host that says nothing of types.
pub fn build<E: Modeled>(
    transaction: &mut Transaction<'_>,
    request: &Request<E>,
    listing: Listing<E>,
    page: Page,
) -> Result<PageStatement<E>, TestCaseError> {
    let built = listing
        .page(page)
        .build()
        .map_err(|error| failed(request, &error, &""))?;
    for statement in [Some(built.statement()), built.estimate()]
        .into_iter()
        .flatten()
    {
        transaction.prepare(statement.text()).map_err(|error| {
            failed(
                request,
                &format!("the server does not prepare it: {error:?}"),
                &format!("{statement:#}"),
            )
        })?;
    }
    Ok(built)
}

/// A failure with what was asked and what was sent.
pub fn failed<E: Modeled>(
    request: &Request<E>,
    why: &dyn Display,
    sql: &dyn Display,
) -> TestCaseError {
    TestCaseError::fail(format!("{why}\n\n{}\n\n{sql}\n", request.words()))
}

/// What the database or the library said, in full.
pub fn refused<E: Modeled>(
    request: &Request<E>,
    page: &PageStatement<E>,
    error: &pagewise::Error,
) -> TestCaseError {
    failed(
        request,
        &format!("{error}: {error:?}"),
        &format!("{page:#}\n{:?}", page.parameters()),
    )
}

/// The rows of a page, which the server must not refuse.
pub fn fetch<E: Modeled>(
    transaction: &mut Transaction<'_>,
    request: &Request<E>,
    page: &PageStatement<E>,
) -> Result<PageRows<E>, TestCaseError> {
    page.fetch(transaction)
        .map_err(|error| refused(request, page, &error))
}

/// Fails if two things that must be equal are not.
pub fn same<E: Modeled, T: PartialEq + std::fmt::Debug>(
    request: &Request<E>,
    page: &PageStatement<E>,
    what: &str,
    (found, expected): (T, T),
) -> Outcome {
    if found == expected {
        return Ok(());
    }
    let sql = format!("{page:#}\n{:?}", page.parameters());
    Err(failed(
        request,
        &format!("{what}\n   found {found:?}\nexpected {expected:?}"),
        &sql,
    ))
}
