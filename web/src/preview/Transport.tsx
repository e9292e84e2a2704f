import {
  ChevronFirst,
  ChevronLast,
  Maximize,
  Pause,
  Play,
  SkipBack,
  SkipForward,
  StepBack,
  StepForward,
  Volume2,
  VolumeX,
  Brackets,
} from "lucide-react";
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { compositionLength, compositionRate } from "../document/select";
import { frameAt, framesIn, type Rate, timeOfFrame } from "../edit/time";
import { enteredTime, timeText } from "../edit/display";
import { timecode } from "../edit/timecode";
import { useText } from "../l10n/locale";
import { CommandButton, IconButton, Select, Slider } from "../ui/parts";
import { useTimes } from "../ui/preferences";
import { useComposition, useEditor, useSession } from "../ui/session-context";
import type { QualityMode } from "../wire/messages";

const modes: QualityMode[] = ["auto", "full", "half", "quarter"];

export function Transport() {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const times = useTimes();
  const { activity, speed, quality, volume, muted, silent } = useStore(session.transport, (s) => s);
  if (composition === undefined) return <div className="transport" />;
  const rate = compositionRate(composition);
  const frames = framesIn(rate, compositionLength(composition));
  const playing = activity === "playing" || activity === "prerolling";
  return (
    <div className="transport" role="toolbar" aria-label={text("transport")}>
      <ScrubBar frames={frames} rate={rate} />
      <div className="transport-row">
        <div className="transport-side">
          <TimecodeEntry rate={rate} />
          {playing && speed !== 1 ? <span className="badge">{speed}×</span> : null}
        </div>
        <div className="transport-buttons">
          <CommandButton id="to-start" icon={ChevronFirst} />
          <CommandButton id="previous-edit" icon={SkipBack} />
          <CommandButton id="step-back" icon={StepBack} />
          <PlayButton playing={playing} />
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

function PlayButton({ playing }: { playing: boolean }) {
  const { run, keymap } = useEditor();
  const text = useText();
  const label = text(playing ? "pause" : "play");
  return (
    <IconButton
      className="play"
      icon={playing ? Pause : Play}
      size={18}
      label={label}
      chord={keymap.byCommand.get("play-pause")?.[0]}
      onClick={() => run("play-pause")}
    />
  );
}

/** Shows the playhead without a render for each picture; accepts timecode, digits and ±. */
function TimecodeEntry({ rate }: { rate: Rate }) {
  const session = useSession();
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const { display } = useTimes();
  const [typed, setTyped] = useState<string>();
  const editing = typed !== undefined;
  useEffect(() => {
    if (editing) return undefined;
    return session.playhead.follow((frame) => {
      if (input.current !== null) input.current.value = timeText(display, rate, frame);
    });
  }, [session, rate, editing, display]);
  const commit = () => {
    const frame = enteredTime(display, rate, typed ?? "", session.playhead.frame);
    if (frame !== undefined) session.seek(frame);
    setTyped(undefined);
    input.current?.blur();
  };
  return (
    <input
      ref={input}
      className="timecode-entry timecode"
      data-testid="timecode"
      aria-label={text("timecode-entry")}
      title={text("timecode-hint")}
      size={11}
      defaultValue={timeText(display, rate, session.playhead.frame)}
      onFocus={(e) => {
        setTyped(e.currentTarget.value);
        e.currentTarget.select();
      }}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") commit();
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

/** The whole film as one line below the picture. */
function ScrubBar({ frames, rate }: { frames: number; rate: Rate }) {
  const session = useSession();
  const text = useText();
  const bar = useRef<HTMLDivElement>(null);
  const range = useStore(session.timeline, (s) => s.range);
  const last = Math.max(1, frames - 1);
  useEffect(
    () =>
      session.playhead.follow((frame) => {
        const element = bar.current;
        if (element === null) return;
        element.style.setProperty("--at", String(Math.min(1, frame / last)));
        element.setAttribute("aria-valuenow", String(frame));
        element.setAttribute("aria-valuetext", timecode(rate, frame));
      }),
    [session, last, rate],
  );
  const scrub = (event: PointerEvent<HTMLElement>, dragging: boolean) => {
    const box = event.currentTarget.getBoundingClientRect();
    session.seek(Math.round(((event.clientX - box.left) / box.width) * last), dragging);
  };
  const part = (time: number) => `${(Math.min(frames, frameAt(rate, time)) / Math.max(1, frames)) * 100}%`;
  const [from, to] = [part(range.from ?? 0), part(range.to ?? timeOfFrame(rate, frames))];
  return (
    <div
      ref={bar}
      className="scrub"
      role="slider"
      tabIndex={0}
      aria-label={text("position")}
      aria-valuemin={0}
      aria-valuemax={last}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        scrub(e, true);
      }}
      onPointerMove={(e) => e.currentTarget.hasPointerCapture(e.pointerId) && scrub(e, true)}
      onPointerUp={(e) => scrub(e, false)}
    >
      <div className="scrub-line" />
      {range.from === undefined && range.to === undefined ? null : (
        <div className="scrub-range" style={{ left: from, right: `calc(100% - ${to})` }} />
      )}
      <div className="scrub-thumb" />
    </div>
  );
}
