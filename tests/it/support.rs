//! Databases for the tests, and what every emitted statement must stand.

use std::sync::LazyLock;

use pagewise::chat::{self, TaggableIds};
use pagewise::listing::PageStatement;
use pagewise::schema::DataType;
use pagewise::{ContentTypes, Listing, Statement, Strategy};
use pagewise_reference::{Database, Server};
use postgres::types::Type;
use postgres::{Client, SimpleQueryMessage};

/// A team of the reference data with all the traps in it.
pub const TEAM: i64 = 2;

/// Reference data that tests read and never write.
static SHARED: LazyLock<Database> =
    LazyLock::new(|| server().reference(0.002).expect("reference data"));

fn server() -> &'static Server {
    Server::shared().expect("a PostgreSQL server")
}

/// A connection to the data that nobody writes.
pub fn reader() -> Client {
    SHARED.client().expect("a connection")
}

/// Where an asynchronous client finds the data that nobody writes.
#[cfg(feature = "tokio-postgres")]
pub fn reader_url() -> &'static str {
    SHARED.url()
}

/// Empty tables of one's own.
pub fn empty() -> (Database, Client) {
    let database = server().database().expect("a database");
    let client = database.client().expect("a connection");
    (database, client)
}

/// The content types of the database.
pub fn taggable(client: &mut Client) -> TaggableIds {
    ContentTypes::default()
        .resolve(client, &chat::TAGGABLE)
        .expect("content types")
}

/// The statement is what it says it is: the server prepares its text, whose columns have the names and types that
/// it declares, and the text broken into lines, and the text with its values written in gives the same rows.
///
/// Those rows as JSON, in their order.
pub fn run(client: &mut Client, statement: &Statement) -> Vec<String> {
    let text = statement.text();
    let prepared = client
        .prepare(text)
        .unwrap_or_else(|error| panic!("{error:?}\n{statement:#}"));
    let columns: Vec<_> = prepared
        .columns()
        .iter()
        .map(|column| (column.name().to_owned(), column.type_().clone()))
        .collect();
    let declared: Vec<_> = statement
        .outputs()
        .iter()
        .map(|output| output.name.to_string())
        .collect();
    let names: Vec<_> = columns.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names, declared, "{statement:#}");
    for ((name, column), output) in columns.iter().zip(statement.outputs()) {
        assert!(
            is_type(column, output.data_type),
            "{name} is declared {}, the server says {column}",
            output.data_type
        );
    }
    let broken = format!("{statement:#}");
    client
        .prepare(&broken)
        .unwrap_or_else(|error| panic!("{error:?}\n{broken}"));

    let rows = json(client, statement);
    let literal = statement.to_literal_sql();
    let pasted = client
        .simple_query(&literal)
        .unwrap_or_else(|error| panic!("{error:?}\n{literal}"));
    let pasted = pasted
        .iter()
        .filter(|message| matches!(message, SimpleQueryMessage::Row(_)))
        .count();
    assert_eq!(pasted, rows.len(), "{literal}");
    let body = literal.trim_end().trim_end_matches(';');
    let written_in = client
        .simple_query(&format!(
            "SELECT to_jsonb(answer)::text FROM (\n{body}\n) AS answer"
        ))
        .unwrap_or_else(|error| panic!("{error:?}\n{literal}"));
    let written_in: Vec<String> = written_in
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .collect();
    assert_eq!(written_in, rows, "{literal}");
    rows
}

/// The rows of a statement as JSON, in their order.
fn json(client: &mut Client, statement: &Statement) -> Vec<String> {
    use pagewise::driver::postgres::Execute;
    let text = format!(
        "SELECT to_jsonb(answer)::text FROM ({}) AS answer",
        statement.text()
    );
    Execute::run(client, &text, statement.parameters())
        .unwrap_or_else(|error| panic!("{error:?}\n{statement:#}"))
        .iter()
        .map(|row| row.get(0))
        .collect()
}

fn is_type(column: &Type, declared: DataType) -> bool {
    let fits: &[Type] = match declared {
        DataType::Boolean => &[Type::BOOL],
        DataType::SmallInt => &[Type::INT2],
        DataType::Integer => &[Type::INT4],
        DataType::BigInt => &[Type::INT8],
        DataType::Real => &[Type::FLOAT4],
        DataType::DoublePrecision => &[Type::FLOAT8],
        DataType::Text => &[Type::TEXT, Type::VARCHAR],
        DataType::Date => &[Type::DATE],
        DataType::Timestamp => &[Type::TIMESTAMP],
        DataType::TimestampTz => &[Type::TIMESTAMPTZ],
        #[cfg(feature = "uuid")]
        DataType::Uuid => &[Type::UUID],
        DataType::Array(element) => {
            return match column.kind() {
                postgres::types::Kind::Array(inner) => is_type(inner, *element),
                _ => false,
            };
        }
        DataType::Named(name) => return column.name() == name,
        other => panic!("{other} is new: say which types of the server it is"),
    };
    fits.contains(column)
}

/// Both ways to the page of a listing run, and give the same rows in the same order.
pub fn both<E: pagewise::Entity>(
    client: &mut Client,
    listing: &Listing<E>,
) -> (PageStatement<E>, PageStatement<E>) {
    let optimized = listing.clone().strategy(Strategy::Optimized).build();
    let legacy = listing.clone().strategy(Strategy::Legacy).build();
    let (optimized, legacy) = (optimized.expect("a page"), legacy.expect("a page"));
    let rows = run(client, &optimized);
    assert_eq!(rows, run(client, &legacy), "{optimized:#}\n\n{legacy:#}");
    assert!(!rows.is_empty(), "no rows to compare\n{optimized:#}");
    (optimized, legacy)
}
