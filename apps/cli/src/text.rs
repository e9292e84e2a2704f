//! Parses and formats small values of the command line, and writes to standard error.

/// Writes to standard error. A closed reader is not an error: it must not end the work.
pub fn say(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), text.as_bytes());
}

/// A bar on a standard error that is no terminal: it is drawn again on one line.
#[derive(Debug)]
pub struct PlainBar;

impl indicatif::TermLike for PlainBar {
    fn width(&self) -> u16 {
        100
    }

    fn move_cursor_up(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn write_line(&self, line: &str) -> std::io::Result<()> {
        say(&format!("{line}\n"));
        Ok(())
    }

    fn write_str(&self, text: &str) -> std::io::Result<()> {
        say(text);
        Ok(())
    }

    fn clear_line(&self) -> std::io::Result<()> {
        say("\r");
        Ok(())
    }

    fn flush(&self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Parses a size such as `1920x1080`; each side 1 to 16384 pixels.
pub fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let (w, h) = text.split_once(['x', 'X', '×']).ok_or("write WIDTHxHEIGHT, such as 1920x1080")?;
    let side = |s: &str| match s.trim().parse::<u32>() {
        Ok(n) if (1..=16_384).contains(&n) => Ok(n),
        Ok(n) => Err(format!("{n} is not between 1 and 16384")),
        Err(_) => Err(format!("\"{s}\" is not a number of pixels; write WIDTHxHEIGHT, such as 1920x1080")),
    };
    Ok((side(w)?, side(h)?))
}

/// Parses bits per second, 1k to 10000M, with an optional `k` or `M` (powers of 1000).
pub fn parse_bitrate(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.trim() {
        t if t.ends_with(['k', 'K']) => (&t[..t.len() - 1], 1e3),
        t if t.ends_with(['m', 'M']) => (&t[..t.len() - 1], 1e6),
        t => (t, 1.0),
    };
    let bits = digits.parse::<f64>().map_err(|_| format!("\"{text}\" is not a bit rate; write 8M, 800k or 192000"))? * factor;
    if (1e3..=1e10).contains(&bits) { Ok(bits.round() as u64) } else { Err(format!("{text} is not between 1k and 10000M")) }
}

/// Formats a duration as `1:02:03`, `2:03` or `3 s`, rounded to whole seconds.
pub fn duration(secs: f64) -> String {
    let whole = secs.max(0.0).round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{}:{:02}", whole / 60, whole % 60),
        _ => format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60),
    }
}

/// A number and its noun: `1 clip`, `2 clips`.
pub fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Columns padded to their widest cell, two spaces between, no trailing spaces.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> =
        (0..columns).map(|c| rows.iter().filter_map(|r| r.get(c)).map(|s| s.chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for row in rows {
        let line: Vec<String> = row.iter().zip(&widths).map(|(cell, &w)| format!("{cell:w$}")).collect();
        out.push_str(line.join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_size("1920x1080"), Ok((1920, 1080)));
        for bad in ["1920", "0x10", "x", "-1x5", "99999x2", "1.5x2"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bit_rates() {
        assert_eq!(parse_bitrate("8M"), Ok(8_000_000));
        assert_eq!(parse_bitrate("192k"), Ok(192_000));
        assert_eq!(parse_bitrate("64000"), Ok(64_000));
        for bad in ["", "M", "nan", "inf", "-5k", "1", "8G"] {
            assert!(parse_bitrate(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn counts() {
        assert_eq!([0, 1, 2].map(|n| count(n, "clip")), ["0 clips", "1 clip", "2 clips"]);
    }

    #[test]
    fn tables_align() {
        let rows = vec![vec!["a".into(), "b".into()], vec!["ccc".into(), "d".into()]];
        assert_eq!(table(&rows), "a    b\nccc  d\n");
    }
}
