//! In which form conditions on links are written where nothing is known of the data, as the report says, spelled out.

use pagewise::chat::{self, Experiment, Match, Message, Session, Tagged, Trace, User};
use pagewise::listing::LinkForm;
use pagewise::{Entity, Links, Listing, Page, Predicate, Strategy, Total};

use crate::oracle::entities::IDS;

const PROBE: &str = "row by row";
const SET: &str = "the linked rows first";
const BOUNDED: &str = "the first rows one by one, then the linked rows";
const FINDS_OUT: &str =
    "if there are more than a few links, the first rows one by one; else, or then, the linked rows";

fn any<E: Tagged>() -> Predicate<E> {
    chat::tagged(&IDS, Match::any_of(["a", "b"]))
}

/// What is decided of the page and of the total.
fn decided<E: Entity>(listing: Listing<E>, page: Page) -> Vec<String> {
    let page = page.with_total(Total::Exact);
    let page = listing.tenant(1).page(page).build().expect("a page");
    let notes = page.report().notes().iter();
    let of_links = notes.filter(|note| !note.subject.starts_with("order by"));
    of_links.map(|note| note.decision.to_string()).collect()
}

fn sessions(form: LinkForm) -> Listing<Session> {
    Listing::of(Session).filter(any()).link_form(form)
}

#[test]
fn what_is_asked_for_is_written() {
    for (form, decision) in [
        (LinkForm::Chosen, FINDS_OUT),
        (LinkForm::Probe, PROBE),
        (LinkForm::Set, SET),
        (LinkForm::Bounded, BOUNDED),
    ] {
        let page = Page::first(25);
        assert_eq!(decided(sessions(form), page), [decision; 2], "{form:?}");
    }
}

#[test]
fn the_first_rows_are_looked_at_where_they_are_near() {
    let listing = || sessions(LinkForm::Chosen);
    // Rows before the page would be looked at, too.
    assert_eq!(decided(listing(), Page::offset(100, 25)), [FINDS_OUT; 2]);
    assert_eq!(decided(listing(), Page::offset(101, 25)), [SET, FINDS_OUT]);
    assert_eq!(decided(listing(), Page::last(25)), [FINDS_OUT; 2]);
    // What a computed sort key is of each row must be known before any is the first.
    let by_message = chat::message_timestamps().last.desc();
    let listing = || listing().order_by(by_message.clone());
    assert_eq!(decided(listing(), Page::first(25)), [SET, FINDS_OUT]);
    // Nor can that be asked for.
    let listing = || listing().link_form(LinkForm::Bounded);
    assert_eq!(decided(listing(), Page::first(25)), [SET, BOUNDED]);
}

#[test]
fn a_row_that_may_have_many_links_is_not_looked_at() {
    let listing = || Listing::of(Experiment).filter(any());
    assert_eq!(decided(listing(), Page::first(25)), [SET; 2]);
    let asked = |form| decided(listing().link_form(form), Page::first(25));
    assert_eq!(asked(LinkForm::Bounded), [BOUNDED; 2]);
    assert_eq!(asked(LinkForm::Probe), [PROBE; 2]);
}

#[test]
fn a_total_looks_at_rows_that_have_one_name() {
    // By the input message, and by the output message.
    let listing = || Listing::of(Trace).filter(any());
    let asked = |form| decided(listing().link_form(form), Page::first(25));
    assert_eq!(asked(LinkForm::Chosen), [FINDS_OUT, SET]);
    assert_eq!(asked(LinkForm::Bounded), [BOUNDED, SET]);
    assert_eq!(asked(LinkForm::Probe), [PROBE; 2]);

    // By the chat, and by the chatbot.
    let owners = Links::new(Session::experiment().into(), Experiment::OWNER_ID, User);
    let owned = owners.any_of(User::USERNAME, ["ada"]);
    let asked = |form| decided(sessions(form).filter(owned.clone()), Page::first(25));
    assert_eq!(asked(LinkForm::Chosen), [FINDS_OUT, SET]);
    assert_eq!(asked(LinkForm::Bounded), [BOUNDED, SET]);
}

#[test]
fn rows_are_found_by_what_they_must_be_linked_to() {
    let decided = |condition: Predicate<Message>| {
        let listing = Listing::of(Message).filter(condition);
        decided(listing, Page::first(25))
    };
    let all = || chat::tagged(&IDS, Match::all_of(["a", "b"]));
    let none = || chat::tagged(&IDS, Match::none_of(["a", "b"]));
    let human = || Message::MESSAGE_TYPE.eq("human");
    assert_eq!(decided(any()), [FINDS_OUT; 2]);
    assert_eq!(decided(all()), [FINDS_OUT; 2]);
    assert_eq!(decided(human().and(none()).and(any())), [FINDS_OUT; 2]);
    assert_eq!(decided(!none()), [FINDS_OUT; 2]);
    // Nothing is found by what is not there, or need not be.
    let no_tags: [&str; 0] = [];
    for condition in [
        none(),
        !any(),
        !all(),
        human().or(any()),
        any().is_not_true(),
        chat::tagged(&IDS, Match::all_of(no_tags)),
    ] {
        assert_eq!(decided(condition.clone()), [""; 0], "{condition:?}");
    }
}

#[test]
fn the_old_way_decides_nothing() {
    let listing = sessions(LinkForm::Set).strategy(Strategy::Legacy);
    assert_eq!(decided(listing, Page::first(25)), [""; 0]);
}
