//! The operations that every front end of cutroom offers: one function and one pair of plain,
//! serialisable types per operation, and one error shape. Command line, server and scripts use this
//! crate and nothing below it. It depends on neither sockets nor terminals.
#![forbid(unsafe_code)]
// An error ends an operation and holds all details; its size does not matter there.
#![allow(clippy::result_large_err)]

mod analysis_markers;
mod cache;
mod catalog;
mod clip_list;
mod codes;
mod collect;
mod device_lost;
mod doctor;
mod editing;
mod error;
mod export;
mod formats;
mod frame;
mod from_errors;
mod graph;
mod history;
mod import_media;
mod journal;
mod live;
mod live_report;
mod live_wire;
mod loudness;
mod machine_check;
mod media_content;
mod media_search;
mod media_state;
mod new_project;
mod overwrite_guard;
mod path_serde;
mod play;
mod position;
mod probe;
mod proxy;
mod relink;
mod scenes;
mod session;
mod settings;
mod sheet;
mod sound_analysis;
mod sound_devices;
mod source_session;
mod speed;
mod split;
mod split_film;
mod stabilize;
mod stage_times;
mod stats;
mod subtitle_input;
mod subtitles;
mod subtitles_add;
mod subtitles_ass;
mod subtitles_export;
mod subtitles_fit;
mod subtitles_place;
mod thumbnail;
mod title;
mod track;
mod track_apply;
mod validate;
mod waveform;
mod wire;
mod write_project;

pub use cache::{CacheKind, CacheReport, PruneCacheReport, PruneCacheRequest, VerifyCacheReport, cache, prune_cache, verify_cache};
pub use catalog::{
    AliasEntry, BlendEntry, Catalog, CostEntry, EffectEntry, ParamEntry, SoundEffectEntry, TransitionEntry, catalog,
};
pub use codes::{CODES, ErrorClass, ErrorCode};
pub use collect::{CollectReport, CollectRequest, collect};
pub use cutroom_analysis::{Scope, ScopeSamples};
pub use cutroom_audio::fold_to_stereo;
pub use cutroom_engine::{AudioSink, FrameAnswer, FrameHandle, Shown, TimerSink, Urgency};
pub use cutroom_export::UnfinishedFiles;
pub use cutroom_media::write::{PreviewEncoder, encode_jpeg, encode_png};
pub use cutroom_pipeline::{FileRoots, MemoryCacheState, Screen, ScreenCounters, screen_texture};
pub use cutroom_project::{
    Animated, Clip, ClipSource, Composition, EffectInstance, JournalOptions, Marker, Media, Project, Track, TrackKind, Transition,
};
pub use cutroom_timeline::RenderScale;
pub use cutroom_types::{
    Align, AudioBlock, CancelToken, ClipId, ColorModel, Fit, FrameRate, Gaps, Picture, Plane, Progress, ProgressUnit,
    Range as SampleRange, Size, Time, TimeDelta, Timecode,
};
pub use device_lost::DeviceLost;
pub use doctor::{BackendReport, CardReport, DecoderReport, DecodingDevice, DoctorReport, FormatReport, doctor};
pub use editing::{Changed, DocumentChange, Editor, LiveCommand, SessionCommand, SessionEvent, command_schema};
pub use error::ApiError;
pub use export::{
    AlsoOutput, AudioOptions, ExportPhase, ExportProgress, ExportReport, ExportRequest, ExportStatus, FarmBackendChoice,
    FarmFailure, FarmReport, FarmStatus, FarmSubmitRequest, FarmTask, HardwareReport, NamedPreset, PhaseTimes, Preset,
    PresetLimits, PresetsRequest, SmartChoice, UploadOptions, Verified, VideoOptions, Watch, WorkerProgram, clean_export, export,
    export_in_workers, export_status, export_to, export_to_address, farm_assemble, farm_cancel, farm_mend, farm_status,
    farm_submit, farm_wait, farm_work, hardware_codec_ids, hardware_report, is_address, name_in_address, presets, probe_encoder,
    resume_export, serve_worker,
};
pub use formats::{audio_codec_ids, can_stream, file_extensions, streamed_extensions, video_codec_ids};
pub use frame::{Frame, FrameReport, FrameRequest, render_frame};
pub use graph::{GraphReport, GraphRequest, NodeReport, graph};
pub use history::{
    BackupEntry, HistoryReport, HistoryRequest, Keep, RecoverRequest, RestoreReport, RestoreRequest, history, recover, restore,
};
pub use import_media::{DuplicateMedia, ImportMediaReport, ImportMediaRequest, ImportedMedia, SkippedFile, import_media};
pub use journal::HistoryEntry;
pub use live::{LiveOptions, LiveSession, ViewId};
pub use live_report::{
    JobKind, JobReport, JobResult, LoopReport, MediaChange, PlaybackFigures, TransportActivity, TransportReport,
};
pub use live_wire::{
    ClientMessage, LIVE_END, LIVE_HEADER_BYTES, LIVE_KEY, LIVE_PROXY, LIVE_REDUCED, LIVE_SETTLED, LIVE_VERSION, LiveCodec,
    LiveHeader, LiveKind, LiveQuality, LiveScope, ServerMessage, SizeReason, SoundLevels,
};
pub use loudness::{FileLoudnessRequest, LevelReport, LoudnessReport, LoudnessRequest, file_loudness, loudness};
pub use machine_check::{Check, folder_checks, free_bytes, machine_checks};
pub use media_state::{MediaState, is_media_name};
pub use new_project::{NewProjectReport, NewProjectRequest, new_project};
pub use play::{PlayReport, PlayRequest, play};
pub use position::{parse_frame, parse_length_frames, parse_range};
pub use probe::{AudioReport, MediaReport, ProbeRequest, TextReport, VideoReport, probe};
pub use proxy::{KeptProxy, ProxyEntry, ProxyReport, ProxyRequest, make_proxies};
pub use relink::{MissingMedia, RelinkReport, RelinkRequest, RelinkedBy, RelinkedMedia, relink};
pub use scenes::{
    SceneTransition, SceneTransitionReport, ScenesReport, ScenesRequest, ShotReport, SplitScenesReport, SplitScenesRequest, scenes,
    split_scenes,
};
pub use session::Session;
pub use settings::{BackendChoice, DecodeChoice, DisplayChoice, ProxyChoice, ProxyScaleChoice};
pub use sheet::{SheetRequest, contact_sheet, frame_jpeg};
pub use sound_analysis::{
    BeatReport, BeatsReport, BeatsRequest, CutSilenceReport, CutSilenceRequest, MarkBeatsReport, MarkBeatsRequest, SegmentReport,
    SegmentsReport, SegmentsRequest, SilencesReport, SilencesRequest, SpanReport, SpectrogramReport, SpectrogramRequest,
    SyncReport, SyncRequest, SyncedFile, beats, cut_silence, mark_beats, silences, sound_segments, spectrogram, sync,
};
pub use sound_devices::{
    LatencyReport, LatencyRequest, RecordReport, RecordRequest, SoundDeviceReport, SoundDevicesReport, SoundOutput,
    SoundOutputReport, record, sound_devices, sound_latency,
};
pub use speed::{Speed, SpeedMeter};
pub use split::{SplitLayoutEntry, SplitLayoutList, SplitLook, SplitPreviewRequest, split_layouts, split_preview};
pub use split_film::{
    SplitAddRequest, SplitChangeRequest, SplitClips, SplitNewRequest, SplitReport, split_add, split_change, split_new,
};
pub use stabilize::{StabilizeReport, StabilizeRequest, StabilizedClip, stabilize};
pub use stage_times::{StageReport, StageTimes};
pub use stats::{StatsReport, StatsRequest, stats};
pub use subtitle_input::SubtitleInput;
pub use subtitles::{
    CheckSubtitlesReport, CheckSubtitlesRequest, ConvertSubtitlesReport, ConvertSubtitlesRequest, CueReport, FindingReport,
    IssueReport, SubtitlesReport, SubtitlesRequest, check_subtitles, convert_subtitles, show_subtitles,
};
pub use subtitles_add::{AddSubtitlesReport, AddSubtitlesRequest, add_subtitles};
pub use subtitles_export::{ExportSubtitlesReport, ExportSubtitlesRequest, ExportedSubtitles, export_subtitles};
pub use subtitles_fit::{FitSubtitlesReport, FitSubtitlesRequest, fit_subtitles};
pub use thumbnail::{FilmstripRequest, Stills, StillsReport, ThumbnailRequest, filmstrip, thumbnail};
pub use title::{
    TitleAddReport, TitleAddRequest, TitleEntry, TitleList, TitleParamEntry, TitlePreviewReport, TitlePreviewRequest, title_add,
    title_preview, titles,
};
pub use track::{AppliedTrack, TrackReport, TrackRequest, TrackState, TrackedFrame, track};
pub use validate::{ValidateReport, ValidateRequest, validate};
pub use waveform::{ChannelPeaks, WaveformReport, WaveformRequest, Waveforms, waveform};
pub use wire::{Operation, all_schemas};

/// All operations, sorted.
pub const OPERATIONS: &[Operation] = &[
    Operation::new::<AddSubtitlesRequest, AddSubtitlesReport>("add_subtitles"),
    Operation::new::<BeatsRequest, BeatsReport>("beats"),
    Operation::of_nothing::<CacheReport>("cache"),
    Operation::of_nothing::<Catalog>("catalog"),
    Operation::new::<CheckSubtitlesRequest, CheckSubtitlesReport>("check_subtitles"),
    Operation::new::<CollectRequest, CollectReport>("collect"),
    Operation::new::<ConvertSubtitlesRequest, ConvertSubtitlesReport>("convert_subtitles"),
    Operation::new::<CutSilenceRequest, CutSilenceReport>("cut_silence"),
    Operation::of_nothing::<DoctorReport>("doctor"),
    Operation::new::<ExportRequest, ExportReport>("export"),
    Operation::new::<ExportSubtitlesRequest, ExportSubtitlesReport>("export_subtitles"),
    Operation::new::<FileLoudnessRequest, LoudnessReport>("file_loudness"),
    Operation::new::<FilmstripRequest, StillsReport>("filmstrip"),
    Operation::new::<FitSubtitlesRequest, FitSubtitlesReport>("fit_subtitles"),
    Operation::new::<GraphRequest, GraphReport>("graph"),
    Operation::new::<HistoryRequest, HistoryReport>("history"),
    Operation::new::<ImportMediaRequest, ImportMediaReport>("import_media"),
    Operation::new::<LoudnessRequest, LoudnessReport>("loudness"),
    Operation::new::<ProxyRequest, ProxyReport>("make_proxies"),
    Operation::new::<MarkBeatsRequest, MarkBeatsReport>("mark_beats"),
    Operation::new::<NewProjectRequest, NewProjectReport>("new_project"),
    Operation::new::<PlayRequest, PlayReport>("play"),
    Operation::new::<PresetsRequest, Vec<NamedPreset>>("presets"),
    Operation::new::<ProbeRequest, MediaReport>("probe"),
    Operation::new::<PruneCacheRequest, PruneCacheReport>("prune_cache"),
    Operation::new::<RecordRequest, RecordReport>("record"),
    Operation::new::<RecoverRequest, RestoreReport>("recover"),
    Operation::new::<RelinkRequest, RelinkReport>("relink"),
    Operation::new::<FrameRequest, FrameReport>("render_frame"),
    Operation::new::<RestoreRequest, RestoreReport>("restore"),
    Operation::new::<ScenesRequest, ScenesReport>("scenes"),
    Operation::of_nothing::<serde_json::Value>("schema"),
    Operation::new::<SubtitlesRequest, SubtitlesReport>("show_subtitles"),
    Operation::new::<SilencesRequest, SilencesReport>("silences"),
    Operation::of_nothing::<SoundDevicesReport>("sound_devices"),
    Operation::new::<LatencyRequest, LatencyReport>("sound_latency"),
    Operation::new::<SegmentsRequest, SegmentsReport>("sound_segments"),
    Operation::new::<SpectrogramRequest, SpectrogramReport>("spectrogram"),
    Operation::new::<SplitAddRequest, SplitReport>("split_add"),
    Operation::new::<SplitChangeRequest, SplitReport>("split_change"),
    Operation::of_nothing::<SplitLayoutList>("split_layouts"),
    Operation::new::<SplitNewRequest, SplitReport>("split_new"),
    Operation::new::<SplitPreviewRequest, FrameReport>("split_preview"),
    Operation::new::<SplitScenesRequest, SplitScenesReport>("split_scenes"),
    Operation::new::<StabilizeRequest, StabilizeReport>("stabilize"),
    Operation::new::<StatsRequest, StatsReport>("stats"),
    Operation::new::<SyncRequest, SyncReport>("sync"),
    Operation::new::<ThumbnailRequest, StillsReport>("thumbnail"),
    Operation::new::<TitleAddRequest, TitleAddReport>("title_add"),
    Operation::new::<TitlePreviewRequest, TitlePreviewReport>("title_preview"),
    Operation::of_nothing::<TitleList>("titles"),
    Operation::new::<TrackRequest, TrackReport>("track"),
    Operation::new::<ValidateRequest, ValidateReport>("validate"),
    Operation::of_nothing::<VerifyCacheReport>("verify_cache"),
    Operation::new::<WaveformRequest, WaveformReport>("waveform"),
];

/// The JSON Schema of the project file.
pub fn schema() -> serde_json::Value {
    cutroom_project::json_schema()
}
