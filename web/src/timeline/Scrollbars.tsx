import { type PointerEvent, useRef } from "react";
import { useStore } from "zustand";
import { compositionLength } from "../document/select";
import { useText } from "../l10n/locale";
import { useComposition, useSession } from "../ui/session-context";
import { lowestTop, rowsOf, scrolledTo, tracksHeight } from "./view";

interface BarProps {
  label: string;
  vertical?: boolean;
  /** Parts of the whole, 0..=1. */
  start: number;
  size: number;
  onScroll(start: number): void;
}

function Bar({ label, vertical = false, start, size, onScroll }: BarProps) {
  const from = useRef<{ at: number; start: number } | undefined>(undefined);
  const shown = Math.max(0.03, Math.min(1, size));
  const offset = `${Math.min(start, 1 - shown) * 100}%`;
  const extent = `${shown * 100}%`;
  const place = (event: PointerEvent) => (vertical ? event.clientY : event.clientX);
  const move = (event: PointerEvent<HTMLElement>) => {
    const track = event.currentTarget.parentElement as HTMLElement;
    if (from.current === undefined) return;
    const by = (place(event) - from.current.at) / (vertical ? track.clientHeight : track.clientWidth);
    onScroll(from.current.start + by);
  };
  return (
    <div className={`tl-scroll ${vertical ? "vertical" : ""}`}>
      <div
        className="tl-thumb"
        role="scrollbar"
        aria-label={label}
        aria-controls="timeline-clips"
        aria-orientation={vertical ? "vertical" : "horizontal"}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(start * 100)}
        tabIndex={-1}
        style={vertical ? { top: offset, height: extent } : { left: offset, width: extent }}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          from.current = { at: place(e), start };
        }}
        onPointerMove={move}
        onPointerUp={() => (from.current = undefined)}
      />
    </div>
  );
}

export function Scrollbars() {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const view = useStore(session.timeline, (s) => s.view);
  const rowHeights = useStore(session.timeline, (s) => s.rowHeights);
  if (composition === undefined) return null;
  const length = compositionLength(composition);
  const shown = view.width * view.flicksPerPx;
  const whole = Math.max(length * 1.05, view.left + shown);
  const rows = rowsOf(composition, view.top, rowHeights, view.scale);
  const lowest = lowestTop(rows, view);
  const tall = Math.max(1, tracksHeight(rows), lowest + view.height);
  const alongTime = (start: number) => session.timeline.setState({ view: scrolledTo(view, start * whole, length) });
  const alongTracks = (start: number) => {
    session.timeline.setState({ view: { ...view, top: Math.min(lowest, Math.max(0, start * tall)) } });
  };
  return (
    <>
      <Bar label={text("scroll-time")} start={view.left / whole} size={shown / whole} onScroll={alongTime} />
      {lowest === 0 ? null : (
        <Bar
          vertical
          label={text("scroll-tracks")}
          start={view.top / tall}
          size={view.height / tall}
          onScroll={alongTracks}
        />
      )}
    </>
  );
}
