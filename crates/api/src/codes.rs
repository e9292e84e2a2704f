//! Every error code that the program can show, with its class and its meaning. docs/errors.md is
//! generated from this list.
//!
//! A new code is defined next to its error and gets a row here. With debug assertions,
//! `ApiError::new` panics on a code without a row; `tests/rules` compares the codes in the source
//! text with the page.
use ErrorClass::{Cancelled, Failed, Media, Project, Usage};

/// Class of a failure; decides the exit code of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The request makes no sense.
    Usage,
    /// The project is not valid.
    Project,
    /// A media file is missing, unreadable or lacks what the project needs.
    Media,
    /// Drawing, mixing, encoding or writing failed.
    Failed,
    /// The operation was cancelled.
    Cancelled,
}

/// An error code with its class and meaning.
#[derive(Clone, Copy, Debug)]
pub struct ErrorCode {
    /// Dotted, in lower case; the first word is the area.
    pub code: &'static str,
    /// Class of the failure.
    pub class: ErrorClass,
    /// One English sentence.
    pub meaning: &'static str,
}

/// The row of a code.
pub(crate) fn find(code: &str) -> Option<&'static ErrorCode> {
    CODES.iter().find(|row| row.code == code)
}

const fn row(code: &'static str, class: ErrorClass, meaning: &'static str) -> ErrorCode {
    ErrorCode { code, class, meaning }
}

/// All codes, sorted.
pub const CODES: &[ErrorCode] = &[
    row("audio.channels.unsupported", Failed, "Sound with a number of channels that has no standard layout."),
    row("audio.effect.file", Media, "The file that a sound effect uses cannot be read."),
    row("audio.effect.not_measured", Failed, "A defect of cutroom: a sound effect was not told what it will receive."),
    row("audio.loudness.failed", Failed, "Loudness could not be measured."),
    row("audio.plan.block_too_long", Failed, "A defect of cutroom: too many samples were requested at once."),
    row("audio.plan.invalid_voice", Failed, "The sound of a clip cannot be mixed, its speed or place makes no sense."),
    row("audio.plan.mismatch", Failed, "A defect of cutroom: mixer and composition differ in sample rate or channels."),
    row("audio.rate.unsupported", Failed, "Sound at a sample rate outside the supported range."),
    row("audio.source.contract", Failed, "A defect of cutroom: a file's sound came in another format than requested."),
    row("audio.source.failed", Failed, "The sound of a clip could not be read."),
    row(
        "catalog.invalid",
        Failed,
        "An effect that was to be registered contradicts itself, in its parameter table or in how its code reads it.",
    ),
    row("catalog.no_match", Failed, "No entry of the catalogue fits the words that were looked for."),
    row("catalog.taken", Failed, "An effect was to be registered under an id that is taken."),
    row("cli.json", Failed, "An answer could not be written as JSON."),
    row("cli.man", Failed, "The man pages could not be written."),
    row("cli.signals", Failed, "The system does not let the program listen for Ctrl-C."),
    row("cli.stdout", Failed, "Standard output could not be written."),
    row("cli.trace", Failed, "The file for --trace could not be written."),
    row("collect.cancelled", Cancelled, "Copying the files of a project was cancelled."),
    row("collect.differs", Failed, "A file that was copied is not equal to its copy."),
    row("collect.space", Failed, "The disk has no room for the files of a project."),
    row("collect.write", Failed, "The folder for the files of a project cannot be written."),
    row("device.busy", Failed, "A sound device is in use by another program."),
    row("device.ended", Failed, "The thread that plays or records sound has ended."),
    row("device.no_default", Failed, "The system has no default sound device."),
    row("device.not_found", Usage, "There is no sound device of the name that was given."),
    row("device.not_heard", Failed, "While the latency was measured, the input did not hear the output."),
    row("device.nothing_recorded", Failed, "Recording ended before anything was recorded."),
    row("device.refused", Failed, "The sound service of the system refused an operation."),
    row("device.setting", Usage, "A setting of playing or recording is outside its range."),
    row("device.stopped", Cancelled, "Measuring the latency of sound devices was stopped."),
    row("device.thread", Failed, "The system gave no thread for sound."),
    row("device.unusable", Failed, "A sound device offers no format that can be used."),
    row("drawing.font", Media, "A file named as a font is not one, or is too large."),
    row("drawing.overflow", Project, "A text does not fit into its box, and its `overflow` is `error`."),
    row("drawing.svg", Media, "An SVG file cannot be read, or is too large or complex to draw."),
    row("drawing.too_complex", Failed, "A text or a shape exceeds a limit of size."),
    row("engine.job.cancelled", Cancelled, "A piece of work was cancelled before it began."),
    row("engine.job.closed", Cancelled, "A piece of work was dropped because the engine was shut down."),
    row("engine.job.deadline", Failed, "A piece of work was not begun before its result was of no use any more."),
    row("engine.job.panicked", Failed, "A defect of cutroom: a piece of work broke off."),
    row("engine.job.timed_out", Failed, "A piece of work took longer than it may, and was stopped."),
    row("engine.jobs.closed", Failed, "Work was submitted after the engine had been shut down."),
    row("engine.jobs.full", Failed, "More work was submitted than may wait."),
    row("engine.no_document", Failed, "A frame or playback was requested before a document was open."),
    row("engine.no_view", Failed, "A view of a running session was closed already."),
    row("engine.overtaken", Cancelled, "A requested frame was not drawn because a later request replaced it."),
    row("engine.play.stopped", Cancelled, "Playing was interrupted before the end."),
    row("engine.plugin.denied", Failed, "A plug-in needs the GPU, the disk or the network, which the session does not allow."),
    row("engine.plugin.twice", Failed, "Two plug-ins of a session have the same name."),
    row("engine.render_thread", Failed, "A defect of cutroom: the thread that draws frames has ended."),
    row("engine.schedule", Failed, "A defect of a plug-in: its work conflicts with other work and has no order."),
    row("engine.thread", Failed, "The system starts no more threads for the engine."),
    row("export.build", Failed, "An export was begun by another build of cutroom or FFmpeg; its parts are not mixed with others."),
    row("export.busy", Failed, "Another process exports to the same file."),
    row("export.cancelled", Cancelled, "An export, or the scan of media files before it, was cancelled."),
    row("export.changed", Failed, "A file of the film was changed while it was exported."),
    row("export.crashed", Failed, "The process that made the film crashed, in a decoder, a driver or an encoder."),
    row("export.defect", Failed, "A defect of cutroom: a thread of the export ended without a result."),
    row("export.folder", Failed, "The folder of finished segments, beside the output, cannot be read or written."),
    row("export.hashes", Failed, "The list of frame hashes could not be written."),
    row("export.none", Failed, "There is no stopped export to go on with."),
    row("export.space", Failed, "The disk has too little free space for an export."),
    row("export.thread", Failed, "The system starts no more threads for the export."),
    row("export.verify", Failed, "A finished file does not decode to the film that was to be in it."),
    row("export.worker", Failed, "The system starts no process for the export."),
    row("farm.answer", Failed, "A program of a farm's scheduler printed something that is not understood."),
    row("farm.busy", Failed, "An export was given to a farm already, which still works at it."),
    row("farm.failed", Failed, "Parts of an export failed on a farm as often as they may."),
    row("farm.program", Failed, "A program of a farm's scheduler cannot be run on this machine."),
    row("farm.refused", Failed, "A farm's scheduler refuses the work, or does not tell of it."),
    row("import.cancelled", Cancelled, "Adding files to a project was cancelled."),
    row("journal.changed_outside", Failed, "Another program changed the project file since the session read it."),
    row("journal.conflict", Failed, "Another program changed the project file while its journal has edits that were not saved."),
    row("journal.damaged", Failed, "A record of the project's journal is damaged."),
    row("journal.folder", Failed, "The folder of the project's journal and backups cannot be written or read."),
    row("journal.locked", Failed, "Another session edits the project."),
    row("journal.no_such", Usage, "The project's history has no such step, version or backup."),
    row("journal.read", Failed, "The project's journal cannot be read."),
    row("journal.unsaved", Failed, "The project's journal has edits that its file lacks, and the file is to be changed."),
    row("journal.version", Failed, "A newer version of the program wrote the project's journal."),
    row("journal.write", Failed, "An edit cannot be written to the project's journal, and is not made."),
    row("media.before_start", Media, "A clip uses its source before its start."),
    row("media.decode.failed", Media, "A place of the file cannot be decoded although others can."),
    row("media.decode.nothing", Media, "A stream contains no frame or sample that can be decoded."),
    row("media.decode.stopped", Media, "A defect of a decoder: it ended without an answer."),
    row("media.encode.failed", Failed, "A picture or sound could not be encoded."),
    row("media.encode.setup", Failed, "The encoder refuses its settings."),
    row("media.ffmpeg.internal", Media, "FFmpeg ran out of memory or broke its own rules."),
    row("media.ffmpeg.missing", Media, "The linked FFmpeg lacks an encoder, muxer or filter."),
    row("media.hardware.absent", Failed, "A kind of graphics device that was named to decode is missing."),
    row("media.look", Media, "A file named as a look-up table is not one, or is too large."),
    row("media.no_channel", Media, "A clip uses a channel that its sound stream does not have."),
    row("media.no_picture", Media, "A clip or transition needs a picture from a file that has none."),
    row("media.no_sound", Media, "A clip needs sound from a file that has none."),
    row("media.no_stream", Media, "A clip uses a stream number that the file does not have."),
    row("media.numbered.differs", Media, "One of numbered pictures differs from the first one in size, format or orientation."),
    row("media.numbered.missing", Media, "Numbers are missing in a row of numbered pictures whose gaps are not filled."),
    row("media.numbered.pattern", Media, "A path that is to name numbered pictures has no place for a number."),
    row("media.open.empty", Media, "A file holds neither picture nor sound."),
    row("media.open.failed", Media, "A look-up table cannot be read."),
    row("media.open.no_decoder", Media, "The linked FFmpeg has no decoder for the stream."),
    row("media.open.no_stream", Media, "The file has no stream of the number given."),
    row("media.open.not_found", Media, "There is no such file."),
    row("media.open.not_media", Media, "The file is not media that FFmpeg understands, or too damaged to be opened."),
    row("media.open.outside", Media, "The file is in none of the folders that may be used, or a list of other files."),
    row("media.open.unreadable", Media, "The system does not let the file be read."),
    row("media.open.unsupported", Media, "A pixel format, sample rate, size, layout or colour that cutroom does not handle."),
    row("media.past_end", Media, "A clip uses its source after its end."),
    row("media.read.stopped", Cancelled, "Reading a media file was cancelled."),
    row("media.read.timed_out", Media, "The source gave no data for too long."),
    row("media.write.damaged", Failed, "A finished part of an export is not as it was written."),
    row("media.write.exists", Failed, "The file exists and was not to be replaced."),
    row("media.write.failed", Failed, "The file could not be written: disk full, no permission, or the muxer refused."),
    row("media.write.mismatch", Failed, "A defect of cutroom: a picture or sound block does not fit the file being written."),
    row("media.write.no_encoder", Failed, "The linked FFmpeg was built without the encoder."),
    row("media.write.settings", Failed, "Settings of a file that contradict each other or the format's rules."),
    row("operation.field", Project, "A field cannot be set to that, or there is no such field."),
    row("operation.history", Failed, "There is nothing to undo, or to do again."),
    row("operation.locked", Project, "A track is locked."),
    row("operation.no_material", Project, "A source has nothing before or after what a clip would show."),
    row("operation.no_room", Project, "Another clip is where one would come to be."),
    row("operation.time", Project, "A time at which the operation cannot work."),
    row("operation.unfit", Project, "The operation does not fit what it names."),
    row("pipeline.slate", Failed, "A defect of cutroom: the slate of a missing file cannot be drawn."),
    row("pipeline.thread", Failed, "The system starts no more threads for decoding."),
    row("preview.device", Failed, "No graphics device can draw the window."),
    row("preview.display", Failed, "No window can be opened: there is no display, or it refuses."),
    row("preview.program", Failed, "The program of the preview window is not there, or cannot be started."),
    row("project.adjustment", Project, "An adjustment layer has what only a clip with a picture of its own can have."),
    row("project.align", Project, "A margin lacks the side that it counts from, or something without a picture is aligned."),
    row("project.channels", Project, "A composition has fewer than 1 or more than 8 channels of sound."),
    row("project.cues", Project, "Subtitles are too many, too long, out of order, or end before they start."),
    row("project.cycle", Project, "Something contains itself, is its own parent or its own matte."),
    row("project.dangling", Project, "An id does not exist in the project."),
    row("project.duplicate_id", Project, "Two things of one kind have one id."),
    row("project.duration", Project, "Something has no length."),
    row("project.edge", Project, "A feather is given for an edge that the mask does not have."),
    row(
        "project.edit.duplicate_id",
        Project,
        "An edit would give an id to a second thing of its kind, or names one that two have.",
    ),
    row("project.edit.no_such_bus", Project, "An edit names a bus that the project does not have."),
    row("project.edit.no_such_clip", Project, "An edit names a clip that the project does not have."),
    row("project.edit.no_such_composition", Project, "An edit names a composition that the project does not have."),
    row("project.edit.no_such_media", Project, "An edit names a media that the project does not have."),
    row("project.edit.no_such_position", Project, "An edit is to put something after what is not there."),
    row("project.edit.no_such_track", Project, "An edit names a track that the project does not have."),
    row("project.edit.no_such_transition", Project, "An edit names a transition that the project does not have."),
    row("project.edit.not_settable", Project, "An edit sets an unknown field under a name that belongs to an id or a list."),
    row("project.empty", Project, "The composition has no frame."),
    row("project.fade", Project, "A fade is longer than its clip."),
    row("project.font_tag", Project, "An axis or a feature of a font is not named by four letters."),
    row("project.form", Project, "A value is missing or of the wrong kind."),
    row("project.frames", Project, "Frames in between are asked for of something that is no file."),
    row("project.id", Project, "An id is empty or longer than 200 bytes."),
    row(
        "project.keyframe_handle",
        Project,
        "A keyframe's handle points the wrong way, too far, or is of another kind than the value.",
    ),
    row("project.keyframe_order", Project, "Keyframes are not in order of time."),
    row("project.keyframe_shape", Project, "Keyframes of one value are of several kinds."),
    row("project.missing_param", Project, "A parameter that must name a media or a track names none."),
    row("project.negative_time", Project, "A time or length is negative."),
    row("project.nesting", Project, "Compositions or effects over time are nested too deeply, or make too many layers."),
    row("project.no_picture", Project, "A picture is needed from something that has only sound."),
    row("project.no_sound", Project, "Sound is needed from something that has only a picture."),
    row("project.no_stream", Project, "A stream is chosen by a number that the media does not have."),
    row("project.not_animatable", Project, "A parameter has keyframes that cannot have any."),
    row("project.not_at_a_cut", Project, "The clips of a transition do not meet."),
    row("project.not_utf8", Project, "The project file is not UTF-8."),
    row("project.number", Project, "A number is out of range."),
    row("project.numbered", Project, "Fields of numbered pictures contradict each other or the path."),
    row("project.overlap", Project, "Two clips of one track overlap."),
    row("project.param", Project, "A parameter's value is of the wrong kind or out of range."),
    row("project.parent", Project, "A clip's parent is not a null object."),
    row(
        "project.past_source_end",
        Project,
        "A clip uses time outside the composition that it shows, or before the start of its source.",
    ),
    row(
        "project.path",
        Project,
        "A file's path is empty or holds a zero byte, or a mask's outline has too few or too many vertices.",
    ),
    row("project.placeholder", Project, "A name in braces in a text is not known, or a brace is not closed."),
    row("project.read", Project, "The project file cannot be read."),
    row("project.sample_rate", Project, "A composition's sample rate is out of range."),
    row("project.save", Failed, "The project file could not be written; what was there before is untouched."),
    row("project.schema_version", Project, "The document was changed to a version that this program does not plan."),
    row("project.size", Project, "A composition is empty or too large."),
    row("project.sound_effect", Project, "A sound effect is not known, or has a parameter that it does not allow."),
    row("project.speed", Project, "A speed is out of range, alone or multiplied through nesting."),
    row("project.syntax", Project, "The project file is not JSON."),
    row("project.text_length", Project, "A text is longer than 200 000 bytes."),
    row("project.time", Project, "A time is beyond 1000 hours."),
    row("project.tiny_time", Project, "A note, not an error: a bare number, which counts flicks, is less than a frame."),
    row("project.too_large", Project, "The project file is larger than 256 MiB."),
    row("project.transition_clips", Project, "A transition names fewer clips than it needs."),
    row("project.transition_too_long", Project, "A clip is too short for its transitions."),
    row("project.two_transitions", Project, "One end of a clip has two transitions."),
    row("project.unknown_blend_mode", Project, "There is no such blend mode."),
    row("project.unknown_composition", Project, "There is no such composition."),
    row("project.unknown_effect", Project, "There is no such effect."),
    row("project.unknown_field", Project, "A note, not an error: a field is unknown; it is kept."),
    row("project.unknown_media", Project, "There is no such media."),
    row("project.unknown_param", Project, "An effect or transition has no such parameter."),
    row("project.unknown_transition", Project, "There is no such transition."),
    row("project.version_missing", Project, "The document has no schema version."),
    row("project.version_too_new", Project, "The document was written by a newer program."),
    row("proxy.cancelled", Cancelled, "Making proxies was cancelled."),
    row("proxy.mismatch", Failed, "A defect of cutroom: a proxy that was made has other frames than its source."),
    row(
        "proxy.needless",
        Usage,
        "A file of which a proxy makes no sense: a still, small pictures, pictures that change their size.",
    ),
    row("proxy.write", Failed, "The folder of proxies cannot be written to."),
    row("render.download", Failed, "A decoded picture cannot be copied from the graphics device."),
    row("render.gpu", Failed, "The GPU cannot be used."),
    row("render.gpu.absent", Failed, "There is no graphics card of the number that was given."),
    row("render.missing_look", Failed, "A defect of cutroom: a look-up table was not read before drawing."),
    row("render.missing_source", Failed, "A defect of cutroom: a source picture was not fetched before drawing."),
    row("render.unsupported", Failed, "The picture is empty or too large to be drawn."),
    row("server.address", Failed, "A server cannot listen at the address given."),
    row("server.busy", Failed, "A server has too many other requests to answer."),
    row("server.defect", Failed, "A defect of the server; its log has more."),
    row("server.folder", Usage, "A folder of a server cannot be listed."),
    row("server.full", Failed, "A server has no room for another project, view or connection."),
    row("server.host", Usage, "A request names another server than this one."),
    row("server.message", Usage, "A message to a server cannot be read."),
    row("server.method", Usage, "An address of a server has no such method."),
    row("server.no_editor", Failed, "The program was built without the editor for browsers."),
    row("server.no_file", Usage, "A job of a server has made no file, or is not finished."),
    row("server.no_upload", Usage, "A server has no such upload."),
    row("server.origin", Usage, "A page of another origin may not use the server."),
    row("server.outside", Usage, "A path is in none of the folders that a server may use."),
    row("server.project", Usage, "A server has no open project of this id."),
    row("server.project_closed", Failed, "A project of a server is being closed."),
    row("server.random", Failed, "The system has no random numbers for a token."),
    row("server.request", Usage, "A request to a server cannot be understood."),
    row("server.revision", Usage, "A document has another revision than the one that a command is for."),
    row("server.route", Usage, "A server has nothing at this address."),
    row("server.slow", Usage, "A body came too slowly, or its connection broke; what had come of an upload is kept."),
    row("server.space", Failed, "The disk of a server has no room for an upload."),
    row("server.tls", Usage, "A certificate or its key cannot be used."),
    row("server.token", Usage, "A request has no token or a wrong one, or a server needs one."),
    row("server.too_large", Usage, "The body of a request is larger than a server takes."),
    row("server.too_many", Usage, "Too many requests came from an address."),
    row("server.upload", Failed, "A file that is uploaded cannot be written."),
    row("server.upload_busy", Usage, "Another piece of an upload is being written."),
    row("server.upload_offset", Usage, "A piece of an upload does not begin where the last one ended."),
    row("server.uploads", Failed, "Too many uploads are not finished."),
    row("session.stopped", Cancelled, "A session was asked to stop while it waited for its jobs."),
    row("stabilize.cancelled", Cancelled, "Measuring a clip was cancelled."),
    row("stabilize.time_map", Usage, "A clip whose speed changes cannot be stabilized."),
    row("subtitles.findings", Failed, "A check of subtitles found something."),
    row("subtitles.fit", Failed, "The texts of a subtitle file do not fit the speech of a film."),
    row("subtitles.format", Media, "A file is no subtitle file of a known format."),
    row("track.cancelled", Cancelled, "Following a point or a plane was cancelled."),
    row("track.empty", Failed, "A defect of cutroom: a clip's picture has no pixels."),
    row("track.lost", Failed, "What was to be followed is in no later frame."),
    row("track.save", Failed, "The positions could not be written."),
    row("upload.aborted", Failed, "Sending a film to an address was broken off."),
    row("upload.connection", Failed, "The server that a film is sent to cannot be reached, or the connection broke."),
    row("upload.credentials", Failed, "There is no key for the storage that a film is sent to."),
    row("upload.refused", Failed, "The server that a film is sent to refuses it, or answers something that is not understood."),
    row("usage.address", Usage, "An address that a film is to be sent to is none."),
    row("usage.angle", Usage, "A recording is named that is not there, or not as TIME=N."),
    row("usage.apply", Usage, "What is to follow a tracked point is not there, or has no place that could follow."),
    row("usage.arguments", Usage, "The command line has an unknown option or command, or lacks one that is needed."),
    row("usage.axis", Usage, "There is no such axis of a spectrogram."),
    row("usage.cache", Usage, "An age or a kind of entries of the cache makes no sense."),
    row("usage.clip", Usage, "The clips named have no moving picture that could be measured, or one is named twice or not there."),
    row("usage.clip_part", Usage, "The part of a file given is not valid, or is outside the file."),
    row("usage.command", Usage, "A command of a script is not known or not of its form."),
    row("usage.composition", Usage, "The project has no composition of the id given."),
    row("usage.container", Usage, "The file name's extension names no container that can be written."),
    row("usage.dissolve", Usage, "A clip is too short for the dissolve."),
    row("usage.exists", Usage, "A file exists that was not to be replaced."),
    row("usage.farm", Usage, "What a farm is to be given makes no sense, or its scheduler does not have it."),
    row("usage.files", Usage, "Too few files are named."),
    row("usage.fps", Usage, "The frame rate given is not valid."),
    row("usage.import", Usage, "Projects of other programs cannot be read yet."),
    row("usage.job", Usage, "A running session has no such job."),
    row("usage.length", Usage, "The length of time given is not valid."),
    row("usage.level", Usage, "A level in decibels is out of range."),
    row("usage.limits", Usage, "The platform that a preset is for does not accept the film."),
    row("usage.media", Usage, "There is no media of the id given."),
    row("usage.not_synced", Usage, "A recording shares no sound with the others."),
    row("usage.path", Usage, "A path given cannot be used."),
    row("usage.picture_size", Usage, "The size of a picture, or the number of its parts, is zero or too large."),
    row("usage.pixel_format", Usage, "The pixel format given is not one that cutroom writes."),
    row("usage.point", Usage, "The point or plane given cannot be followed."),
    row("usage.position", Usage, "The position given is not valid, or is outside the composition."),
    row("usage.presets", Usage, "There is no preset of the name given, or the file of presets is not of its form."),
    row("usage.project", Usage, "The project to be made would not be valid."),
    row("usage.range", Usage, "The range of the timeline given is not valid."),
    row("usage.replaces_input", Usage, "An output would replace what is read."),
    row("usage.restore", Usage, "What is to be restored is not named, or named twice, or is no time."),
    row("usage.same_output", Usage, "Two outputs have one name."),
    row("usage.scale", Usage, "The scale at which frames are drawn is out of range."),
    row("usage.settings", Usage, "Export settings that contradict each other or the format's rules."),
    row("usage.silent", Usage, "Only sound is requested from a film without any."),
    row("usage.smart", Usage, "A film cannot be copied from its files as it was asked for."),
    row("usage.smoothness", Usage, "The smoothness given is out of range."),
    row("usage.speed", Usage, "The speed at which to play is out of range, or 0."),
    row("usage.split_change", Usage, "There is no such split screen, or it changes at a later time already."),
    row("usage.split_clips", Usage, "A split screen has another number of cells than there are clips."),
    row("usage.split_layout", Usage, "There is no such layout of a split screen, or no room for its cells."),
    row("usage.split_value", Usage, "A length, colour, focus, sound or easing of a split screen is none."),
    row("usage.streams", Usage, "Options leave nothing to write, or concern a stream that is not written."),
    row("usage.subtitles", Usage, "A change or a limit of subtitles makes no sense."),
    row("usage.threads", Usage, "More threads are requested than the maximum."),
    row("usage.threshold", Usage, "The least score of a scene cut is out of range."),
    row("usage.times", Usage, "Something is to be played no times."),
    row("usage.title", Usage, "There is no title of the id given."),
    row("usage.title_track", Usage, "The track named for a title does not exist, is for sound, or is not free there."),
    row("usage.title_value", Usage, "The title has no such parameter, or the value is none of its kind."),
    row("usage.track", Usage, "There is no track of the id given."),
    row("usage.upload", Usage, "A name or size of an upload that is not possible."),
    row("usage.window", Usage, "A film is to be played in a window by what opens none."),
    row("usage.zoom", Usage, "The zoom given is out of range."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    const HOW: &str = "CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-api) & test(codes)'";

    /// docs/errors.md.
    fn page() -> String {
        let mut text = format!(
            "# Errors\n\nWritten from `crates/api/src/codes.rs` by `{HOW}`; do not edit.\n\n\
             Every error has a code, which stays the same from version to version, a message, and where they are known a hint, \
             the file, the\nplace in the project, the clip and the time. `--json` and `--progress json` give them as fields. The \
             code's class decides the exit\ncode of the program:\n\n\
             | class | exit code | |\n|---|---|---|\n\
             | usage | 2 | what was asked for makes no sense |\n\
             | project | 3 | the project is not valid |\n\
             | media | 4 | a media file is missing, unreadable or lacks what the project needs |\n\
             | failed | 1 | drawing, mixing, encoding or writing failed |\n\
             | cancelled | 130 | somebody asked to stop |\n"
        );
        let mut area = "";
        for row in CODES {
            let first = row.code.split('.').next().unwrap_or_default();
            if first != area {
                area = first;
                let _ = write!(text, "\n## {area}\n\n| code | class | meaning |\n|---|---|---|\n");
            }
            let class = format!("{:?}", row.class).to_lowercase();
            let _ = writeln!(text, "| `{}` | {class} | {} |", row.code, row.meaning);
        }
        text
    }

    #[test]
    fn codes_are_unique_dotted_and_sorted() {
        for pair in CODES.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
        for row in CODES {
            let words: Vec<&str> = row.code.split('.').collect();
            let plain = |w: &&str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!((2..=3).contains(&words.len()) && words.iter().all(plain), "{}", row.code);
            assert!(row.meaning.ends_with('.') && !row.meaning.contains('|'), "{}: {}", row.code, row.meaning);
            assert_eq!(find(row.code).map(|found| found.meaning), Some(row.meaning));
        }
    }

    #[test]
    fn codes_are_documented_as_they_are() {
        let path = cutroom_test_support::root().join("docs/errors.md");
        let now = page();
        if std::env::var_os("CUTROOM_BLESS").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let then = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(then == now, "docs/errors.md is old: run {HOW}");
    }
}
