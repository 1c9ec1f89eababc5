//! The emitted SQL, word for word. Every text also runs, see [`support::run`](crate::support::run).

use insta::assert_snapshot;
use pagewise::chat::{self, Experiment, Message, Session, Tag, TaggedItem, Trace};
use pagewise::expression::{coalesce, lower};
use pagewise::listing::OrderForm;
use pagewise::{Cursor, Entity, Listing, Page, Predicate, Relation, Strategy, TextOrder, Total};
use postgres::Client;

use crate::support::{TEAM, both, reader, run, taggable};

/// Compares the text of the optimized statement, after it has run beside the legacy one.
macro_rules! snapshot {
    ($name:literal, $client:expr, $listing:expr) => {
        let (optimized, _) = both($client, &$listing);
        assert_snapshot!($name, format!("{optimized:#}"));
    };
}

fn sessions() -> Listing<Session> {
    Listing::of(Session).tenant(TEAM)
}

/// The place of the last row of a page.
fn after<E: Entity>(client: &mut Client, listing: &Listing<E>, page: Page) -> Cursor {
    let rows = listing.clone().page(page).build().unwrap();
    let rows = rows.fetch(client).unwrap();
    rows.next_cursor().expect("a next page").clone()
}

fn session_list(client: &mut Client) -> Listing<Session> {
    let ids = taggable(client);
    let active = coalesce(Session::LAST_ACTIVITY_AT, Session::CREATED_AT).named("last_activity");
    sessions()
        .filter(Session::PLATFORM.is_distinct_from("evaluations"))
        .filter(Session::STATUS.any_of(["active", "complete", "pending-review"]))
        .filter(
            Session::message_tags(&ids)
                .filter(Tag::NAME.any_of(["v1", "v2", "v3"]))
                .exists(),
        )
        .order_by(active.desc())
        .show((
            Session::STATUS,
            &chat::message_timestamps(),
            &chat::version_tags(&ids),
        ))
}

#[test]
fn the_session_list() {
    let mut client = reader();
    let listing = session_list(&mut client).page(Page::first(10));
    let (optimized, legacy) = both(&mut client, &listing);
    assert_snapshot!("session_list", format!("{optimized:#}"));
    assert_snapshot!("session_list_legacy", format!("{legacy:#}"));
}

#[test]
fn a_page_by_offset() {
    let mut client = reader();
    let listing = session_list(&mut client).page(Page::number(2, 3));
    snapshot!("offset", &mut client, listing);
}

#[test]
fn totals() {
    let mut client = reader();
    let listing = sessions()
        .filter(Session::STATUS.eq("active"))
        .order_by(Session::CREATED_AT.desc())
        .show(Session::messages().count());
    let exact = listing
        .clone()
        .page(Page::first(5).with_total(Total::Exact));
    snapshot!("total_exact", &mut client, exact);
    let capped = listing
        .clone()
        .page(Page::first(5).with_total(Total::Capped(20)));
    let (optimized, legacy) = both(&mut client, &capped);
    assert_snapshot!("total_capped", format!("{optimized:#}"));
    assert_snapshot!("total_capped_legacy", format!("{legacy:#}"));

    // Past the end there is the total and no row.
    let past = listing
        .clone()
        .page(Page::offset(1_000_000, 5).with_total(Total::Exact));
    for strategy in [Strategy::Optimized, Strategy::Legacy] {
        let past = past.clone().strategy(strategy).build().unwrap();
        assert_eq!(run(&mut client, &past).len(), 1);
    }

    let estimated = listing.page(Page::first(5).with_total(Total::Estimated));
    let (optimized, _) = both(&mut client, &estimated);
    assert_snapshot!(
        "total_estimated",
        format!("{:#}", optimized.estimate().unwrap())
    );
}

#[test]
fn a_page_after_a_value() {
    let mut client = reader();
    let listing = sessions()
        .order_by(Session::CREATED_AT.desc())
        .show(Session::messages().count());
    let cursor = after(&mut client, &listing, Page::first(5));
    snapshot!(
        "after_value",
        &mut client,
        listing.clone().page(Page::after(cursor, 5))
    );

    let nullable = sessions()
        .order_by(Session::ENDED_AT.desc())
        .show(Session::messages().count());
    let cursor = after(&mut client, &nullable, Page::first(5));
    snapshot!(
        "after_value_nullable",
        &mut client,
        nullable.clone().page(Page::after(cursor, 5))
    );

    let mixed = sessions()
        .order_by(Session::STATUS.asc())
        .order_by(Session::PLATFORM.desc().nulls_first());
    let cursor = after(&mut client, &mixed, Page::offset(20, 5));
    snapshot!(
        "after_value_mixed",
        &mut client,
        mixed.clone().page(Page::after(cursor, 5))
    );
}

#[test]
fn a_page_after_null() {
    let mut client = reader();
    let first = sessions()
        .order_by(Session::ENDED_AT.desc().nulls_first())
        .show(Session::messages().count());
    let cursor = after(&mut client, &first, Page::first(3));
    snapshot!(
        "after_null_first",
        &mut client,
        first.clone().page(Page::after(cursor, 3))
    );

    let last = sessions().order_by(Session::ENDED_AT.asc());
    let rows = last
        .clone()
        .page(Page::last(10))
        .build()
        .unwrap()
        .fetch(&mut client)
        .unwrap();
    let cursor = rows.previous_cursor().unwrap().clone();
    let row = last
        .clone()
        .page(Page::before(cursor, 3))
        .build()
        .unwrap()
        .fetch(&mut client)
        .unwrap();
    let cursor = row.next_cursor().unwrap().clone();
    snapshot!(
        "after_null_last",
        &mut client,
        last.clone().page(Page::after(cursor, 3))
    );
}

#[test]
fn pages_read_from_the_end() {
    let mut client = reader();
    let listing = sessions()
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &Session::messages().count()));
    let cursor = after(&mut client, &listing, Page::first(8));
    snapshot!(
        "before",
        &mut client,
        listing.clone().page(Page::before(cursor, 5))
    );
    snapshot!("last", &mut client, listing.page(Page::last(5)));
    let nullable = sessions().order_by(Session::ENDED_AT.desc());
    snapshot!("last_nullable", &mut client, nullable.page(Page::last(5)));
}

#[test]
fn values_and_null_as_two_parts() {
    let mut client = reader();
    let listing = sessions()
        .order_by(Session::ENDED_AT.desc())
        .page(Page::first(5));
    snapshot!("two_parts", &mut client, listing);
    let listing = sessions()
        .order_by(Session::ENDED_AT.asc().nulls_first())
        .page(Page::first(5));
    snapshot!("two_parts_nulls_first", &mut client, listing);
    // An index has it this way: one part.
    let listing = sessions()
        .order_by(Session::ENDED_AT.asc())
        .page(Page::first(5));
    snapshot!("one_part", &mut client, listing);
}

#[test]
fn sorted_by_what_is_computed() {
    let mut client = reader();
    let messages = chat::message_timestamps();
    let listing = sessions().order_by(messages.last.desc()).show(&messages);
    snapshot!(
        "by_annotation",
        &mut client,
        listing.clone().page(Page::first(5))
    );
    let cursor = after(&mut client, &listing, Page::first(5));
    snapshot!(
        "by_annotation_after",
        &mut client,
        listing.page(Page::after(cursor, 5))
    );

    let chatbot = Session::experiment()
        .value(Experiment::NAME)
        .named("chatbot");
    let owner = Session::experiment()
        .then(Experiment::owner())
        .value(chat::User::USERNAME);
    let listing = sessions().order_by(chatbot.asc()).show((&chatbot, &owner));
    snapshot!("by_related", &mut client, listing.page(Page::first(5)));
    let listing = sessions().order_by(owner.asc()).show(&owner);
    snapshot!(
        "by_related_twice",
        &mut client,
        listing.page(Page::first(5))
    );

    let listing = sessions().order_by(lower(Session::EXTERNAL_ID).asc());
    snapshot!("by_function", &mut client, listing.page(Page::first(5)));
}

#[test]
fn sorted_in_every_form() {
    let mut client = reader();
    let messages = chat::message_timestamps();
    let listing = sessions()
        .order_by(messages.last.desc())
        .show((&messages.last, &messages.count));
    let grouped = listing.clone().order_form(OrderForm::Grouped);
    snapshot!("by_grouped", &mut client, grouped.page(Page::first(5)));
    let walk = listing.order_form(OrderForm::Walk).walk_limit(512);
    snapshot!("by_walk", &mut client, walk.clone().page(Page::first(5)));
    let cursor = after(&mut client, &walk, Page::first(5));
    snapshot!(
        "by_walk_after",
        &mut client,
        walk.page(Page::after(cursor, 5))
    );

    // Of each team its own sessions, and only those that count.
    let sessions = Experiment::sessions().filter(Session::PLATFORM.is_distinct_from("evaluations"));
    let active = sessions.max(Session::LAST_ACTIVITY_AT).named("last_active");
    let listing = Listing::of(Experiment)
        .tenant(TEAM)
        .order_by(active.desc())
        .order_form(OrderForm::Walk)
        .page(Page::offset(2, 5));
    snapshot!("by_walk_of_team", &mut client, listing);

    // The first of each group, and what nothing gives where there is no group.
    let messages = Session::messages();
    let opening = messages.first(Message::MESSAGE_TYPE, Message::CREATED_AT.asc());
    let listing = self::sessions()
        .order_by(opening.asc())
        .order_by(messages.count().desc())
        .order_form(OrderForm::Grouped)
        .page(Page::first(5));
    snapshot!("by_grouped_first", &mut client, listing);
}

#[test]
fn first_and_last_rows() {
    let mut client = reader();
    let messages = Session::messages();
    let first = messages
        .first(Message::MESSAGE_TYPE, Message::CREATED_AT.asc())
        .named("opened_by");
    let content = messages
        .first(Message::CONTENT, Message::CREATED_AT.asc())
        .named("opening");
    let last = messages
        .last(Message::CREATED_AT, Message::CREATED_AT.asc())
        .named("last_at");
    let listing = sessions()
        .show((&first, &content, &last))
        .page(Page::first(5));
    snapshot!("first_last", &mut client, listing);
}

#[test]
fn aggregates() {
    let mut client = reader();
    let messages = Session::messages();
    let human = messages.clone().filter(Message::MESSAGE_TYPE.eq("human"));
    let listing = sessions()
        .show((
            &messages.count(),
            &human.count().named("human_count"),
            &human.max(Message::CREATED_AT).named("last_human_at"),
            &messages.count_distinct(Message::MESSAGE_TYPE),
        ))
        .page(Page::first(5));
    snapshot!("conditional_aggregates", &mut client, listing);

    let listing = sessions()
        .show((
            &messages.string_agg(Message::MESSAGE_TYPE, ", ", Message::CREATED_AT.desc()),
            &messages.array_agg(Message::SUMMARY, Message::ID.asc()),
            &messages.any(Message::MESSAGE_TYPE.eq("system")),
            &messages.every(Message::CONTENT.ne("")),
        ))
        .page(Page::first(5));
    snapshot!("texts_and_arrays", &mut client, listing);

    let listing = sessions()
        .show((
            &messages.string_agg_distinct(Message::MESSAGE_TYPE, "|", TextOrder::Text),
            &Session::traces().sum(Trace::DURATION),
            &Session::traces().avg(Trace::N_TURNS),
            &Session::traces().min(Trace::DURATION),
        ))
        .page(Page::first(5));
    snapshot!("distinct_sum_average", &mut client, listing);
}

#[test]
fn conditions_over_relations() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let tagged = Session::message_tags(&ids).filter(Tag::NAME.any_of(["v1", "v2"]));
    snapshot!(
        "exists",
        &mut client,
        sessions().filter(tagged.exists()).page(Page::first(5))
    );
    snapshot!(
        "is_empty",
        &mut client,
        sessions().filter(tagged.is_empty()).page(Page::first(5))
    );

    let busy = Session::messages().count().gt(4);
    let both_ways = Predicate::any([busy, !Session::STATUS.contains_ignore_case("ACT%")]);
    snapshot!(
        "any_of_conditions",
        &mut client,
        sessions().filter(both_ways).page(Page::first(5))
    );

    // Messages have no team of their own: as the root they are bound through their chat.
    let messages = Listing::of(Message)
        .tenant(TEAM)
        .filter(Message::MESSAGE_TYPE.ne("ai"));
    snapshot!("tenant_through", &mut client, messages.page(Page::first(5)));
}

#[test]
fn tags() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let links = Relation::generic(
        "links",
        TaggedItem::CONTENT_TYPE_ID,
        TaggedItem::OBJECT_ID,
        ids.chat,
    );
    let chats = Listing::of(chat::Chat)
        .tenant(TEAM)
        .order_by(links.count().desc())
        .show(links.count());
    snapshot!("generic_relation", &mut client, chats.page(Page::first(5)));

    let listing = sessions()
        .order_by(chat::chat_tags(&ids).desc())
        .show((&chat::version_tags(&ids), &chat::chat_tags(&ids)));
    snapshot!(
        "version_and_chat_tags",
        &mut client,
        listing.page(Page::first(5))
    );
}

#[test]
fn the_chatbot_list() {
    let mut client = reader();
    let people = Experiment::sessions().filter(Session::PLATFORM.is_distinct_from("evaluations"));
    let listing = Listing::of(Experiment)
        .tenant(TEAM)
        .filter(Experiment::WORKING_VERSION_ID.is_null())
        .filter(Experiment::IS_ARCHIVED.eq(false))
        .order_by(Experiment::NAME.asc())
        .show((
            Experiment::NAME,
            &Experiment::owner().value(chat::User::USERNAME),
            &Experiment::sessions().count(),
            &people
                .count_distinct(Session::PARTICIPANT_ID)
                .named("participants"),
            &Experiment::versions()
                .max(Experiment::VERSION_NUMBER)
                .named("latest_version"),
        ));
    snapshot!(
        "chatbot_list",
        &mut client,
        listing.page(Page::first(5).with_total(Total::Exact))
    );
}
