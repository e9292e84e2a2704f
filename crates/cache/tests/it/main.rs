//! The caches as their users see them.
mod damage;
mod model;
