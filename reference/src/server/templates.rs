//! Databases that others are copied from, each made once per process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use postgres::Client;

use crate::error::Error;
use crate::generator::load;
use crate::index_set::{IndexSet, indexes};
use crate::schema::schema;

/// What a template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Template {
    /// Tables and indexes.
    Empty,
    /// The reference data of the scale with these bits.
    Reference(u64),
}

impl Template {
    pub(super) fn reference(scale: f64) -> Template {
        Template::Reference(scale.to_bits())
    }

    /// Text is sorted by its bytes everywhere, whatever the server's locale.
    pub(super) fn origin(self) -> &'static str {
        "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C'"
    }

    /// Small templates are copied fastest through the log, large ones file by file.
    pub(super) fn copy_of(self, name: &str) -> String {
        let strategy = match self {
            Template::Reference(scale) if f64::from_bits(scale) > 0.02 => "file_copy",
            _ => "wal_log",
        };
        format!("TEMPLATE \"{name}\" STRATEGY {strategy}")
    }

    pub(super) fn fill(self, client: &mut Client) -> Result<(), Error> {
        match self {
            Template::Reference(scale) => {
                load(client, f64::from_bits(scale), |_, _, _| {}).map(drop)
            }
            Template::Empty => {
                let statements = [vec![schema()], indexes(IndexSet::Origin)]
                    .concat()
                    .join("\n");
                client
                    .batch_execute(&statements)
                    .map_err(|source| Error::Step {
                        step: "tables",
                        source,
                    })
            }
        }
    }
}

/// The names of the templates that exist. Each has a lock of its own, so that making one holds up only those who want it.
#[derive(Default)]
pub(super) struct Templates {
    made: Mutex<HashMap<Template, Arc<Mutex<Option<String>>>>>,
}

impl Templates {
    pub(super) fn get_or_make(
        &self,
        template: Template,
        make: impl FnOnce() -> Result<String, Error>,
    ) -> Result<String, Error> {
        let place = Arc::clone(
            self.made
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(template)
                .or_default(),
        );
        let mut name = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = &*name {
            return Ok(name.clone());
        }
        let made = make()?;
        *name = Some(made.clone());
        Ok(made)
    }

    pub(super) fn names(&self) -> Vec<String> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.values()
            .filter_map(|place| place.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .collect()
    }
}
