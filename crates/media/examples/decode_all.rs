//! Decodes every frame of a video stream in order, through a reader or (`--pool`) a pool, and prints count and seconds. For measuring.
use cutroom_media::{DecoderPool, MediaIndex, PoolOptions, ReadOptions, VideoReader};
use std::{path::PathBuf, time::Instant};

fn main() -> Result<(), cutroom_media::MediaError> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let by_pool = args.iter().position(|a| a == "--pool").map(|n| args.remove(n)).is_some();
    let path = PathBuf::from(args.first().cloned().unwrap_or_default());
    let began = Instant::now();
    let index = MediaIndex::scan(&path)?;
    let scanned = began.elapsed();
    let mut frames = 0;
    if by_pool {
        let pool = DecoderPool::new(PoolOptions::default());
        for span in index.frame_spans(0) {
            pool.frame(&path, 0, span.start)?;
            frames += 1;
        }
    } else {
        let mut reader = VideoReader::open_indexed(index.clone(), 0, ReadOptions::default())?;
        for i in 0..reader.frame_count() {
            reader.frame(i)?;
            frames += 1;
        }
    }
    println!("{frames} frames, {:.3} s, of it {:.3} s indexing", began.elapsed().as_secs_f64(), scanned.as_secs_f64());
    Ok(())
}
