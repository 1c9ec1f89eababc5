//! What is refused, and what is left out.

use insta::assert_snapshot;
use pagewise::chat::{self, Session};
use pagewise::filter::{
    Filter, FilterColumn, FilterError, FilterPipeline, FilterRequest, FilterSet, Meaning, Operator,
    Selectivity,
};
use pagewise::{Cursor, Listing, Page};

use super::{IDS, viewer};
use crate::support::{TEAM, reader, run};

fn request(column: &str, operator: &str, values: &[&str]) -> FilterRequest {
    FilterRequest::new(column, operator, values.iter().copied())
}

fn set() -> FilterSet<Session> {
    chat::session_filters(&IDS)
}

fn names(pipeline: &FilterPipeline<Session>) -> Vec<&str> {
    pipeline.filters().iter().map(Filter::name).collect()
}

/// Requests none of which can be taken.
fn bad() -> Vec<FilterRequest> {
    vec![
        request("password", "equals", &["x"]),
        request("", "equals", &["x"]),
        request("state", "contains", &["x"]),
        request("state", "=", &["x"]),
        request("state", "all of", &["active"]),
        request("state", "", &["active"]),
        request("state", "any of", &[]),
        request("participant", "equals", &[]),
        request("participant", "equals", &[""]),
        request("participant", "equals", &["a", "b"]),
        request("participant", "contains", &["a\0b"]),
        request("state", "any of", &["active\0"]),
        request("tags", "excludes", &["\0"]),
        request("experiment", "any of", &["abc"]),
        request("experiment", "excludes", &["9223372036854775808"]),
        request("experiment", "all of", &[""]),
        request("channels", "any of", &["NoSuchLabel"]),
        request("channels", "any of", &["web"]),
        request("versions", "any of", &["latest"]),
        request("versions", "excludes", &["v99999999999"]),
        request("last_activity", "on", &["yesterday"]),
        request("last_activity", "before", &["2026-02-30"]),
        request("last_activity", "after", &["2026-02-03T99:00"]),
        request("last_activity", "range", &["a week"]),
        request("last_activity", "range", &["9999999999d"]),
        request("message_date", "range", &["-7d"]),
    ]
}

#[test]
fn refused() {
    let (set, viewer) = (set(), viewer());
    let mut messages = Vec::new();
    for request in bad() {
        let error = set.read(std::slice::from_ref(&request), &viewer);
        let error = error.expect_err(&format!("{request:?}"));
        messages.push(error.to_string());
        // Nothing else of the request can make up for it.
        let good = || self::request("state", "any of", &["active"]);
        let among = set.read(&[good(), request.clone(), good()], &viewer);
        assert_eq!(among.expect_err("the same"), error);
        // Left out, and said so.
        let lenient = set.read_lenient(&[good(), request, good()], &viewer);
        assert_eq!(names(&lenient.pipeline), ["state", "state"]);
        assert_eq!(lenient.problems, [error]);
    }
    assert_snapshot!("refused", messages.join("\n"));
}

#[test]
fn of_a_list_what_fits_is_taken() {
    let (set, viewer) = (set(), viewer());
    let asked = [
        request("experiment", "any of", &["abc", "10", "x", "12"]),
        request("channels", "excludes", &["Web", "Fax"]),
        request("versions", "any of", &["v1", "latest\0", "v2-unreleased"]),
        request("state", "any of", &["active", "a\0"]),
        request("channels", "any of", &["Fax", "Pigeon"]),
    ];
    let refused = set.read(&asked, &viewer).expect_err("abc");
    let lenient = set.read_lenient(&asked, &viewer);
    let taken = lenient.pipeline.requests();
    let expected = [
        request("experiment", "any of", &["10", "12"]),
        request("channels", "excludes", &["Web"]),
        request("versions", "any of", &["v1", "v2-unreleased"]),
        request("state", "any of", &["active"]),
    ];
    assert_eq!(taken, expected);
    // What is written back can be read strictly, and is the same.
    let again = set.read(&taken, &viewer).expect("what was taken");
    let text = |pipeline: &FilterPipeline<Session>| {
        let listing = Listing::of(Session).tenant(TEAM).filter_all(pipeline);
        let page = listing.page(Page::first(5)).build().expect("a page");
        (page.text().to_owned(), page.parameters().to_vec())
    };
    assert_eq!(text(&again), text(&lenient.pipeline));

    let values: Vec<_> = lenient
        .problems
        .iter()
        .map(|problem| match problem {
            FilterError::InvalidValue { value, .. } => value.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(
        values,
        ["abc", "x", "Fax", "latest\0", "a\0", "Fax", "Pigeon"]
    );
    assert_eq!(lenient.problems[0], refused);
}

#[test]
fn not_more_than_the_limit() {
    let viewer = viewer();
    let asked = |count| vec![request("state", "excludes", &["active"]); count];
    assert_eq!(set().read(&asked(30), &viewer).unwrap().filters().len(), 30);
    let refused = set().read(&asked(31), &viewer).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "there are 31 filters, the limit is 30: ask for less, or raise it with `.limit(..)`"
    );
    // What is past it is not even looked at.
    let mut many = asked(2);
    many.extend(bad());
    let lenient = set().limit(2).read_lenient(&many, &viewer);
    assert_eq!(names(&lenient.pipeline), ["state", "state"]);
    assert!(
        matches!(
            lenient.problems[..],
            [FilterError::TooMany {
                count: 28,
                limit: 2,
                ..
            }]
        ),
        "{:?}",
        lenient.problems
    );
    assert!(
        set()
            .limit(0)
            .read(&[], &viewer)
            .unwrap()
            .filters()
            .is_empty()
    );
}

#[test]
fn all_filters_of_a_column_must_be_passed() {
    let mut client = reader();
    let asked = [
        request("last_activity", "after", &["2026-05-18"]),
        request("last_activity", "before", &["2026-07-18"]),
        request("state", "excludes", &["active"]),
        request("state", "excludes", &["complete"]),
    ];
    let pipeline = set().read(&asked, &viewer()).unwrap();
    let page = Listing::of(Session)
        .tenant(TEAM)
        .filter_all(&pipeline)
        .page(Page::first(1000));
    let found = run(&mut client, &page.build().unwrap());
    let by_hand = "SELECT to_jsonb(r)::text FROM (SELECT id FROM experiments_experimentsession WHERE team_id = 2
        AND status NOT IN ('active', 'complete')
        AND (coalesce(last_activity_at, created_at) AT TIME ZONE 'America/New_York')::date > '2026-05-18'
        AND (coalesce(last_activity_at, created_at) AT TIME ZONE 'America/New_York')::date < '2026-07-18' ORDER BY id) AS r";
    let by_hand: Vec<String> = client
        .query(by_hand, &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert!(!by_hand.is_empty());
    assert_eq!(found, by_hand);
}

#[test]
fn ranks() {
    let columns = set();
    let rank = |rank: Selectivity| -> Vec<_> {
        let columns = columns.columns().iter();
        columns
            .filter(|column| column.rank() == rank)
            .map(FilterColumn::name)
            .collect()
    };
    assert_eq!(
        rank(Selectivity::High),
        ["participant", "experiment", "state"]
    );
    assert_eq!(
        rank(Selectivity::Medium),
        ["channels", "remote_id", "session_id"]
    );
    assert_eq!(
        rank(Selectivity::Low),
        [
            "last_activity",
            "last_message",
            "first_message",
            "message_date",
            "tags",
            "versions"
        ]
    );
}

#[cfg(feature = "query-string")]
#[test]
fn read_from_a_query_string_and_written_back() {
    let query = "f_tags=rare&op_tags=any+of&f_session_id=a&op_session_id=contains&f_message_date=7d&op_message_date=range\
        &f_channels=Web&op_channels=any+of&f_participant=p&op_participant=contains&f_experiment=10&op_experiment=any+of\
        &f_last_message=7d&op_last_message=range";
    let asked = pagewise::filter::FilterRequests::from_query_string(query)
        .strict()
        .unwrap();
    let pipeline = set().read(&asked, &viewer()).unwrap();
    assert_snapshot!("report", pipeline.report().to_string());
    assert_eq!(pipeline.to_query_string(), query);
}

#[test]
fn a_cursor_is_of_the_same_list_whatever_the_time_is() {
    let mut client = reader();
    let asked = [request("last_activity", "range", &["365d"])];
    let page = |page: Page, seconds: i64| {
        let mut viewer = viewer();
        viewer.now += chrono::TimeDelta::seconds(seconds);
        let pipeline = set().read(&asked, &viewer).unwrap();
        chat::sessions()
            .tenant(TEAM)
            .filter_all(&pipeline)
            .page(page)
            .build()
            .unwrap()
    };
    let first = page(Page::first(3), 0).fetch(&mut client).unwrap();
    let next: Cursor = first.next_cursor().unwrap().to_string().parse().unwrap();
    assert_eq!(
        page(Page::after(next, 3), 60)
            .fetch(&mut client)
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn sets_of_the_host() {
    let viewer = viewer();
    let ended = FilterColumn::custom("ended", [Operator::Equals], |question| {
        match question.value() {
            "yes" => Ok(Meaning::is(Session::ENDED_AT.is_not_null())),
            "no" => Ok(Meaning::is_not(Session::ENDED_AT.is_not_null())),
            other => Err(question.invalid(other, "say yes or no")),
        }
    });
    let set = set().without("tags").column(ended).column(
        FilterColumn::labels("channels", Session::PLATFORM, &[("Net", "web")])
            .selectivity(Selectivity::High),
    );
    let known: Vec<_> = set.columns().iter().map(FilterColumn::name).collect();
    assert_eq!(known.iter().filter(|name| **name == "channels").count(), 1);
    assert_eq!(known.last(), Some(&"ended"));
    for (good, filter) in [
        (true, request("ended", "equals", &["no"])),
        (false, request("ended", "equals", &["maybe"])),
        (false, request("ended", "any of", &["yes"])),
        (true, request("channels", "any of", &["Net"])),
        (false, request("channels", "any of", &["Web"])),
        (false, request("tags", "any of", &["rare"])),
    ] {
        assert_eq!(
            set.read(std::slice::from_ref(&filter), &viewer).is_ok(),
            good,
            "{filter:?}"
        );
    }
    // A set is made once, and read from by all threads.
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    shared(&set);
}
