//! Which result: [`CacheKey`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::key_value::{KeyValue, instant};
use super::kind::{CacheKind, prefix};
use super::tier::Tier;
use super::time_range::TimeRange;
use crate::aggregate::Bucket;
use crate::time_zone::TimeZone;

/// The form in which keys are written: another one if that changes, so that old keys are not found.
const FORM: &str = "1";

/// Longer names of kinds would not leave room for the rest: the column has 255 characters.
const LONGEST_NAME: usize = 120;

/// Which result of a [`CacheKind`], and whose: everything that its value depends on.
///
/// Equal requests have equal keys, in whatever order they were written: filters are sets of values, and are sorted; a value
/// that is there twice is there once. What differs has another key: a list of nothing is not the absence of a filter, a
/// number not the text of its digits, and a stretch of time that moves with the clock not one that stands.
///
/// The text that it has in the table is `kind:v<version>:<digest>`, or `kind:<bucket>:v<version>:<digest>`, with the SHA-256
/// digest of [`canonical`](Self::canonical).
///
/// ```
/// use chrono::TimeDelta;
/// use pagewise::aggregate::Bucket;
/// use pagewise::cache::{CacheKind, Tier, TimeRange};
/// use pagewise::TimeZone;
///
/// const VOLUME: CacheKind<Vec<i64>> = CacheKind::new("message_volume", Tier::HISTORICAL, &["chat_chatmessage"]);
///
/// let key = VOLUME
///     .key(7)
///     .range(TimeRange::Last(TimeDelta::days(30)))
///     .every(Bucket::Day, &"Africa/Johannesburg".parse()?)
///     .filter("experiments", [3, 1]);
/// let same = VOLUME
///     .key(7)
///     .filter("experiments", [1, 3, 3])
///     .every(Bucket::Day, &"Africa/Johannesburg".parse()?)
///     .range(TimeRange::Last(TimeDelta::days(30)));
/// assert_eq!(key.text(), same.text());
/// assert_ne!(key.text(), key.clone().filter("tags", [0_i64; 0]).text());
/// assert!(key.text().starts_with("message_volume:day:v1:"));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct CacheKey<T> {
    kind: CacheKind<T>,
    team: i64,
    bucket: Option<Bucket>,
    zone: Option<TimeZone>,
    range: Option<TimeRange>,
    filters: BTreeMap<String, BTreeSet<BTreeSet<KeyValue>>>,
    parameters: BTreeMap<String, KeyValue>,
}

impl<T> CacheKey<T> {
    pub(super) const fn new(kind: CacheKind<T>, team: i64) -> Self {
        Self {
            kind,
            team,
            bucket: None,
            zone: None,
            range: None,
            filters: BTreeMap::new(),
            parameters: BTreeMap::new(),
        }
    }

    /// Of a stretch of time.
    #[must_use]
    pub fn range(mut self, range: impl Into<TimeRange>) -> Self {
        self.range = Some(range.into());
        self
    }

    /// For each stretch of time, as the clocks of a zone have it.
    #[must_use]
    pub fn every(mut self, bucket: Bucket, zone: &TimeZone) -> Self {
        self.bucket = Some(bucket);
        self.in_zone(zone)
    }

    /// By the clocks of a zone, where there are no buckets but dates.
    #[must_use]
    pub fn in_zone(mut self, zone: &TimeZone) -> Self {
        self.zone = Some(zone.clone());
        self
    }

    /// Limited to some values of something, in any order. A list of nothing is a filter that nothing passes. Several filters
    /// of one name are several, which must all be passed.
    #[must_use]
    pub fn filter(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = impl Into<KeyValue>>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.filters.entry(name.into()).or_default().insert(values);
        self
    }

    /// Something else that it depends on: how many rows, in which order, with or without what. The last of one name counts.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<KeyValue>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// Whose it is.
    #[must_use]
    pub const fn team(&self) -> i64 {
        self.team
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> CacheKind<T> {
        self.kind
    }

    pub(crate) fn tier(&self) -> Tier {
        self.kind.tier
    }

    /// Everything that it depends on but the team, as JSON, always in the same order: what [`text`](Self::text) has the digest
    /// of.
    #[must_use]
    pub fn canonical(&self) -> String {
        let range = self.range.map(|range| match range {
            TimeRange::Last(length) => vec![
                "last".to_owned(),
                length.num_seconds().to_string(),
                length.subsec_nanos().to_string(),
            ],
            TimeRange::Between(window) => vec![
                "between".to_owned(),
                instant(window.start()),
                instant(window.end()),
            ],
        });
        let filters: BTreeMap<_, Vec<Vec<_>>> = self
            .filters
            .iter()
            .map(|(name, filters)| {
                let filters = filters.iter();
                let parts = filters.map(|values| values.iter().map(KeyValue::parts).collect());
                (name, parts.collect())
            })
            .collect();
        let parameters: BTreeMap<_, _> = self
            .parameters
            .iter()
            .map(|(name, value)| (name, value.parts()))
            .collect();
        let parts = (
            FORM,
            (self.kind.name, self.kind.version),
            self.bucket.map(|bucket| bucket.to_string()),
            self.zone.as_ref().map(TimeZone::name),
            range,
            filters,
            parameters,
        );
        // Texts, lists and maps of texts: nothing that JSON has not.
        serde_json::to_string(&parts).unwrap_or_default()
    }

    /// Its text in the column `cache_key`, at most 255 characters of ASCII but for the kind's name.
    #[must_use]
    pub fn text(&self) -> String {
        let digest = Sha256::digest(self.canonical());
        let digest = URL_SAFE_NO_PAD.encode(digest);
        let mut text = prefix(self.kind.name);
        if text.chars().count() > LONGEST_NAME {
            // The digest has the whole name; what is left of it is for reading.
            text = text.chars().take(LONGEST_NAME - 1).chain([':']).collect();
        }
        if let Some(bucket) = self.bucket {
            text.push_str(&bucket.to_string());
            text.push(':');
        }
        format!("{text}v{}:{digest}", self.kind.version)
    }
}

impl<T> Clone for CacheKey<T> {
    fn clone(&self) -> Self {
        Self {
            kind: self.kind,
            team: self.team,
            bucket: self.bucket,
            zone: self.zone.clone(),
            range: self.range,
            filters: self.filters.clone(),
            parameters: self.parameters.clone(),
        }
    }
}

impl<T> PartialEq for CacheKey<T> {
    fn eq(&self, other: &Self) -> bool {
        self.team == other.team && self.canonical() == other.canonical()
    }
}

impl<T> Eq for CacheKey<T> {}

impl<T> fmt::Debug for CacheKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheKey")
            .field("team", &self.team)
            .field("text", &self.text())
            .field("canonical", &self.canonical())
            .finish()
    }
}
