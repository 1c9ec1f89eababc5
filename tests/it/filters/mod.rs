//! What requests mean: every column and operator of the domain's filter sets, beside SQL that was written by hand; what
//! is refused, and what is left out; the lists that go with them.

mod lists;
#[cfg(feature = "query-string")]
mod requests;
mod rows;

use chrono::DateTime;
use pagewise::chat::TaggableIds;
use pagewise::filter::{FilterRequest, FilterSet, Viewer};
use pagewise::{ContentTypeId, Entity, Listing, Page, Strategy};
use postgres::Client;

use crate::support::{TEAM, run};

/// For what is built and not run, or has no tags.
const IDS: TaggableIds = TaggableIds {
    chat: ContentTypeId::new(1),
    message: ContentTypeId::new(2),
};

/// Somebody in New York, when the reference data end: there, a day ends when another has long begun.
pub fn viewer() -> Viewer {
    let now = DateTime::from_timestamp(1_793_491_200, 0).expect("2026-11-01 00:00:00 UTC");
    Viewer::at(now).in_zone("America/New_York".parse().expect("a zone"))
}

/// A filter, and the same as a condition in SQL on the table that the listing is of.
pub struct Case {
    column: &'static str,
    operator: &'static str,
    values: &'static [&'static str],
    condition: String,
}

pub fn case(
    column: &'static str,
    operator: &'static str,
    values: &'static [&'static str],
    condition: impl Into<String>,
) -> Case {
    Case {
        column,
        operator,
        values,
        condition: condition.into(),
    }
}

impl Case {
    fn request(&self) -> FilterRequest {
        FilterRequest::new(self.column, self.operator, self.values.iter().copied())
    }
}

/// Runs the cases, each on both strategies, and compares the rows; the conditions that were emitted, one after the
/// other.
///
/// Each finds some rows and not all, except for those whose condition is written out as `TRUE` or `FALSE`.
pub fn conditions<E: Entity>(
    client: &mut Client,
    set: &FilterSet<E>,
    table: &str,
    cases: &[Case],
) -> String {
    let rows = |client: &mut Client, condition: &str| -> Vec<String> {
        let query = format!(
            "SELECT to_jsonb(r)::text FROM (SELECT id FROM {table} AS t WHERE {condition} ORDER BY id) AS r"
        );
        let rows = client.query(&query, &[]);
        let rows = rows.unwrap_or_else(|error| panic!("{error:?}\n{query}"));
        rows.iter().map(|row| row.get(0)).collect()
    };
    // Messages are the team's by their chat.
    let ours = match table {
        "chat_chatmessage" => {
            format!("chat_id IN (SELECT id FROM chat_chat WHERE team_id = {TEAM})")
        }
        _ => format!("team_id = {TEAM}"),
    };
    let all = rows(client, &ours).len();
    let mut texts = String::new();
    for case in cases {
        let request = case.request();
        let pipeline = set.read(std::slice::from_ref(&request), &viewer());
        let pipeline = pipeline.unwrap_or_else(|error| panic!("{request:?}: {error}"));
        let listing = Listing::of(E::default())
            .tenant(TEAM)
            .filter_all(&pipeline)
            .max_page_size(10_000)
            .page(Page::first(10_000));
        let expected = rows(client, &format!("({}) AND {ours}", case.condition));
        match case.condition.as_str() {
            "TRUE" => assert_eq!(expected.len(), all),
            "FALSE" => assert_eq!(expected.len(), 0),
            _ => assert!(
                (1..all).contains(&expected.len()),
                "{request:?} tells nothing: {} of {all} rows",
                expected.len()
            ),
        }
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            let page = listing.clone().strategy(strategy).build().expect("a page");
            let found = run(client, &page);
            let missing: Vec<_> = expected.iter().filter(|row| !found.contains(row)).collect();
            let wrong: Vec<_> = found.iter().filter(|row| !expected.contains(row)).collect();
            assert!(
                found == expected,
                "{request:?}\n{page:#}\nmissing: {missing:?}\nwrong: {wrong:?}"
            );
        }
        let page = listing.build().expect("a page");
        let text = format!("{page:#}");
        // In which form conditions on links are written is another matter.
        if text.starts_with("WITH") {
            continue;
        }
        let condition = text.split_once("\n  AND ").map_or("", |(_, after)| after);
        let condition = condition
            .split_once("\nORDER BY")
            .map_or("", |(before, _)| before);
        texts.push_str(&format!(
            "{} {} {}\n  {condition}\n\n",
            request.column,
            request.operator,
            request.values.join("~"),
        ));
    }
    texts
}

/// Every operator of every column has a case.
pub fn is_complete<E: Entity>(set: &FilterSet<E>, cases: &[Case]) {
    for column in set.columns() {
        for operator in column.operators() {
            assert!(
                cases
                    .iter()
                    .any(|case| case.column == column.name() && case.operator == operator.name()),
                "{} {operator} is not tested",
                column.name()
            );
        }
    }
}
