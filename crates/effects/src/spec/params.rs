//! The inputs of an entry's functions: parameter values, and the uniforms computed from them.
use cutroom_kernel::{MAX_UNIFORMS, Real};
use cutroom_types::ParamValue;
use std::cell::RefCell;

/// Uniforms of a kernel, computed once per frame on the host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniforms {
    /// The values; unused ones are 0.
    pub values: [f32; MAX_UNIFORMS],
}

impl Uniforms {
    /// Creates uniforms from the values used, at most [`MAX_UNIFORMS`]. Panics if there are more.
    pub fn new(values: &[f32]) -> Self {
        let mut u = Self { values: [0.0; MAX_UNIFORMS] };
        u.values[..values.len()].copy_from_slice(values);
        u
    }
}

/// Returns a whole number below 2^24, a hash of `step` and `seed`, for use as the seed of
/// [`Real::hash`].
pub fn frame_seed(step: f32, seed: f32) -> f32 {
    (Real::hash(step, seed.round(), 0.0) * 16_777_216.0).floor()
}

/// Parameter values of one use of an entry, in the order and of the kinds of its table (checked
/// when planning). Reading a value as another kind is a bug of the entry: it panics in debug builds
/// and yields a fixed default in release builds. Registration checks for it in all builds.
#[derive(Clone, Copy, Debug)]
pub struct Params<'a> {
    values: &'a [ParamValue],
    /// If present, misreads are collected here instead of panicking.
    misreads: Option<&'a RefCell<Vec<String>>>,
}

impl<'a> Params<'a> {
    /// Creates parameters from values in the table's order.
    pub fn new(values: &'a [ParamValue]) -> Self {
        Self { values, misreads: None }
    }

    /// Like [`Self::new`], with descriptions of misreads added to `misreads`.
    pub(crate) fn watched(values: &'a [ParamValue], misreads: &'a RefCell<Vec<String>>) -> Self {
        Self { values, misreads: Some(misreads) }
    }

    /// Returns all values.
    pub fn values(self) -> &'a [ParamValue] {
        self.values
    }

    /// Returns number `i`.
    #[track_caller]
    pub fn number(&self, i: usize) -> f32 {
        match self.values.get(i) {
            Some(ParamValue::Number(v)) => *v as f32,
            _ => self.misread(i, "a number", 0.0),
        }
    }

    /// Returns switch `i`.
    #[track_caller]
    pub fn bool(&self, i: usize) -> bool {
        match self.values.get(i) {
            Some(ParamValue::Bool(v)) => *v,
            _ => self.misread(i, "a switch", false),
        }
    }

    /// Returns colour `i`: straight RGBA in the entry's domain.
    #[track_caller]
    pub fn color(&self, i: usize) -> [f32; 4] {
        match self.values.get(i) {
            Some(ParamValue::Color(c)) => c.map(|x| x as f32),
            _ => self.misread(i, "a colour", [0.0, 0.0, 0.0, 1.0]),
        }
    }

    /// Returns text `i`: a choice, a curve, a file or an id.
    #[track_caller]
    pub fn text(&self, i: usize) -> &'a str {
        match self.values.get(i) {
            Some(ParamValue::Text(s)) => s,
            _ => self.misread(i, "a text", ""),
        }
    }

    #[track_caller]
    fn misread<T>(&self, i: usize, wanted: &str, instead: T) -> T {
        let what = || match self.values.get(i) {
            Some(value) => format!("parameter {i} is read as {wanted}, but it is {value:?}"),
            None => format!("parameter {i} is read as {wanted}, but there are {}", self.values.len()),
        };
        match self.misreads {
            Some(list) => list.borrow_mut().push(what()),
            None => debug_assert!(false, "{}", what()),
        }
        instead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_kind() {
        let values = [ParamValue::Number(0.5), ParamValue::Bool(true), ParamValue::Color([0.25; 4]), ParamValue::Text("a".into())];
        let p = Params::new(&values);
        assert_eq!((p.number(0), p.bool(1), p.color(2), p.text(3)), (0.5, true, [0.25; 4], "a"));
    }

    #[test]
    #[should_panic(expected = "read as a number")]
    #[cfg(debug_assertions)]
    fn a_misread_is_no_silent_zero() {
        Params::new(&[ParamValue::Bool(true)]).number(0);
    }

    #[test]
    fn misreads_are_written_down_when_watched() {
        let (values, list) = ([ParamValue::Bool(true)], RefCell::default());
        let p = Params::watched(&values, &list);
        assert_eq!((p.number(0), p.text(1)), (0.0, ""));
        assert_eq!(list.borrow().len(), 2);
    }
}
