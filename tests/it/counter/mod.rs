//! Values that triggers keep: right after each statement, among concurrent writers, while they are filled, and in lists.

mod anew;
mod concurrent;
mod declared;
mod fill;
mod lists;
mod names;
mod one_writer;
mod place;
mod promises;
