//! Footage whose every frame carries its number in the picture and in the sound, and the reader of both.
#![forbid(unsafe_code)]
