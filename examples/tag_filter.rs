use pagewise::chat::{self, Match, Session};
use pagewise::{ContentTypeId, Listing, Page, Total};
fn main() {
    let ids = chat::TaggableIds {
        chat: ContentTypeId::new(41),
        message: ContentTypeId::new(12),
    };
    let page = Listing::of(Session)
        .tenant(1)
        .filter(Session::STATUS.eq("active"))
        .filter(chat::tagged(&ids, Match::any_of(["rare", "urgent"])))
        .order_by(Session::CREATED_AT.desc())
        .show(&chat::message_timestamps())
        .page(Page::first(25).with_total(Total::Capped(10000)))
        .build()
        .unwrap();
    println!("{page:#}\n{}", page.report());
}
