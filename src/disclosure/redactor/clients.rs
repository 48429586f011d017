//! One-letter options of well-known programs: `mysql -ps3cr3t`, `sshpass -p s3cr3t`, `redis-cli -a s3cr3t`.

use super::cursor::Cursor;
use super::lines::{LIMIT, skip_blanks};
use super::work;

/// Programs, and the letter before their password: with a blank between both, without one, or either.
const CLIENTS: [(&str, u8, Form); 5] = [
    (
        "mariadb mariadb-dump mysql mysqladmin mysqldump mysqlimport 7z",
        b'p',
        Form::Joined,
    ),
    (
        "helm-login login mongo mongodump mongoexport mongoimport mongorestore mongosh sshpass",
        b'p',
        Form::Either,
    ),
    ("bcp isql sqlcmd tsql unzip zip", b'P', Form::Either),
    ("redis-cli", b'a', Form::Apart),
    (
        "ldapadd ldapdelete ldapmodify ldapsearch ldapwhoami",
        b'w',
        Form::Either,
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Joined,
    Apart,
    Either,
}

/// The password after a hyphen and a letter; `start` is where the letter is. Returns where to go on.
pub(super) fn password(cursor: &mut Cursor<'_>, start: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    let letter = *bytes.get(start)?;
    if !matches!(letter, b'p' | b'P' | b'a' | b'w') {
        return None;
    }
    let value = skip_blanks(bytes, start + 1);
    let form = if value > start + 1 {
        Form::Apart
    } else {
        Form::Joined
    };
    let quote = bytes
        .get(value)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\''));
    let value = value + usize::from(quote.is_some());
    let ends = |byte: u8| match quote {
        Some(quote) => byte == quote || byte == b'\n',
        None => {
            byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b';' | b'|' | b'&')
        }
    };
    let length = bytes[value..]
        .iter()
        .take_while(|byte| !ends(**byte))
        .count();
    work::note(length);
    let secret = &bytes[value..value + length];
    // A port, or another option.
    let is_number = secret
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b':');
    if is_number || secret.starts_with(b"-") || !follows_client(cursor, start, letter, form) {
        return None;
    }
    Some(cursor.hide(value..value + length))
}

/// Whether the command before `at` is a program with such an option.
fn follows_client(cursor: &Cursor<'_>, at: usize, letter: u8, form: Form) -> bool {
    let from = at.saturating_sub(LIMIT).max(cursor.floor);
    work::note(at - from);
    let before = &cursor.bytes()[from..at];
    let command = before
        .rsplit(|byte| matches!(byte, b'\n' | b';' | b'|' | b'&'))
        .next();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut words = command.unwrap_or_default().split(|byte| !is_part(byte));
    words.any(|word| {
        CLIENTS.iter().any(|(names, option, wanted)| {
            *option == letter
                && (*wanted == Form::Either || *wanted == form)
                && names.split(' ').any(|name| name.as_bytes() == word)
        })
    })
}
