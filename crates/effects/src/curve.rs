//! Parses curves written as text.

/// Returns the points of a curve `"x,y x,y …"`: at least two, by rising x, all within 0..=1. An
/// error describes the first mistake.
pub fn parse(text: &str) -> Result<Vec<[f32; 2]>, String> {
    let mut points: Vec<[f32; 2]> = Vec::new();
    for word in text.split_whitespace() {
        let point = word.split_once(',').and_then(|(x, y)| Some([x.parse::<f32>().ok()?, y.parse::<f32>().ok()?]));
        let Some([x, y]) = point.filter(|p| p.iter().all(|v| (0.0..=1.0).contains(v))) else {
            return Err(format!("\"{word}\" is not a point x,y within 0..=1"));
        };
        if points.last().is_some_and(|p| p[0] >= x) {
            return Err(format!("the points must go from left to right: \"{word}\" does not"));
        }
        points.push([x, y]);
    }
    if points.len() < 2 { Err("a curve has two points or more, written as \"0,0 1,1\"".into()) } else { Ok(points) }
}
