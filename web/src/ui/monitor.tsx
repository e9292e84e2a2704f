// What monitors have in common, whatever they play: scrub bar, timecode, play, the fitted picture.
import { Pause, Play } from "lucide-react";
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Range } from "../edit/marks";
import { frameAt, type Rate, timeOfFrame } from "../edit/time";
import { enteredTime, timeText } from "../edit/display";
import { timecode } from "../edit/timecode";
import { useText } from "../l10n/locale";
import type { Player } from "../session/player";
import { IconButton } from "./parts";
import { useTimes } from "./preferences";
import { useEditor } from "./session-context";

export function PlayButton({ player }: { player: Player }) {
  const { keymap } = useEditor();
  const text = useText();
  const playing = useStore(player.transport, (s) => s.activity === "playing" || s.activity === "prerolling");
  return (
    <IconButton
      className="play"
      icon={playing ? Pause : Play}
      size={18}
      label={text(playing ? "pause" : "play")}
      chord={keymap.byCommand.get("play-pause")?.[0]}
      onClick={() => player.toggle()}
    />
  );
}

/** Shows the playhead without a render for each picture; accepts timecode, digits and ±. */
export function TimecodeEntry({ player, rate, testId }: { player: Player; rate: Rate; testId: string }) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const { display } = useTimes();
  const [typed, setTyped] = useState<string>();
  const editing = typed !== undefined;
  useEffect(() => {
    if (editing) return undefined;
    return player.playhead.follow((frame) => {
      if (input.current !== null) input.current.value = timeText(display, rate, frame);
    });
  }, [player, rate, editing, display]);
  const commit = () => {
    const frame = enteredTime(display, rate, typed ?? "", player.playhead.frame);
    if (frame !== undefined) player.seek(frame);
    setTyped(undefined);
    input.current?.blur();
  };
  return (
    <input
      ref={input}
      className="timecode-entry timecode"
      data-testid={testId}
      aria-label={text("timecode-entry")}
      title={text("timecode-hint")}
      size={11}
      defaultValue={timeText(display, rate, player.playhead.frame)}
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

/** All that is played as one line below the picture, with what is marked. */
export function ScrubBar({
  player,
  marks,
  frames,
  rate,
}: {
  player: Player;
  marks: Range;
  frames: number;
  rate: Rate;
}) {
  const text = useText();
  const bar = useRef<HTMLDivElement>(null);
  const last = Math.max(1, frames - 1);
  useEffect(
    () =>
      player.playhead.follow((frame) => {
        const element = bar.current;
        if (element === null) return;
        element.style.setProperty("--at", String(Math.min(1, frame / last)));
        element.setAttribute("aria-valuenow", String(frame));
        element.setAttribute("aria-valuetext", timecode(rate, frame));
      }),
    [player, last, rate],
  );
  const scrub = (event: PointerEvent<HTMLElement>, dragging: boolean) => {
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(Math.round(((event.clientX - box.left) / box.width) * last), dragging);
  };
  const part = (time: number) => `${(Math.min(frames, frameAt(rate, time)) / Math.max(1, frames)) * 100}%`;
  const [from, to] = [part(marks.from ?? 0), part(marks.to ?? timeOfFrame(rate, frames))];
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
      {marks.from === undefined && marks.to === undefined ? null : (
        <div
          className={`scrub-range ${marks.from === undefined ? "" : "in"} ${marks.to === undefined ? "" : "out"}`}
          data-testid="marked"
          style={{ left: from, right: `calc(100% - ${to})` }}
        />
      )}
      <div className="scrub-thumb" />
    </div>
  );
}

/** Makes a canvas as large as fits, and asks for pictures of that size. */
export function useFitted(
  player: Player | undefined,
  frame: RefObject<HTMLElement | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
  size: { width: number; height: number },
): void {
  const { width, height } = size;
  useEffect(() => {
    if (player === undefined || canvas.current === null) return undefined;
    return player.presenter.attach(canvas.current);
  }, [player, canvas]);
  useEffect(() => {
    const element = frame.current;
    if (element === null || player === undefined) return undefined;
    const fit = () => {
      const scale = Math.min(element.clientWidth / width, element.clientHeight / height);
      if (!(scale > 0) || canvas.current === null) return;
      canvas.current.style.width = `${Math.floor(width * scale)}px`;
      canvas.current.style.height = `${Math.floor(height * scale)}px`;
      // Never more pixels than there are.
      const wanted = Math.min(1, scale * (globalThis.devicePixelRatio || 1));
      player.viewSize(width * wanted, height * wanted);
    };
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    fit();
    return () => observer.disconnect();
  }, [player, frame, canvas, width, height]);
}
