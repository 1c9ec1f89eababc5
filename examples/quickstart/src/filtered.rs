//! The list, filtered by a query string.

use chrono::Utc;
use pagewise::chat::{self, Session, TaggableIds};
use pagewise::filter::{FilterError, FilterPipeline, FilterRequests, FilterSet, Viewer};
use pagewise::statistics::Statistics;
use pagewise::{ContentTypeId, Error};
use postgres::Client;

/// What is asked for where the command line does not say.
pub const FILTER: &str = "f_session_id=a&op_session_id=contains&f_state=active~complete&op_state=any+of\
    &f_tags=tag-01~tag-bulk&op_tags=any+of";

/// What a query string asks for.
pub struct Filtered {
    /// The filters.
    pub pipeline: FilterPipeline<Session>,
    /// What was not understood, and is left out.
    pub problems: Vec<FilterError>,
}

impl Filtered {
    /// Reads a query string. A service keeps the set, and the statistics for some minutes.
    pub fn read(client: &mut Client, ids: &TaggableIds, query: &str) -> Result<Filtered, Error> {
        let asked = FilterRequests::from_query_string(query);
        let understood = set(ids).read_lenient(&asked.requests, &Viewer::at(Utc::now()));
        let statistics = Statistics::read(client, &chat::filter_tables())?;
        let mut problems = asked.problems;
        problems.extend(understood.problems);
        Ok(Filtered {
            pipeline: understood.pipeline.statistics(statistics),
            problems,
        })
    }
}

/// What the list can be filtered by.
fn set(ids: &TaggableIds) -> FilterSet<Session> {
    chat::session_filters(ids)
}

/// The columns with their operators, in lines.
pub fn columns() -> String {
    let lines = set(&no_ids())
        .columns()
        .iter()
        .map(|column| {
            let operators: Vec<_> = column
                .operators()
                .iter()
                .map(|operator| operator.name())
                .collect();
            format!("  {:<14}  {}", column.name(), operators.join(", "))
        })
        .collect::<Vec<_>>();
    lines.join("\n")
}

/// For what runs no statement.
fn no_ids() -> TaggableIds {
    TaggableIds {
        chat: ContentTypeId::new(0),
        message: ContentTypeId::new(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{FILTER, FilterRequests, Utc, Viewer, no_ids, set};

    #[test]
    fn the_default_is_understood() {
        let requests = FilterRequests::from_query_string(FILTER).strict().unwrap();
        let pipeline = set(&no_ids())
            .read(&requests, &Viewer::at(Utc::now()))
            .unwrap();
        let written = pipeline.to_query_string();
        assert_eq!(written, FILTER.replace('~', "%7E"));
        assert_eq!(pipeline.filters().len(), 3);
    }
}
