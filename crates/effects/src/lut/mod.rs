//! Look-up tables (LUTs) from files: a one-dimensional table, a cube, or the former before the
//! latter.
mod cube;
mod three_dl;

use std::sync::Arc;

/// Maximum number of grid points along a cube's side.
const MAX_SIDE: usize = 129;
/// Maximum number of entries of a one-dimensional table.
const MAX_ENTRIES: usize = 65_536;

/// One-dimensional tables for red, green and blue.
#[derive(Clone, Debug, PartialEq)]
pub struct Shaper {
    /// Number of entries of each table.
    pub entries: usize,
    /// Inputs of the first and of the last entry, per component.
    pub domain: [[f32; 3]; 2],
    /// Red, green, blue of entry 0, then of entry 1.
    pub values: Vec<f32>,
}

/// A three-dimensional table.
#[derive(Clone, Debug, PartialEq)]
pub struct Cube {
    /// Grid points along each side.
    pub side: usize,
    /// Inputs of the first and of the last grid point, per component.
    pub domain: [[f32; 3]; 2],
    /// Red, green, blue of each grid point; the input's red varies fastest, its blue slowest.
    pub values: Vec<f32>,
}

/// The contents of a file: a shaper, a cube, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct Lut {
    /// Applied first.
    pub shaper: Option<Shaper>,
    /// Applied after the shaper.
    pub cube: Option<Cube>,
    /// What its header says and its tables do not.
    pub warnings: Vec<String>,
    /// Values of the shaper, then of the cube, for kernels.
    table: Arc<[f32]>,
}

impl Lut {
    fn new(shaper: Option<Shaper>, cube: Option<Cube>) -> Result<Self, String> {
        if shaper.is_none() && cube.is_none() {
            return Err("it contains no table".into());
        }
        let ranges = shaper.iter().map(|s| s.domain).chain(cube.iter().map(|c| c.domain));
        for [low, high] in ranges {
            if (0..3).any(|k| low[k].partial_cmp(&high[k]) != Some(std::cmp::Ordering::Less)) {
                return Err(format!("its domain {low:?} to {high:?} is empty"));
            }
            if (0..3).any(|k| !(high[k] - low[k]).is_finite()) {
                return Err(format!("its domain {low:?} to {high:?} is too large"));
            }
        }
        let values: Vec<f32> = shaper.iter().flat_map(|s| &s.values).chain(cube.iter().flat_map(|c| &c.values)).copied().collect();
        if let Some(bad) = values.iter().find(|v| !v.is_finite()) {
            return Err(format!("it holds the value {bad}"));
        }
        Ok(Self { shaper, cube, warnings: Vec::new(), table: values.into() })
    }

    /// Parses the text of a file by its extension: `.cube` (Adobe, Iridas, Resolve) or `.3dl`
    /// (Lustre, Flame).
    ///
    /// # Errors
    /// A description of what is wrong, with the line if a line is wrong.
    pub fn parse(text: &str, extension: &str) -> Result<Self, String> {
        match extension.to_ascii_lowercase().as_str() {
            "cube" => cube::parse(text),
            "3dl" => three_dl::parse(text),
            other => Err(format!("\".{other}\" is not a supported look-up table; use .cube or .3dl")),
        }
    }

    /// Returns the values of the shaper, then of the cube, for kernels.
    pub fn table(&self) -> Arc<[f32]> {
        Arc::clone(&self.table)
    }
}

/// Parses a line of three numbers.
fn three(line: &str) -> Option<[f32; 3]> {
    let mut numbers = line.split_whitespace().map(|w| w.parse::<f32>().ok());
    let rgb = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cube_with_shaper_and_domains() {
        let text = "# made by hand\nTITLE \"x\"\nLUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE -0.5 1.5\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n\
            0 0 0\n1 1 1\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";
        let lut = Lut::parse(text, "CUBE").unwrap();
        let shaper = lut.shaper.as_ref().unwrap();
        assert_eq!((shaper.entries, shaper.domain), (2, [[-0.5; 3], [1.5; 3]]));
        let cube = lut.cube.as_ref().unwrap();
        assert_eq!((cube.side, &cube.values[3..6]), (2, &[1.0, 0.0, 0.0][..]));
        assert_eq!(lut.table().len(), 6 + 24);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, extension, part) in [
            ("LUT_3D_SIZE 2\n0 0 0\n", "cube", "8"),
            ("LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n", "cube", "10"),
            ("LUT_3D_SIZE 1000\n", "cube", "1000"),
            ("LUT_3D_SIZE two\n", "cube", "line 1"),
            ("LUT_1D_SIZE 2\n0 0 0\n1 nan 1\n", "cube", "NaN"),
            ("LUT_1D_SIZE 2\n0 0 0\n1 1\n", "cube", "line 3"),
            ("lut_4d_size 2\n", "cube", "unknown keyword"),
            ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\n0 0 0\n1 1 1\n", "cube", "domain"),
            ("LUT_1D_SIZE 2\nDOMAIN_MAX 1 1 1e39\n0 0 0\n1 1 1\n", "cube", "too large"),
            ("LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE -3e38 3e38\n0 0 0\n1 1 1\n", "cube", "too large"),
            ("", "cube", "no table"),
            ("0 512 1023\n0 0 0\n", "3dl", "27"),
            ("x", "look", ".cube or .3dl"),
        ] {
            let e = Lut::parse(text, extension).unwrap_err();
            assert!(e.contains(part), "{text:?}: {e}");
        }
    }

    #[test]
    fn keywords_may_be_lower_case() {
        let text = |f: fn(&str) -> String| {
            let head = ["TITLE \"x\"\n", "LUT_3D_SIZE 2\n", "DOMAIN_MIN -1 -1 -1\n", "DOMAIN_MAX 1 1 1\n"].map(f).concat();
            (0..8).fold(head, |text, i| text + &format!("{} {} {}\n", i & 1, i >> 1 & 1, i >> 2))
        };
        let [upper, lower] = [str::to_uppercase, str::to_lowercase].map(|f| Lut::parse(&text(f), "cube").unwrap());
        assert_eq!(upper, lower);
        assert_eq!((lower.cube.unwrap().domain, lower.warnings.len()), ([[-1.0; 3], [1.0; 3]], 0));
    }

    /// The lines of a table decide, where they have one meaning only.
    #[test]
    fn a_header_that_contradicts_the_tables_is_said() {
        let lines = |n: usize| (0..n).map(|i| format!("{} 0 0\n", i as f64 / n as f64)).collect::<String>();
        for (head, n, entries, side) in
            [("LUT_3D_SIZE 33\n", 27, 0, 3), ("LUT_1D_SIZE 4\n", 5, 5, 0), ("LUT_1D_SIZE 4\nLUT_3D_SIZE 3\n", 27, 0, 3)]
        {
            let lut = Lut::parse(&format!("{head}{}", lines(n)), "cube").unwrap();
            let found = (lut.shaper.map_or(0, |s| s.entries), lut.cube.map_or(0, |c| c.side));
            assert_eq!(found, (entries, side), "{head}");
            assert!(lut.warnings[0].contains(&n.to_string()), "{:?}", lut.warnings);
        }
    }

    #[test]
    fn a_3dl_has_blue_fastest_and_its_depth_is_found() {
        // Two points per side, 12 bits.
        let mut text = "0 1023\n".to_owned();
        for i in 0..8 {
            text += &format!("{} {} {}\n", (i >> 2) * 4095, (i >> 1 & 1) * 4095, (i & 1) * 4095);
        }
        let lut = Lut::parse(&text, "3dl").unwrap();
        assert!(lut.shaper.is_none(), "an even ramp is none");
        let cube = lut.cube.unwrap();
        assert_eq!(&cube.values[3..6], &[1.0, 0.0, 0.0], "the second point is red");
        assert_eq!(&cube.values[12..15], &[0.0, 0.0, 1.0]);
    }
}
