//! Keys of any type, told apart by their type, the type of what is kept under them, and their value.

use std::any::{Any, TypeId};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A key, and the type of what is kept under it.
#[derive(Clone)]
pub(super) struct Key {
    key: Arc<dyn AnyKey>,
    value: TypeId,
}

trait AnyKey: Any + Send + Sync {
    fn is_key(&self, other: &dyn AnyKey) -> bool;
    fn hash_into(&self, state: &mut dyn Hasher);
}

impl<K: Hash + Eq + Send + Sync + 'static> AnyKey for K {
    fn is_key(&self, other: &dyn AnyKey) -> bool {
        (other as &dyn Any).downcast_ref::<K>() == Some(self)
    }

    fn hash_into(&self, mut state: &mut dyn Hasher) {
        TypeId::of::<K>().hash(&mut state);
        Hash::hash(self, &mut state);
    }
}

impl Key {
    pub fn new<K: Hash + Eq + Send + Sync + 'static, V: 'static>(key: K) -> Self {
        Self {
            key: Arc::new(key),
            value: TypeId::of::<V>(),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value && self.key.is_key(&*other.key)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
        self.key.hash_into(state);
    }
}
