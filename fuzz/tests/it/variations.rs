//! Every seed, and variations of the seeds, which are the same on each run.
use cutroom_fuzz::{TARGETS, Target};
use std::{fs, panic::catch_unwind, path::Path};

/// Number of variations of each target's seeds.
const VARIATIONS: usize = 4000;
/// Maximum length in bytes of a seed that is varied; many short inputs are a better use of the
/// time.
const LONGEST: usize = 1 << 14;

/// Pseudo-random numbers: xorshift32.
struct Random(u32);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % n.max(1)
    }
}

fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let named = paths.into_iter().filter(|p| p.is_file() && p.file_name().and_then(|n| n.to_str()).is_some_and(wanted));
    named.map(|p| fs::read(&p).unwrap_or_else(|e| panic!("{}: {e}", p.display()))).collect()
}

/// The seeds of the repository, then those among the shared media.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let mut seeds = files(&cutroom_test_support::root().join("fuzz/corpus").join(target.name), &|_| true);
    assert!(!seeds.is_empty(), "{} has no seeds", target.name);
    if target.media.is_empty() {
        return seeds;
    }
    for folder in [".", "lut", "broken", "found"] {
        let Some(folder) = cutroom_test_support::media(folder) else { continue };
        seeds.extend(files(&folder, &|name| target.media.iter().any(|end| name.ends_with(end))));
    }
    seeds
}

/// Applies one to four changes to a random seed: changed bytes, pieces that are copied, dropped or
/// taken from another seed, numbers at the limits of their ranges, truncation.
fn varied(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    const ODD: [&str; 12] = [
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1e999",
        "NaN",
        "4294967295",
        "\"",
        "[",
        "\n",
        "1/0",
        "\u{10ffff}",
    ];
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let to = at + random.below((bytes.len() - at).min(40) + 1);
        match random.below(7) {
            0 if !bytes.is_empty() => bytes[at.min(to.saturating_sub(1))] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => bytes[at.min(to.saturating_sub(1))] = [0, 1, 8, 0x7f, 0x80, 0xff][random.below(6)],
            2 => drop(bytes.drain(at..to)),
            3 => {
                let piece = bytes[at..to].to_vec();
                let place = random.below(bytes.len() + 1);
                bytes.splice(place..place, piece);
            }
            4 => drop(bytes.splice(at..to, ODD[random.below(ODD.len())].bytes())),
            5 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                let piece = other[from..other.len().min(from + 40)].to_vec();
                bytes.splice(at..to, piece);
            }
            _ => bytes.truncate(to.max(1)),
        }
    }
    bytes
}

fn check(target: &Target, input: &[u8]) {
    if catch_unwind(|| (target.check)(input)).is_err() {
        panic!("{}: {}", target.name, String::from_utf8_lossy(&input[..input.len().min(2000)]));
    }
}

fn seeds_and_variations(name: &str) {
    let target = TARGETS.iter().find(|t| t.name == name).unwrap();
    let mut seeds = seeds(target);
    seeds.iter().for_each(|seed| check(target, seed));
    seeds.retain(|seed| seed.len() <= LONGEST);
    let mut random = Random(0x9e37_79b9);
    for _ in 0..VARIATIONS {
        check(target, &varied(&mut random, &seeds));
    }
}

macro_rules! tests {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                seeds_and_variations(stringify!($name));
            }
        )*

        #[test]
        fn every_target_has_a_test() {
            let tested = [$(stringify!($name)),*];
            assert_eq!(TARGETS.iter().map(|t| t.name).collect::<Vec<_>>(), tested);
        }
    };
}
tests!(project, cube, three_dl, time, boxes, webp, ogg, sequence, curve, layout, subtitles);
