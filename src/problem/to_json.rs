//! Writes a problem as JSON (RFC 9457, section 3).
//!
//! Nearly every error response is written here, so this is not serde's writer: the buffer has the right size at
//! once, and a text that needs no escaping is copied in one piece. Property tests compare both writers.

use super::Problem;

impl Problem {
    /// The document as JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let status = self.status();
        let status = status.as_ref().map(|status| status.as_str());
        let texts = [
            (r#","type":""#, self.type_member()),
            (r#","title":""#, self.title()),
            (r#","detail":""#, self.detail()),
            (r#","instance":""#, self.instance()),
        ];
        let [type_uri, title, detail, instance] = texts;
        // The exact size unless something is escaped: a full buffer becomes `Bytes` without a copy.
        let length = texts
            .iter()
            .map(|(key, text)| text.map_or(0, |text| key.len() + text.len() + 1));
        let extensions = self.extensions().map(|(name, _)| name.len() + 32);
        let length = length.chain(extensions).sum::<usize>();
        let length = length + status.map_or(0, |status| STATUS.len() + status.len());

        let mut json = Vec::with_capacity(length.max(1) + 1);
        write(&mut json, type_uri);
        write(&mut json, title);
        if let Some(status) = status {
            json.extend_from_slice(STATUS.as_bytes());
            json.extend_from_slice(status.as_bytes());
        }
        write(&mut json, detail);
        write(&mut json, instance);
        for (name, value) in self.extensions() {
            write(&mut json, (",\"", Some(name)));
            json.push(b':');
            // Cannot fail: a `Value` always serializes, and a `Vec` accepts every byte.
            let _ = serde_json::to_writer(&mut json, value);
        }
        // Each member starts with a comma.
        match json.first_mut() {
            Some(comma) => *comma = b'{',
            None => json.push(b'{'),
        }
        json.push(b'}');
        json
    }
}

const STATUS: &str = r#","status":"#;

/// Writes a key, which ends in a quotation mark, and the text after it.
#[inline]
fn write(json: &mut Vec<u8>, (key, text): (&str, Option<&str>)) {
    let Some(text) = text else {
        return;
    };
    json.extend_from_slice(key.as_bytes());
    // What must be escaped in a string (RFC 8259, section 7).
    if has_byte(text, |byte| {
        (byte < b' ') | (byte == b'"') | (byte == b'\\')
    }) {
        json.pop();
        let _ = serde_json::to_writer(json, text);
    } else {
        json.extend_from_slice(text.as_bytes());
        json.push(b'"');
    }
}

/// Whether `text` has a byte that `is_sought` accepts. `is_sought` must neither accept a space nor branch: then
/// the compiler compares sixteen bytes at once.
pub(crate) fn has_byte(text: &str, is_sought: impl Fn(u8) -> bool) -> bool {
    // No early return within a block, because that would prevent vectorization.
    let is_in = |block: &[u8; 16]| block.iter().fold(false, |any, &byte| any | is_sought(byte));
    let (blocks, rest) = text.as_bytes().as_chunks();
    let mut last = [b' '; 16];
    last[..rest.len()].copy_from_slice(rest);
    blocks.iter().any(is_in) || is_in(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_at_every_position() {
        for length in 0..50 {
            let text = "a".repeat(length);
            assert!(!has_byte(&text, |byte| byte == b'b'));
            for at in 0..length {
                let mut text = text.clone();
                text.replace_range(at..=at, "b");
                assert!(has_byte(&text, |byte| byte == b'b'), "{text}");
            }
        }
    }
}
