//! Values of a host, by typed keys.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use pagewise::RequestScope;

/// Two models of one name, of two applications.
mod billing {
    #[derive(Clone, PartialEq, Eq, Hash)]
    pub struct Chat(pub i64);
}
mod chat {
    #[derive(Clone, PartialEq, Eq, Hash)]
    pub struct Chat(pub i64);
}

#[test]
fn keys_of_one_name_and_values_of_one_key_are_told_apart_by_type() {
    let scope = RequestScope::new();
    scope.get_or_insert(chat::Chat(7), || "chat".to_owned());
    scope.get_or_insert(billing::Chat(7), || "bill".to_owned());
    scope.get_or_insert(chat::Chat(7), || 41_i32);
    scope.get_or_insert(7_i64, || "long".to_owned());
    scope.get_or_insert(7_i32, || "short".to_owned());
    assert_eq!(scope.len(), 5);
    let text = |value: Option<Arc<String>>| value.map(|value| (*value).clone());
    assert_eq!(text(scope.get(&chat::Chat(7))).as_deref(), Some("chat"));
    assert_eq!(text(scope.get(&billing::Chat(7))).as_deref(), Some("bill"));
    assert_eq!(scope.get::<_, i32>(&chat::Chat(7)).as_deref(), Some(&41));
    assert_eq!(scope.get::<_, i32>(&billing::Chat(7)), None);
    assert_eq!(text(scope.get(&7_i64)).as_deref(), Some("long"));
    assert_eq!(text(scope.get(&7_i32)).as_deref(), Some("short"));
}

#[test]
fn of_16_threads_one_computes() {
    let (scope, start) = (RequestScope::new(), Barrier::new(16));
    let computed = AtomicUsize::new(0);
    thread::scope(|threads| {
        for _ in 0..16 {
            let scope = scope.clone();
            let (computed, start) = (&computed, &start);
            threads.spawn(move || {
                start.wait();
                let value = scope.get_or_insert("key", || computed.fetch_add(1, Ordering::SeqCst));
                assert_eq!(*value, 0);
            });
        }
    });
    assert_eq!(computed.load(Ordering::SeqCst), 1);
}

#[test]
fn errors_and_panics_are_not_kept() {
    let scope = RequestScope::new();
    assert_eq!(
        scope.get_or_try_insert("key", || Err::<i32, _>("refused")),
        Err("refused")
    );
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        scope.get_or_insert("key", || -> i32 { panic!("on purpose") })
    }));
    assert!(panicked.is_err());
    assert!(scope.is_empty());
    assert_eq!(*scope.get_or_insert("key", || 1), 1);
}

#[test]
fn an_inner_scope_has_what_the_outer_has_and_keeps_its_own_to_itself() {
    let outer = RequestScope::new();
    outer.get_or_insert("outer", || 1);
    let innermost = {
        let inner = outer.nested();
        assert_eq!(
            *inner.get_or_insert("outer", || 100),
            1,
            "it is the outer's"
        );
        inner.get_or_insert("inner", || 2);
        assert_eq!(inner.len(), 1);
        inner.nested()
    };
    assert_eq!(*innermost.get_or_insert("inner", || 100), 2);
    assert_eq!(*innermost.get_or_insert("outer", || 100), 1);
    assert_eq!(outer.get::<_, i32>(&"inner"), None);
    outer.get_or_insert("later", || 3);
    assert_eq!(*innermost.get_or_insert("later", || 100), 3);
    assert_eq!(
        outer.nested().get::<_, i32>(&"inner"),
        None,
        "a sibling has it not"
    );
}

#[test]
fn what_is_kept_is_dropped_with_the_scope() {
    let scope = RequestScope::new();
    let kept = Arc::downgrade(&scope.get_or_insert("key", || 1));
    let clone = scope.clone();
    drop(scope);
    assert!(kept.upgrade().is_some(), "a clone is the same scope");
    let inner = clone.nested();
    let of_inner = Arc::downgrade(&inner.get_or_insert("inner", || 2));
    drop(inner);
    assert!(of_inner.upgrade().is_none() && kept.upgrade().is_some());
    drop(clone);
    assert!(kept.upgrade().is_none());
}

#[test]
fn cleared_it_forgets_within_and_around() {
    let outer = RequestScope::new();
    let (inner, sibling) = (outer.nested(), outer.nested());
    for (scope, key) in [(&outer, "outer"), (&inner, "inner"), (&sibling, "sibling")] {
        scope.get_or_insert(key, || 1);
    }
    inner.clear();
    for (scope, key) in [
        (&outer, "outer"),
        (&inner, "inner"),
        (&sibling, "sibling"),
        (&inner, "outer"),
    ] {
        assert!(scope.is_empty());
        assert_eq!(scope.get::<_, i32>(&key), None);
    }
    assert_eq!(*sibling.get_or_insert("sibling", || 2), 2);
    outer.clear();
    assert!(sibling.is_empty());
}

#[test]
fn what_was_begun_before_it_was_cleared_is_given_and_not_kept() {
    let scope = RequestScope::new();
    let before = scope.get_or_insert("key", || {
        scope.clear();
        // Whoever asks from here on does not wait for what was begun before.
        assert_eq!(*scope.get_or_insert("key", || 2), 2);
        1
    });
    assert_eq!(*before, 1);
    assert_eq!(scope.get::<_, i32>(&"key").as_deref(), Some(&2));
}
