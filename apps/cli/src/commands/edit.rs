//! `cutroom edit`.
use super::serve::{self, Served};
use crate::{
    args::{BackendArg, DecodeArg, GpuArg},
    failure::Failure,
    text,
};
use clap::Args;
use cutroom_api::{ApiError, NewProjectRequest, Size, new_project};
use cutroom_server::{Page, ServerOptions, has_editor, kept_token, private_file};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// Where the editor is, unless another program is there: a page that is open finds it again.
const USUAL_PORT: u16 = 7788;

/// Arguments of `cutroom edit`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom edit film.json
  cutroom edit short.json --size 1280x720 --fps 30
  cutroom edit film.json --no-browser --port 0

Opens the editor in the browser. A project that does not exist yet is made, without clips. The editor runs until Ctrl-C; what was edited is
in the project's journal at once, and in its file when it is saved. Pages find the editor again when it is started anew.
BROWSER names another browser.

Exit codes: 0 ended by Ctrl-C, 1 failed, 2 usage, 3 invalid project.")]
pub struct EditArgs {
    /// The project to edit
    pub project: PathBuf,
    /// Picture size of a new project, such as 1920x1080
    #[arg(long, value_name = "WxH", value_parser = crate::text::parse_size)]
    pub size: Option<(u32, u32)>,
    /// Frames per second of a new project: 25, 29.97 or 30000/1001
    #[arg(long, value_name = "RATE")]
    pub fps: Option<String>,
    /// Print the address, and open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Port on loopback; 0 takes a free one [default: 7788, or a free one if another program has it]
    #[arg(long)]
    pub port: Option<u16>,
    /// A folder whose files may be used, too, beside that of the project
    #[arg(long, value_name = "FOLDER")]
    pub root: Vec<PathBuf>,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// What decodes video; frames are the same whoever does
    #[arg(long, value_enum, default_value_t)]
    pub decode: DecodeArg,
    /// Graphics card that draws and decodes, by the number that `cutroom doctor` lists
    #[arg(long, value_name = "N|auto", default_value = "auto")]
    pub gpu: GpuArg,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
}

/// Opens the editor in the browser, until it is interrupted.
pub fn edit(args: &EditArgs) -> Result<(), Failure> {
    if !has_editor() {
        let error = ApiError::new("server.no_editor", "this program was built without the editor");
        return Err(error.hint("`cargo xtask demo` builds both; `cutroom serve --page` serves a folder with the page").into());
    }
    if args.project.exists() {
        if args.size.is_some() || args.fps.is_some() {
            let message = format!("{} exists; --size and --fps are those of a new project", args.project.display());
            return Err(ApiError::new("usage.arguments", message).into());
        }
    } else {
        let (width, height) = args.size.unwrap_or((1920, 1080));
        let report = new_project(&NewProjectRequest {
            project: args.project.clone(),
            size: Some(Size { width, height }),
            fps: Some(args.fps.clone().unwrap_or_else(|| "25".into())),
            still: "5s".into(),
            ..NewProjectRequest::default()
        })?;
        text::say(&format!("{} is new: {width}x{height}, {} fps\n", args.project.display(), report.fps));
    }
    let options = ServerOptions {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, args.port.unwrap_or(USUAL_PORT))),
        token: Some(kept_token()?),
        roots: args.root.clone(),
        page: Some(Page::Embedded),
        backend: args.backend.into(),
        decode: args.decode.into(),
        gpu: args.gpu.0,
        threads: args.threads,
        worker: Some(super::worker_program()?),
        ..ServerOptions::default()
    };
    serve::run(options, std::slice::from_ref(&args.project), args.port.is_none(), |served| {
        let Served { addresses } = served;
        let Some(page) = addresses.first().filter(|_| !args.no_browser) else { return };
        // Other users of the machine can see how programs are started, but not what is in the user's file.
        let opened = leading_to(page).and_then(open::that_detached);
        if let Err(e) = opened {
            text::say(&format!("no browser can be opened ({e}); open this address in one\n"));
        }
    })
}

/// A file, readable by its user alone, that leads a browser to an address.
fn leading_to(address: &str) -> io::Result<PathBuf> {
    let address = address.replace('&', "&amp;");
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>cutroom</title><meta http-equiv=\"refresh\" content=\"0; url={address}\">\
         <p><a href=\"{address}\">Open the editor</a></p>"
    );
    private_file("open.html", &page)
}
