use super::*;
use crate::filter::Operator;

fn request(column: &str, operator: &str, values: &[&str]) -> FilterRequest {
    FilterRequest::new(column, operator, values.iter().copied())
}

fn read(query: &str) -> Vec<FilterRequest> {
    FilterRequests::from_query_string(query)
        .strict()
        .unwrap_or_else(|problem| panic!("{query}: {problem}"))
}

/// The requests and the messages of the problems.
fn read_leniently(query: &str) -> (Vec<FilterRequest>, Vec<String>) {
    let FilterRequests { requests, problems } = FilterRequests::from_query_string(query);
    (
        requests,
        problems.iter().map(FilterError::to_string).collect(),
    )
}

#[test]
fn nothing() {
    for query in [
        "",
        "?",
        "&&=&",
        "page=2&sort=-last_activity",
        "f",
        "op",
        "F_a=1",
    ] {
        assert_eq!(read(query), []);
    }
}

#[test]
fn named() {
    assert_eq!(
        read("?page=2&f_session_id=a%7Eb&op_session_id=contains"),
        [request("session_id", "contains", &["a~b"])]
    );
    assert_eq!(
        read("op_tags=any+of&sort=id&f_tags=a~%22b~c%22"),
        [request("tags", "any of", &["a", "b~c"])]
    );
    assert_eq!(
        read("f_tags=%5B%22a%22%2C+3%5D&op_tags=excludes"),
        [request("tags", "excludes", &["a", "3"])]
    );
    assert_eq!(
        read("f_tags=%22%22&op_tags=all+of"),
        [request("tags", "all of", &[""])]
    );
}

#[test]
fn an_unknown_operator_has_its_value_as_it_is() {
    assert_eq!(
        read("f_tags=a~b&op_tags=Any+of&f_tags=%5B1%5D&op_tags="),
        [
            request("tags", "Any of", &["a~b"]),
            request("tags", "", &["[1]"])
        ]
    );
}

#[test]
fn repeated_names_pair_up_by_position() {
    let expected = [
        request("a", "contains", &["1"]),
        request("b", "equals", &["2"]),
        request("a", "starts with", &["3"]),
        request("a", "ends with", &["4"]),
    ];
    for query in [
        "f_a=1&op_a=contains&f_b=2&op_b=equals&f_a=3&op_a=starts+with&f_a=4&op_a=ends+with",
        "f_a=1&f_b=2&f_a=3&f_a=4&op_a=contains&op_a=starts+with&op_a=ends+with&op_b=equals",
        "op_a=contains&op_b=equals&op_a=starts+with&f_a=1&f_a=3&f_a=4&f_b=2&op_a=ends+with",
    ] {
        assert_eq!(read(query), expected, "{query}");
    }
}

#[test]
fn order_is_that_of_first_parts() {
    assert_eq!(
        read(
            "op_b=equals&filter_7_value=3&f_a=1&filter_2_value=4&f_b=2&op_a=equals\
             &filter_2_column=d&filter_2_operator=equals&filter_7_column=c&filter_7_operator=equals"
        ),
        [
            request("b", "equals", &["2"]),
            request("c", "equals", &["3"]),
            request("a", "equals", &["1"]),
            request("d", "equals", &["4"]),
        ]
    );
}

#[test]
fn what_does_not_pair_up_is_reported_once_for_each_column() {
    let (requests, problems) = read_leniently("f_a=1&f_a=2&op_a=contains&f_a=3&op_b=on&f_c=1");
    assert_eq!(requests, [request("a", "contains", &["1"])]);
    assert_eq!(
        problems,
        [
            r#"the filter of "a" is incomplete: its values (3) and its operators (1) do not pair up"#,
            r#"the filter of "b" is incomplete: its values (0) and its operators (1) do not pair up"#,
            r#"the filter of "c" is incomplete: its values (1) and its operators (0) do not pair up"#,
        ]
    );
}

#[test]
fn an_empty_value_is_none_and_keeps_its_place() {
    let (requests, problems) = read_leniently(
        "f_a=&f_a=2&op_a=equals&op_a=contains&f_t=&op_t=any+of&f_t=%5B%5D&op_t=any+of&f_u=&op_u=x",
    );
    assert_eq!(requests, [request("a", "contains", &["2"])]);
    let no_value = |column| {
        format!("the filter of {column:?} has no value: give one, or leave the filter out")
    };
    assert_eq!(
        problems,
        [no_value("a"), no_value("t"), no_value("t"), no_value("u")]
    );
}

#[test]
fn malformed_lists_are_read_as_far_as_they_make_sense() {
    let filters = FilterRequests::from_query_string(
        "f_a=%22x~y&op_a=any+of&f_b=[null]&op_b=any+of&f_c=[null,1]&op_c=excludes",
    );
    assert_eq!(
        filters.requests,
        [
            request("a", "any of", &["x~y"]),
            request("c", "excludes", &["1"])
        ]
    );
    let problems: Vec<_> = filters
        .problems
        .iter()
        .map(FilterError::to_string)
        .collect();
    assert_eq!(
        problems,
        [
            r#"cannot filter "a" any of "\"x~y": a quote that is opened at the beginning of a value is closed at its end"#,
            r#"cannot filter "b" any of "[null]": an array has texts, numbers and booleans only"#,
            r#"cannot filter "c" excludes "[null,1]": an array has texts, numbers and booleans only"#,
        ]
    );
    assert!(matches!(
        filters.strict().unwrap_err(),
        FilterError::InvalidValue { column, operator: Operator::AnyOf, .. } if column == "a"
    ));
}

#[test]
fn numbered() {
    assert_eq!(
        read(
            "filter_1_column=tags&filter_1_operator=any+of&filter_1_value=a~b&\
             filter_00_column=x&filter_0_operator=equals&filter_000_value=a~b&\
             filter_99999999999999999999999_value=[1]&filter_99999999999999999999999_column=y&\
             filter_99999999999999999999999_operator=all+of&filter_x_column=a&filter__value=&filter_1_other=&\
             filter_1=&filter_-1_value=&filter_\u{0661}_value="
        ),
        [
            request("tags", "any of", &["a", "b"]),
            request("x", "equals", &["a~b"]),
            request("y", "all of", &["1"]),
        ]
    );
}

#[test]
fn numbered_with_several_values() {
    assert_eq!(
        read(
            "filter_1_column=tags&filter_1_operator=any+of&filter_1_value=a~b&filter_1_value=&filter_1_value=[1]"
        ),
        [request("tags", "any of", &["a~b", "", "[1]"])]
    );
}

#[test]
fn numbered_and_incomplete() {
    let query = "filter_1_column=a&filter_1_operator=equals&filter_1_value=1&filter_1_value=2&\
                 filter_02_operator=any+of&filter_2_value=x&\
                 filter_3_column=a&filter_3_column=b&filter_3_operator=equals&filter_3_value=1&\
                 filter_4_column=a&filter_4_value=1&\
                 filter_5_column=a&filter_5_operator=equals&filter_5_value=";
    let incomplete = |number, has| {
        format!(
            "the filter number {number} is incomplete: it needs one column, operator and value, and has {has}"
        )
    };
    assert_eq!(
        read_leniently(query),
        (
            Vec::new(),
            vec![
                incomplete(1, "1, 1 and 2"),
                incomplete(2, "0, 1 and 1"),
                incomplete(3, "2, 1 and 1"),
                incomplete(4, "1, 0 and 1"),
                r#"the filter of "a" has no value: give one, or leave the filter out"#.to_owned(),
            ]
        )
    );
}

#[test]
fn names_and_values_are_any_text() {
    assert_eq!(
        read("f_=1&op_=equals&f_a%26%3D%00=%F0%9F%A6%80+%2B%00&op_a%26%3D%00=equals"),
        [
            request("", "equals", &["1"]),
            request("a&=\0", "equals", &["\u{1f980} +\0"])
        ]
    );
    assert_eq!(
        read("f_a=%ff%&op_a=equals"),
        [request("a", "equals", &["\u{fffd}%"])]
    );
}

#[test]
fn pairs_of_any_texts() {
    let expected = [request("a", "equals", &["1"])];
    let pairs = [("f_a", "1"), ("op_a", "equals"), ("page", "2")];
    let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(FilterRequests::from_pairs(pairs).requests, expected);
    assert_eq!(
        FilterRequests::from_pairs(owned.iter().map(|(name, value)| (name, value))).requests,
        expected
    );
    assert_eq!(FilterRequests::from_pairs(owned).requests, expected);
}

#[test]
fn written() {
    let requests: FilterRequests = [
        request("tags", "any of", &["a~b", "\"", "c d"]),
        request("session_id", "contains", &["a~b"]),
        request("tags", "all of", &["[1]"]),
        request("a&b", "no such operator", &["100%"]),
    ]
    .into_iter()
    .collect();
    let query = requests.to_query_string();
    assert_eq!(
        query,
        "f_tags=%22a%7Eb%22%7E%22%22%22%22%7Ec+d&op_tags=any+of\
         &f_session_id=a%7Eb&op_session_id=contains\
         &f_tags=%22%5B1%5D%22&op_tags=all+of\
         &f_a%26b=100%25&op_a%26b=no+such+operator"
    );
    assert_eq!(FilterRequests::from_query_string(&query), requests);
}

#[test]
fn what_a_query_string_cannot_say_is_reported_by_who_reads_it() {
    let requests: FilterRequests = [
        request("tags", "any of", &[]),
        request("session_id", "contains", &["a", "b"]),
        request("state", "equals", &[""]),
        request("other", "equals", &[]),
        request("this", "equals", &["1"]),
    ]
    .into_iter()
    .collect();
    let read = FilterRequests::from_query_string(&requests.to_query_string());
    assert_eq!(read.requests, [request("this", "equals", &["1"])]);
    let columns: Vec<_> = read
        .problems
        .iter()
        .map(|problem| match problem {
            FilterError::NoValue { column } => &column[..],
            problem => panic!("{problem}"),
        })
        .collect();
    assert_eq!(columns, ["tags", "session_id", "state", "other"]);
}
