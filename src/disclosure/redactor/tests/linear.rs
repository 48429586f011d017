//! The time is linear in the text: twice as much of anything costs about twice as much, counted in the bytes that are
//! looked at, not in seconds.

use super::super::{Redactor, work};

/// Texts that make a careless scanner look at the same bytes again and again.
const SHAPES: &[&str] = &[
    "=",
    ":",
    "a=",
    "a:",
    "a =",
    "@",
    "a@",
    "://",
    "x://a:b ",
    "x://a:b@",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\"\\",
    "(",
    "[",
    "{",
    "({[",
    "<",
    ">",
    "<token>",
    "<password>",
    "%",
    "%22",
    "%25",
    "a%3D",
    "token=",
    "token:",
    "token: ",
    "token=a(",
    "token=(",
    "token=[",
    "token={",
    "session:{",
    "token=\"",
    "token='",
    "token: \"user not found ",
    "token=\\\"",
    "token:\n ",
    "token:\n  token:\n",
    "- token:\n",
    "name=",
    "name=a",
    "name=\"",
    "value=",
    "value=x name=password ",
    "code=",
    "&code=",
    "?code=a&",
    "&state=",
    "(\"token\",",
    "[\"token\",",
    "[[\"token\",5",
    "(\"token\",(",
    "Key (",
    ")=(",
    "(token)=(",
    "VALUES",
    ")VALUES(",
    "(token)VALUES(",
    "INSERT INTO t (token) VALUES (1",
    "-",
    "--",
    "-----BEGIN",
    "-----BEGIN CERTIFICATE",
    "--token ",
    "-u ",
    "(-u (",
    "Bearer ",
    "bearer a",
    "1",
    "12-",
    "4111",
    "4 ",
    "eyJ",
    "eyJ/",
    "eyJhbGciOi.",
    "ghp_",
    "ghp_/",
    "a/1",
    "_1",
    "password is ",
    "password ",
    "password: ",
    "token: a ",
    "unexpected token: ",
    "API key: ",
    "authorization: ",
    "cookie: a",
    "password=x ",
    "password=\"a\" ",
    "\u{FF1A}",
    "password\u{FF1A}",
    "ä=",
    "🦀:",
    "s:5:\"",
    ":\"",
    "[REDACTED]",
    "token=[REDACTED] ",
    "string(",
    "token=string(",
    "hooks.slack.com/services/",
    "https://hooks.slack.com/",
    "@h:80",
    "a:b@h:80 ",
    "binds:[",
    "password=$1 binds:[",
    "{\"token\":",
    "[{\"a\":",
    "[\"",
    "{\"a\":\"{",
    "\\u0022",
];

#[test]
fn twice_as_much_of_anything_costs_twice_as_much() {
    let redactor = Redactor::default();
    for shape in SHAPES {
        for prefix in ["", "x ", "{\"a\":\"", "token=(", "token: \""] {
            let cost = |length: usize| {
                let text = format!("{prefix}{}", shape.repeat(length / shape.len()));
                work::counted(|| drop(redactor.text(&text)))
            };
            let (less, more) = (cost(2 << 10), cost(8 << 10));
            assert!(
                more <= less * 6 + 4096,
                "{prefix}{shape}…: {less} bytes looked at in 2 KiB, {more} in 8 KiB"
            );
            assert!(
                more <= (8 << 10) * 600,
                "{prefix}{shape}…: {more} bytes looked at in 8 KiB"
            );
        }
    }
}
