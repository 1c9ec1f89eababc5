//! Numbers over sets of rows, alone and in series, groups and tables: all that is asked for is what plain loops over random
//! rows say.

mod any_number;
mod asked;
mod case;
mod combined;
mod entities;
mod groups;
mod harness;
mod listing;
mod measure;
mod series;
mod set;
