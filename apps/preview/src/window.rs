//! Opens the window.
use crate::{
    app::{PreviewApp, Setup},
    film, layout,
    running::RunOptions,
    stages::Stages,
};
use cutroom_api::{ApiError, Editor, JournalOptions, Screen, Session};
use eframe::{egui, egui_wgpu, wgpu};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// What to show, and how.
#[derive(Clone, Default)]
pub struct WindowOptions {
    /// The project file.
    pub project: PathBuf,
    /// How the session is shown.
    pub run: RunOptions,
}

/// Opens a project and a window, and returns when that is closed.
///
/// # Errors
/// Those of opening a project and its journal; `preview.display` and `preview.device` if there can
/// be no window.
pub fn open(options: WindowOptions, started: Instant) -> Result<(), ApiError> {
    let stages = Stages::default();
    stages.install();
    let session = Session::open(&options.project)?;
    let title = format!("{} – cutroom", film::title(&session));
    let (editor, notes) = if options.run.read_only {
        (Editor::new(session, None, true)?, Vec::new())
    } else {
        Editor::open(session, JournalOptions::default())?
    };
    let failed = Arc::<Mutex<Option<ApiError>>>::default();
    let setup =
        Setup { run: options.run, started, layout_file: layout::file_of_user(), stages, notes, failed: Arc::clone(&failed) };
    let create = move |context: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        Ok(Box::new(PreviewApp::new(context, editor, setup)?))
    };
    eframe::run_native("cutroom", native(title), Box::new(create)).map_err(of_window)?;
    match failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn native(title: String) -> eframe::NativeOptions {
    let viewport = egui::ViewportBuilder::default().with_title(title).with_app_id("cutroom-preview");
    let viewport = viewport.with_inner_size([1440.0, 900.0]).with_min_inner_size([640.0, 420.0]);
    let surface = egui_wgpu::SurfaceConfig { present_mode: wgpu::PresentMode::AutoVsync, desired_maximum_frame_latency: Some(2) };
    let mut wgpu_options = egui_wgpu::WgpuConfiguration::default().with_surface_config(surface);
    if let egui_wgpu::WgpuSetup::CreateNew(setup) = &mut wgpu_options.wgpu_setup {
        // As much as the device can do: films may be larger than what is guaranteed, and decoders
        // share memory.
        setup.device_descriptor = Arc::new(Screen::device_descriptor);
    }
    eframe::NativeOptions {
        viewport,
        wgpu_options,
        renderer: eframe::Renderer::Wgpu,
        persist_window: false,
        ..eframe::NativeOptions::default()
    }
}

/// Why there is no window.
fn of_window(error: eframe::Error) -> ApiError {
    let device = |reason: String| {
        let error = ApiError::new("preview.device", format!("no graphics device can draw the window: {reason}"));
        error.hint("install a Vulkan driver; Mesa's lavapipe (mesa-vulkan-drivers) needs no graphics card")
    };
    match error {
        eframe::Error::AppCreation(reason) => match reason.downcast::<ApiError>() {
            Ok(error) => *error,
            Err(reason) => ApiError::new("preview.display", format!("the window cannot be opened: {reason}")),
        },
        eframe::Error::Wgpu(reason) => device(reason.to_string()),
        other => {
            let said = other.to_string();
            // Places in the source of others help nobody.
            let said = said.rsplit_once(".rs:").and_then(|(_, rest)| rest.split_once(": ")).map_or(&*said, |(_, words)| words);
            let error = ApiError::new("preview.display", format!("no window can be opened: {said}"));
            error.hint("it needs a display (DISPLAY or WAYLAND_DISPLAY); `cutroom edit` opens the editor in a browser instead")
        }
    }
}
