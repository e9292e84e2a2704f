//! The `.cube` format: Adobe, "Cube LUT Specification 1.0" (2013), with Resolve's input ranges and
//! its shaper before a cube.
use super::{Cube, Lut, MAX_ENTRIES, MAX_SIDE, Shaper, three};

/// Parses the text of a file. An error describes the first mistake.
pub fn parse(text: &str) -> Result<Lut, String> {
    let (mut entries, mut side) = (0usize, 0usize);
    let mut domain = [[0.0f32; 3], [1.0; 3]];
    let (mut domain_1d, mut domain_3d) = (None, None);
    let mut values: Vec<f32> = Vec::new();
    for (i, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        let wrong = |what: &str| format!("line {}: {what}: \"{line}\"", i + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let range = || -> Option<[[f32; 3]; 2]> {
            let mut numbers = rest.split_whitespace().map(|w| w.parse::<f32>().ok());
            Some([[numbers.next()??; 3], [numbers.next()??; 3]])
        };
        match key.to_ascii_uppercase().as_str() {
            "TITLE" => {}
            "LUT_1D_SIZE" => entries = size(rest, MAX_ENTRIES).map_err(|e| wrong(&e))?,
            "LUT_3D_SIZE" => side = size(rest, MAX_SIDE).map_err(|e| wrong(&e))?,
            "DOMAIN_MIN" => domain[0] = three(rest).ok_or_else(|| wrong("three numbers are needed"))?,
            "DOMAIN_MAX" => domain[1] = three(rest).ok_or_else(|| wrong("three numbers are needed"))?,
            "LUT_1D_INPUT_RANGE" => domain_1d = Some(range().ok_or_else(|| wrong("two numbers are needed"))?),
            "LUT_3D_INPUT_RANGE" => domain_3d = Some(range().ok_or_else(|| wrong("two numbers are needed"))?),
            _ if key.starts_with(|c: char| c.is_ascii_alphabetic())
                && !key.eq_ignore_ascii_case("nan")
                && !key.eq_ignore_ascii_case("inf") =>
            {
                return Err(wrong("an unknown keyword"));
            }
            _ => values.extend(three(line).ok_or_else(|| wrong("three numbers are needed"))?),
        }
    }
    let lines = values.len() / 3;
    let warnings: Vec<String> = match counted(entries, side, lines) {
        Counted::AsStated => Vec::new(),
        Counted::Otherwise(e, s) => {
            let stated = table_names(entries, side);
            (entries, side) = (e, s);
            vec![format!("its header states {stated}, and it holds {lines} lines of numbers: read as {}", table_names(e, s))]
        }
        Counted::Unknown => {
            let needed = entries + side * side * side;
            return Err(format!("it should hold {needed} lines of numbers and holds {lines}"));
        }
    };
    let cube = values.split_off(3 * entries);
    let lut = Lut::new(
        (entries > 0).then(|| Shaper { entries, domain: domain_1d.unwrap_or(domain), values }),
        (side > 0).then(|| Cube { side, domain: domain_3d.unwrap_or(domain), values: cube }),
    )?;
    Ok(Lut { warnings, ..lut })
}

/// The tables that a number of lines makes.
enum Counted {
    AsStated,
    /// Entries of the shaper, side of the cube.
    Otherwise(usize, usize),
    Unknown,
}

/// Compares the sizes that the header states with the number of lines. A single table may have
/// another size, and a shaper may be stated that is not there; nothing else has only one meaning.
fn counted(entries: usize, side: usize, lines: usize) -> Counted {
    let root = (2..=MAX_SIDE).find(|n| n * n * n == lines);
    match (entries, side, root) {
        _ if lines == entries + side * side * side => Counted::AsStated,
        (0, 1.., Some(side)) => Counted::Otherwise(0, side),
        (1.., 1.., _) if lines == side * side * side => Counted::Otherwise(0, side),
        (1.., 0, _) if (2..=MAX_ENTRIES).contains(&lines) => Counted::Otherwise(lines, 0),
        _ => Counted::Unknown,
    }
}

fn table_names(entries: usize, side: usize) -> String {
    let cube = format!("a cube of {side}x{side}x{side}");
    match (entries, side) {
        (_, 0) => format!("a table of {entries}"),
        (0, _) => cube,
        _ => format!("a table of {entries} and {cube}"),
    }
}

fn size(text: &str, max: usize) -> Result<usize, String> {
    let n: usize = text.trim().parse().map_err(|_| "a whole number is needed".to_owned())?;
    if (2..=max).contains(&n) { Ok(n) } else { Err(format!("sizes go from 2 to {max}")) }
}
