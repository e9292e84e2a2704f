//! Tests of `rows.rs`.

use super::*;

fn levels() -> impl Iterator<Item = SimdLevel> {
    SimdLevel::ALL.into_iter().filter(|l| l.available())
}

#[test]
fn conversion_and_packing_round_trip_at_every_level_and_length() {
    for level in levels() {
        for n in [1usize, 3, 7, 16, 17, 33, 100] {
            let bytes: Vec<u8> = (0..n).map(|i| (i * 37 % 256) as u8).collect();
            let mut f = vec![0.0; n];
            weigh_rows(level, &[&bytes], SampleKind::U8, &[1.0], &mut f);
            let mut back = vec![0; n];
            pack_row(level, &f, SampleKind::U8, 255.0, &mut back);
            assert_eq!(back, bytes, "{level:?} {n}");
            let words: Vec<u8> = (0..n).flat_map(|i| ((i * 977 % 65536) as u16).to_le_bytes()).collect();
            weigh_rows(level, &[&words], SampleKind::U16, &[1.0], &mut f);
            let mut back = vec![0; 2 * n];
            pack_row(level, &f, SampleKind::U16, 65535.0, &mut back);
            assert_eq!(back, words, "{level:?} {n}");
        }
    }
}

#[test]
fn packing_clamps_and_rounds_half_up() {
    for level in levels() {
        let s = [-5.0, 0.49, 0.5, 254.5, 300.0, f32::NAN, 1.5, 2.4999, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];
        let mut d = [0u8; 17];
        pack_row(level, &s, SampleKind::U8, 255.0, &mut d);
        assert_eq!(d[..8], [0, 0, 1, 255, 255, 0, 2, 2], "{level:?}");
    }
}

#[test]
fn every_level_gives_the_same_bits() {
    let rows: Vec<Vec<u8>> = (0..6).map(|k| (0..131).map(|i| (i * 53 + k * 91) as u8).collect()).collect();
    let refs: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
    let weights = [0.1f32, 0.35, 0.35, 0.15, 0.03, 0.02];
    for count in 1..=6 {
        for n in [1usize, 5, 15, 16, 17, 40, 131] {
            let want: Vec<f32> = (0..n)
                .map(|x| (1..count).fold(f32::from(rows[0][x]) * weights[0], |a, k| a + f32::from(rows[k][x]) * weights[k]))
                .collect();
            for level in levels() {
                let mut f = vec![0.0; n];
                weigh_rows(level, &refs[..count], SampleKind::U8, &weights[..count], &mut f);
                assert_eq!(f, want, "{level:?} {count} rows of {n}");
            }
        }
    }
}

/// Oracle: the definition, column by column. Ratios are on both sides of the limit of every window
/// width, and also mirrored.
#[test]
fn columns_are_gathered_alike_by_every_means() {
    let len = 400;
    let mut source: Vec<f32> = (0..len).map(|i| ((i * 7919) % 256) as f32).collect();
    source.resize(len + ColumnTaps::PADDING, f32::NAN);
    for ratio in [0.1, 0.6, 1.0, 1.7, 1.95, 2.2, 3.9] {
        for mirrored in [false, true] {
            let columns = 97;
            let start: Vec<u32> = (0..columns)
                .map(|x| if mirrored { columns - 1 - x } else { x })
                .map(|x| ((x as f64 * ratio) as u32).min(397))
                .collect();
            let weights: Vec<Vec<f32>> = (0..columns).map(|x| vec![0.3, 0.2 + x as f32 * 1e-3, 0.4]).collect();
            let taps = ColumnTaps::new(&start, &weights, len).unwrap();
            for first in [0, 3, 60] {
                let want: Vec<f32> = (first..columns)
                    .map(|x| {
                        let s = &source[start[x] as usize..];
                        s[0] * weights[x][0] + s[1] * weights[x][1] + s[2] * weights[x][2]
                    })
                    .collect();
                let touched = taps.touched(first, columns);
                let lowest = *start[first..].iter().min().unwrap() as usize;
                assert_eq!(touched, (lowest, *start[first..].iter().max().unwrap() as usize + 3));
                for level in levels() {
                    let mut out = vec![0.0; columns + MAX_LANES];
                    gather_columns(level, &source, &taps, first, &mut out, columns - first);
                    assert_eq!(out[..columns - first], want, "{level:?}, ratio {ratio}, mirrored {mirrored}, from {first}");
                }
            }
        }
    }
}
