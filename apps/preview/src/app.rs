//! The window: takes in news, answers keys, and draws the panels.
use crate::{
    desk::Desk,
    inspector, keys,
    layout::{Draws, Layout, Panel},
    link::{Board, Figures, Note, Weight},
    log, media, paint,
    picture::Pictures,
    running::{self, RunOptions},
    scopes,
    stages::{StageMeans, Stages},
    state::{ScopesState, TimelineState, ViewerState},
    timeline, transport, viewer,
};
use cutroom_api::{ApiError, BackendChoice, Editor, Screen, TransportReport};
use eframe::egui::{self, Key, RichText, Ui};
use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How often figures of stages and of the card are looked up while they are shown.
const MEASURED: Duration = Duration::from_millis(500);

/// What a window is made of.
pub struct Setup {
    /// How the session is shown.
    pub run: RunOptions,
    /// When the program was started.
    pub started: Instant,
    /// The file in which the layout of the panels is kept.
    pub layout_file: Option<PathBuf>,
    /// Times of stages.
    pub stages: Stages,
    /// What was found when the project was opened.
    pub notes: Vec<String>,
    /// Where it is put why the window had to be closed.
    pub failed: Arc<Mutex<Option<ApiError>>>,
}

/// The window.
pub struct PreviewApp {
    /// Its state.
    pub desk: Desk,
    setup: Setup,
    measured: Instant,
    state: Option<eframe::egui_wgpu::RenderState>,
    shows_keys: bool,
}

impl PreviewApp {
    /// A window that shows a project.
    ///
    /// # Errors
    /// `engine.thread`: there is no thread for the session.
    pub fn new(context: &eframe::CreationContext<'_>, editor: Editor, setup: Setup) -> Result<Self, ApiError> {
        let ctx = context.egui_ctx.clone();
        look(&ctx);
        let board = Board::new(move || ctx.request_repaint());
        setup.stages.warn_on(board.clone());
        let state = context.wgpu_render_state.clone();
        if let Some(state) = &state {
            paint::prepare(state);
        }
        let screen = state.as_ref().map(|state| screen_of(state, &board));
        let mut run = setup.run.clone();
        run.live.screen = screen.clone().filter(|_| draws_there(state.as_ref(), &run));
        let card = state.as_ref().map_or("no graphics device".to_owned(), |state| {
            let info = state.adapter.get_info();
            format!("{} ({:?})", info.name, info.backend)
        });
        let link = running::start(editor, run, board)?;
        let desk = Desk {
            link,
            pictures: state.as_ref().zip(screen).map(|(state, screen)| Pictures::new(state, screen)),
            film: None,
            transport: TransportReport::default(),
            figures: Figures::default(),
            undrawn: 0,
            stages: StageMeans::default(),
            notes: setup.notes.iter().map(|text| Note::new(Weight::Info, text)).collect::<VecDeque<_>>(),
            toast: None,
            shown: None,
            now: None,
            held: None,
            before: None,
            selected: None,
            mark_in: None,
            mark_out: None,
            loops: false,
            scrubbed: None,
            scale: setup.run.scale,
            hud: false,
            answered: 0,
            ended: None,
            viewer: ViewerState::default(),
            timeline: TimelineState::default(),
            scopes: ScopesState::default(),
            layout: Layout::new(setup.layout_file.clone()),
            shuttle: 0.0,
            first_picture: None,
            started: setup.started,
            drawn_ms: 0.0,
            passes: 0,
            card_bytes: None,
            card,
            drags: 0,
        };
        Ok(Self { desk, setup, measured: Instant::now(), state, shows_keys: false })
    }

    /// Does what keys ask for, unless a text is being written.
    fn keys(&mut self, ctx: &egui::Context) {
        if ctx.text_edit_focused() {
            return;
        }
        let mut pressed = Vec::new();
        ctx.input_mut(|input| {
            let k_is_held = input.key_down(Key::K);
            input.events.retain(|event| {
                let egui::Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { return true };
                let is_meant = |keys: &egui::KeyboardShortcut| keys.logical_key == *key && modifiers.matches_exact(keys.modifiers);
                let Some(row) = keys::TABLE.iter().find(|row| row.keys.iter().any(is_meant)) else { return true };
                if !repeat || row.repeats() {
                    pressed.push((row.action, k_is_held));
                }
                false
            });
        });
        pressed.into_iter().for_each(|(action, k_is_held)| keys::act(&mut self.desk, action, k_is_held));
    }

    fn measure(&mut self, frame: &eframe::Frame) {
        self.desk.passes += 1;
        self.desk.drawn_ms = frame.info().cpu_usage.unwrap_or(0.0) * 1e3;
        if self.measured.elapsed() < MEASURED {
            return;
        }
        self.measured = Instant::now();
        self.desk.stages = self.setup.stages.take(self.desk.stages);
        if self.desk.hud {
            let report = self.state.as_ref().and_then(|state| state.device.generate_allocator_report());
            self.desk.card_bytes = report.map(|report| report.total_reserved_bytes);
        }
    }

    fn menu(&mut self, ui: &mut Ui) {
        egui::MenuBar::new().ui(ui, |ui| {
            let item = |ui: &mut Ui, name: &str, keys: &str| {
                let button = egui::Button::new(name);
                ui.add(if keys.is_empty() { button } else { button.shortcut_text(keys) }).clicked()
            };
            ui.menu_button("File", |ui| {
                if item(ui, "Save", "Ctrl+S") {
                    keys::act(&mut self.desk, keys::Action::Save, false);
                }
                if item(ui, "Close", "") {
                    ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
                }
            });
            ui.menu_button("Edit", |ui| {
                let rows = [
                    ("Undo", "Ctrl+Z", keys::Action::Undo),
                    ("Redo", "Ctrl+Shift+Z", keys::Action::Redo),
                    ("Cut at the playhead", "Ctrl+B", keys::Action::Split),
                    ("Delete, close the gap", "Del", keys::Action::RippleDelete),
                    ("Delete", "Backspace", keys::Action::Delete),
                ];
                for (name, chord, action) in rows {
                    if item(ui, name, chord) {
                        keys::act(&mut self.desk, action, false);
                    }
                }
            });
            ui.menu_button("View", |ui| {
                for panel in Panel::LIST {
                    let mut shown = self.desk.layout.is_shown(panel);
                    if ui.checkbox(&mut shown, panel.name()).changed() {
                        if shown { self.desk.layout.reveal(panel) } else { self.desk.layout.hide(panel) }
                    }
                }
                ui.separator();
                ui.checkbox(&mut self.desk.hud, "Figures (H)");
                if item(ui, "Keys", "") {
                    self.shows_keys = true;
                }
                if item(ui, "Reset layout", "") {
                    self.desk.layout.reset();
                }
            });
            if let Some(film) = self.desk.film.clone() {
                compositions(ui, &mut self.desk, &film);
                let state = if self.setup.run.read_only {
                    " · looking only"
                } else if film.unsaved {
                    " · not in the project file yet"
                } else {
                    ""
                };
                let size = format!("{}x{}, {:.5} fps", film.size.width, film.size.height, film.rate.as_f64());
                let size = size.replace(".00000", "");
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(format!("{} · {size}{state}", film.name)).weak()).truncate());
                });
            }
        });
    }

    fn panels(&mut self, ui: &mut Ui) {
        let Some(mut tree) = self.desk.layout.take() else { return };
        let desk = &mut self.desk;
        let mut draws = Draws(|ui: &mut Ui, panel: Panel| match panel {
            Panel::Viewer => viewer::show(ui, desk),
            Panel::Timeline => timeline::show(ui, desk),
            Panel::Media => media::show(ui, desk),
            Panel::Inspector => inspector::show(ui, desk),
            Panel::Scopes => scopes::show(ui, desk),
            Panel::Log => log::show(ui, desk),
        });
        tree.ui(&mut draws, ui);
        self.desk.layout.put(tree);
    }

    /// The newest refusal, over the panels.
    fn toast(&mut self, ctx: &egui::Context) {
        let Some((note, left)) = self.desk.toast() else { return };
        ctx.request_repaint_after(left);
        let area = egui::Area::new(egui::Id::unique("toast")).anchor(egui::Align2::CENTER_BOTTOM, [0.0, -64.0]);
        area.interactable(false).show(ctx, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(560.0);
                let text = format!("{}{}", log::word(note.weight), note.text);
                ui.label(RichText::new(text).color(log::color(note.weight, ui.visuals())));
            });
        });
    }

    fn help(&mut self, ctx: &egui::Context) {
        let window = egui::Window::new("Keys").open(&mut self.shows_keys).vscroll(true).default_height(420.0);
        window.show(ctx, |ui| {
            egui::Grid::new("keys").striped(true).show(ui, |ui| {
                for row in keys::TABLE {
                    let chords: Vec<String> = row.keys.iter().map(keys::chord).collect();
                    ui.label(RichText::new(chords.join(", ")).monospace());
                    ui.label(row.words);
                    ui.end_row();
                }
            });
        });
    }

    /// Closes the window of a session that did not begin; why is told by the program.
    fn close_failed(&self, ctx: &egui::Context) {
        if let Some(error) = self.desk.ended.as_ref().filter(|_| self.desk.now.is_none()) {
            let mut failed = self.setup.failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.get_or_insert_with(|| error.clone());
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }
}

/// Which composition is shown, if there are several.
fn compositions(ui: &mut Ui, desk: &mut Desk, film: &crate::film::Film) {
    if film.compositions.len() < 2 {
        return;
    }
    let mut chosen = film.composition.clone();
    let combo = egui::ComboBox::from_id_salt("composition").selected_text(&chosen).show_ui(ui, |ui| {
        for id in &film.compositions {
            ui.selectable_value(&mut chosen, id.clone(), id);
        }
    });
    combo.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Composition"));
    if chosen != film.composition {
        desk.command(serde_json::json!({"show": {"composition": chosen}}));
    }
}

/// Dark, so that pictures are judged beside dark grey.
fn look(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.style_mut_of(egui::Theme::Dark, |style| {
        style.visuals.override_text_color = Some(egui::Color32::from_gray(215));
        style.visuals.panel_fill = egui::Color32::from_gray(30);
        style.visuals.extreme_bg_color = egui::Color32::from_gray(18);
        style.interaction.selectable_labels = false;
        style.animation_time = 0.0;
    });
}

/// The device of the window for frames that stay there. That it is lost, or refuses something, is told
/// and does not end the program.
fn screen_of(state: &eframe::egui_wgpu::RenderState, board: &Board) -> Screen {
    let info = state.adapter.get_info();
    let board = board.clone();
    Screen::new(state.device.clone(), state.queue.clone(), info.name, move |message| {
        board.note(Note::new(Weight::Error, format!("the graphics device: {message}")));
        board.tell();
    })
}

/// Whether the window's device draws the film: a software device is slower than the processor by itself.
fn draws_there(state: Option<&eframe::egui_wgpu::RenderState>, run: &RunOptions) -> bool {
    let is_software = state.is_some_and(|state| state.adapter.get_info().device_type == eframe::wgpu::DeviceType::Cpu);
    match run.live.backend {
        BackendChoice::Gpu => true,
        BackendChoice::Auto => !is_software,
        BackendChoice::Cpu => false,
    }
}

impl eframe::App for PreviewApp {
    fn logic(&mut self, ctx: &egui::Context, _: &mut eframe::Frame) {
        self.desk.take_news();
        self.close_failed(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.measure(frame);
        let ctx = ui.ctx().clone();
        self.keys(&ctx);
        egui::Panel::top("menu").show(ui, |ui| self.menu(ui));
        egui::Panel::bottom("transport").show(ui, |ui| {
            ui.add_space(3.0);
            transport::show(ui, &mut self.desk);
            ui.add_space(3.0);
        });
        egui::CentralPanel::no_frame().show(ui, |ui| self.panels(ui));
        self.toast(&ctx);
        self.help(&ctx);
    }

    fn on_exit(&mut self) {
        if let Err(e) = self.desk.layout.save() {
            tracing::warn!("the layout of the panels was not kept: {e}");
        }
    }
}
