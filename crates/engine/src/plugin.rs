//! Plug-ins: other crates join the engine as plug-ins of bevy that add systems to its stages.
use crate::EngineError;
use bevy_app::App;
use bevy_ecs::prelude::*;
use std::collections::BTreeMap;

/// What a plug-in may need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// To compute on the GPU.
    pub gpu: bool,
    /// To read and write files.
    pub disk: bool,
    /// To reach other machines.
    pub network: bool,
}

impl Capabilities {
    /// Everything.
    pub const ALL: Self = Self { gpu: true, disk: true, network: true };

    /// The first one that is needed and not allowed.
    fn missing(self, allowed: Self) -> Option<&'static str> {
        let needs = [
            (self.gpu, allowed.gpu, "the GPU"),
            (self.disk, allowed.disk, "the disk"),
            (self.network, allowed.network, "the network"),
        ];
        needs.into_iter().find(|(needed, allowed, _)| *needed && !allowed).map(|(_, _, name)| name)
    }
}

/// A plug-in of the engine: a plug-in of bevy with a name and the capabilities that it needs. Its
/// systems run in a [`crate::stages::Stage`], and only while [`is_on`] says so.
pub trait EnginePlugin: Send + Sync + 'static {
    /// Its name, by which it is switched on and off.
    fn name(&self) -> &'static str;

    /// What it needs.
    fn needs(&self) -> Capabilities;

    /// Adds its systems and resources.
    fn build(&self, app: &mut App);
}

/// Switches a plug-in on or off.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub struct PluginControl {
    /// Its name.
    pub plugin: String,
    /// Whether it is to run.
    pub on: bool,
}

/// The plug-ins, and whether they are on.
#[derive(Resource, Default)]
pub struct Plugins {
    allowed: Capabilities,
    on: BTreeMap<String, bool>,
}

impl Plugins {
    pub(crate) fn new(allowed: Capabilities) -> Self {
        Self { allowed, on: BTreeMap::new() }
    }

    /// Accepts a plug-in.
    ///
    /// # Errors
    /// It needs what is not allowed, or has the name of another.
    pub(crate) fn accept(&mut self, name: &str, needs: Capabilities) -> Result<(), EngineError> {
        if let Some(capability) = needs.missing(self.allowed) {
            return Err(EngineError::Denied { plugin: name.to_owned(), capability });
        }
        match self.on.insert(name.to_owned(), true) {
            Some(_) => Err(EngineError::PluginTwice { plugin: name.to_owned() }),
            None => Ok(()),
        }
    }

    /// Switches a plug-in; of an unknown name nothing is known.
    pub(crate) fn switch(&mut self, control: &PluginControl) {
        if let Some(on) = self.on.get_mut(&control.plugin) {
            *on = control.on;
        }
    }

    /// The plug-ins with whether they are on, sorted.
    pub fn list(&self) -> Vec<(&str, bool)> {
        self.on.iter().map(|(name, on)| (name.as_str(), *on)).collect()
    }
}

/// A run condition: whether a plug-in is on.
pub fn is_on(plugin: &'static str) -> impl Fn(Res<Plugins>) -> bool + Clone {
    move |plugins: Res<Plugins>| plugins.on.get(plugin).copied().unwrap_or(false)
}
