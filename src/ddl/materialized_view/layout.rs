//! The columns of a view: the tenant, what it is grouped by, and the aggregates that its measures are computed of.

use std::borrow::Cow;

use super::view::{Key, ViewNode};
use crate::aggregate::{Aggregated, NumberNode, of_rows};
use crate::annotation::Aggregate;
use crate::error::Error;
use crate::render::is_name;
use crate::schema::{DataType, Definition, Tenancy};

/// The longest of what is appended to the name of a view.
const LONGEST_SUFFIX: &str = "_next_key";

/// The columns of a view.
pub(super) struct Layout {
    pub tenant: Option<(&'static str, DataType)>,
    pub aggregates: Vec<Kept>,
}

/// An aggregate, as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub name: Cow<'static, str>,
    pub aggregated: Aggregated,
    pub data_type: DataType,
    /// Of an average: what is averaged.
    pub averaged: Option<DataType>,
}

impl Kept {
    /// The columns that it takes.
    pub fn columns(&self) -> Vec<Cow<'static, str>> {
        match self.averaged {
            Some(_) => vec![self.sum(), self.count()],
            None => vec![self.name.clone()],
        }
    }

    pub fn sum(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}_sum", self.name))
    }

    pub fn count(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}_count", self.name))
    }
}

impl Key {
    pub fn is_null(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}_is_null", self.name))
    }

    pub fn or_default(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}_or_default", self.name))
    }
}

impl Layout {
    pub fn of(view: &ViewNode) -> Result<Self, Error> {
        let mut names: Vec<_> = view.schema.into_iter().map(Cow::Borrowed).collect();
        names.push(Cow::Owned(format!("{}{LONGEST_SUFFIX}", view.name)));
        let too_long = names.into_iter().find(|name| !is_name(name));
        if let Some(name) = too_long {
            return Err(Error::InvalidName { name });
        }
        let incomplete = |what, with| Err(Error::Incomplete { what, with });
        if view.measures.numbers.is_empty() {
            return incomplete("nothing is kept in the view", ".measures(..)");
        }
        of_rows(&view.rows, &view.measures.numbers)?;
        let layout = Self {
            tenant: tenant_of(view.rows.definition),
            aggregates: aggregates(view),
        };
        if layout.tenant.is_none() && view.keys.is_empty() {
            return incomplete("rows are to be grouped by nothing", ".by(..)");
        }
        layout.check_names(view)?;
        Ok(layout)
    }

    fn check_names(&self, view: &ViewNode) -> Result<(), Error> {
        let mut taken: Vec<Cow<'static, str>> = Vec::new();
        taken.extend(self.tenant.map(|(name, _)| Cow::Borrowed(name)));
        for key in &view.keys {
            taken.push(key.name.clone());
            if key.nullable {
                taken.extend([key.is_null(), key.or_default()]);
            }
        }
        taken.extend(self.aggregates.iter().flat_map(Kept::columns));
        for (at, name) in taken.iter().enumerate() {
            if !is_name(name) {
                return Err(Error::InvalidName { name: name.clone() });
            }
            if taken[..at].contains(name) {
                return Err(Error::DuplicateName { name: name.clone() });
            }
        }
        Ok(())
    }

    /// The columns of the unique index: none of them is NULL.
    pub fn index_columns(&self, view: &ViewNode) -> Vec<Cow<'static, str>> {
        let tenant = self.tenant.map(|(name, _)| Cow::Borrowed(name));
        let keys = view.keys.iter().flat_map(|key| match key.nullable {
            true => vec![key.or_default(), key.is_null()],
            false => vec![key.name.clone()],
        });
        tenant.into_iter().chain(keys).collect()
    }

    /// Where an aggregate is kept.
    pub fn find(&self, wanted: &Aggregated) -> Option<&Kept> {
        let mut kept = self.aggregates.iter();
        kept.find(|kept| kept.aggregated.is_same(wanted))
    }
}

/// The tenant column of a table, or of the one that its rows have their tenant from.
fn tenant_of(definition: Definition) -> Option<(&'static str, DataType)> {
    match &definition.tenancy {
        Tenancy::Column { name, data_type } => Some((name, *data_type)),
        Tenancy::Through { parent, .. } => tenant_of(parent),
        Tenancy::Shared => None,
    }
}

fn aggregates(view: &ViewNode) -> Vec<Kept> {
    let mut all: Vec<Kept> = Vec::new();
    for number in &view.measures.numbers {
        number.aggregates(&mut |node: &NumberNode, aggregated: &Aggregated| {
            if all.iter().any(|kept| kept.aggregated.is_same(aggregated)) {
                return;
            }
            let averaged = match &aggregated.aggregate {
                Aggregate::Average(value) => {
                    let mut averaged = view.measures.averaged.iter();
                    averaged.find(|(node, _)| node == value)
                }
                _ => None,
            };
            all.push(Kept {
                name: node.name.clone(),
                aggregated: aggregated.clone(),
                data_type: node.data_type,
                averaged: averaged.map(|(_, data_type)| *data_type),
            });
        });
    }
    all
}
