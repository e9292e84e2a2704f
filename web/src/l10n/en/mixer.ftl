## Mixer: strips, effects and ways of sound
mixer-add-bus = Bus
mixer-bus-name = Bus { $n }
mixer-remove-bus = Remove bus
mixer-rename = New name of { $name }
mixer-menu = Menu of { $name }
mixer-shown = What is shown
mixer-show-inserts = Effects of the strips
mixer-show-sends = Sends
mixer-show-rack = Parameters of the chosen effect
mixer-show-analysis = Spectrum and correlation
mixer-inserts = Effects
mixer-inserts-of = Effects of { $name }
mixer-add-effect = Add an effect to { $name }
mixer-insert-hint = { $name }: click to see its parameters; drag it, or press Alt and an arrow key, to move it
mixer-sends = Sends
mixer-sends-of = Sends of { $name }
mixer-add-send = Add a send to { $name }
mixer-no-bus = There is no other bus for it
mixer-output = Output of { $name }
send-bus = Bus of send { $n } of { $name }
send-gain = Send of { $name } to { $bus }
send-gain-db = Send of { $name } to { $bus } in decibels
send-pre = Pre-fader send to { $bus }
send-pre-short = PRE
send-is-pre = Taken before the fader
send-is-post = Taken after the fader
send-remove = Remove the send to { $bus }
mixer-rack = Effect
mixer-rack-empty = No effect is chosen
mixer-rack-empty-hint = Click an effect of a strip to change it here.

## Analysis of the output
analysis = Analysis of the output
analysis-spectrum = Spectrum
analysis-spectrum-about = Spectrum of the output from 20 Hz to 20 kHz, in decibels below full scale
analysis-correlation = Correlation
analysis-correlation-about = How alike left and right are: +1 is mono, below 0 they cancel each other in mono

## Sound effects
tab-sounds = Sound
select-heard-first = Select a clip with sound on the timeline first
section-sound-effects = Sound effects
sound-effects-empty = They change the sound before volume, fades and pan.
sound-effect-add = Add a sound effect
effect-reset = Reset { $field }
effect-reset-all = Reset all of { $name }
effect-key-own = What it changes
pick-search = Search
sound-family-level = Level
sound-family-dynamics = Dynamics
sound-family-filter = Equalizers and filters
sound-family-space = Space
sound-family-modulation = Modulation
sound-family-color = Colour
sound-family-channels = Channels
sound-family-repair = Repair
