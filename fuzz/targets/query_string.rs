//! The filters of a query string: any text is read, and what was read is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pagewise::filter::{FilterRequest, FilterRequests};

fuzz_target!(|bytes: &[u8]| {
    let query = String::from_utf8_lossy(bytes);
    let filters = FilterRequests::from_query_string(&query);
    is_no_more_than_it_was_given(&filters, &query);

    let written = filters.to_query_string();
    let again = FilterRequests::from_query_string(&written);
    assert_eq!(again.problems, [], "{written}");
    assert_eq!(again.requests, filters.requests, "{written}");
    assert_eq!(again.to_query_string(), written);
});

fn is_no_more_than_it_was_given(filters: &FilterRequests, query: &str) {
    let length = |request: &FilterRequest| {
        let values = request.values.iter().map(String::len).sum::<usize>();
        request.column.len() + request.operator.len() + values
    };
    assert!(filters.requests.iter().map(length).sum::<usize>() <= query.len());
    // A malformed list is a request and a problem.
    let pairs = query.split('&').count();
    assert!(filters.requests.len() <= pairs && filters.problems.len() <= pairs);
    for problem in &filters.problems {
        // What the request said is in there up to twice, and each of its bytes may need an escape.
        assert!(problem.to_string().len() < 2_000);
    }
}
