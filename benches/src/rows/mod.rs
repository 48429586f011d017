//! The rows, one file per chapter.

mod limits;
mod logged;
mod pages;
mod panics;
mod problems;
mod rejections;
mod success;
mod traced;
mod worker;

use crate::row::Row;

const CHAPTERS: [&[Row]; 9] = [
    success::ROWS,
    problems::ROWS,
    pages::ROWS,
    logged::ROWS,
    rejections::ROWS,
    limits::ROWS,
    panics::ROWS,
    traced::ROWS,
    worker::ROWS,
];

pub fn all() -> impl Iterator<Item = &'static Row> {
    CHAPTERS.into_iter().flatten()
}

pub fn named(name: &str) -> &'static Row {
    all()
        .find(|row| row.name == name)
        .expect("the name of a row")
}
