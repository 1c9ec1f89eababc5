//! Statements by hand, put together from files.

use sea_query::Value;

use crate::report::job::{Candidate, Query, Way};

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/sorting/", $name, ".sql"))
    };
}
pub(crate) use sql;

/// Marks of lines that stay.
const DEEP: &str = "deep";
const TENANT: &str = "tenant";

/// A page's place, for statements that know no keysets.
#[derive(Clone, Copy)]
pub struct At {
    pub team: i64,
    /// The rows before it.
    pub offset: u64,
}

impl At {
    pub fn parameters(self) -> Vec<Value> {
        let mut parameters = vec![self.team.into()];
        if self.offset > 0 {
            parameters.push((self.offset as i64).into());
        }
        parameters
    }

    fn marks(self, others: &[&'static str]) -> Vec<&'static str> {
        let deep = (self.offset > 0).then_some(DEEP);
        deep.into_iter().chain(others.iter().copied()).collect()
    }

    /// The statement in a file, bound to the team wherever it can be.
    pub fn query(self, source: &str) -> Query {
        Query::from_marked_file(source, &self.marks(&[TENANT]), self.parameters())
    }

    /// The statement in a file, bound to the team where its author bound it.
    fn query_as_it_stands(self, source: &str) -> Query {
        Query::from_marked_file(source, &self.marks(&[]), self.parameters())
    }
}

/// A list of chatbots as an ORM emits it, which is what is measured; and bound to the team, so that it gives the same rows as
/// the others, which makes it slower, if anything.
pub fn chatbots_by_orm(way: Way, source: &str, order: &str, at: At) -> Vec<Candidate> {
    let source = source.replace("{order}", order);
    let bound = Candidate {
        form: "bound to the team",
        is_witness: true,
        ..Candidate::new(way, [at.query(&source)])
    };
    let as_it_stands = Candidate {
        wrong: Some("counts traces of no team"),
        ..Candidate::new(way, [at.query_as_it_stands(&source)])
    };
    vec![as_it_stands, bound]
}

/// A page of sessions around the CTE that finds its rows.
pub fn sessions_around(page: &str, at: At) -> Query {
    at.query(&around(page))
}

/// A page of sessions after a row, likewise.
pub fn sessions_after(page: &str, parameters: Vec<Value>) -> Query {
    Query::from_file(&around(page), parameters)
}

fn around(page: &str) -> String {
    let lines = page.lines().filter(|line| !line.starts_with("--"));
    let page = lines.collect::<Vec<_>>().join("\n");
    sql!("sessions_page").replace("{page}", &page)
}
