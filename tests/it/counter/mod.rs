//! Values that triggers keep: right after each statement, among concurrent writers, while they are filled, and in lists.

mod concurrent;
mod declared;
mod fill;
mod lists;
mod one_writer;
mod place;
mod promises;
