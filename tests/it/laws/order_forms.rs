//! Every form in which values are computed that a list is sorted by gives the oracle's rows, in its order; so does the choice
//! by a catalog, also by one of other data, and by one that lies.

use std::collections::BTreeMap;

use pagewise::catalog::CatalogRow;
use pagewise::chat::{Chat, Experiment, Message, Participant, Session, Trace};
use pagewise::listing::{OrderForm, PageStatement};
use pagewise::statistics::{Statistics, StatisticsRow, TableSet};
use pagewise::{Catalog, Strategy, Total};
use postgres::Transaction;

use super::forms::{TABLES, digit};
use super::harness::{Law, Outcome, failed, law_of};
use super::sql::Parsed;
use super::walk::{Walk, Way};
use crate::oracle::plan::computed_plan;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

const FORMS: [OrderForm; 4] = [
    OrderForm::Chosen,
    OrderForm::Probe,
    OrderForm::Grouped,
    OrderForm::Walk,
];

/// As short as the worlds, so that walks end within ties and before the page is full, and as long as without a word.
const WALK_LIMITS: [u32; 6] = [1, 3, 5, 8, 8_192, 8_192];

const TOTALS: [Total; 3] = [Total::None, Total::None, Total::Exact];

fn tables() -> TableSet {
    TableSet::new()
        .table(Chat)
        .table(Experiment)
        .table(Message)
        .table(Participant)
        .table(Session)
        .table(Trace)
}

#[derive(Default)]
struct EveryForm {
    /// What was known of another world.
    stale: Option<Catalog>,
    /// How often a walk filled a page, after a cursor and not, and how often it did not.
    walks: BTreeMap<(bool, bool), u32>,
    /// The first words of what was decided, and how often.
    decided: BTreeMap<String, u32>,
}

impl Law for EveryForm {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        let analyzed = transaction
            .batch_execute(&format!("ANALYZE {TABLES}"))
            .map_err(|error| error.to_string())
            .and_then(|()| {
                Catalog::read(transaction, &tables()).map_err(|error| error.to_string())
            });
        let fresh = analyzed.map_err(|error| failed(request, &error, &TABLES))?;
        let stale = self.stale.replace(fresh.clone());
        let mut seed = request.plan.seed;
        let forms = FORMS.map(|form| (form, None));
        let walks = [(OrderForm::Walk, Some(fresh.clone()))];
        let known = [Some(fresh), stale, Some(lies())].map(|known| (OrderForm::Chosen, known));
        for (form, known) in forms.into_iter().chain(walks).chain(known) {
            let size = digit(&[1, 1, 1, 2, 3], &mut seed);
            let limit = digit(&WALK_LIMITS, &mut seed);
            let listing = request.with(Strategy::Optimized);
            let mut listing = listing.order_form(form).walk_limit(limit);
            let what = format!("{form:?} of {limit} at most, and {known:?}");
            if let Some(known) = known {
                listing = listing.catalog(known);
            }
            let mut walk = Walk {
                transaction,
                request,
                listing,
                size,
                total: digit(&TOTALS, &mut seed),
                look: &mut |transaction, page| self.look(transaction, page),
            };
            walk.is_the_oracles(digit(&Way::ALL, &mut seed), &what)?;
        }
        Ok(())
    }
}

impl EveryForm {
    fn look<E>(&mut self, client: &mut Transaction<'_>, page: &PageStatement<E>) {
        for note in page.report().notes() {
            let words = note.decision.chars().take_while(|c| !c.is_ascii_digit());
            *self.decided.entry(words.collect()).or_default() += 1;
        }
        let literal = page.to_literal_sql();
        let query = Parsed::of(&literal).expect("SQL").0;
        let Some(with) = &query.with else { return };
        let mut names = with.cte_tables.iter().map(|cte| &cte.alias.name.value);
        if names.any(|name| name == "walked") {
            let text = format!("{with} SELECT is_complete FROM verdict");
            let row = client.query_one(&text, &[]).expect("a verdict");
            let is_after_cursor = literal.contains("NOT EXISTS");
            *self.walks.entry((is_after_cursor, row.get(0))).or_default() += 1;
        }
    }
}

/// Indexes on whatever might be wanted, and a million rows in each table.
fn lies() -> Catalog {
    let name = |name: &str| Some(name.to_owned());
    let index = |table: &str, columns: &[&str]| CatalogRow {
        schema_name: name(""),
        table_name: name(table),
        index_schema: name("public"),
        index_name: Some(format!("{table}_{}", columns.join("_"))),
        method: name("btree"),
        key_columns: Some(columns.iter().map(|column| name(column)).collect()),
        key_texts: Some(columns.iter().map(|column| name(column)).collect()),
        descending: Some(vec![Some(true); columns.len()]),
        nulls_first: Some(vec![Some(true); columns.len()]),
        is_valid: Some(true),
        is_ready: Some(true),
        ..CatalogRow::default()
    };
    let columns = [
        ("chat_chat", "id", "team_id", &["created_at", "name"][..]),
        (
            "chat_chatmessage",
            "id",
            "chat_id",
            &["created_at", "content", "summary"],
        ),
        (
            "experiments_experiment",
            "id",
            "team_id",
            &[
                "created_at",
                "name",
                "description",
                "working_version_id",
                "owner_id",
            ],
        ),
        (
            "experiments_experimentsession",
            "id",
            "team_id",
            &[
                "created_at",
                "ended_at",
                "last_activity_at",
                "experiment_id",
                "participant_id",
                "chat_id",
            ],
        ),
        (
            "experiments_participant",
            "id",
            "team_id",
            &["created_at", "identifier"],
        ),
        (
            "trace_trace",
            "id",
            "team_id",
            &[
                "timestamp",
                "duration",
                "experiment_id",
                "session_id",
                "participant_id",
            ],
        ),
    ];
    let mut indexes = Vec::new();
    let mut statistics = Vec::new();
    for (table, key, parent, others) in columns {
        let all = || [key, parent].into_iter().chain(others.iter().copied());
        for column in all() {
            indexes.push(index(table, &[column]));
            for second in all().filter(|second| *second != column) {
                indexes.push(index(table, &[column, second]));
            }
            statistics.push(StatisticsRow {
                table_name: table.to_owned(),
                row_count: Some(1_000_000.0),
                column_name: name(column),
                null_fraction: Some(0.0),
                distinct_values: Some(match column {
                    _ if column == key => -1.0,
                    // Many rows belong to one.
                    "experiment_id" | "chat_id" => 1_000.0,
                    _ => 100_000.0,
                }),
                common_values: Some(vec!["1".to_owned()]),
                common_frequencies: Some(vec![0.9]),
                ..StatisticsRow::default()
            });
        }
    }
    Catalog::from_rows(indexes).with_statistics(Statistics::from_rows(statistics))
}

#[test]
fn every_order_form_gives_the_oracles_rows() {
    let law = law_of(80, world(), computed_plan(), EveryForm::default());
    // So many cases as the test asks for take every way; a few need not.
    if std::env::var_os("PROPTEST_CASES").is_none() {
        for expected in [true, false] {
            let mut taken = law.walks.keys();
            assert!(
                taken.any(|(_, is_complete)| *is_complete == expected),
                "never {expected}: {:?}",
                law.walks
            );
        }
        for expected in [
            "a sub-select for each row",
            "one pass over all related rows",
            "one pass for all rows of the page",
            "down ",
        ] {
            let mut decided = law.decided.keys();
            assert!(
                decided.any(|words| words.starts_with(expected)),
                "never {expected}"
            );
        }
    }
}
