//! Finds the position of a JSON path in the text, so that messages can name the line.

/// Line and column, both from 1; the column counts bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPosition {
    /// From 1.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
}

/// The position in `text` at which the value named by `path` (such as
/// `compositions[0].tracks[1].clips[3].start`) begins. If the path does not exist entirely, the
/// position of the deepest value on it. `None` if an index in `path` is malformed.
pub fn locate(text: &str, path: &str) -> Option<TextPosition> {
    let mut scan = Scan { text: text.as_bytes(), at: 0 };
    let mut rest = path.trim_start_matches('$').trim_start_matches('.');
    scan.space();
    while !rest.is_empty() && rest != "." {
        let before = scan.at;
        let next = if let Some(r) = rest.strip_prefix('[') {
            let (index, after) = r.split_once(']')?;
            scan.enter_item(index.parse().ok()?).then(|| after.strip_prefix('.').unwrap_or(after))
        } else {
            scan.enter_field(rest)
        };
        match next {
            Some(after) => rest = after,
            None => {
                scan.at = before;
                break;
            }
        }
    }
    let head = text.get(..scan.at)?;
    let line = head.matches('\n').count() + 1;
    Some(TextPosition { line, column: scan.at - head.rfind('\n').map_or(0, |i| i + 1) + 1 })
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, c: u8) -> bool {
        self.space();
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        self.space();
        found
    }

    /// Steps over a string and returns its raw text between the quotes.
    fn string(&mut self) -> Option<&[u8]> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at - 1)
    }

    /// Steps over one value of any depth.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            self.space();
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b',' | b':' => return None,
                _ => {
                    while !matches!(self.peek(), None | Some(b',' | b':' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t')) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Steps to the value of the field that `path` begins with and returns the rest of the path.
    /// `None` if there is no such field.
    fn enter_field<'p>(&mut self, path: &'p str) -> Option<&'p str> {
        if !self.take(b'{') {
            return None;
        }
        loop {
            let key = self.string()?;
            // Keys may contain dots: a key matches if a separator or the end of the path follows
            // it.
            let after = path.as_bytes().strip_prefix(key).filter(|r| matches!(r.first(), None | Some(b'.' | b'[')));
            let after = after.map(|r| &path[path.len() - r.len()..]);
            if !self.take(b':') {
                return None;
            }
            if let Some(r) = after {
                return Some(r.strip_prefix('.').unwrap_or(r));
            }
            self.skip_value()?;
            if !self.take(b',') {
                return None;
            }
        }
    }

    /// Steps to element `index` of the array at the current position; `false` if there is none.
    fn enter_item(&mut self, index: usize) -> bool {
        if !self.take(b'[') {
            return false;
        }
        for _ in 0..index {
            if self.skip_value().is_none() || !self.take(b',') {
                return false;
            }
        }
        self.peek() != Some(b']')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_lines() {
        let text = "{\n  \"a\": [1, {\"x.y\": \"]\\\"}\"},\n    {\"k\":\n  true}],\n  \"b\": {}\n}";
        let at = |p: &str| locate(text, p).map(|p| (p.line, p.column));
        assert_eq!(at("a[0]"), Some((2, 9)));
        assert_eq!(at("a[1].x.y"), Some((2, 20)));
        assert_eq!(at("a[2].k"), Some((4, 3)));
        assert_eq!(at("b"), Some((5, 8)));
        assert_eq!(at("b.missing"), Some((5, 8)), "the deepest that is there");
        assert_eq!(at("a[9]"), Some((2, 8)));
        assert_eq!(at(""), Some((1, 1)));
    }
}
