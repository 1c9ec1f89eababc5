//! Statements by hand, put together from files: the conditions, and what they are asked about.

use sea_query::Value;

use crate::report::job::{Query, text};

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/filters/", $name, ".sql"))
    };
}
pub(crate) use sql;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The newest rows.
    Page,
    /// How many there are.
    Count,
    /// Both.
    PageAndCapped,
}

impl Ask {
    pub const fn key(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Count => "count",
            Self::PageAndCapped => "page_and_total",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Count => "count",
            Self::PageAndCapped => "page and total up to ten thousand",
        }
    }
}

/// Which tags are wanted, in terms of a parameter.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// Those of the numbers in an array.
    Ids(&'static str),
    /// Those of the names in an array.
    Names(&'static str),
    /// Those of the names in an array, that are versions.
    Versions(&'static str),
}

impl Wanted {
    /// The condition in a file on what is wanted.
    pub fn condition(self, source: &str) -> String {
        let tags = match self {
            Self::Ids(parameter) => format!("t.id = ANY({parameter})"),
            Self::Names(parameter) => format!("t.name = ANY({parameter})"),
            Self::Versions(parameter) => {
                format!("t.name = ANY({parameter}) AND t.category = 'experiment_version'")
            }
        };
        let own =
            format!("ARRAY(SELECT t.id FROM annotations_tag t WHERE t.team_id = $1 AND {tags})");
        // Numbers are known before the team's tags were looked at, names are not.
        let wanted = match self {
            Self::Ids(parameter) => parameter,
            _ => &own,
        };
        text(source)
            .replace("{wanted}", wanted)
            .replace("{own}", &own)
            .replace("{tags}", &tags)
    }
}

/// The statement for sessions under conditions.
pub fn sessions(ask: Ask, conditions: &str, parameters: &[Value]) -> Vec<Query> {
    let statement = |source| Query {
        text: text(source).replace("{conditions}", conditions),
        parameters: parameters.to_vec(),
    };
    match ask {
        Ask::Page => vec![statement(sql!("page"))],
        Ask::Count => vec![statement(sql!("count"))],
        Ask::PageAndCapped => vec![statement(sql!("page")), statement(sql!("count_capped"))],
    }
}

/// As an ORM asks for a total: all of it, in a statement of its own.
pub fn sessions_by_orm(ask: Ask, conditions: &str, parameters: &[Value]) -> Vec<Query> {
    match ask {
        Ask::PageAndCapped => {
            let mut both = sessions(Ask::Page, conditions, parameters);
            both.extend(sessions(Ask::Count, conditions, parameters));
            both
        }
        ask => sessions(ask, conditions, parameters),
    }
}
