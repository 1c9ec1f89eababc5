//! The map has every table and column that a panel's texts read, and none that they do not.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{TimeZone as _, Utc};
use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::{Bucket, Window};
use pagewise::chat::dashboard::{BotOrder, Dashboard, Panel};
use pagewise::chat::{self, TaggableIds};
use pagewise::order::Direction;
use pagewise::{ContentTypeId, Statement};
use sqlparser::ast::{Expr, TableFactor, Visit, Visitor};

use crate::laws::{Parsed, deep};
use crate::support;

/// Columns, each with its table.
type Columns = BTreeSet<(String, String)>;

/// What is read by a text: words for tables, and columns by these words.
#[derive(Default)]
struct Read {
    words: BTreeMap<String, BTreeSet<String>>,
    by_word: BTreeSet<(String, String)>,
    alone: BTreeSet<String>,
}

impl Visitor for Read {
    type Break = ();

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, alias, .. } = table {
            let name = crate::laws::last_part(name);
            let word = alias.as_ref().map_or(&name, |alias| &alias.name.value);
            self.words
                .entry(word.clone())
                .or_default()
                .insert(name.clone());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(name) => {
                self.alone.insert(name.value.clone());
            }
            Expr::CompoundIdentifier(parts) => {
                let [.., word, column] = parts.as_slice() else {
                    panic!("{expr} has one part");
                };
                self.by_word
                    .insert((word.value.clone(), column.value.clone()));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// The columns that there are, of all tables.
fn known() -> Columns {
    let mut client = support::reader();
    let columns = client
        .query(
            "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'",
            &[],
        )
        .expect("columns");
    columns.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The columns that a text reads; where a word stands for several tables, of each of them that has it.
fn columns(statement: &Statement, known: &Columns) -> Columns {
    let parsed = Parsed::new(statement).unwrap_or_else(|why| panic!("{why}\n{statement:#}"));
    let mut read = Read::default();
    let _ = parsed.0.visit(&mut read);
    let tables = parsed.tables();
    let mut columns = Columns::new();
    for (word, column) in &read.by_word {
        let of_word = read.words.get(word).into_iter().flatten();
        columns.extend(of_word.map(|table| (table.clone(), column.clone())));
    }
    for column in &read.alone {
        columns.extend(tables.iter().map(|table| (table.clone(), column.clone())));
    }
    columns.retain(|column| tables.contains(&column.0) && known.contains(column));
    for table in &tables {
        assert!(
            columns.iter().any(|(of, _)| of == table),
            "no column of {table} was found in\n{statement:#}"
        );
    }
    columns
}

fn some<T>(is_there: bool, value: T) -> Option<Vec<T>> {
    is_there.then(|| vec![value])
}

/// A panel with each combination of filters, in all ways to it.
fn statements(panel: Panel) -> Vec<Statement> {
    let ids = TaggableIds {
        chat: ContentTypeId::new(7),
        message: ContentTypeId::new(8),
    };
    let start = Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap();
    let window = Window::new(start, start + chrono::TimeDelta::days(30)).unwrap();
    let orders = [
        BotOrder::Name,
        BotOrder::Messages,
        BotOrder::AverageSessionDuration,
        BotOrder::CompletionRate,
    ];
    let mut statements = Vec::new();
    for filters in 0_u32..32 {
        let has = |bit: u32| filters & (1 << bit) != 0;
        for (at, platform) in ["telegram", "web"].into_iter().enumerate() {
            for strategy in [Optimized, Legacy] {
                for (order, is_sparse) in orders.into_iter().zip([true, false, true, false]) {
                    let mut dashboard = Dashboard::new(window, &ids)
                        .tenant(7)
                        .strategy(strategy)
                        .experiments(some(has(0), 1))
                        .platforms(some(has(1), platform.to_owned()))
                        .participants(some(has(2), 1))
                        .tags(some(has(3), 1))
                        .include_archived(has(4))
                        .every([Bucket::Day, Bucket::Hour][at])
                        .order_bots_by(order, Direction::Descending)
                        .visible([panel]);
                    if is_sparse {
                        dashboard = dashboard.sparse();
                    }
                    let dashboard = dashboard.build().unwrap();
                    statements.extend(dashboard.statements().cloned());
                }
            }
        }
    }
    statements.sort_by(|a, b| a.text().cmp(b.text()));
    statements.dedup_by(|a, b| a.text() == b.text());
    statements
}

fn read_by(panel: Panel, known: &Columns) -> Columns {
    let statements = statements(panel);
    statements
        .iter()
        .flat_map(|statement| columns(statement, known))
        .collect()
}

#[test]
fn the_map_is_what_the_texts_read() {
    deep(|| {
        let known = known();
        let sources = chat::cache_sources();
        let mut all = Columns::new();
        for panel in Panel::ALL {
            let read = read_by(panel, &known);
            let tables: BTreeSet<_> = read.iter().map(|(table, _)| table.as_str()).collect();
            let mapped: BTreeSet<_> = panel.sources().iter().copied().collect();
            assert_eq!(mapped, tables, "the tables of {panel:?}");
            all.extend(read);
        }
        let mapped: Columns = sources
            .names()
            .flat_map(|table| {
                let columns = sources.columns(table).expect("a source");
                assert!(!columns.is_empty(), "each update of {table} is noted");
                columns
                    .into_iter()
                    .map(|column| (table.to_owned(), column.to_owned()))
            })
            .collect();
        let missing: Vec<_> = all.difference(&mapped).collect();
        assert!(missing.is_empty(), "not in the map: {missing:?}");
        // The key is always noted, whether it is read or not.
        let needless: Vec<_> = mapped
            .difference(&all)
            .filter(|(_, column)| column != "id")
            .collect();
        assert!(needless.is_empty(), "nobody reads {needless:?}");
    });
}

#[test]
fn what_is_read_is_found_in_the_texts() {
    deep(|| {
        let known = known();
        let has = |panel, table: &str, column: &str| {
            read_by(panel, &known).contains(&(table.to_owned(), column.to_owned()))
        };
        assert!(has(
            Panel::Overview,
            "experiments_experimentsession",
            "status"
        ));
        assert!(has(
            Panel::UserEngagement,
            "experiments_participant",
            "name"
        ));
        assert!(has(
            Panel::Trends,
            "experiments_experiment",
            "working_version_id"
        ));
        assert!(has(Panel::TagAnalytics, "annotations_tag", "category"));
        assert!(!has(Panel::TagAnalytics, "trace_trace", "status"));
        assert!(!has(
            Panel::Overview,
            "experiments_experimentsession",
            "external_id"
        ));
    });
}
