//! What statements are called, by their texts: [`Names`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::num::NonZeroUsize;

use lru::LruCache;

use super::fingerprint::Fingerprint;
use super::normal_form::normal_form;

/// How many texts are remembered, those that were used last: texts are few, but for hosts that write values into them.
const MOST_TEXTS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// How many names a text may have, those that were used last.
const MOST_NAMES: usize = 4;

/// The names of texts.
#[derive(Debug)]
pub(super) struct Names {
    by_text: LruCache<Fingerprint, Named>,
}

#[derive(Debug)]
struct Named {
    /// The one that was used last is the first.
    names: Vec<Cow<'static, str>>,
    /// Of the text without its constants.
    normal: Fingerprint,
}

impl Names {
    pub fn new() -> Self {
        Self {
            by_text: LruCache::new(MOST_TEXTS),
        }
    }

    /// The name that was used last.
    pub fn get(&mut self, text: Fingerprint) -> Option<Cow<'static, str>> {
        let named = self.by_text.get(&text)?;
        named.names.first().cloned()
    }

    pub fn put(&mut self, key: Fingerprint, text: &str, name: Cow<'static, str>) {
        let Some(named) = self.by_text.get_mut(&key) else {
            let named = Named {
                names: vec![name],
                normal: Fingerprint::of(&normal_form(text)),
            };
            self.by_text.put(key, named);
            return;
        };
        let names = &mut named.names;
        match names.iter().position(|known| *known == name) {
            Some(at) => names[..=at].rotate_right(1),
            None => {
                names.insert(0, name);
                names.truncate(MOST_NAMES);
            }
        }
    }

    /// The names by what remains of their texts without constants, which several may have in common; in alphabetic order.
    pub fn by_normal_form(&self) -> HashMap<Fingerprint, Vec<Cow<'static, str>>> {
        let mut names: HashMap<_, Vec<_>> = HashMap::new();
        for (_, named) in &self.by_text {
            names
                .entry(named.normal)
                .or_default()
                .extend(named.names.iter().cloned());
        }
        for names in names.values_mut() {
            names.sort_unstable();
            names.dedup();
        }
        names
    }
}
