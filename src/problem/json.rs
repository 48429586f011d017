//! The document as JSON (RFC 9457, section 3), as nearly every failure is answered: a text that needs no escaping is
//! copied in one piece.

use super::Problem;
use super::scan::has_byte;

impl Problem {
    /// The document as JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let status = self.status();
        let status = status.as_ref().map(|status| status.as_str());
        let texts = [
            (r#","type":""#, self.type_member()),
            (r#","title":""#, self.title_ref()),
            (r#","detail":""#, self.detail_ref()),
            (r#","instance":""#, self.instance_ref()),
        ];
        let [of_type, title, detail, instance] = texts;
        // Of the right size where nothing is escaped: a buffer that is full becomes `Bytes` as it is.
        let length = texts
            .iter()
            .map(|(key, text)| text.map_or(0, |text| key.len() + text.len() + 1));
        let extensions = self.extensions().map(|(name, _)| name.len() + 32);
        let length = length.chain(extensions).sum::<usize>();
        let length = length + status.map_or(0, |status| STATUS.len() + status.len());

        let mut json = Vec::with_capacity(length.max(1) + 1);
        write(&mut json, of_type);
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
            // A `Value` serialises without fail, and a `Vec` takes all of it.
            let _ = serde_json::to_writer(&mut json, value);
        }
        // Each member came with a comma before it.
        match json.first_mut() {
            Some(comma) => *comma = b'{',
            None => json.push(b'{'),
        }
        json.push(b'}');
        json
    }
}

const STATUS: &str = r#","status":"#;

/// Writes a key that ends in a quotation mark, and the text behind it.
#[inline]
fn write(json: &mut Vec<u8>, (key, text): (&str, Option<&str>)) {
    let Some(text) = text else {
        return;
    };
    json.extend_from_slice(key.as_bytes());
    // What a JSON text can't hold as it is (RFC 8259, section 7).
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
