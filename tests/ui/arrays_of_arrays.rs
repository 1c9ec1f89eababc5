//! PostgreSQL has arrays of any number of dimensions, and no arrays of arrays.

pagewise::entity! {
    pub Grid = "grids" as "grid" {
        key ID: i64 = "id";
        shared;
        CELLS: Vec<Vec<i64>> = "cells";
    }
}

fn main() {
    let _ = pagewise::Listing::of(Grid).show(Grid::CELLS);
}
