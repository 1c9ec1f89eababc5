//! The sets of indexes under which the lists are sorted.

use pagewise::catalog::Catalog;
use pagewise::chat;
use pagewise_reference::IndexSet;
use postgres::Client;

use crate::by_hand::sql;
use crate::report::Fallible;
use crate::report::job::text;

/// A set of indexes. All are there; those that are not of the set are hidden from the planner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexes {
    /// The origin's.
    Origin,
    /// The origin's, and those that the design document proposes.
    Seed,
    /// The origin's, and those that pagewise's reports want.
    Wanted,
    /// Those of keys alone: primary, unique and foreign.
    Keys,
    /// Those of constraints alone: not even of foreign keys.
    Bare,
}

/// Those of the grid.
pub const OF_GRID: [Indexes; 4] = [Indexes::Origin, Indexes::Seed, Indexes::Keys, Indexes::Bare];

/// Those of the list of chatbots.
pub const OF_CHATBOTS: [Indexes; 3] = [Indexes::Origin, Indexes::Seed, Indexes::Wanted];

impl Indexes {
    pub const fn key(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Seed => "seed",
            Self::Wanted => "wanted",
            Self::Keys => "keys",
            Self::Bare => "bare",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Origin => "the origin's indexes",
            Self::Seed => "the origin's and the proposed indexes",
            Self::Wanted => "the origin's and the wanted indexes",
            Self::Keys => "indexes of keys",
            Self::Bare => "no indexes",
        }
    }

    const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Origin => &["unique", "foreign key", "origin"],
            Self::Seed => &["unique", "foreign key", "origin", "proposed"],
            Self::Wanted => &["unique", "foreign key", "origin", "wanted"],
            Self::Keys => &["unique", "foreign key"],
            Self::Bare => &["unique"],
        }
    }

    /// Shows these, hides the others.
    pub fn show(self, client: &mut Client) -> Fallible<()> {
        let proposed = pagewise_reference::indexes(IndexSet::Seed);
        let proposed: Vec<_> = proposed.into_iter().filter_map(name_of).collect();
        let wanted: Vec<_> = wanted().filter_map(name_of).collect();
        let text = text(sql!("show_indexes"));
        client.execute(&text, &[&self.kinds(), &proposed, &wanted])?;
        Ok(())
    }

    /// Shows these, and reads what the catalog then says.
    pub fn catalog(self, client: &mut Client) -> Fallible<Catalog> {
        self.show(client)?;
        Ok(Catalog::read(client, &chat::filter_tables())?)
    }

    /// Shows these before a job.
    pub fn before(self) -> fn(&mut Client) -> Fallible<()> {
        match self {
            Self::Origin => |client| Self::Origin.show(client),
            Self::Seed => |client| Self::Seed.show(client),
            Self::Wanted => |client| Self::Wanted.show(client),
            Self::Keys => |client| Self::Keys.show(client),
            Self::Bare => |client| Self::Bare.show(client),
        }
    }
}

/// Makes the indexes that pagewise's reports want.
pub fn make_wanted(client: &mut Client) -> Fallible<()> {
    for statement in wanted() {
        client.batch_execute(statement)?;
    }
    Ok(())
}

/// The statements that make what is wanted.
pub fn wanted() -> impl Iterator<Item = &'static str> {
    let lines = sql!("wanted").lines();
    lines.filter(|line| line.starts_with("CREATE"))
}

fn name_of(statement: &str) -> Option<&str> {
    statement.strip_prefix("CREATE INDEX ")?.split(' ').next()
}
