//! Tables that have their tenant through another: whoever leads to them, no other tenant's row is seen.

use pagewise::{Error, Listing, Page, Relation, Strategy, ToOne, Total, entity};
use postgres::Client;

use crate::support::{both, empty};

entity! {
    /// Works for many tenants.
    Author = "authors" as "author" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    Room = "rooms" as "room" {
        key ID: i64 = "id";
        tenant HOUSE_ID: i64 = "house_id";
        TITLE: String = "title";
    }
}

entity! {
    Note = "notes" as "note" {
        key ID: i64 = "id";
        tenant through ROOM_ID => Room;
        ROOM_ID: i64 = "room_id";
        AUTHOR_ID: i64 = "author_id";
        CONTENT: String = "content";
    }
}

entity! {
    /// Points at a note, and belongs to nobody.
    Pin = "pins" as "pin" {
        key ID: i64 = "id";
        shared;
        NOTE_ID: i64 = "note_id";
    }
}

/// The one author has written a note in each of two houses; each is pinned; both notes read like the other room.
fn houses(client: &mut Client) {
    client
        .batch_execute(
            "CREATE TABLE authors (id bigint PRIMARY KEY);
             CREATE TABLE rooms (id bigint PRIMARY KEY, house_id bigint NOT NULL, title text NOT NULL);
             CREATE TABLE notes (id bigint PRIMARY KEY, room_id bigint NOT NULL REFERENCES rooms,
                 author_id bigint NOT NULL REFERENCES authors, content text NOT NULL);
             CREATE TABLE pins (id bigint PRIMARY KEY, note_id bigint NOT NULL REFERENCES notes);
             INSERT INTO authors VALUES (1);
             INSERT INTO rooms VALUES (1, 1, 'north'), (2, 2, 'south');
             INSERT INTO notes VALUES (1, 1, 1, 'south'), (2, 2, 1, 'north');
             INSERT INTO pins VALUES (1, 1), (2, 2)",
        )
        .unwrap();
}

#[test]
fn what_is_nobodys_does_not_lead_to_other_tenants() {
    let (_database, mut client) = empty();
    houses(&mut client);
    let notes = Relation::many("notes", Author::ID, Note::AUTHOR_ID);
    let contents = notes.string_agg(Note::CONTENT, ", ", Note::ID.asc());
    let note = ToOne::new("note", Pin::NOTE_ID).value(Note::CONTENT);

    let authors = || Listing::of(Author).page(Page::first(5).with_total(Total::Exact));
    let pins = || Listing::of(Pin).page(Page::first(5));
    for strategy in [Strategy::Optimized, Strategy::Legacy] {
        for refused in [
            authors()
                .strategy(strategy)
                .show(&contents)
                .build()
                .map(drop),
            authors()
                .strategy(strategy)
                .filter(notes.exists())
                .build()
                .map(drop),
            pins().strategy(strategy).show(&note).build().map(drop),
            pins()
                .strategy(strategy)
                .order_by(note.asc())
                .build()
                .map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, Error::TenantRequired { .. }), "{refused}");
        }
    }

    let listing = authors().tenant(2).show(&contents);
    both(&mut client, &listing);
    let rows = listing.build().unwrap().fetch(&mut client).unwrap();
    assert_eq!(rows[0].get(&contents).unwrap(), "north");

    let nobody = authors().tenant(3).filter(notes.exists()).build().unwrap();
    assert_eq!(nobody.fetch(&mut client).unwrap().len(), 0);

    for listing in [
        pins().tenant(2).show(&note),
        pins().tenant(2).order_by(note.asc()).show(&note),
    ] {
        both(&mut client, &listing);
        let rows = listing
            .order_by(Pin::ID.asc())
            .build()
            .unwrap()
            .fetch(&mut client)
            .unwrap();
        let mut read = rows.decode(|row| row.get(&note)).unwrap();
        read.sort();
        assert_eq!(read, [None, Some("north".to_owned())]);
    }
}

#[test]
fn rows_that_are_equal_in_something_else_are_bound_by_their_parent() {
    let (_database, mut client) = empty();
    houses(&mut client);
    let alike = Relation::many("alike", Room::TITLE, Note::CONTENT).count();
    let own = Relation::many("own", Room::ID, Note::ROOM_ID).count();
    let listing = Listing::of(Room)
        .tenant(2)
        .show((&alike, &own))
        .page(Page::first(5));
    let (page, _) = both(&mut client, &listing);
    let rows = page.fetch(&mut client).unwrap();
    let read = rows
        .decode(|row| Ok((row.get(&alike)?, row.get(&own)?)))
        .unwrap();
    assert_eq!(read, [(0, 1)]);
    // By its own foreign key a note is its room's, and no other look is needed.
    assert_eq!(page.text().matches("EXISTS").count(), 1, "{page:#}");
}
