//! Measures the time to read frames of a video at random positions.
//!
//! `seek FILE [N]` reads N frames (default 100), picked by a fixed linear congruential sequence and
//! read in its order by one reader. Prints `p50_ms`, `p95_ms` and `open_ms`. Results are comparable
//! with any program that uses the same sequence: x ← (1103515245 x + 12345) mod 2³¹ from x = 1,
//! frame = x mod count.
use cutroom_media::{ReadOptions, VideoReader};
use std::{error::Error, path::Path, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: seek FILE [N]")?;
    let n: usize = args.next().map_or(Ok(100), |v| v.parse())?;
    let start = Instant::now();
    let mut reader = VideoReader::open(Path::new(&path), 0, ReadOptions::default())?;
    let open_ms = start.elapsed().as_secs_f64() * 1e3;
    let count = reader.frame_count() as u64;
    let mut x = 1u64;
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        x = (1_103_515_245 * x + 12_345) % (1 << 31);
        let start = Instant::now();
        let frame = reader.frame((x % count) as usize)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        if frame.index as u64 != x % count {
            return Err(format!("frame {} came for {}", frame.index, x % count).into());
        }
    }
    times.sort_by(f64::total_cmp);
    println!("p50_ms {:.3}\np95_ms {:.3}\nopen_ms {open_ms:.3}", times[n / 2], times[n * 95 / 100]);
    Ok(())
}
