//! A dashboard's statement, and its overview written by hand in sea-query: no more than this text needs.

use chrono::{DateTime, TimeDelta, Utc};
use pagewise::ContentTypeId;
use pagewise::aggregate::Window;
use pagewise::chat::TaggableIds;
use pagewise::chat::dashboard::{Dashboard, DashboardStatement, Panel};
use sea_query::extension::postgres::PgFunc;
use sea_query::{
    Asterisk, BinOper, CommonTableExpression, Condition, Expr, ExprTrait, Func, IntoTableRef,
    JoinType, Query, SelectStatement, Value, WithClause,
};

use crate::request::{CHAT_TYPE_ID, MESSAGE_TYPE_ID, PLATFORM, TEAM};
use crate::writer;

const NUMBERS: [(&str, &str); 7] = [
    ("of_chatbots", "total_experiments"),
    ("of_people", "total_participants"),
    ("of_active_conversations", "total_sessions"),
    ("of_active_conversations", "total_messages"),
    ("of_chatbots", "active_experiments"),
    ("of_active_conversations", "active_participants"),
    ("of_active_conversations", "completed_sessions"),
];

/// The thirty days from here, of these panels.
pub fn built(
    start: DateTime<Utc>,
    panels: impl IntoIterator<Item = Panel>,
) -> Result<DashboardStatement, pagewise::Error> {
    let ids = TaggableIds {
        chat: ContentTypeId::new(CHAT_TYPE_ID),
        message: ContentTypeId::new(MESSAGE_TYPE_ID),
    };
    Dashboard::new(Window::new(start, start + TimeDelta::days(30))?, &ids)
        .tenant(TEAM)
        .visible(panels)
        .build()
}

/// Each panel in a statement of its own.
pub fn built_one_by_one(start: DateTime<Utc>) -> Result<Vec<DashboardStatement>, pagewise::Error> {
    let panels = Panel::ALL.into_iter();
    panels.map(|panel| built(start, [panel])).collect()
}

/// The overview of these days.
pub fn overview(start: DateTime<Utc>) -> (String, Vec<Value>) {
    let mut with = WithClause::new();
    let sets = [
        ("chatbots", chatbots()),
        ("active_conversations", conversations(start)),
        ("people", people()),
    ];
    for (name, query) in sets {
        let mut cte = CommonTableExpression::new();
        cte.table_name(name).query(query);
        with.cte(cte);
    }
    let mut row = Query::select();
    row.from_subquery(of_chatbots(), "of_chatbots")
        .from_subquery(of_people(), "of_people")
        .from_subquery(of_conversations(), "of_active_conversations");
    let mut arrays = Query::select();
    let mut select = Query::select();
    for (set, number) in NUMBERS {
        let column = format!("part_1_{number}");
        row.column((set, number));
        arrays.expr_as(
            Func::cust("array_agg").arg(Expr::col(("part_row", number))),
            column.clone(),
        );
        select.column(("part_1", column));
    }
    arrays.from_subquery(row, "part_row");
    select.from_subquery(arrays, "part_1").with_cte(with);
    writer::write(&select)
}

fn chatbots() -> SelectStatement {
    let bot = |name: &'static str| Expr::col(("experiment", name));
    let mut chatbots = Query::select();
    chatbots
        .expr(bot("id"))
        .from_as("experiments_experiment", "experiment")
        .and_where(bot("team_id").eq(TEAM))
        .and_where(bot("working_version_id").is_null())
        .and_where(bot("is_archived").eq(false));
    chatbots
}

fn people() -> SelectStatement {
    let person = |name: &'static str| Expr::col(("participant", name));
    let mut people = Query::select();
    people
        .expr(Expr::cust("1"))
        .from_as("experiments_participant", "participant")
        .and_where(person("team_id").eq(TEAM))
        .and_where(person("platform").ne(PLATFORM));
    people
}

/// Conversations with a message in the window, each with how many.
fn conversations(start: DateTime<Utc>) -> SelectStatement {
    let chat = |name: &'static str| Expr::col(("chat", name));
    let session = |name: &'static str| Expr::col(("session", name));
    let message = |name: &'static str| Expr::col(("message", name));
    let other =
        |column: Expr, value: &str| column.binary(BinOper::Custom("IS DISTINCT FROM"), value);
    let count = || Func::count(Expr::col(Asterisk));
    let types: Vec<String> = ["human", "ai"].map(str::to_owned).to_vec();
    let mut select = Query::select();
    select
        .expr_as(session("experiment_id"), "session_experiment_id")
        .expr_as(session("id"), "session_id")
        .expr_as(count(), "messages_count")
        .expr_as(
            count().filter(message("message_type").eq("human")),
            "human_messages_count",
        )
        .expr_as(session("participant_id"), "session_participant_id")
        .expr_as(session("ended_at"), "session_ended_at")
        .from_as("chat_chat", "chat")
        .join(
            JoinType::InnerJoin,
            "chat_chatmessage".into_table_ref().alias("message"),
            message("chat_id").equals(("chat", "id")),
        )
        .join(
            JoinType::LeftJoin,
            "experiments_experimentsession"
                .into_table_ref()
                .alias("session"),
            Condition::all()
                .add(session("chat_id").equals(("chat", "id")))
                .add(session("team_id").eq(TEAM)),
        )
        .and_where(chat("team_id").eq(TEAM))
        .and_where(other(session("platform"), PLATFORM))
        .and_where(other(session("status"), "setup"))
        .and_where(message("created_at").gte(start))
        .and_where(message("created_at").lt(start + TimeDelta::days(30)))
        .and_where(message("message_type").eq(PgFunc::any(Expr::val(types).cast_as("text[]"))));
    for column in [
        ("chat", "id"),
        ("session", "experiment_id"),
        ("session", "id"),
        ("session", "participant_id"),
        ("session", "ended_at"),
    ] {
        select.group_by_col(column);
    }
    select
}

fn of_chatbots() -> SelectStatement {
    let bot = ("active_conversations", "session_experiment_id");
    let mut active = Query::select();
    active
        .distinct()
        .column(bot)
        .from("active_conversations")
        .and_where(Expr::col(bot).is_not_null());
    let is_active = Expr::col(("chatbots", "id")).in_subquery(active);
    let mut select = Query::select();
    select
        .expr_as(Func::count(Expr::col(Asterisk)), "total_experiments")
        .expr_as(
            Func::count(Expr::col(Asterisk))
                .filter(is_active.binary(BinOper::Is, Expr::custom_keyword("TRUE"))),
            "active_experiments",
        )
        .from("chatbots");
    select
}

fn of_people() -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Func::count(Expr::col(Asterisk)), "total_participants")
        .from("people");
    select
}

fn of_conversations() -> SelectStatement {
    let value = |name: &'static str| Expr::col(("active_conversations", name));
    let count_if = |condition: Expr| Func::count(Expr::col(Asterisk)).filter(condition);
    let mut select = Query::select();
    select
        .expr_as(
            count_if(value("session_id").is_not_null()),
            "total_sessions",
        )
        .expr_as(
            Func::coalesce([
                value("messages_count").sum().cast_as("bigint"),
                Expr::cust("0"),
            ]),
            "total_messages",
        )
        .expr_as(
            Func::count_distinct(value("session_participant_id"))
                .filter(value("human_messages_count").gt(0_i64)),
            "active_participants",
        )
        .expr_as(
            count_if(value("session_ended_at").is_not_null()),
            "completed_sessions",
        )
        .from("active_conversations");
    select
}
