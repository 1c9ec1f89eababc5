//! Emitted texts, read by a parser that knows nothing of pagewise.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use pagewise::Statement;
use sqlparser::ast::{
    Expr, ObjectName, Query, Select, SetExpr, Statement as Ast, TableFactor, Visit, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// A statement as a tree.
pub struct Parsed(pub Query);

const AGGREGATES: [&str; 9] = [
    "COUNT",
    "MIN",
    "MAX",
    "SUM",
    "AVG",
    "STRING_AGG",
    "ARRAY_AGG",
    "BOOL_OR",
    "BOOL_AND",
];

impl Parsed {
    pub fn new(statement: &Statement) -> Result<Self, String> {
        Self::of(statement.text())
    }

    pub fn of(text: &str) -> Result<Self, String> {
        let mut statements = Parser::parse_sql(&PostgreSqlDialect {}, text)
            .map_err(|error| format!("not PostgreSQL's SQL: {error}"))?;
        match (statements.pop(), statements.len()) {
            (Some(Ast::Query(query)), 0) => Ok(Self(*query)),
            _ => Err("not one statement that reads".to_owned()),
        }
    }

    /// The tables that are read anywhere.
    pub fn tables(&self) -> BTreeSet<String> {
        let mut names = Names::default();
        let _ = self.0.visit(&mut names);
        let ctes = self.0.with.iter().flat_map(|with| &with.cte_tables);
        for cte in ctes {
            names.relations.remove(&cte.alias.name.value);
        }
        &names.relations - &names.table_functions
    }

    /// The tables that are read to find the page: by the CTE that the optimized strategy puts it into, if it does, and
    /// by those that this reads.
    pub fn tables_of_the_page(&self) -> BTreeSet<String> {
        let mut tables = BTreeSet::new();
        let mut unread = vec!["page".to_owned()];
        let mut read = BTreeSet::new();
        while let Some(name) = unread.pop() {
            if !read.insert(name.clone()) {
                continue;
            }
            match self.cte(&name) {
                Some(query) => {
                    let mut names = Names::default();
                    let _ = query.visit(&mut names);
                    unread.extend(&names.relations - &names.table_functions);
                }
                None if name == "page" => {}
                None => {
                    tables.insert(name);
                }
            }
        }
        tables
    }

    fn cte(&self, name: &str) -> Option<&Query> {
        let mut ctes = self.0.with.iter().flat_map(|with| &with.cte_tables);
        let cte = ctes.find(|cte| cte.alias.name.value == name)?;
        Some(&cte.query)
    }

    /// The aggregate functions that are called anywhere.
    pub fn aggregates(&self) -> BTreeSet<String> {
        let mut names = Names::default();
        let _ = self.0.visit(&mut names);
        names
            .functions
            .retain(|name| AGGREGATES.contains(&name.as_str()));
        names.functions
    }

    pub fn laterals(&self) -> usize {
        let mut names = Names::default();
        let _ = self.0.visit(&mut names);
        names.laterals
    }

    /// Whether rows of the listing itself go through DISTINCT; distinct values inside a sub-select are no matter, nor
    /// are those of a CTE that only sub-selects read.
    pub fn has_distinct_rows(&self) -> bool {
        self.distinct_in(&self.0.body)
    }

    fn distinct_in(&self, body: &SetExpr) -> bool {
        match body {
            SetExpr::Select(select) => {
                let joined = select.from.iter().flat_map(|from| &from.joins);
                let sources = select.from.iter().map(|from| &from.relation);
                let mut sources = sources.chain(joined.map(|join| &join.relation));
                select.distinct.is_some() || sources.any(|source| self.distinct_from(source))
            }
            SetExpr::Query(query) => self.distinct_in(&query.body),
            SetExpr::SetOperation {
                left,
                right,
                set_quantifier,
                ..
            } => {
                // UNION without ALL is a DISTINCT, too.
                !set_quantifier.to_string().starts_with("ALL")
                    || self.distinct_in(left)
                    || self.distinct_in(right)
            }
            _ => false,
        }
    }

    fn distinct_from(&self, source: &TableFactor) -> bool {
        match source {
            TableFactor::Derived {
                lateral: false,
                subquery,
                ..
            } => self.distinct_in(&subquery.body),
            TableFactor::Table { name, .. } => {
                let cte = self.cte(&last_part(name));
                cte.is_some_and(|query| self.distinct_in(&query.body))
            }
            _ => false,
        }
    }
}

#[derive(Default)]
struct Names {
    relations: BTreeSet<String>,
    functions: BTreeSet<String>,
    /// Those that stand in FROM.
    table_functions: BTreeSet<String>,
    laterals: usize,
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        self.relations.insert(last_part(relation));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<()> {
        match table {
            TableFactor::Derived { lateral: true, .. } => self.laterals += 1,
            TableFactor::Table {
                name,
                args: Some(_),
                ..
            } => {
                self.table_functions.insert(last_part(name));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expr {
            self.functions
                .insert(last_part(&function.name).to_uppercase());
        }
        ControlFlow::Continue(())
    }
}

/// Runs with room for trees that are deep.
pub fn deep<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let thread = thread.spawn_scoped(scope, run).expect("a thread");
        match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A name without its schema and quotes.
pub fn last_part(name: &ObjectName) -> String {
    let part = name.0.last().and_then(|part| part.as_ident());
    part.map_or_else(|| name.to_string(), |ident| ident.value.clone())
}

/// Runs on every SELECT of a statement, however deep.
pub fn each_select(
    query: &Query,
    mut run: impl FnMut(&Select) -> Result<(), String>,
) -> Result<(), String> {
    struct Selects<F>(F);
    impl<F: FnMut(&Select) -> Result<(), String>> Visitor for Selects<F> {
        type Break = String;
        fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<String> {
            match (self.0)(select) {
                Ok(()) => ControlFlow::Continue(()),
                Err(why) => ControlFlow::Break(why),
            }
        }
    }
    match query.visit(&mut Selects(&mut run)) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(why) => Err(why),
    }
}

#[test]
fn the_parser_sees_what_the_laws_ask_for() {
    let parsed = |text: &str| Parsed::of(text).expect("SQL");
    let page = r#"WITH "page" AS (SELECT "s"."id" FROM "a" AS "s" LIMIT 3) SELECT COALESCE("x"."n", 0) FROM "page"
        LEFT JOIN LATERAL (SELECT COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM "c")) AS "n"
        FROM (SELECT DISTINCT "id" FROM "b") AS "d") AS "x" ON TRUE"#;
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(parsed(page).tables(), names(&["a", "b", "c"]));
    assert_eq!(parsed(page).tables_of_the_page(), names(&["a"]));
    assert_eq!(parsed(page).aggregates(), names(&["COUNT"]));
    assert_eq!(parsed(page).laterals(), 1);
    assert!(!parsed(page).has_distinct_rows());
    for distinct in [
        "SELECT DISTINCT id FROM a",
        "SELECT id FROM (SELECT DISTINCT ON (id) id FROM a) AS x",
        "WITH page AS (SELECT DISTINCT id FROM a) SELECT id FROM page",
        "WITH a AS (SELECT id FROM b UNION SELECT id FROM c) SELECT id FROM d JOIN a ON TRUE",
        "SELECT id FROM a UNION SELECT id FROM b",
    ] {
        assert!(parsed(distinct).has_distinct_rows(), "{distinct}");
    }
    for whole in [
        "SELECT id FROM a UNION ALL SELECT id FROM b",
        "WITH a AS (SELECT id FROM b UNION SELECT id FROM c) SELECT id FROM d WHERE id IN (SELECT id FROM a)",
    ] {
        assert!(!parsed(whole).has_distinct_rows(), "{whole}");
    }
    let series = r#"SELECT "step" FROM generate_series(1, 3) AS "step", "a""#;
    assert_eq!(parsed(series).tables(), names(&["a"]));
    let through = r#"WITH "first" AS (SELECT id FROM a), "other" AS (SELECT id FROM b),
        "page" AS (SELECT id FROM c WHERE id IN (SELECT id FROM "first")) SELECT id FROM "page", "other""#;
    assert_eq!(parsed(through).tables_of_the_page(), names(&["a", "c"]));
    assert!(Parsed::of("SELECT 1; SELECT 2").is_err());
    assert!(Parsed::of("DELETE FROM a").is_err());
}
