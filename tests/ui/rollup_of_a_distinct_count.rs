//! Distinct counts do not add up: a participant may be one of several days.

use pagewise::aggregate::Rows;
use pagewise::chat::Session;
use pagewise::ddl::materialized_view::{MaterializedView, count, count_distinct};

fn main() {
    let sessions = Rows::of(Session);
    let (started, people) = (count(&sessions), count_distinct(&sessions, Session::PARTICIPANT_ID));
    let view = MaterializedView::of("people", &sessions)
        .by(Session::EXPERIMENT_ID)
        .measures((&started, &people));
    let _ = view.rows().measures((&started, &people));
    let _ = view.rollup().measures((&started, &people));
}
