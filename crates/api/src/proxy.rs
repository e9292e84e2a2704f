//! Makes proxies of the files of a project: smaller copies for previews.
use crate::{ApiError, ProxyScaleChoice, Session};
use cutroom_media::MediaIndex;
use cutroom_pipeline::{Backend, PipelineError, ProxyError, RenderOptions, Renderer, make_proxy};
use cutroom_project::{Media, MediaKind};
use cutroom_timeline::{StreamKind, source_uses};
use cutroom_types::{CancelToken, Progress, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

/// Which proxies are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProxyRequest {
    /// Ids of media; empty: all films of the project.
    #[serde(default)]
    pub media: Vec<String>,
    /// Sizes in relation to the source; empty: a half.
    #[serde(default)]
    pub scales: Vec<ProxyScaleChoice>,
    /// The folder that they are written to; absent: `.cutroom/proxies` beside the project.
    #[serde(default)]
    pub proxy_folder: Option<PathBuf>,
    /// Make those again that are there already.
    #[serde(default)]
    pub renew: bool,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
}

/// Result of making proxies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyReport {
    /// The folder of the proxies.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub folder: PathBuf,
    /// Proxies that were made.
    pub made: Vec<ProxyEntry>,
    /// Proxies that were there already and fit.
    pub kept: Vec<KeptProxy>,
    /// Films without a proxy, and other media that were named, and why, one sentence each.
    pub skipped: Vec<String>,
    /// Why proxies that were there did not fit.
    pub warnings: Vec<String>,
}

/// A proxy that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyEntry {
    /// Id of the media.
    pub media: String,
    /// Video stream of its file.
    pub stream: usize,
    /// Size in relation to the source.
    pub scale: ProxyScaleChoice,
    /// The file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// Size in pixels.
    pub size: Size,
    /// Number of frames.
    pub frames: usize,
    /// Codec and profile.
    pub codec: String,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// A proxy that was there already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeptProxy {
    /// Id of the media.
    pub media: String,
    /// Video stream of its file.
    pub stream: usize,
    /// Size in relation to the source.
    pub scale: ProxyScaleChoice,
}

/// A stream of which proxies are made.
struct Job<'a> {
    media: &'a Media,
    index: Arc<MediaIndex>,
    stream: usize,
    scale: ProxyScaleChoice,
    frames: u64,
}

/// Makes proxies of films. Those that are complete stay when it is cancelled or fails.
///
/// # Errors
/// Media that do not exist or whose files cannot be read, and failures of decoding, drawing or
/// writing.
pub fn make_proxies(
    session: &Session,
    request: &ProxyRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<ProxyReport, Vec<ApiError>> {
    let one = |e| vec![e];
    crate::settings::check_threads(request.threads).map_err(one)?;
    session.check()?;
    if let Some(folder) = &request.proxy_folder {
        session.library().set_proxy_folder(folder);
    }
    let folder = session.library().proxy_folder();
    let mut report = ProxyReport { folder: folder.clone(), made: vec![], kept: vec![], skipped: vec![], warnings: vec![] };
    let jobs = jobs(session, request, &mut report, cancel)?;
    let mut shown = Progress::frames(0, jobs.iter().map(|job| job.frames).sum());
    let options = RenderOptions { backend: Backend::Cpu, threads: request.threads, ..RenderOptions::default() };
    let mut renderer = Renderer::new(options).map_err(|e| one(PipelineError::from(e).into()))?;
    for Job { media, index, stream, scale, frames } in jobs {
        let before = shown.done;
        let location = session.location(media);
        let made = make_proxy(
            media,
            &location,
            &index,
            stream,
            scale.into(),
            &folder,
            (&mut renderer, request.threads),
            cancel,
            &mut || {
                shown.done += 1;
                progress(shown);
            },
        );
        match made {
            Ok(made) => report.made.push(ProxyEntry {
                media: media.id.to_string(),
                stream,
                scale,
                file: made.path,
                size: made.size,
                frames: made.frames,
                codec: made.codec,
                bytes: made.bytes,
            }),
            Err(ProxyError::Needless { reason }) => report.skipped.push(format!("media \"{}\": {reason}", media.id)),
            Err(e) => return Err(one(failed(&e))),
        }
        shown.done = before + frames;
        progress(shown);
    }
    Ok(report)
}

fn failed(e: &ProxyError) -> ApiError {
    let error = ApiError::of(e.code(), e);
    match e {
        ProxyError::Write { path, .. } => error.hint("`proxy_folder` names another folder").field("proxy_folder").file(path),
        ProxyError::Pipeline(PipelineError::Media(m)) => match m.path() {
            Some(path) if m.code() == "media.write.failed" => {
                error.hint("nothing incomplete was left; `proxy_folder` names another folder").field("proxy_folder").file(path)
            }
            Some(path) => error.file(path),
            None => error,
        },
        ProxyError::Mismatch { path, .. } => error.file(path),
        _ => error,
    }
}

/// What has to be made.
fn jobs<'a>(
    session: &'a Session,
    request: &ProxyRequest,
    report: &mut ProxyReport,
    cancel: &CancelToken,
) -> Result<Vec<Job<'a>>, Vec<ApiError>> {
    let project = &session.project;
    for id in &request.media {
        if !project.media.iter().any(|m| m.id.as_str() == id) {
            let known: Vec<&str> = project.media.iter().map(|m| m.id.as_str()).collect();
            let error = ApiError::new("usage.media", format!("the project has no media \"{id}\""));
            return Err(vec![error.hint(format!("it has {}", known.join(", "))).field("media")]);
        }
    }
    let mut scales: Vec<ProxyScaleChoice> = request.scales.clone();
    if scales.is_empty() {
        scales.push(ProxyScaleChoice::Half);
    }
    scales.dedup();
    // Streams other than the first are made if a clip shows them.
    let mut streams = BTreeSet::new();
    for composition in &project.compositions {
        let uses = source_uses(project, &composition.id, &session.catalog).map_err(|e| vec![PipelineError::from(e).into()])?;
        streams.extend(uses.into_iter().filter(|u| u.kind == StreamKind::Video).map(|u| (u.media, u.stream)));
    }
    let asked = |m: &&Media| request.media.is_empty() || request.media.iter().any(|id| m.id.as_str() == id);
    let media: Vec<&Media> = project.media.iter().filter(asked).collect();
    let locations: Vec<_> = media.iter().map(|m| session.location(m)).collect();
    let (mut jobs, mut errors) = (Vec::new(), Vec::new());
    for (media, index) in media.into_iter().zip(session.library().scan(&locations, cancel)) {
        let index = match index {
            Ok(index) => index,
            Err(e) if cancel.is_cancelled() => return Err(vec![ApiError::of("proxy.cancelled", &e)]),
            Err(e) => {
                let error = ApiError::from(e);
                let is_lost = error.code == "media.open.not_found";
                errors.push(if is_lost { error.hint_at("relink", "`relink` finds files that were moved") } else { error });
                continue;
            }
        };
        if media.kind != MediaKind::Video || index.info().video.is_empty() || index.info().is_still {
            // Of all media, sounds and stills are not meant.
            if !request.media.is_empty() {
                report.skipped.push(format!("media \"{}\": {} is no film", media.id, media.path));
            }
            continue;
        }
        let own = streams.iter().filter(|(m, _)| *m == media.id).map(|(_, stream)| *stream);
        let own: BTreeSet<usize> = own.chain([0]).filter(|stream| *stream < index.info().video.len()).collect();
        for stream in own {
            let there = session.library().proxy_scales(media, &index, stream, &mut report.warnings, cancel);
            for &scale in &scales {
                if !request.renew && there.contains(&scale.into()) {
                    report.kept.push(KeptProxy { media: media.id.to_string(), stream, scale });
                    continue;
                }
                let frames = index.frame_spans(stream).count() as u64;
                jobs.push(Job { media, index: Arc::clone(&index), stream, scale, frames });
            }
        }
    }
    if errors.is_empty() { Ok(jobs) } else { Err(errors) }
}
