//! The window, driven by its keys, pointer and names for readers, drawn by a software device on no
//! display.
mod compare;
mod editing;
mod panels;
mod playing;
mod support;
