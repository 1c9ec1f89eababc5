//! What a statement says of itself, and what can be done with it.

use pagewise::chat::{self, Experiment, Session};
use pagewise::sea_query::{self, Alias, Expr, ExprTrait, PostgresQueryBuilder, Query};
use pagewise::{Listing, Page, Total};
use sea_query_postgres::PostgresBinder;

use crate::support::{TEAM, reader, run, taggable};

fn page() -> Listing<Session> {
    Listing::of(Session)
        .tenant(TEAM)
        .order_by(Session::ENDED_AT.desc())
        .show((
            Session::STATUS,
            Session::PLATFORM,
            &Session::messages().count(),
            &Session::experiment().value(Experiment::NAME),
        ))
}

#[test]
fn display_is_the_text_and_the_alternate_form_is_broken_into_lines() {
    let statement = page().page(Page::first(3)).build().unwrap();
    assert_eq!(statement.to_string(), statement.text());
    assert!(!statement.text().contains('\n'));
    let lines = format!("{statement:#}");
    assert!(lines.lines().count() > 10, "{lines}");
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(bare(&lines), bare(statement.text()));
    assert_eq!(format!("{:#}", statement.statement()), lines);
}

#[test]
fn outputs_say_what_may_be_null() {
    let mut client = reader();
    let statement = page()
        .page(Page::first(200).with_total(Total::Exact))
        .build()
        .unwrap();
    run(&mut client, &statement);
    let outputs: Vec<_> = statement
        .outputs()
        .iter()
        .map(|output| format!("{} {} {}", output.name, output.data_type, output.nullable))
        .collect();
    assert_eq!(
        outputs,
        [
            "id bigint false",
            "status text false",
            "platform text true",
            "messages_count bigint false",
            "experiment_name text true",
            "ended_at timestamptz true",
            "total_rows bigint false",
        ]
    );
    // What the server returns bears it out, both ways.
    let rows = statement.query(&mut client).unwrap();
    let columns = statement.outputs().iter().enumerate();
    for (at, output) in columns {
        let text = format!(
            "SELECT count(*) FROM ({}) AS answer WHERE {:?} IS NULL",
            statement.text(),
            output.name
        );
        let nulls =
            pagewise::driver::postgres::Execute::run(&mut client, &text, statement.parameters());
        let nulls: i64 = nulls.unwrap()[0].get(0);
        assert!(output.nullable || nulls == 0, "{} is NULL", output.name);
        if ["platform", "ended_at"].contains(&&*output.name) {
            assert!(nulls > 0, "{at} is never NULL in {} rows", rows.len());
        }
    }
}

#[test]
fn the_text_depends_on_the_shape_only() {
    let build = |team: i64, status: Vec<&str>, offset: u64| {
        let listing = page()
            .tenant(team)
            .filter(Session::STATUS.any_of(status))
            .page(Page::offset(offset, 3));
        listing.build().unwrap().text().to_owned()
    };
    let one = build(1, vec!["active"], 3);
    assert_eq!(one, build(2, vec!["active", "complete", "setup"], 6));
    assert_eq!(one, build(3, vec![], 300));
    assert_ne!(
        one,
        build(1, vec!["active"], 0),
        "the first page has no OFFSET"
    );
}

#[test]
fn sea_query_goes_on_building() {
    let mut client = reader();
    let statement = page().page(Page::first(7)).build().unwrap();
    let mut more = statement.as_sea_query().clone();
    more.expr_as(Expr::cust("now()"), Alias::new("read_at"));
    let (text, values) = more.build_postgres(PostgresQueryBuilder);
    let rows = client.query(&text, &values.as_params()).unwrap();
    assert_eq!(rows.len(), 8, "a page reads one row more than it has");
    assert_eq!(rows[0].columns().last().unwrap().name(), "read_at");

    // As a part of another statement.
    let around = Query::select()
        .expr(sea_query::Func::max(Expr::col("messages_count")))
        .from_subquery(
            statement.statement().clone().into_sea_query(),
            Alias::new("page"),
        )
        .and_where(Expr::col("status").eq("complete"))
        .to_owned();
    let (text, values) = around.build_postgres(PostgresQueryBuilder);
    let most: Option<i64> = client.query_one(&text, &values.as_params()).unwrap().get(0);
    assert!(most.is_some());
}

#[test]
fn literal_values_of_every_kind_are_read_as_they_were_bound() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let at = "2026-05-01T10:20:30.123456Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap();
    for text in [
        "it's",
        r"back\slash",
        "100%_",
        "$1 ? ?? {}",
        "\"quoted\"",
        "line\nfeed",
        "naïve ✓",
        "",
        "--",
        "/*",
    ] {
        let listing = Listing::of(Session)
            .tenant(TEAM)
            .filter(Session::STATUS.ne(text))
            .filter(!Session::STATUS.contains(if text.is_empty() { "none" } else { text }))
            .filter(Session::STATUS.none_of([text, "x"]))
            .filter(Session::CREATED_AT.ne(at))
            .filter(Session::ID.gt(-5))
            .filter(Session::SESSION_TOKEN_REQUIRED.ne(false))
            .show((&chat::version_tags(&ids), Session::EXPERIMENT_VERSIONS))
            .show(Session::messages().string_agg(
                chat::Message::MESSAGE_TYPE,
                text,
                chat::Message::ID.asc(),
            ))
            .page(Page::first(3));
        assert_eq!(
            run(&mut client, &listing.build().unwrap()).len(),
            4,
            "{text:?}"
        );
    }
    let none = Listing::of(Session)
        .tenant(TEAM)
        .filter(Session::ID.none_of(Vec::<i64>::new()))
        .filter(Session::CREATED_AT.none_of([at]))
        .page(Page::first(3));
    assert_eq!(run(&mut client, &none.build().unwrap()).len(), 4);
}
