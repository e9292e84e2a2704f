//! FFmpeg both ways: probe, index, decode, encode, mux. The only FFmpeg `unsafe`. Knows no projects or plans.
