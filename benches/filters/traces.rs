//! Traces by the tags of their messages.

use pagewise::chat::{self, Match, Trace};
use pagewise::statistics::Statistics;
use pagewise::{Listing, Page};

use crate::by_hand::{Ask, Wanted, sql};
use crate::place::{Place, Tag};
use crate::report::job::{Candidate, Job, Query, Way, pages, text, totals};
use crate::report::{Fallible, SIZE, TEAM};
use crate::sessions::numbers;

pub fn tagged(place: &Place, tag: Tag, ask: Ask) -> Fallible<Job> {
    let query = |source| {
        let shell = match ask {
            Ask::Count => sql!("traces_count"),
            Ask::Page | Ask::PageAndCapped => sql!("traces_page"),
        };
        Query {
            text: text(shell).replace("{conditions}", &Wanted::Ids("$2").condition(source)),
            parameters: vec![TEAM.into(), numbers(tag), place.ids.message.value().into()],
        }
    };
    let listing = |statistics: Option<&Statistics>| {
        let listing = Listing::of(Trace)
            .tenant(TEAM)
            .show((Trace::STATUS, Trace::TIMESTAMP))
            .order_by(Trace::TIMESTAMP.desc())
            .filter(chat::tagged(&place.ids, Match::any_of([tag.id])))
            .page(Page::first(SIZE));
        match statistics {
            Some(known) => listing.statistics(known.clone()),
            None => listing,
        }
    };
    let statistics = Some(&place.statistics);
    let mut candidates = vec![Candidate::new(Way::Today, [query(sql!("traces_today"))])];
    candidates.extend(match ask {
        Ask::Count => totals(listing, statistics)?,
        Ask::Page | Ask::PageAndCapped => pages(listing, statistics)?,
    });
    let forms = [
        ("set", sql!("traces_set")),
        ("hashed", sql!("traces_hashed")),
        ("probe", sql!("traces_probe")),
    ];
    let by_hand = forms.map(|(form, source)| Candidate::by_hand(form, [query(source)]));
    candidates.extend(by_hand);
    Ok(Job {
        key: format!("traces_{}_{}", tag.key, ask.key()),
        title: format!("traces with {}: {}", tag.name, ask.name()),
        candidates,
        ..Job::default()
    })
}
