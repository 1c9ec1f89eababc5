//! What is refused, and how it is said.

use pagewise::aggregate::Rows;
use pagewise::chat::{Experiment, Session};
use pagewise::ddl::materialized_view::{
    MaterializedView, average, count, count_distinct, local_day,
};
use pagewise::{Error, TimeZone, entity};

entity! {
    Room = "rooms" as "room" {
        key ID: i64 = "id";
        tenant HOUSE_ID: i64 = "house_id";
    }
}

entity! {
    /// Says for itself which house it was brought from.
    Chair = "chairs" as "chair" {
        key ID: i64 = "id";
        tenant through ROOM_ID => Room;
        ROOM_ID: i64 = "room_id";
        FROM: Option<i64> = "house_id";
    }
}

fn said<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "is taken".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn declarations() {
    let rows = Rows::of(Session);
    let sessions = count(&rows).named("sessions");
    let view = || MaterializedView::of("kept", &rows);
    let long: &'static str = "a_name_that_is_as_long_as_a_name_may_be_but_for_what_is_appended";
    let bots = Rows::of(Experiment);
    let of_bots =
        Rows::of(Session).filter(Session::EXPERIMENT_ID.is_in(&bots.values(Experiment::ID)));
    let of_one = Rows::of(Session)
        .filter(Session::experiment().is_one_of(Experiment::IS_ARCHIVED.eq(false)));
    insta::assert_debug_snapshot!([
        said(view().by(Session::PLATFORM).definition()),
        said(view().measures(&count(&bots)).definition()),
        said(
            view()
                .by(Session::PLATFORM)
                .by(Session::PLATFORM)
                .measures(&sessions)
                .definition()
        ),
        said(view().by(Session::TEAM_ID).measures(&sessions).definition()),
        said(
            view()
                .measures((
                    &sessions,
                    &average(&rows, Session::ID).named("x"),
                    &count(&rows.only(Session::PLATFORM.is_null())).named("x_sum")
                ))
                .definition()
        ),
        said(
            MaterializedView::of(long, &rows)
                .measures(&sessions)
                .definition()
        ),
        said(
            view()
                .by(Session::PLATFORM.into_expression().named(&long[..60]))
                .measures(&sessions)
                .definition()
        ),
        said(
            MaterializedView::of("kept", &of_bots)
                .measures(&count(&of_bots))
                .definition()
        ),
        said(
            MaterializedView::of("kept", &of_one)
                .measures(&count(&of_one))
                .create_text()
        ),
        // The tenant is a key.
        said(view().measures(&sessions).definition()),
    ]);
}

#[test]
fn readings() {
    let rows = Rows::of(Session);
    let sessions = count(&rows).named("sessions");
    let people = count_distinct(&rows, Session::PARTICIPANT_ID).named("people");
    let ended = count(&rows.only(Session::ENDED_AT.is_not_null())).named("ended");
    let day = local_day(Session::CREATED_AT, &TimeZone::UTC);
    let view = MaterializedView::of("kept", &rows)
        .by(&day)
        .measures((&sessions, &people));
    let all = || view.rows().tenant(1).measures(&sessions);
    insta::assert_debug_snapshot!([
        said(view.rows().measures(&sessions).build()),
        said(view.rows().tenant("one").measures(&sessions).build()),
        said(view.rows().tenant(1).build()),
        said(view.rows().tenant(1).measures(&ended).build()),
        said(all().filter(Session::PLATFORM.eq("web")).build()),
        said(all().filter(Session::CREATED_AT.is_null()).build()),
        said(
            view.rollup()
                .tenant(1)
                .by(Session::PLATFORM)
                .measures(&sessions)
                .build()
        ),
        said(
            view.rollup()
                .tenant(1)
                .by(&day)
                .measures(&sessions)
                .order_by(people.desc())
                .build()
        ),
        said(all().measures(&sessions).build()),
        said(all().filter(Session::TEAM_ID.eq(1)).build()),
    ]);
}

#[test]
fn a_column_that_is_called_as_the_tenant_is_elsewhere() {
    let rows = Rows::of(Chair);
    let chairs = count(&rows).named("chairs");
    let view = MaterializedView::of("kept", &rows)
        .by(Chair::ROOM_ID)
        .measures(&chairs);
    let brought = view
        .rollup()
        .tenant(1)
        .filter(Chair::FROM.eq(2))
        .measures(&chairs)
        .build();
    assert_eq!(
        said(brought),
        "the materialized view \"kept\" has no \"house_id\": add it with `.by(..)` or `.measures(..)`, and rebuild the view"
    );
}
