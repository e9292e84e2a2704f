//! Where the panels are: a tree of tiles that people rearrange, kept in a file of the user's.
use eframe::egui;
use egui_tiles::{Container, SimplificationOptions, Tile, TileId, Tiles, Tree};
use serde::{Deserialize, Serialize};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// A panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// The picture.
    Viewer,
    /// The tracks.
    Timeline,
    /// The source files.
    Media,
    /// The selected clip.
    Inspector,
    /// What the picture consists of.
    Scopes,
    /// What happened.
    Log,
}

impl Panel {
    /// All of them.
    pub const LIST: [Self; 6] = [Self::Viewer, Self::Timeline, Self::Media, Self::Inspector, Self::Scopes, Self::Log];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Timeline => "Timeline",
            Self::Media => "Media",
            Self::Inspector => "Inspector",
            Self::Scopes => "Scopes",
            Self::Log => "Log",
        }
    }
}

/// Where the panels are.
pub struct Layout {
    /// The tree; `None` while it is drawn.
    tree: Option<Tree<Panel>>,
    /// A panel to be shown, once the tree is not drawn any more.
    wanted: Option<Panel>,
    resets: bool,
    /// The file that it is kept in.
    file: Option<PathBuf>,
}

fn usual() -> Tree<Panel> {
    let mut tiles = Tiles::default();
    let [viewer, timeline, media, inspector, scopes, log] = Panel::LIST.map(|panel| tiles.insert_pane(panel));
    let left = tiles.insert_tab_tile(vec![media, log]);
    let right = tiles.insert_tab_tile(vec![inspector, scopes]);
    let upper = tiles.insert_horizontal_tile(vec![left, viewer, right]);
    let root = tiles.insert_vertical_tile(vec![upper, timeline]);
    share(&mut tiles, upper, &[(left, 0.9), (viewer, 2.6), (right, 1.1)]);
    share(&mut tiles, root, &[(upper, 1.75), (timeline, 1.0)]);
    Tree::new(egui::Id::unique("panels"), root, tiles)
}

fn share(tiles: &mut Tiles<Panel>, of: TileId, shares: &[(TileId, f32)]) {
    if let Some(Tile::Container(Container::Linear(linear))) = tiles.get_mut(of) {
        shares.iter().for_each(|(child, share)| linear.shares.set_share(*child, *share));
    }
}

impl Layout {
    /// The layout of a file; the usual one if there is none that can be read, or if it lacks
    /// panels.
    pub fn new(file: Option<PathBuf>) -> Self {
        let kept = file.as_deref().and_then(read).filter(is_complete);
        Self { tree: Some(kept.unwrap_or_else(usual)), wanted: None, resets: false, file }
    }

    /// Takes the tree out to draw it.
    pub fn take(&mut self) -> Option<Tree<Panel>> {
        self.tree.take()
    }

    /// Puts the tree back.
    pub fn put(&mut self, mut tree: Tree<Panel>) {
        if std::mem::take(&mut self.resets) {
            tree = usual();
        }
        if let Some(panel) = self.wanted.take() {
            show(&mut tree, panel);
        }
        self.tree = Some(tree);
    }

    /// Arranges the panels as at first.
    pub fn reset(&mut self) {
        match &mut self.tree {
            Some(tree) => *tree = usual(),
            None => self.resets = true,
        }
    }

    /// Shows a panel that is hidden, or behind another one.
    pub fn reveal(&mut self, panel: Panel) {
        match &mut self.tree {
            Some(tree) => show(tree, panel),
            None => self.wanted = Some(panel),
        }
    }

    /// Hides a panel.
    pub fn hide(&mut self, panel: Panel) {
        if let Some(tree) = &mut self.tree
            && let Some(id) = tree.tiles.find_pane(&panel)
        {
            tree.set_visible(id, false);
        }
    }

    /// Whether a panel is shown, perhaps behind another one.
    pub fn is_shown(&self, panel: Panel) -> bool {
        self.tree.as_ref().is_some_and(|tree| tree.tiles.find_pane(&panel).is_some_and(|id| tree.is_visible(id)))
    }

    /// Whether a panel is in front.
    pub fn is_in_front(&self, panel: Panel) -> bool {
        let of = |tree: &Tree<Panel>| tree.tiles.find_pane(&panel).is_some_and(|id| tree.active_tiles().contains(&id));
        self.tree.as_ref().is_some_and(of)
    }

    /// Writes the layout into its file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self) -> io::Result<()> {
        let (Some(file), Some(tree)) = (&self.file, &self.tree) else { return Ok(()) };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_string(tree).map_err(io::Error::other)?;
        let hidden = file.with_extension("part");
        fs::write(&hidden, text)?;
        fs::rename(&hidden, file)
    }
}

fn show(tree: &mut Tree<Panel>, panel: Panel) {
    if let Some(id) = tree.tiles.find_pane(&panel) {
        tree.set_visible(id, true);
        tree.make_active(|tile, _| tile == id);
    }
}

fn is_complete(tree: &Tree<Panel>) -> bool {
    let has = |panel: &Panel| tree.tiles.find_pane(panel).is_some();
    Panel::LIST.iter().all(has) && tree.root().is_some()
}

fn read(file: &Path) -> Option<Tree<Panel>> {
    serde_json::from_str(&fs::read_to_string(file).ok()?).ok()
}

/// The file in which a user's layout is kept; `None` if the system does not say where such files
/// are.
pub fn file_of_user() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))
    };
    state.map(|state| state.join("cutroom/preview.json"))
}

/// Draws panels by a function.
pub struct Draws<F>(pub F);

impl<F: FnMut(&mut egui::Ui, Panel)> egui_tiles::Behavior<Panel> for Draws<F> {
    fn pane_ui(&mut self, ui: &mut egui::Ui, _: TileId, panel: &mut Panel) -> egui_tiles::UiResponse {
        ui.painter().rect_filled(ui.max_rect(), 0.0, ui.visuals().panel_fill);
        (self.0)(ui, *panel);
        egui_tiles::UiResponse::None
    }

    fn tab_title_for_pane(&mut self, panel: &Panel) -> egui::WidgetText {
        panel.name().into()
    }

    fn is_tab_closable(&self, _: &Tiles<Panel>, _: TileId) -> bool {
        true
    }

    fn on_tab_close(&mut self, tiles: &mut Tiles<Panel>, tile: TileId) -> bool {
        // It is hidden, and comes back by the menu.
        tiles.set_visible(tile, false);
        false
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_survives_its_file_and_a_broken_file_is_the_usual_one() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a/preview.json");
        let mut layout = Layout::new(Some(file.clone()));
        assert!(Panel::LIST.iter().all(|panel| layout.is_shown(*panel)));
        layout.hide(Panel::Media);
        layout.save().unwrap();
        let again = Layout::new(Some(file.clone()));
        assert!(!again.is_shown(Panel::Media) && again.is_shown(Panel::Log));
        fs::write(&file, "{").unwrap();
        assert!(Layout::new(Some(file)).is_shown(Panel::Media));
    }
}
