## Source monitor
panel-source = Source
cmd-panel-source = Show source monitor
cmd-ontop-media = Place chosen media on top at playhead
cmd-match-frame = Match frame: open in source monitor
source-empty = No source is open
source-empty-hint = Double-click something in the media panel, or match the frame of a clip, to choose the part that you need.
source-picture = Picture of { $name }
source-drag = Drag onto the timeline
source-transport = Transport of the source
source-close = Close the source
source-parts = What is used
marked-length = Length of the marked part
open-in-source = Open in source monitor
parts-both = Picture and sound
parts-picture = Picture only
parts-sound = Sound only
verb-insert = Insert
verb-overwrite = Overwrite
verb-append = Append
verb-ontop = Place on top

## Mixer
panel-mixer = Mixer
cmd-panel-mixer = Show mixer
mixer-empty = Nothing to be heard yet
mixer-empty-hint = Each track with sound gets a strip here as soon as it is on the timeline.
mixer-master = Master
mixer-fader = Volume of { $name }
mixer-gain = Volume of { $name } in decibels
mixer-pan = Balance of { $name }
mixer-mute = Mute { $name }
mixer-solo = Solo { $name }
mixer-m = M
mixer-s = S
mixer-curve = The volume has keyframes; a change sets one at the playhead
meter = Level of { $name }
meter-fine = { $name }: not too loud
meter-clipped = { $name }: was too loud; click to reset

## Scopes
panel-scopes = Scopes
cmd-panel-scopes = Show scopes
scopes-layout = How many scopes
scopes-1 = One scope
scopes-2 = Two scopes
scopes-4 = Four scopes
scope-choose = Scope { $n }
scope-waveform = Waveform
scope-waveform-about = Waveform: brightness from left to right, in percent and as 8-bit codes
scope-parade = RGB parade
scope-parade-about = RGB parade: red, green and blue from left to right, in percent and as 8-bit codes
scope-vectorscope = Vectorscope
scope-vectorscope-about = Vectorscope: hue as direction and saturation as distance, with boxes at 75 % and the line of skin
scope-histogram = Histogram
scope-histogram-about = Histogram: how often each value of red, green and blue occurs

## Files
cmd-browse = Import from the server
cmd-open-project = Open project
cmd-relink = Find missing files
uploads = Uploads
upload-waiting = Waiting
upload-sending = { $sent } of { $bytes }
upload-left = { $sent } of { $bytes }, { $left } left
upload-paused = Paused at { $sent } of { $bytes }
upload-lost = Connection lost at { $sent } of { $bytes }; trying again
upload-failed = Failed
upload-importing = Reading the file…
upload-pause = Pause { $name }
upload-resume = Resume { $name }
upload-retry = Try { $name } again
upload-cancel = Cancel { $name }
offline-count =
    { $count ->
        [one] 1 file is missing
       *[other] { $count } files are missing
    }
relink-find = Find…
relink-different = Also take files of the same name with other content
browse-import = Import from the server
browse-import-about = Files stay where they are. Space chooses several, Enter opens a folder or imports a file.
browse-import-count =
    { $count ->
        [0] Import
        [one] Import 1 file
       *[other] Import { $count } files
    }
browse-media-only = Only media
browse-project = Open project
browse-project-about = Projects are JSON files in the folders that the server may use.
browse-project-act = Open
browse-relink = Find missing files
browse-relink-about = Go to the folder in which missing files are searched; its subfolders are searched, too.
browse-relink-act = Search here
folder-up = One folder up
folder-path = Folder
folder-roots = All folders of the server
folder-filter = Filter
folder-entries = Files and folders
folder-empty = Nothing to choose here

## Jobs
job-cancelled = Cancelled
job-lost = Not heard of since the connection was lost
job-begins = Waiting to begin…
job-left = { $left } left
job-download = Download { $name }
job-again = Try { $name } again
jobs-clear = Clear finished
download = Download

## Exports
export-about = The film as it is now; you can go on editing meanwhile. Exports wait for each other.
export-presets = Kind of export
export-missing = The server has no encoder for this
export-range = Range
export-range-all = Whole film
export-range-marked = Between in and out
export-quality = Quality
export-quality-about = lower is better
export-loudness = Loudness
export-loudness-none = As it is mixed
export-loudness-lufs = { $value } LUFS
export-exists-hint = Choose another name, or turn on “Replace existing”
export-queue = Add to queue
export-waiting =
    { $count ->
        [one] 1 export is under way
       *[other] { $count } exports are under way
    }
export-preset-web = H.264
export-preset-web-about = MP4 for the web and every device
export-preset-small = H.265
export-preset-small-about = MP4, smaller at the same quality
export-preset-draft = Draft
export-preset-draft-about = Half of the size, made quickly
export-preset-webm = VP9
export-preset-webm-about = WebM, also with transparency
export-preset-av1 = AV1
export-preset-av1-about = MP4, smallest and slowest
export-preset-prores = ProRes
export-preset-prores-about = QuickTime for further editing
export-preset-dnxhr = DNxHR
export-preset-dnxhr-about = QuickTime for further editing
export-preset-lossless = Lossless
export-preset-lossless-about = FFV1 and FLAC in Matroska
export-preset-wav = WAV
export-preset-wav-about = Sound only, uncompressed
export-preset-flac = FLAC
export-preset-flac-about = Sound only, lossless
export-preset-podcast = MP3
export-preset-podcast-about = Sound only, at −16 LUFS

## Library
tab-titles = Titles
title-add = Add at playhead
title-params = Contents of { $name }
title-choose = Choose a title to fill it in
