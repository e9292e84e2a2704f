//! Decodes every frame of a video stream in order and prints the number of frames and the time
//! taken. For measurements.
use cutroom_media::{MediaIndex, ReadOptions, VideoReader};
use std::{path::PathBuf, time::Instant};

fn main() -> Result<(), cutroom_media::MediaError> {
    let path = PathBuf::from(std::env::args().nth(1).unwrap_or_default());
    let began = Instant::now();
    let index = MediaIndex::scan(&path)?;
    let scanned = began.elapsed();
    let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default())?;
    let frames = reader.frame_count();
    for i in 0..frames {
        reader.frame(i)?;
    }
    println!("{frames} frames, {:.3} s, of it {:.3} s indexing", began.elapsed().as_secs_f64(), scanned.as_secs_f64());
    Ok(())
}
