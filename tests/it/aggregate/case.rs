//! A part of a dashboard with what its answer must be: [`Case`], alone and in a [`Batch`].

use pagewise::Strategy::{self, Legacy, Optimized};
use pagewise::aggregate::{AggregateStatement, Batch, BatchAnswer, Part};
use pagewise::{Error, Statement};
use postgres::Transaction;
use proptest::test_runner::TestCaseError;

use crate::laws::Outcome;
use crate::oracle::Uses;
use crate::oracle::datum::Datum;

/// Compares an answer with what it must be, and says what is wrong.
pub type Check<A> = Box<dyn Fn(&A) -> Result<(), String>>;

/// Builds a part alone, for a team.
type Build<P> = fn(P, i64, Strategy) -> Result<AggregateStatement<P>, Error>;

/// A part, and what its answer must be.
pub struct Case<P: Part> {
    /// For people who read a failure.
    pub words: String,
    pub uses: Uses,
    pub part: P,
    pub build: Build<P>,
    pub check: Check<P::Answer>,
}

/// [`Build`] of a builder.
macro_rules! build {
    () => {
        |part, tenant, strategy| part.tenant(tenant).strategy(strategy).build()
    };
}
pub(super) use build;

/// A part of whatever kind.
pub trait AnyCase {
    fn words(&self) -> &str;
    fn uses(&self) -> &Uses;
    /// Alone.
    fn statement(&self, tenant: i64, strategy: Strategy) -> Result<Statement, TestCaseError>;
    /// Runs it alone, both ways.
    fn holds(&self, transaction: &mut Transaction<'_>, tenant: i64) -> Outcome;
    /// Puts it beside others.
    fn add(&self, batch: &mut Batch) -> Box<dyn Fn(&BatchAnswer) -> Result<(), String> + '_>;
}

impl<P: Part + Send + Sync + 'static> Case<P> {
    fn built(
        &self,
        tenant: i64,
        strategy: Strategy,
    ) -> Result<AggregateStatement<P>, TestCaseError> {
        (self.build)(self.part.clone(), tenant, strategy)
            .map_err(|error| not_built(&error, &self.words))
    }
}

impl<P: Part + Send + Sync + 'static> AnyCase for Case<P> {
    fn words(&self) -> &str {
        &self.words
    }

    fn uses(&self) -> &Uses {
        &self.uses
    }

    fn statement(&self, tenant: i64, strategy: Strategy) -> Result<Statement, TestCaseError> {
        Ok(self.built(tenant, strategy)?.statement().clone())
    }

    fn holds(&self, transaction: &mut Transaction<'_>, tenant: i64) -> Outcome {
        for strategy in [Optimized, Legacy] {
            let statement = self.built(tenant, strategy)?;
            let words = format!("{strategy:?}, team {tenant}\n{}", self.words);
            prepared(transaction, &statement, &words)?;
            let answer = statement
                .fetch(transaction)
                .map_err(|error| refused(&error, &words, &statement))?;
            (self.check)(&answer).map_err(|why| failed(&why, &words, &statement))?;
        }
        Ok(())
    }

    fn add(&self, batch: &mut Batch) -> Box<dyn Fn(&BatchAnswer) -> Result<(), String> + '_> {
        let handle = batch.add(self.part.clone());
        Box::new(move |answer| {
            let answer = answer
                .get(&handle)
                .map_err(|error| format!("{error}: {error:?}"))?;
            (self.check)(&answer).map_err(|why| format!("{why}\n\n{}", self.words))
        })
    }
}

/// That the server prepares a text as it would for a host that says nothing of types.
pub fn prepared(transaction: &mut Transaction<'_>, statement: &Statement, words: &str) -> Outcome {
    match transaction.prepare(statement.text()) {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(&format!("{error:?}"), words, statement)),
    }
}

/// A failure with what was asked and what was sent.
pub fn failed(why: &str, words: &str, statement: &Statement) -> TestCaseError {
    let parameters = statement.parameters();
    TestCaseError::fail(format!(
        "{why}\n\n{words}\n\n{statement:#}\n{parameters:?}\n"
    ))
}

/// What was refused, in full.
pub fn refused(error: &Error, words: &str, statement: &Statement) -> TestCaseError {
    failed(&format!("{error}: {error:?}"), words, statement)
}

/// A builder that refuses what is right.
pub fn not_built(error: &Error, words: &str) -> TestCaseError {
    TestCaseError::fail(format!("not built: {error}: {error:?}\n\n{words}"))
}

/// Fails if two tables of values differ.
pub fn same_lines(found: &[Vec<Datum>], expected: &[Vec<Datum>]) -> Result<(), String> {
    let agree = |a: &Vec<Datum>, b: &Vec<Datum>| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.agrees(b))
    };
    let is_same =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| agree(a, b));
    match is_same {
        true => Ok(()),
        false => Err(format!("   found {found:?}\nexpected {expected:?}")),
    }
}

/// Values that are read, or what was refused in words.
pub fn read(values: impl Iterator<Item = Result<Datum, Error>>) -> Result<Vec<Datum>, String> {
    values
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{error}: {error:?}"))
}
