//! What is written as a query string is read from it again, and whatever a query string says is read, within bounds.

use pagewise::chat::Session;
use pagewise::filter::{
    Filter, FilterError, FilterPipeline, FilterRequest, FilterRequests, Operator, Selectivity,
    ValueList,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Texts of the characters that mean something to a reader, and of any others.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &str = "~|\"|\"\"|[|]|[1]|[\"|,|null|true|1.50|{}|\\|\\u|&|=|+|%|%7E|%ff|?|f_|op_|\0|\n|\r\n| |\t|a|b|\u{e4}|\u{1f980}";
    let piece = prop_oneof![
        6 => select(PIECES.split('|').collect::<Vec<_>>()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => ".{0,8}",
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn operator() -> impl Strategy<Value = String> {
    let names = vec![
        Operator::Equals,
        Operator::Contains,
        Operator::On,
        Operator::AnyOf,
        Operator::AllOf,
        Operator::Excludes,
    ];
    prop_oneof![
        6 => select(names).prop_map(|operator| operator.name().to_owned()),
        1 => text(),
    ]
}

fn takes_list(operator: &str) -> bool {
    Operator::named(operator).is_some_and(Operator::takes_list)
}

/// A request that a query string can say.
fn request() -> impl Strategy<Value = FilterRequest> {
    let column = prop_oneof![3 => "[a-c]", 1 => text()];
    (column, operator(), vec(text(), 1..5)).prop_map(|(column, operator, mut values)| {
        if !takes_list(&operator) {
            values.truncate(1);
            if values[0].is_empty() {
                values[0].push('x');
            }
        }
        FilterRequest::new(column, operator, values)
    })
}

/// Names and values of a query string, most of them parts of filters.
fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let number = "[0-2]|00|01|[0-9]{30}|x|";
    let name = prop_oneof![
        8 => "(f|op)_[ab]",
        2 => (number, "column|operator|value|other").prop_map(|(number, part)| format!("filter_{number}_{part}")),
        1 => text(),
        1 => Just("page".to_owned()),
    ];
    let value = prop_oneof![2 => operator(), 2 => text(), 1 => Just(String::new())];
    vec((name, value), 0..16)
}

fn encoded(pairs: &[(String, String)]) -> String {
    // Every byte escaped: another writer than the crate's own.
    let escape =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The filters that are named by their column: the value at a place among the column's values, with the operator at
/// the same place among its operators.
fn named(pairs: &[(String, String)]) -> Vec<FilterRequest> {
    let of = |name: &str| -> Vec<(usize, &str)> {
        let pairs = pairs.iter().enumerate();
        let parts = pairs.filter(|(_, pair)| pair.0 == name);
        parts.map(|(at, pair)| (at, &pair.1[..])).collect()
    };
    let mut filters = Vec::new();
    for column in ["a", "b"] {
        let values = of(&format!("f_{column}"));
        let operators = of(&format!("op_{column}"));
        for ((value_at, value), (operator_at, operator)) in values.into_iter().zip(operators) {
            let values = if takes_list(operator) {
                ValueList::read(value).values
            } else if value.is_empty() {
                Vec::new()
            } else {
                vec![value.to_owned()]
            };
            if !values.is_empty() {
                let request = FilterRequest::new(column, operator, values);
                filters.push((value_at.min(operator_at), request));
            }
        }
    }
    filters.sort_by_key(|(at, _)| *at);
    filters.into_iter().map(|(_, request)| request).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_are_read_as_they_were_written(values in vec(text(), 0..6)) {
        let list = ValueList::read(&ValueList::write(&values));
        prop_assert_eq!(list.problem, None);
        prop_assert_eq!(list.values, values);
    }

    #[test]
    fn any_text_is_a_list(text in text()) {
        let list = ValueList::read(&text);
        prop_assert!(list.values.iter().map(String::len).sum::<usize>() <= text.len());
        prop_assert!(list.values.len() <= text.len() + 1);
        prop_assert_eq!(ValueList::read(&ValueList::write(&list.values)).values, list.values);
    }

    #[test]
    fn an_array_has_the_same_values(values in vec(text(), 0..6)) {
        let list = ValueList::read(&serde_json::to_string(&values).unwrap());
        prop_assert_eq!(list.problem, None);
        prop_assert_eq!(list.values, values);
    }

    #[test]
    fn filters_are_read_as_they_were_written(requests in vec(request(), 0..8)) {
        let requests: FilterRequests = requests.into_iter().collect();
        let query = requests.to_query_string();
        let read = FilterRequests::from_query_string(&query);
        prop_assert_eq!(&read, &requests);
        prop_assert_eq!(read.to_query_string(), query);
    }

    #[test]
    fn a_pipeline_writes_what_it_was_asked(requests in vec((request(), 0_usize..3), 0..8)) {
        let mut pipeline = FilterPipeline::new();
        let ranks = [Selectivity::High, Selectivity::Medium, Selectivity::Low];
        for (request, rank) in &requests {
            let filter = Filter::new("status", Session::STATUS.eq("active")).selectivity(ranks[*rank]);
            pipeline = pipeline.filter(filter.clone()).filter(filter.asked(request.clone()));
        }
        let asked: FilterRequests = requests.into_iter().map(|(request, _)| request).collect();
        prop_assert_eq!(FilterRequests::from_query_string(&pipeline.to_query_string()), asked);
    }

    #[test]
    fn any_query_string_is_read(pairs in pairs()) {
        let filters = FilterRequests::from_pairs(pairs.iter().map(|(name, value)| (name, value)));
        prop_assert_eq!(&FilterRequests::from_query_string(&encoded(&pairs)), &filters);
        prop_assert!(filters.requests.len() + filters.problems.len() <= 2 * pairs.len());

        let again = FilterRequests::from_query_string(&filters.to_query_string());
        prop_assert_eq!(again.strict().unwrap(), filters.requests);
    }

    #[test]
    fn parts_pair_up_by_position(pairs in pairs()) {
        let filters = FilterRequests::from_pairs(pairs.iter().map(|(name, value)| (name, value)));
        let ours = |column: &str| column == "a" || column == "b";
        let numbered = pairs.iter().any(|(name, value)| name.ends_with("_column") && ours(value));
        prop_assume!(!numbered);

        let of_columns: Vec<_> = filters.requests.into_iter().filter(|request| ours(&request.column)).collect();
        prop_assert_eq!(of_columns, named(&pairs));
        for column in ["a", "b"] {
            let count = |name: String| pairs.iter().filter(|pair| pair.0 == name).count();
            let (values, operators) = (count(format!("f_{column}")), count(format!("op_{column}")));
            let reported: Vec<_> = filters.problems.iter().filter_map(|problem| match problem {
                FilterError::Incomplete { column: of, values, operators, .. } if of == column => Some((*values, *operators)),
                _ => None,
            }).collect();
            let expected = if values == operators { vec![] } else { vec![(values, operators)] };
            prop_assert_eq!(reported, expected);
        }
    }
}

/// Requests that are made to cost as much as they can. Time that grew with the square of a length would not end here.
#[test]
fn no_request_takes_more_than_its_length_allows() {
    const LENGTH: usize = 1 << 18;
    // What the documentation of `FilterRequests` says.
    const BYTES_FOR_EACH: u64 = 200;

    let repeated = |text: &str| text.repeat(LENGTH / text.len());
    let distinct = |part: &dyn Fn(usize) -> String| {
        let mut query = String::new();
        let mut count = 0;
        while query.len() < LENGTH {
            query += &part(count);
            count += 1;
        }
        query
    };
    let list = |value: &str| format!("f_a={value}&op_a=any+of");
    let queries = [
        repeated("&"),
        repeated("f_&"),
        repeated("op_&"),
        repeated("f_=1&"),
        repeated("f_&op_&"),
        repeated("f_=1&op_&"),
        repeated("f_&").replacen("f_", "op_", LENGTH / 6),
        repeated("%66_&"),
        repeated("%66_=%41&"),
        repeated("f_=~&op_=any+of&"),
        distinct(&|count| format!("f_{count:x}&")),
        distinct(&|count| format!("f_{count:x}&op_{count:x}&")),
        distinct(&|count| {
            format!(
                "f_%{:02x}{count:x}&op_%{:02x}{count:x}&",
                count % 128,
                count % 128
            )
        }),
        repeated("filter_0_value&"),
        repeated("filter_0_column&filter_0_operator&"),
        distinct(&|count| format!("filter_{count}_value&")),
        list(&repeated("~")),
        list(&repeated("\"\"~")),
        list(&repeated("\"")),
        list(&repeated("\"~")),
        list(&repeated("a~\"")),
        list(&repeated("[")),
        list(&format!("[{}0]", repeated("0,"))),
        list(&format!("[{}0]", repeated("\"\","))),
        list(&format!("[{}0]", repeated("[],"))),
        list(&format!(
            "[{}{}]",
            "[".repeat(LENGTH / 2),
            "]".repeat(LENGTH / 2)
        )),
        format!("f_{}=1&op_a=on", repeated("a")),
    ];
    for query in queries {
        let mut written = 0;
        let used = allocation_counter::measure(|| {
            let filters = FilterRequests::from_query_string(&query);
            written = filters.to_query_string().len();
        });
        let beginning: String = query.chars().take(40).collect();
        let bytes = query.len() as u64;
        assert!(
            used.bytes_max <= BYTES_FOR_EACH * bytes,
            "{beginning}: {} for each byte",
            used.bytes_max / bytes
        );
        assert!(
            written <= 3 * query.len() + 64,
            "{beginning}: {written} bytes are written"
        );
    }
}
