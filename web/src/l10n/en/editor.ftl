## General
close = Close
cancel = Cancel
clear = Clear
import = Import
export = Export
open = Open
rename = Rename
name = Name
loading = Loading…
nothing-found = Nothing found
try-again = Try again
untitled = Untitled project
menus = Menus
find-command = Find a command
saved = saved
not-saved = Not saved to the file
all-saved = Saved
clients = { $count } editing
link-connecting = Connecting…
link-lost = Connection lost, trying again
link-lost-short = Connection lost
document-failed = The project could not be loaded
projects = Projects
projects-empty = The server has no open project yet. Open one by its path.
open-path = Path of a project file on the server
composition = Composition
menu-file = File
menu-edit = Edit
menu-clip = Clip
menu-mark = Mark
menu-view = View
preset-resolve = Keys of DaVinci Resolve
preset-premiere = Keys of Premiere Pro
preset-kdenlive = Keys of Kdenlive

## Panels
panel-viewer = Viewer
panel-timeline = Timeline
panel-media = Media
panel-inspector = Inspector
panel-browser = Library
panel-history = History
panel-jobs = Jobs
panel-problems = Problems

## Viewer
viewer-empty = Nothing to see yet
viewer-empty-hint = Import some media, then drag it onto the timeline.
picture = Picture at the playhead
transport = Transport
play = Play
pause = Pause
position = Position
volume = Volume
mute = Mute
silent-blocked = No sound: the browser blocks it until you click
silent-missing = No sound: there is no sound device
quality = Preview quality
quality-auto = Auto
quality-full = Full
quality-half = 1/2
quality-quarter = 1/4
timecode-entry = Timecode of the playhead
timecode-hint = Type a timecode: 1512 is 15 seconds and 12 frames, +12 is 12 frames later, 15. is 15 seconds
length = Length

## Timeline
timeline-empty = An empty timeline
timeline-empty-hint = Drag media or files here, or open something from the media panel and press Append.
timeline-tools = Timeline tools
tracks = Tracks
video-track = Video
audio-track = Audio
track-name = Name of the track
rename-hint = Double-click to rename
track-lock = Lock track
track-show = Hide track
track-mute = Mute track
track-solo = Solo track
track-menu = Menu of track { $track }
track-up = Move up
track-down = Move down
track-remove = Delete track
scroll-tracks = Scroll along the tracks
scroll-time = Scroll along time
zoom = Zoom
remove-marker = Remove marker “{ $name }”
close-gap = Close gap
clips-grid = Clips on the timeline
clip-described = { $name }, at { $start }, length { $length }
limit-material = no more material
limit-neighbour = next clip
limit-start = start of the film
limit-length = one frame left
limit-kind = other kind of track
limit-locked = track is locked

## Media
search-media = Search media
media-empty = No media yet
media-empty-hint = Drop films, sound and pictures here. They are copied into the project's media folder.
media-menu = Menu of { $name }
remove-media = Remove from project
remove-media-used =
    { $count ->
        [one] Remove, with its clip
       *[other] Remove, with its { $count } clips
    }
offline = Offline

## Browser
tab-effects = Effects
tab-transitions = Transitions
tab-generators = Generators
search-browser = Search by name or purpose
select-clip-first = Select a clip on the timeline first
no-cut = There is no cut between two clips here
generator-text = Text
generator-text-about = A line of text on its own track
generator-solid = Solid colour
generator-solid-about = One colour over the whole picture
generator-shape = Shape
generator-shape-about = A rectangle with round corners
generator-adjustment = Adjustment layer
generator-adjustment-about = Its effects change everything below
title-text = Title

## Inspector
inspector-empty = Select a clip to change it
clips-selected =
    { $count ->
        [one] 1 clip
       *[other] { $count } clips
    }
enabled = Enabled
audio-enabled = Sound on
section-clip = Clip
section-picture = Picture
section-audio = Sound
section-text = Text
section-solid = Colour
section-effects = Effects
section-composition = Composition
composition-facts =
    { $tracks ->
        [one] 1 track
       *[other] { $tracks } tracks
    }, { $clips ->
        [one] 1 clip
       *[other] { $clips } clips
    }
source-media = Media
source-composition = Nested composition
source-solid = Solid colour
source-text = Text
source-shape = Shape
source-subtitles = Subtitles
source-adjustment = Adjustment layer
source-null = Null object
start = Start
source-in = Source in
speed = Speed
opacity = Opacity
scale = Scale
scale-y = Scale of the height
rotation = Rotation
fit = Fit
fit-contain = Whole picture
fit-cover = Fill the frame
fit-stretch = Stretch
fit-native = Pixel for pixel
blend = Blend mode
crop-left = Crop left
crop-top = Crop top
crop-right = Crop right
crop-bottom = Crop bottom
flip = Flip
flip-horizontal = Horizontal
flip-vertical = Vertical
gain = Volume
pan = Pan
fade-in = Fade in
fade-out = Fade out
text = Text
text-size = Size
text-weight = Weight
weight-light = Light
weight-regular = Regular
weight-medium = Medium
weight-semibold = Semibold
weight-bold = Bold
weight-black = Black
colour = Colour
background = Background
frame-size = Frame size
frame-rate = Frame rate
width = Width
height = Height
set-keyframe = Set a keyframe of { $field }
remove-keyframe = Remove this keyframe of { $field }
previous-keyframe = Previous keyframe of { $field }
next-keyframe = Next keyframe of { $field }
position-x = Position X
position-y = Position Y
effects-empty = Drag an effect onto the clip, or double-click one in the effects panel.
effect-up = Earlier
effect-down = Later
effect-remove = Remove { $name }
effect-enabled = { $name } on
transition = Transition
kind = Kind
alignment = Position at the cut
alignment-centre = Centred on the cut
alignment-start = Starts at the cut
alignment-end = Ends at the cut
audio-crossfade = Cross-fade sound
transition-remove = Remove transition

## History, jobs, problems
history-empty = No steps yet
history-empty-hint = Everything that you do appears here, and can be returned to, also after a restart.
history-start = Start
name-version = Name this version
name-version-about = You can return to a named version at any time.
jobs-empty = Nothing is being made
jobs-empty-hint = Exports, proxies and imports run here while you go on editing.
job-running = { $done } of { $total }
job-done = Finished
job-failed = Failed
cancel-job = Cancel { $name }
problems-empty = No problems
problems-empty-hint = What goes wrong is listed here, with what can be done about it.
problem-count =
    { $count ->
        [one] 1 problem
       *[other] { $count } problems
    }

## Export
export-title = Export the film
file-name = File name
overwrite-file = Replace existing

## Keys
keyboard-about = Choose a preset and change what you like; changes are kept for each preset.
preset = Preset
keys-change = Add a key to “{ $command }”
keys-press = Press a key…
keys-reset = Reset all
keys-reset-one = Reset the key of “{ $command }”
keys-reserved = Browsers keep { $chord } for themselves; “{ $command }” may not get it
