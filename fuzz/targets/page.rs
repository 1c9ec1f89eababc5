//! From a query string to the statement of a page: nothing of the input is in the text, whatever it says.
//!
//! The first byte says of what the page is, and how the rest is read: as a query string, or as filters of columns and
//! operators that the set has, so that more of the inputs get past it.
#![no_main]

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use pagewise::chat::{self, Message, Participant, Session, TaggableIds, Trace};
use pagewise::filter::{
    FilterColumn, FilterPipeline, FilterRequest, FilterRequests, FilterSet, Operator, Viewer,
};
use pagewise::{ContentTypeId, Entity, Listing, Page, PageStatement, Strategy};

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    match kind & 0b11 {
        0 => SESSIONS.take(*kind, rest),
        1 => MESSAGES.take(*kind, rest),
        2 => TRACES.take(*kind, rest),
        _ => PARTICIPANTS.take(*kind, rest),
    }
});

static SESSIONS: LazyLock<List<Session>> =
    LazyLock::new(|| List::new(chat::session_filters(&ids()), chat::sessions));
static MESSAGES: LazyLock<List<Message>> =
    LazyLock::new(|| List::new(chat::message_filters(&ids()), chat::messages));
static TRACES: LazyLock<List<Trace>> =
    LazyLock::new(|| List::new(chat::trace_filters(&ids()), chat::traces));
static PARTICIPANTS: LazyLock<List<Participant>> =
    LazyLock::new(|| List::new(chat::participant_filters(), chat::participants));

fn ids() -> TaggableIds {
    TaggableIds {
        chat: ContentTypeId::new(7),
        message: ContentTypeId::new(8),
    }
}

/// A list and everything that one filter of it may make of its text.
struct List<E> {
    set: FilterSet<E>,
    listing: fn() -> Listing<E>,
    viewer: Viewer,
    /// By the column, the operator and the text of a page with one filter: the same filter with values from here.
    models: HashMap<(String, String, String), FilterRequest>,
}

/// One of these is taken by every column, and they bring every form of a condition about that depends on a value: one
/// or several values, versions that have a number and that have none yet.
const LISTS: [&[&str]; 8] = [
    &["1"],
    &["1", "2"],
    &["1", "2", "3"],
    &["Web"],
    &["Web", "API"],
    &["1-unreleased"],
    &["1", "1-unreleased"],
    &["x"],
];
const SINGLES: [&str; 3] = ["x", "2025-01-31", "7d"];

impl<E: Entity> List<E> {
    fn new(set: FilterSet<E>, listing: fn() -> Listing<E>) -> Self {
        let now = DateTime::from_timestamp(1_750_000_000, 0).expect("a time");
        let mut list = Self {
            set,
            listing,
            viewer: Viewer::at(now).in_zone("Africa/Johannesburg".parse().expect("a zone")),
            models: HashMap::new(),
        };
        for column in list.set.columns().to_vec() {
            for operator in column.operators() {
                let count = list.models.len();
                list.add_models(&column, *operator);
                assert!(list.models.len() > count, "{} {operator}", column.name());
            }
        }
        list
    }

    fn add_models(&mut self, column: &FilterColumn<E>, operator: Operator) {
        let request = |values: &[&str]| {
            FilterRequest::new(column.name(), operator.name(), values.iter().copied())
        };
        let requests: Vec<_> = match operator.takes_list() {
            true => LISTS.map(request).into(),
            false => SINGLES.map(|value| request(&[value])).into(),
        };
        for request in requests {
            let Ok(pipeline) = self.set.read(std::slice::from_ref(&request), &self.viewer) else {
                continue;
            };
            for strategy in [Strategy::Optimized, Strategy::Legacy] {
                let text = self.page(&pipeline, strategy).text().to_owned();
                let key = (request.column.clone(), request.operator.clone(), text);
                self.models.insert(key, request.clone());
            }
        }
    }

    fn page(&self, pipeline: &FilterPipeline<E>, strategy: Strategy) -> PageStatement<E> {
        let listing = (self.listing)().tenant(1).strategy(strategy);
        let page = listing.filter_all(pipeline).page(Page::first(25)).build();
        page.expect("what the set has taken is a page")
    }

    fn take(&self, kind: u8, rest: &[u8]) {
        let strategy = match kind & 0b1000 {
            0 => Strategy::Optimized,
            _ => Strategy::Legacy,
        };
        let filters = match kind & 0b100_0000 {
            0 => FilterRequests::from_query_string(&String::from_utf8_lossy(rest)),
            _ => FilterRequests::from_pairs(self.pairs(rest)),
        };
        let lenient = self.set.read_lenient(&filters.requests, &self.viewer);
        for problem in &lenient.problems {
            assert!(problem.to_string().len() < 2_000);
        }
        let page = self.page(&lenient.pipeline, strategy);

        // The request that the pipeline writes has no problems, and asks for the same page.
        let query = lenient.pipeline.to_query_string();
        let requests = FilterRequests::from_query_string(&query).strict();
        let requests = requests.expect("what was written is read");
        let again = self.set.read(&requests, &self.viewer);
        let again = self.page(&again.expect("what was taken is taken again"), strategy);
        assert_eq!(again.text(), page.text(), "{query}");
        assert_eq!(again.parameters(), page.parameters(), "{query}");

        // A page with values from here instead has the same text, so it has none of those that came in.
        let models: Vec<_> = requests
            .iter()
            .map(|request| self.model(request, strategy))
            .collect();
        let models = self
            .set
            .read(&models, &self.viewer)
            .expect("models are taken");
        assert_eq!(self.page(&models, strategy).text(), page.text(), "{query}");
    }

    /// Filters of columns and operators that there are: a line for each, whose first two bytes choose them.
    fn pairs(&self, bytes: &[u8]) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let [column, operator, value @ ..] = line else {
                continue;
            };
            let column = &self.set.columns()[usize::from(*column) % self.set.columns().len()];
            let operator = column.operators()[usize::from(*operator) % column.operators().len()];
            let value = String::from_utf8_lossy(value).into_owned();
            pairs.push((format!("f_{}", column.name()), value));
            pairs.push((format!("op_{}", column.name()), operator.name().to_owned()));
        }
        pairs
    }

    fn model(&self, request: &FilterRequest, strategy: Strategy) -> FilterRequest {
        let alone = self.set.read(std::slice::from_ref(request), &self.viewer);
        let page = self.page(&alone.expect("it was taken among others"), strategy);
        let key = (
            request.column.clone(),
            request.operator.clone(),
            page.text().to_owned(),
        );
        match self.models.get(&key) {
            Some(model) => model.clone(),
            None => panic!("{request:?} makes a text of its own: {}", page.text()),
        }
    }
}
