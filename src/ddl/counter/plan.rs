//! A declaration that was found to be possible, with all its names: [`Plan`].

use std::borrow::Cow;
use std::sync::Arc;

use super::fingerprint::fingerprint;
use super::value::KeptValue;
use super::{condition, interned};
use crate::annotation::AnnotationNode;
use crate::ddl::text::{identifier, in_schema};
use crate::error::Error;
use crate::render::{NAME_BYTES, is_name};
use crate::schema::{DataType, Definition, EntityDefinition, Hop, Tenancy};

/// What is put behind a counter's name in the longest name that is made from it.
const LONGEST_SUFFIX: usize = "_00000000_parent_changed".len();

/// What is kept, where, and by which rows.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The counter's name, as its host says it.
    pub label: Cow<'static, str>,
    /// The same with a part of the fingerprint: another declaration has other tables and triggers.
    pub base: &'static str,
    /// The schema of tables that do not name one.
    pub schema: Cow<'static, str>,
    pub parent: Definition,
    /// The counted rows.
    pub(super) child: Definition,
    /// The column of the parent that counted rows point at.
    pub(super) link: &'static str,
    pub(super) link_type: DataType,
    /// The column of counted rows that points.
    pub(super) to: &'static str,
    /// The parent's tenant, and the counted rows' if they name it themselves.
    pub(super) tenant: Option<Tenant>,
    pub values: Vec<KeptValue>,
    /// The values are columns of the parent.
    pub in_parent: bool,
    /// The columns of counted rows that matter.
    pub(super) reads: Vec<&'static str>,
    pub fingerprint: u64,
    /// The side table.
    pub side: Definition,
}

#[derive(Debug)]
pub(super) struct Tenant {
    pub name: &'static str,
    pub data_type: DataType,
    pub of_child: Option<&'static str>,
}

/// What a plan is made from.
pub(crate) struct Declared<'d> {
    pub label: &'d Cow<'static, str>,
    pub schema: &'d Cow<'static, str>,
    pub prefix: Option<&'d str>,
    pub parent: Definition,
    pub values: &'d [Arc<AnnotationNode>],
    pub indexed: &'d [Arc<AnnotationNode>],
}

impl Plan {
    pub(super) fn new(declared: &Declared<'_>) -> Result<Self, Error> {
        let counter = declared.label;
        if !is_name(counter) || counter.len() + LONGEST_SUFFIX > NAME_BYTES {
            return Err(Error::InvalidName {
                name: counter.clone(),
            });
        }
        let Some(leader) = declared.values.first() else {
            return Err(Error::Incomplete {
                what: "a counter keeps no value",
                with: "Counter::of(name, values)",
            });
        };
        let refused = |value: &AnnotationNode, reason| Error::NotKept {
            counter: counter.clone(),
            value: value.name.clone(),
            reason,
        };
        let [hop] = leader.path.hops.as_slice() else {
            return Err(refused(
                leader,
                "its rows point at the parent by themselves",
            ));
        };
        let Some(to) = hop.to.column().filter(|_| !hop.to_one) else {
            return Err(refused(
                leader,
                "its rows point at the parent by one column",
            ));
        };
        if let Some(other) = declared
            .values
            .iter()
            .find(|value| !is_same_way(value, hop))
        {
            return Err(refused(
                other,
                "all values of a counter are over the same rows, each perhaps with a condition of its own",
            ));
        }
        let parent = declared.parent;
        let tenant = tenant(parent, hop).map_err(|reason| refused(leader, reason))?;

        let mut reads = vec![to];
        if let Some(tenant) = tenant.as_ref().and_then(|tenant| tenant.of_child) {
            condition::read(tenant, &mut reads);
        }
        let mut values = Vec::with_capacity(declared.values.len());
        for node in declared.values {
            let column = format!("{}{}", declared.prefix.unwrap_or_default(), node.name);
            if !is_name(&column) {
                return Err(Error::InvalidName {
                    name: column.into(),
                });
            }
            let column = interned::name(&column);
            values.push(KeptValue::of(counter, node, column, &mut reads)?);
        }
        for asked in declared.indexed {
            let value = values
                .iter_mut()
                .find(|value| value.node.is_same_value(asked));
            match value {
                Some(value) if declared.prefix.is_none() => value.is_indexed = true,
                Some(_) => {
                    return Err(refused(
                        asked,
                        "an index of the parent's own column is declared as any other of its table",
                    ));
                }
                None => {
                    return Err(refused(
                        asked,
                        "it is to be sorted by, and is none of the kept values",
                    ));
                }
            }
        }
        let mut plan = Self {
            label: counter.clone(),
            base: "",
            schema: declared.schema.clone(),
            parent,
            child: hop.definition,
            link: hop.from,
            link_type: hop.from_type,
            to,
            tenant,
            values,
            in_parent: declared.prefix.is_some(),
            reads,
            fingerprint: 0,
            side: parent,
        };
        plan.check_names()?;
        plan.name()?;
        Ok(plan)
    }

    /// That every kept column has a name of its own.
    fn check_names(&self) -> Result<(), Error> {
        let taken = |column: &str, taken_by| Error::KeptNameTaken {
            counter: self.label.clone(),
            column: column.to_owned(),
            taken_by,
        };
        let tenant = self.tenant.as_ref().map(|tenant| tenant.name);
        for (at, value) in self.values.iter().enumerate() {
            let column = value.column;
            if column == self.parent.key || column == self.link || tenant == Some(column) {
                return Err(taken(column, "the parent has a column of this name"));
            }
            if self.values[..at].iter().any(|other| other.column == column) {
                return Err(taken(column, "another of its values is called so"));
            }
            if self.in_parent && self.values.iter().any(|value| value.node.name == column) {
                return Err(taken(
                    column,
                    "the value that is computed is called so, and both may stand in one list",
                ));
            }
        }
        Ok(())
    }

    /// Finds the fingerprint, and the names that are made from it.
    fn name(&mut self) -> Result<(), Error> {
        let mut parts = vec![
            self.label.to_string(),
            self.parent_table(),
            self.child_table(),
            self.parent.key.to_owned(),
            self.link.to_owned(),
            self.link_type.to_string(),
            format!("{:?} {}", self.tenant, self.in_parent),
        ];
        for value in &self.values {
            parts.push(value.column.to_owned());
            parts.push(value.node.data_type.to_string());
            parts.push(value.counted(&self.child_table(), &self.tied("parent")));
            parts.push(value.is_indexed.to_string());
        }
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        self.fingerprint = fingerprint(&parts);
        let hash = self.fingerprint >> 32;
        self.base = interned::name(&format!("{}_{hash:08x}", self.label));
        if self.base.contains('"') {
            return Err(Error::InvalidName {
                name: self.label.clone(),
            });
        }
        self.side = interned::table(EntityDefinition::new(
            self.parent.schema,
            self.base,
            self.base,
            self.parent.key,
            self.parent.key_type,
            match &self.tenant {
                Some(tenant) => Tenancy::Column {
                    name: tenant.name,
                    data_type: tenant.data_type,
                },
                None => Tenancy::Shared,
            },
        ));
        Ok(())
    }

    fn schema_of(&self, definition: Definition) -> &str {
        definition.schema.unwrap_or(&self.schema)
    }

    /// The schema that everything of the counter is in: the parent's.
    pub fn own_schema(&self) -> &str {
        self.schema_of(self.parent)
    }

    pub(super) fn parent_table(&self) -> String {
        in_schema(Some(self.own_schema()), self.parent.table)
    }

    pub(super) fn child_table(&self) -> String {
        in_schema(Some(self.schema_of(self.child)), self.child.table)
    }

    /// Something of the counter's own: a table, a function.
    pub(super) fn own(&self, what: &str) -> String {
        in_schema(Some(self.own_schema()), &format!("{}{what}", self.base))
    }

    /// The table that has the values.
    pub(super) fn kept_table(&self) -> String {
        match self.in_parent {
            true => self.parent_table(),
            false => self.own(""),
        }
    }

    /// Counted rows point at the parent's key.
    pub(super) fn is_by_key(&self) -> bool {
        self.link == self.parent.key
    }

    pub(super) fn key(&self) -> String {
        identifier(self.parent.key)
    }

    pub(super) fn quoted_link(&self) -> String {
        identifier(self.link)
    }

    /// The columns of the parent that its row in the side table has, each once: key, tenant, link.
    pub(super) fn parent_columns(&self) -> Vec<&'static str> {
        let mut columns = vec![self.parent.key];
        let tenant = self.tenant.as_ref().map(|tenant| tenant.name);
        for column in tenant.into_iter().chain([self.link]) {
            condition::read(column, &mut columns);
        }
        columns
    }

    /// That a counted row, `child`, belongs to the row that is called so.
    pub(super) fn tied(&self, row: &str) -> String {
        let mut tied = format!(
            "child.{} = {row}.{}",
            identifier(self.to),
            identifier(self.link)
        );
        if let Some(Tenant {
            name,
            of_child: Some(of_child),
            ..
        }) = &self.tenant
        {
            tied.push_str(&format!(
                " AND child.{} = {row}.{}",
                identifier(of_child),
                identifier(name)
            ));
        }
        tied
    }

    /// What a comment says once every row has its values.
    pub(super) fn ready_mark(&self) -> String {
        format!("{}: ready", self.mark())
    }

    pub(super) fn unready_mark(&self) -> String {
        format!("{}: not filled", self.mark())
    }

    pub(super) fn mark(&self) -> String {
        format!("pagewise counter {:016x}", self.fingerprint)
    }

    /// Whether a comment on a table, or on one of its columns, says that the counter is ready.
    pub fn is_ready_by(&self, schema: &str, table: &str, mark: &str) -> bool {
        let kept_table = match self.in_parent {
            true => self.parent.table,
            false => self.base,
        };
        schema == self.own_schema() && table == kept_table && mark == self.ready_mark()
    }

    /// The value, if it is kept.
    pub fn value(&self, annotation: &AnnotationNode) -> Option<&KeptValue> {
        self.values
            .iter()
            .find(|value| value.node.is_same_value(annotation))
    }
}

fn is_same_way(value: &AnnotationNode, hop: &Hop) -> bool {
    value.path.hops.len() == 1 && value.path.hops[0] == *hop
}

/// Whose rows are counted: what a listing of the parent says of a tenant has to be in the rows themselves.
fn tenant(parent: Definition, hop: &Hop) -> Result<Option<Tenant>, &'static str> {
    let of_child = match &hop.definition.tenancy {
        Tenancy::Column { name, .. } => Some(*name),
        Tenancy::Through { .. } if !hop.foreign_key => {
            return Err("whose its rows are, other tables say");
        }
        Tenancy::Through { .. } | Tenancy::Shared => None,
    };
    match (&parent.tenancy, of_child) {
        (Tenancy::Column { name, data_type }, of_child) => Ok(Some(Tenant {
            name,
            data_type: *data_type,
            of_child,
        })),
        (_, None) => Ok(None),
        (_, Some(_)) => Err("its rows name their tenant, and the parent's do not"),
    }
}
