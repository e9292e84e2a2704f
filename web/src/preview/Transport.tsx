import {
  ChevronFirst,
  ChevronLast,
  Maximize,
  SkipBack,
  SkipForward,
  StepBack,
  StepForward,
  Volume2,
  VolumeX,
  Brackets,
} from "lucide-react";
import { useStore } from "zustand";
import { compositionLength, compositionRate } from "../document/select";
import { framesIn } from "../edit/time";
import { useText } from "../l10n/locale";
import { LevelMeter } from "../ui/meter";
import { PlayButton, ScrubBar, TimecodeEntry } from "../ui/monitor";
import { CommandButton, IconButton, Select, Slider } from "../ui/parts";
import { useTimes } from "../ui/preferences";
import { useComposition, useSession } from "../ui/session-context";
import type { QualityMode } from "../wire/messages";

const modes: QualityMode[] = ["auto", "full", "half", "quarter"];

export function Transport() {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const times = useTimes();
  const { activity, speed, quality, volume, muted, silent } = useStore(session.transport, (s) => s);
  const range = useStore(session.timeline, (s) => s.range);
  if (composition === undefined) return <div className="transport" />;
  const rate = compositionRate(composition);
  const frames = framesIn(rate, compositionLength(composition));
  const playing = activity === "playing" || activity === "prerolling";
  return (
    <div className="transport" role="toolbar" aria-label={text("transport")}>
      <ScrubBar player={session} marks={range} frames={frames} rate={rate} />
      <div className="transport-row">
        <div className="transport-side">
          <TimecodeEntry player={session} rate={rate} testId="timecode" />
          {playing && speed !== 1 ? <span className="badge">{speed}×</span> : null}
        </div>
        <div className="transport-buttons">
          <CommandButton id="to-start" icon={ChevronFirst} />
          <CommandButton id="previous-edit" icon={SkipBack} />
          <CommandButton id="step-back" icon={StepBack} />
          <PlayButton player={session} />
          <CommandButton id="step-forward" icon={StepForward} />
          <CommandButton id="next-edit" icon={SkipForward} />
          <CommandButton id="to-end" icon={ChevronLast} />
        </div>
        <div className="transport-side end">
          <span className="muted timecode" title={text("length")}>
            {times.shown(rate, frames)}
          </span>
          <CommandButton id="mark-clip" icon={Brackets} />
          <Select
            compact
            label={text("quality")}
            value={quality}
            options={modes.map((id) => ({ id, name: text(`quality-${id}`) }))}
            onChange={(id) => session.quality(id as QualityMode)}
          />
          <LevelMeter player={session} track={null} label={text("mixer-master")} />
          <IconButton
            icon={muted || silent !== undefined ? VolumeX : Volume2}
            label={silent === undefined ? text("mute") : text(`silent-${silent}`)}
            pressed={muted}
            onClick={() => session.volume(volume, !muted)}
          />
          <Slider
            className="volume"
            label={text("volume")}
            min={0}
            max={1}
            step={0.01}
            value={muted ? 0 : volume}
            onChange={(v) => session.volume(v, false)}
          />
          <CommandButton id="fullscreen" icon={Maximize} />
        </div>
      </div>
    </div>
  );
}
