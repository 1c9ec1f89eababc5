//! Sessions by their tags.

use std::error::Error;

use pagewise::chat::{self, Match, Session};
use pagewise::filter::{Filter, FilterPipeline, Selectivity};
use pagewise::statistics::Statistics;
use pagewise::{Listing, Page, Predicate, Total};
use sea_query::{ArrayType, Value};

use crate::by_hand::{Ask, Wanted, sessions, sessions_by_orm, sql};
use crate::place::{PLATFORM, Place, Tag};
use crate::report::job::{Candidate, Job, Query, Way, pages, totals};
use crate::report::{CAP, SIZE, TEAM};

/// The version that is asked for.
const VERSION: i32 = 2;

/// What sessions are filtered by beside tags.
#[derive(Clone, Copy)]
pub enum Narrowed {
    Not,
    /// One chatbot.
    Selective,
    /// One platform.
    Broad,
}

impl Narrowed {
    pub const ALL: [Self; 3] = [Self::Not, Self::Selective, Self::Broad];

    const fn key(self) -> &'static str {
        match self {
            Self::Not => "",
            Self::Selective => "_selective",
            Self::Broad => "_broad",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Not => "",
            Self::Selective => ", one chatbot",
            Self::Broad => ", one platform",
        }
    }

    /// `$5` is its value.
    const fn condition(self) -> &'static str {
        match self {
            Self::Not => "true",
            Self::Selective => "s.experiment_id = $5",
            Self::Broad => "s.platform = $5",
        }
    }

    fn value(self, place: &Place) -> Option<Value> {
        match self {
            Self::Not => None,
            Self::Selective => Some(place.chatbot.into()),
            Self::Broad => Some(PLATFORM.into()),
        }
    }

    fn filter(self, place: &Place) -> Option<Filter<Session>> {
        match self {
            Self::Not => None,
            Self::Selective => {
                let chatbot = Session::EXPERIMENT_ID.any_of([place.chatbot]);
                Some(Filter::new("experiment", chatbot).selectivity(Selectivity::High))
            }
            Self::Broad => Some(Filter::new(
                "channels",
                Session::PLATFORM.any_of([PLATFORM]),
            )),
        }
    }
}

/// Any of one tag, by its number.
pub fn any_of(
    place: &Place,
    tag: Tag,
    narrowed: Narrowed,
    ask: Ask,
) -> Result<Job, Box<dyn Error>> {
    let wanted = Wanted::Ids("$2");
    let parameters = parameters(place, numbers(tag), narrowed.value(place));
    let beside = |condition: String| format!("{} AND {condition}", narrowed.condition());
    let orm = |way, source| {
        let conditions = beside(wanted.condition(source));
        Candidate::new(way, sessions_by_orm(ask, &conditions, &parameters))
    };
    let tagged = chat::tagged(&place.ids, Match::any_of([tag.id]));
    let mut candidates = vec![
        orm(Way::Today, sql!("today_any_of")),
        orm(Way::Proposed, sql!("proposed_any_of")),
    ];
    candidates.extend(listings(place, narrowed.filter(place), tagged, ask)?);
    candidates.extend(forms(wanted, narrowed, ask, &parameters));
    Ok(Job {
        key: format!("any_{}{}_{}", tag.key, narrowed.key(), ask.key()),
        title: format!("any of {}{}: {}", tag.name, narrowed.name(), ask.name()),
        candidates,
        ..Job::default()
    })
}

/// Any of the tags of a name.
pub fn any_of_name(place: &Place, tag: Tag, ask: Ask) -> Result<Job, Box<dyn Error>> {
    let parameters = parameters(place, texts(tag.name), None);
    let tagged = chat::tagged(&place.ids, Match::any_of([tag.name]));
    let mut candidates = listings(place, None, tagged, ask)?;
    candidates.extend(forms(Wanted::Names("$2"), Narrowed::Not, ask, &parameters));
    Ok(Job {
        key: format!("name_{}_{}", tag.key, ask.key()),
        title: format!("any of {} by name: {}", tag.name, ask.name()),
        candidates,
        ..Job::default()
    })
}

/// A version, by the tags of messages.
pub fn version_tag(place: &Place, ask: Ask) -> Result<Job, Box<dyn Error>> {
    let version = format!("v{VERSION}");
    let parameters = parameters(place, texts(&version), None);
    let tagged = chat::version_tagged(&place.ids, Match::any_of([version]));
    let mut candidates = listings(place, None, tagged, ask)?;
    candidates.extend(forms(
        Wanted::Versions("$2"),
        Narrowed::Not,
        ask,
        &parameters,
    ));
    Ok(Job {
        key: format!("version_tags_{}", ask.key()),
        title: format!("version v{VERSION} by tags: {}", ask.name()),
        candidates,
        ..Job::default()
    })
}

/// A version, by the array that the application keeps.
pub fn version_array(place: &Place, ask: Ask) -> Result<Job, Box<dyn Error>> {
    let parameters = vec![TEAM.into(), vec![VERSION].into()];
    let versions = Session::EXPERIMENT_VERSIONS.overlaps([VERSION]);
    let versions = Filter::new("versions", versions).selectivity(Selectivity::Low);
    let mut candidates = listed(place, &FilterPipeline::new().filter(versions), ask)?;
    let overlaps = sessions(ask, "s.experiment_versions && $2", &parameters);
    candidates.push(Candidate::by_hand("overlaps", overlaps));
    Ok(Job {
        key: format!("version_array_{}", ask.key()),
        title: format!("version v{VERSION} by its array: {}", ask.name()),
        candidates,
        ..Job::default()
    })
}

/// None of one tag.
pub fn none_of(place: &Place, tag: Tag, ask: Ask) -> Result<Job, Box<dyn Error>> {
    let wanted = Wanted::Ids("$2");
    let parameters = parameters(place, numbers(tag), None);
    let not = |source| format!("NOT ({})", wanted.condition(source));
    let orm = |way, source| Candidate::new(way, sessions_by_orm(ask, &not(source), &parameters));
    let tagged = chat::tagged(&place.ids, Match::none_of([tag.id]));
    let mut candidates = vec![
        orm(Way::Today, sql!("today_any_of")),
        orm(Way::Proposed, sql!("proposed_any_of")),
    ];
    candidates.extend(listings(place, None, tagged, ask)?);
    let forms = [
        ("not exists", wanted.condition(sql!("not_exists"))),
        ("not in set", wanted.condition(sql!("not_in_set"))),
        ("probe", not(sql!("probe"))),
    ];
    candidates.extend(by_hand(forms, ask, &parameters));
    if ask == Ask::Count {
        let set = wanted.condition(sql!("set_by_arrays"));
        let but_the_set = sql!("none_count").replace("{conditions}", &set);
        let but_the_set = Query::from_file(&but_the_set, parameters);
        candidates.push(Candidate::by_hand("all but the set", [but_the_set]));
    }
    Ok(Job {
        key: format!("none_{}_{}", tag.key, ask.key()),
        title: format!("none of {}: {}", tag.name, ask.name()),
        candidates,
        ..Job::default()
    })
}

/// Two tags, both.
pub fn all_of(place: &Place, tags: [Tag; 2], ask: Ask) -> Result<Job, Box<dyn Error>> {
    let [one, other] = tags;
    let parameters = parameters(place, numbers(one), Some(numbers(other)));
    let each = |one: &str, other: &str| {
        let (one, other) = (
            Wanted::Ids("$2").condition(one),
            Wanted::Ids("$5").condition(other),
        );
        format!("{one} AND {other}")
    };
    let orm = |way, source| {
        Candidate::new(
            way,
            sessions_by_orm(ask, &each(source, source), &parameters),
        )
    };
    let tagged = chat::tagged(&place.ids, Match::all_of(tags.map(|tag| tag.id)));
    let mut candidates = vec![
        orm(Way::Today, sql!("today_any_of")),
        orm(Way::Proposed, sql!("proposed_any_of")),
    ];
    candidates.extend(listings(place, None, tagged, ask)?);
    let (set, probe) = (sql!("set_by_arrays"), sql!("probe"));
    let forms = [
        ("set of the rarer, probe", each(set, probe)),
        ("set of the other, probe", each(probe, set)),
        ("both sets", each(set, set)),
        (
            "grouped",
            Wanted::Ids("$2 || $5").condition(sql!("grouped")),
        ),
        ("probe", each(probe, probe)),
    ];
    candidates.extend(by_hand(forms, ask, &parameters));
    Ok(Job {
        key: format!("all_{}_{}_{}", one.key, other.key, ask.key()),
        title: format!("all of {} and {}: {}", one.name, other.name, ask.name()),
        candidates,
        ..Job::default()
    })
}

/// Any-of by hand, in its forms.
fn forms(wanted: Wanted, narrowed: Narrowed, ask: Ask, parameters: &[Value]) -> Vec<Candidate> {
    let [set, array, arrays, probe, exists] = [
        sql!("set_by_join"),
        sql!("set_by_array"),
        sql!("set_by_arrays"),
        sql!("probe"),
        sql!("exists"),
    ]
    .map(|source| wanted.condition(source));
    let bounded = sql!("bounded_page")
        .replace("{narrowed}", narrowed.condition())
        .replace("{probe}", &probe)
        .replace("{set}", &arrays);
    let beside = |condition: String| format!("{} AND {condition}", narrowed.condition());
    let forms = [
        ("set", beside(set)),
        ("set, array", beside(array)),
        ("set, two arrays", beside(arrays)),
        ("probe", beside(probe)),
        ("exists", beside(exists)),
    ];
    let mut candidates = by_hand(forms, ask, parameters);
    if ask != Ask::Count {
        let mut queries = sessions(
            ask,
            &beside(wanted.condition(sql!("set_by_arrays"))),
            parameters,
        );
        queries[0] = Query::from_file(&bounded, parameters);
        candidates.push(Candidate::by_hand("bounded", queries));
    }
    candidates
}

fn by_hand<const N: usize>(
    forms: [(&'static str, String); N],
    ask: Ask,
    parameters: &[Value],
) -> Vec<Candidate> {
    let candidate = |(form, conditions): (_, String)| {
        Candidate::by_hand(form, sessions(ask, &conditions, parameters))
    };
    forms.into_iter().map(candidate).collect()
}

/// pagewise's ways to sessions by their tags.
fn listings(
    place: &Place,
    filter: Option<Filter<Session>>,
    tagged: Predicate<Session>,
    ask: Ask,
) -> Result<Vec<Candidate>, pagewise::Error> {
    let mut pipeline = FilterPipeline::new();
    pipeline.extend(filter);
    let tagged = Filter::new("tags", tagged).selectivity(Selectivity::Low);
    listed(place, &pipeline.filter(tagged), ask)
}

/// pagewise's ways to the sessions that a pipeline leaves.
pub fn listed(
    place: &Place,
    pipeline: &FilterPipeline<Session>,
    ask: Ask,
) -> Result<Vec<Candidate>, pagewise::Error> {
    let listing = |page: Option<Page>| {
        move |statistics: Option<&Statistics>| {
            let listing = Listing::of(Session)
                .tenant(TEAM)
                .show((Session::EXTERNAL_ID, Session::STATUS, Session::CREATED_AT))
                .order_by(Session::CREATED_AT.desc());
            let listing = match statistics {
                Some(known) => listing
                    .filter_all(&pipeline.clone().statistics(known.clone()))
                    .statistics(known.clone()),
                None => listing.filter_all(pipeline),
            };
            match &page {
                Some(page) => listing.page(page.clone()),
                None => listing,
            }
        }
    };
    let statistics = Some(&place.statistics);
    let page = Page::first(SIZE);
    match ask {
        Ask::Page => pages(listing(Some(page)), statistics),
        Ask::Count => totals(listing(None), statistics),
        Ask::PageAndCapped => {
            let page = page.with_total(Total::Capped(CAP));
            pages(listing(Some(page)), statistics)
        }
    }
}

fn parameters(place: &Place, wanted: Value, last: Option<Value>) -> Vec<Value> {
    let types = [
        place.ids.chat.value().into(),
        place.ids.message.value().into(),
    ];
    let mut parameters = vec![TEAM.into(), wanted];
    parameters.extend(types);
    parameters.extend(last);
    parameters
}

pub fn numbers(tag: Tag) -> Value {
    Value::Array(ArrayType::BigInt, Some(Box::new(vec![tag.id.into()])))
}

fn texts(text: &str) -> Value {
    Value::Array(ArrayType::String, Some(Box::new(vec![text.into()])))
}
