//! The list of values of one filter: any text is read, and any list is read as it was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pagewise::filter::ValueList;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);

    // As the text of a list.
    let list = ValueList::read(&text);
    assert!(list.values.iter().map(String::len).sum::<usize>() <= text.len());
    assert!(list.values.len() <= text.len() + 1);
    is_read_as_it_was_written(&list.values);

    // As the values of a list, one a line or one each.
    is_read_as_it_was_written(&[&*text]);
    is_read_as_it_was_written(&text.split('\n').collect::<Vec<_>>());
    is_read_as_it_was_written(&text.split('~').collect::<Vec<_>>());
});

fn is_read_as_it_was_written<V: AsRef<str>>(values: &[V]) {
    let text = ValueList::write(values);
    let list = ValueList::read(&text);
    assert_eq!(list.problem, None, "{text:?}");
    assert!(
        list.values
            .iter()
            .map(String::as_str)
            .eq(values.iter().map(AsRef::as_ref)),
        "{text:?} is read as {:?}",
        list.values
    );
    assert_eq!(ValueList::write(&list.values), text);
}
