//! The same statements, written by hand in sea-query: no more than these texts need.

use chrono::{DateTime, Utc};
use sea_query::extension::postgres::{PgBinOper, PgFunc};
use sea_query::{
    Asterisk, BinOper, CommonTableExpression, Condition, Expr, ExprTrait, Func, IntoColumnRef,
    IntoTableRef, JoinType, NullOrdering, Order, Query, SelectStatement, UnionType, Value,
    WithClause,
};

use crate::request::{
    CHAT_TYPE_ID, MESSAGE_TYPE_ID, PART, PLATFORM, PLATFORMS, SIZE, STATUSES, TAGS, TEAM,
};
use crate::writer;

const SESSIONS: &str = "experiments_experimentsession";

/// A page of 25 sessions with nothing computed.
pub fn plain() -> (String, Vec<Value>) {
    let mut select = sessions();
    select
        .expr(Expr::col(("session", "id")))
        .expr(Expr::col(("session", "external_id")))
        .expr(Expr::col(("session", "status")))
        .expr(Expr::col(("session", "created_at")))
        .and_where(Expr::col(("session", "team_id")).eq(TEAM));
    newest_first("session", &mut select);
    select.limit(SIZE + 1);
    writer::write(&select)
}

/// The page after a cursor, with messages counted.
pub fn keyset(created_at: DateTime<Utc>, id: i64) -> (String, Vec<Value>) {
    let mut page = page_columns();
    let key = || {
        Expr::tuple([
            Expr::col(("session", "created_at")),
            Expr::col(("session", "id")),
        ])
    };
    page.and_where(Expr::col(("session", "team_id")).eq(TEAM))
        .and_where(Expr::col(("session", "created_at")).lte(created_at))
        .and_where(key().lt(Expr::tuple([created_at.into(), id.into()])));
    newest_first("session", &mut page);
    page.limit(SIZE + 1);

    let mut select = annotated(page);
    for name in ["id", "external_id", "status", "created_at"] {
        select.expr(Expr::col(("page", name)));
    }
    for name in ["first_message_at", "last_message_at", "message_count"] {
        select.expr(Expr::col(("messages", name)));
    }
    join_messages(&mut select);
    newest_first("page", &mut select);
    writer::write(&select)
}

/// The session page: 4 annotations, 3 filters.
pub fn session_page(since: DateTime<Utc>) -> (String, Vec<Value>) {
    let mut page = page_columns();
    page.and_where(Expr::col(("session", "team_id")).eq(TEAM))
        .and_where(Expr::col(("session", "status")).eq(any_text(STATUSES)))
        .and_where(
            Expr::col(("session", "platform"))
                .binary(BinOper::Custom("IS DISTINCT FROM"), PLATFORM),
        )
        .and_where(Expr::col(("session", "created_at")).gte(since));
    newest_first("session", &mut page);
    page.limit(SIZE + 1);

    let mut select = annotated(page);
    for name in ["id", "external_id", "status", "created_at"] {
        select.expr(Expr::col(("page", name)));
    }
    for name in ["first_message_at", "last_message_at", "message_count"] {
        select.expr(Expr::col(("messages", name)));
    }
    select.expr(Expr::col(("version_tags", "version_tags")));
    join_messages(&mut select);
    select.join_lateral(
        JoinType::LeftJoin,
        version_tags(),
        "version_tags",
        Condition::all(),
    );
    newest_first("page", &mut select);
    writer::write(&select)
}

/// A page by 5 filters, one of them on tags: the chats that have one first.
pub fn filtered(since: DateTime<Utc>) -> (String, Vec<Value>) {
    let mut wanted = Query::select();
    wanted
        .expr(Expr::col(("tag", "id")))
        .from_as("annotations_tag", "tag")
        .and_where(Expr::col(("tag", "team_id")).eq(TEAM))
        .and_where(
            Expr::col(("tag", "id")).eq(PgFunc::any(Expr::val(TAGS.to_vec()).cast_as("bigint[]"))),
        );
    let mut with = WithClause::new();
    for (name, query) in [("wanted_tag", wanted), ("linked", linked())] {
        let mut cte = CommonTableExpression::new();
        cte.table_name(name).query(query);
        with.cte(cte);
    }

    let session = |name: &'static str| Expr::col(("session", name));
    let mut chats = Query::select();
    chats.column("chat_id").from("linked");
    let mut select = sessions();
    for name in ["id", "external_id", "status", "created_at"] {
        select.expr(session(name));
    }
    select
        .and_where(session("team_id").eq(TEAM))
        .and_where(session("status").eq(any_text(STATUSES)))
        .and_where(session("platform").eq(any_text(PLATFORMS)))
        .and_where(session("first_activity_at").gte(since))
        .and_where(session("external_id").binary(PgBinOper::ILike, format!("%{PART}%")))
        .and_where(session("chat_id").in_subquery(chats));
    newest_first("session", &mut select);
    select.limit(SIZE + 1).with_cte(with);
    writer::write(&select)
}

/// The chats that have a wanted tag, or a message that has.
fn linked() -> SelectStatement {
    let item = |name: &'static str| Expr::col(("tagged_item", name));
    let wanted = || {
        let mut wanted = Query::select();
        wanted.column("id").from("wanted_tag");
        wanted
    };
    let mut linked = Query::select();
    linked
        .expr_as(item("object_id"), "chat_id")
        .from_as("annotations_customtaggeditem", "tagged_item")
        .and_where(item("team_id").eq(TEAM))
        .and_where(item("content_type_id").eq(CHAT_TYPE_ID))
        .and_where(item("tag_id").in_subquery(wanted()));
    let mut messages = Query::select();
    messages
        .expr(Expr::col(("message", "chat_id")))
        .from_as("chat_chatmessage", "message")
        .join(
            JoinType::InnerJoin,
            "annotations_customtaggeditem"
                .into_table_ref()
                .alias("tagged_item"),
            Condition::all()
                .add(item("object_id").equals(("message", "id")))
                .add(item("team_id").eq(TEAM))
                .add(item("content_type_id").eq(MESSAGE_TYPE_ID)),
        )
        .and_where(item("tag_id").in_subquery(wanted()));
    linked.union(UnionType::Distinct, messages);
    linked
}

fn any_text<const N: usize>(texts: [&str; N]) -> Expr {
    let texts: Vec<String> = texts.map(str::to_owned).to_vec();
    PgFunc::any(Expr::val(texts).cast_as("text[]")).into()
}

fn sessions() -> SelectStatement {
    let mut select = Query::select();
    select.from_as(SESSIONS, "session");
    select
}

fn page_columns() -> SelectStatement {
    let mut page = sessions();
    for name in ["id", "external_id", "status", "created_at", "chat_id"] {
        page.expr(Expr::col(("session", name)));
    }
    page
}

fn annotated(page: SelectStatement) -> SelectStatement {
    let mut cte = CommonTableExpression::new();
    cte.table_name("page").query(page);
    // Moved: the usual chain that ends in `to_owned` would copy the page.
    let mut with = WithClause::new();
    with.cte(cte);
    let mut select = Query::select();
    select.with_cte(with).from("page");
    select
}

fn newest_first(word: &'static str, select: &mut SelectStatement) {
    for name in ["created_at", "id"] {
        select.order_by_with_nulls(
            (word, name).into_column_ref(),
            Order::Desc,
            NullOrdering::First,
        );
    }
}

fn join_messages(select: &mut SelectStatement) {
    let created_at = || Expr::col(("message", "created_at"));
    let mut messages = Query::select();
    messages
        .expr_as(created_at().min(), "first_message_at")
        .expr_as(created_at().max(), "last_message_at")
        .expr_as(Func::count(Expr::col(Asterisk)), "message_count")
        .from_as("chat_chatmessage", "message")
        .and_where(Expr::col(("message", "chat_id")).equals(("page", "chat_id")));
    select.join_lateral(JoinType::LeftJoin, messages, "messages", Condition::all());
}

fn version_tags() -> SelectStatement {
    let item = |name: &'static str| Expr::col(("tagged_item", name));
    let mut links = Query::select();
    links
        .distinct()
        .expr_as(item("tag_id"), "target")
        .from_as("chat_chatmessage", "message")
        .join(
            JoinType::InnerJoin,
            "annotations_customtaggeditem"
                .into_table_ref()
                .alias("tagged_item"),
            Condition::all()
                .add(item("object_id").equals(("message", "id")))
                .add(item("team_id").eq(TEAM))
                .add(item("content_type_id").eq(MESSAGE_TYPE_ID)),
        )
        .and_where(Expr::col(("message", "chat_id")).equals(("page", "chat_id")));

    let tag = |name: &'static str| Expr::col(("tag", name));
    let mut names = Query::select();
    names
        .distinct()
        .expr_as(tag("name"), "value")
        .from_subquery(links, "links")
        .join(
            JoinType::InnerJoin,
            "annotations_tag".into_table_ref().alias("tag"),
            Condition::all()
                .add(tag("id").equals(("links", "target")))
                .add(tag("team_id").eq(TEAM))
                .add(tag("category").eq("experiment_version")),
        );

    let value = || Expr::col(("texts", "value"));
    let joined = Func::cust("string_agg").arg(value()).arg(Expr::cust_with_exprs(
        "$1 ORDER BY CAST(substring($2 FROM '[0-9]+') AS numeric) ASC NULLS LAST, $3 ASC NULLS LAST",
        [", ".into(), value(), value()],
    ));
    let mut versions = Query::select();
    versions
        .expr_as(
            Func::coalesce([joined.into(), Expr::cust("''")]),
            "version_tags",
        )
        .from_subquery(names, "texts");
    versions
}
