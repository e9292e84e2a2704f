## Groups
group-play = Playback
group-mark = Marks
group-tools = Tools
group-edit = Edit
group-clip = Clip
group-add = Add
group-view = View
group-project = Project

## Playback
cmd-play-pause = Play or pause
cmd-play-forward = Play forward, again for faster
cmd-play-backward = Play backward, again for faster
cmd-stop = Stop
cmd-step-back = One frame back
cmd-step-forward = One frame forward
cmd-second-back = One second back
cmd-second-forward = One second forward
cmd-to-start = Go to start
cmd-to-end = Go to end
cmd-previous-edit = Previous edit
cmd-next-edit = Next edit
cmd-previous-marker = Previous marker
cmd-next-marker = Next marker
cmd-enter-timecode = Enter timecode

## Marks
cmd-mark-in = Mark in
cmd-mark-out = Mark out
cmd-clear-range = Clear in and out
cmd-to-in = Go to in
cmd-to-out = Go to out
cmd-mark-clip = Mark clip at playhead
cmd-add-marker = Add marker

## Tools
cmd-tool-select = Selection tool
cmd-tool-blade = Blade tool
cmd-tool-slip = Slip tool
cmd-toggle-snapping = Snapping

## Edit
cmd-undo = Undo
cmd-redo = Redo
cmd-cut = Cut
cmd-copy = Copy
cmd-paste = Paste at playhead
cmd-delete = Delete
cmd-ripple-delete = Ripple delete
cmd-split = Split at playhead
cmd-split-all = Split all tracks at playhead
cmd-ripple-trim-start = Ripple trim start to playhead
cmd-ripple-trim-end = Ripple trim end to playhead
cmd-trim-start = Trim start to playhead
cmd-trim-end = Trim end to playhead
cmd-lift = Lift marked range
cmd-extract = Extract marked range
cmd-nudge-left = Nudge one frame earlier
cmd-nudge-right = Nudge one frame later
cmd-select-all = Select all
cmd-select-none = Select nothing
cmd-select-at-playhead = Select clips at playhead

## Clip
cmd-toggle-link = Link or unlink
cmd-toggle-group = Group or ungroup
cmd-toggle-enabled = Enable or disable
cmd-nest = Nest in a new composition
cmd-add-dissolve = Add cross-fade at cut

## Add
cmd-insert-media = Insert chosen media at playhead
cmd-overwrite-media = Overwrite with chosen media at playhead
cmd-append-media = Append chosen media
cmd-add-video-track = Add video track
cmd-add-audio-track = Add audio track

## View
cmd-zoom-in = Zoom in
cmd-zoom-out = Zoom out
cmd-zoom-fit = Show whole film
cmd-panel-viewer = Show viewer
cmd-panel-timeline = Show timeline
cmd-panel-media = Show media
cmd-panel-inspector = Show inspector
cmd-panel-browser = Show library
cmd-panel-history = Show history
cmd-panel-jobs = Show jobs
cmd-panel-problems = Show problems
cmd-toggle-theme = Dark or light
cmd-reset-layout = Reset layout
cmd-fullscreen = Viewer in full screen

## Project
cmd-palette = All commands
cmd-keyboard = Keyboard shortcuts
cmd-save = Save
cmd-import = Import media
cmd-export = Export the film
