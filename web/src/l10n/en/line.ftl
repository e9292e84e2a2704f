## Groups
group-trim = Trim
group-track = Tracks
menu-trim = Trim
menu-track = Tracks

## Tools and trims
cmd-tool-trim = Trim tool
cmd-tool-slide = Slide tool
cmd-tool-stretch = Rate stretch tool
cmd-toggle-linked = Linked selection
cmd-toggle-magnetic = Magnetic: deletes and moves close gaps
cmd-select-point = Select nearest edit point
cmd-cycle-point = Next side of the edit point
cmd-extend-edit = Extend edit to playhead
cmd-enter-offset = Move or trim by timecode
cmd-nudge-left-far = Nudge five frames earlier
cmd-nudge-right-far = Nudge five frames later
cmd-slip-left = Slip one frame earlier
cmd-slip-right = Slip one frame later
cmd-slide-left = Slide one frame earlier
cmd-slide-right = Slide one frame later
point-start = Start of { $name }
point-end = End of { $name }
point-both = Cut before { $name }
offset-point = Trim by…
offset-move = Move by…
offset-slip = Slip by…
offset-slide = Slide by…
offset-stretch = Stretch end by…
offset-playhead = Go to…
offset-hint = +12 is 12 frames later, −1. one second earlier; without a sign it is a place
offset-wrong = This is not a timecode

## Edit
cmd-close-gap = Close gap at playhead
cmd-close-all-gaps = Close all gaps
nothing-gap-here = No gap here that all tracks with sync lock have
nothing-gaps = No gaps that all tracks with sync lock have
cmd-duplicate = Duplicate
cmd-paste-attributes = Paste attributes…
cmd-select-in-range = Select clips in marked range
cmd-select-forward = Select forward from playhead
cmd-select-backward = Select backward from playhead
cmd-select-forward-track = Select forward on this track
cmd-select-backward-track = Select backward on this track
close-gap-track = Close gap on this track only
mark-gap = Mark gap
attributes-title = Paste attributes
attributes-about = Choose what the selected clips get from the clip that was copied.
attributes-from =
    { $count ->
        [one] From “{ $name }” to one clip
       *[other] From “{ $name }” to { $count } clips
    }
attributes-nothing-copied = Copy a clip first; its attributes can then be pasted.
attributes-nothing-selected = Select the clips that should get the attributes.
attributes-paste = Paste
attribute-transform = Position, scale, rotation and crop
attribute-opacity = Opacity
attribute-blend = Blend mode
attribute-masks = Masks
attribute-effects = Effects
attribute-sound = Sound
attribute-speed = Speed
attribute-default = Default

## Clip
cmd-unnest = Take nested composition apart
cmd-open-nested = Open nested composition
cmd-close-nested = Back from nested composition
crumbs = Nested compositions
main-film = Film

## Tracks
cmd-target-video = Next video track as the only target
cmd-target-audio = Next audio track as the only target
cmd-target-all = All tracks as targets
cmd-toggle-sync = Sync lock of target tracks
cmd-toggle-track-lock = Lock tracks
cmd-toggle-track-show = Hide tracks
cmd-toggle-track-mute = Mute tracks
cmd-toggle-track-solo = Solo tracks
cmd-taller-tracks = Taller tracks
cmd-shorter-tracks = Lower tracks
track-target = Target
track-target-of = Target { $track }
track-target-hint = Target: gets what is placed, split and extracted. Alt+click: only this one
track-only-target = Only target of its kind
track-sync = Sync lock: ripple edits keep this track in step
track-select = Select all clips
track-close-gaps = Close all gaps of this track
track-reset-height = Reset height
track-height = Height of track { $track }

## Markers
panel-markers = Markers
cmd-panel-markers = Show markers
cmd-mark-selection = Mark selection
cmd-add-range-marker = Add marker over marked range
cmd-edit-marker = Edit marker at playhead
cmd-delete-marker = Delete marker
search-markers = Search markers
markers-empty = No markers yet
markers-empty-hint = Set one at the playhead, also while the film plays. A marker has a colour, a length and a note.
marker-untitled = Untitled
marker-name = Name of the marker
marker-time = Time
marker-length = Length of the marker
marker-note = Note
marker-go = Go to “{ $name }”
marker-edit = Edit marker…
marker-to-range = Mark its length
marker-colour-green = Green
marker-colour-cyan = Cyan
marker-colour-blue = Blue
marker-colour-purple = Purple
marker-colour-pink = Pink
marker-colour-red = Red
marker-colour-orange = Orange
marker-colour-yellow = Yellow

## Keys
keys-filter = Which commands
keys-filter-all = All commands
keys-filter-changed = Changed
keys-filter-conflicts = In conflict
keys-filter-without = Without a key
keys-conflicts =
    { $count ->
        [one] One key is used for several commands
       *[other] { $count } keys are used for several commands
    }
keys-show = Show
keys-find = Find by key
keys-find-clear = Any key
keys-remove = Remove { $chord } from “{ $command }”
keys-taken = { $chord } is also used for { $commands }
keys-take = Use it only here
keys-import = Import…
keys-export = Export
keys-import-wrong = This is not a file of keys
keys-imported =
    { $count ->
        [one] One changed key
       *[other] { $count } changed keys
    }{ $unknown ->
        [0] {""}
       *[other] , { $unknown } unknown commands left out
    }

## Workspaces and settings
menu-workspace = Workspace
cmd-workspace-edit = Workspace: Edit
cmd-workspace-colour = Workspace: Colour
cmd-workspace-sound = Workspace: Sound
cmd-workspaces = Manage workspaces…
workspace-edit = Edit
workspace-colour = Colour
workspace-sound = Sound
workspaces-about = A workspace is an arrangement of panels. Each keeps what you change in it until you reset it.
workspace-go = Go to “{ $name }”
workspace-name-of = Name of “{ $name }”
workspace-remove = Delete “{ $name }”
workspace-new = Name of a new workspace
workspace-save = Save present arrangement
workspace-taken = There is a workspace of that name already
cmd-settings = Settings
settings-about = They belong to this browser and apply to all projects.
settings-look = Look
settings-editing = Editing
settings-language = Language
settings-theme = Theme
theme-system = As the system
theme-dark = Dark
theme-light = Light
settings-text-size = Size of text
settings-text-size-steps = Size of text in steps
settings-motion = Motion
motion-system = As the system
motion-reduced = Reduced
settings-keys = Keys
settings-keys-change = Change keys
settings-time = Times as
time-display-timecode = Timecode
time-display-frames = Frames
time-display-seconds = Seconds
settings-snapping = Snapping
settings-snapping-about = When a project is opened
settings-quality-about = When a project is opened
settings-reset = Reset settings
