//! Statements about everybody's rows: those of a materialized view, of which each row knows whose it is.
//!
//! What is read for a row, such as what belongs to it, is bound to the tenant of that row.

use std::borrow::Cow;

use sea_query::{Expr, IntoIden, TableName, TableRef};

use super::{Renderer, Scope, iden};
use crate::ddl::materialized_view::MaterializedViewError;
use crate::error::Error;
use crate::schema::{DataType, Definition};

/// Where a row says whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    /// The word by which the statement calls the row, or the one that it has its tenant from.
    pub word: Cow<'static, str>,
    pub column: &'static str,
    pub data_type: DataType,
}

impl Owner {
    pub fn column(&self) -> Expr {
        Expr::col((iden(&self.word), self.column.into_iden()))
    }
}

/// That rows are everybody's; whose each is, if it is somebody's.
pub(super) struct EachRow(Option<Owner>);

impl EachRow {
    /// What the column of a table that is read for the row is compared with.
    pub(super) fn tenant(
        &self,
        table: &'static str,
        column: &'static str,
        expected: DataType,
    ) -> Result<Expr, Error> {
        let is_integer =
            |t: DataType| matches!(t, DataType::SmallInt | DataType::Integer | DataType::BigInt);
        let owner = self.0.as_ref();
        let owner = owner.ok_or(Error::TenantRequired { table, column })?;
        let given = owner.data_type;
        if given == expected || (is_integer(given) && is_integer(expected)) {
            return Ok(owner.column());
        }
        Err(Error::TenantType {
            table,
            column,
            expected,
            given,
        })
    }
}

impl Renderer<'_> {
    /// For everybody's rows; of no owner, if they are nobody's.
    pub fn of_each_row(owner: Option<Owner>) -> Self {
        Self {
            each_row: Some(EachRow(owner)),
            ..Self::new(None, 0)
        }
    }

    /// A table of everybody's rows, whose tenants the statement tells apart.
    pub fn unbound(&self, definition: Definition, scope: &Scope<'_>) -> TableRef {
        self.read.borrow_mut().push(definition);
        let schema = definition.schema.map(Into::into);
        let table = TableName(schema, definition.table.into_iden());
        TableRef::Table(table, Some(scope.iden()))
    }

    /// Refuses what is found once for a whole statement where rows are everybody's: it would be found among everybody's.
    pub(super) fn of_one_tenant(&self, condition: &'static str) -> Result<(), Error> {
        match &self.each_row {
            Some(_) => Err(MaterializedViewError::OfOneTenant { condition }.into()),
            None => Ok(()),
        }
    }
}
