import { type PointerEvent, useRef } from "react";
import { useStore } from "zustand";
import { compositionLength } from "../document/select";
import { useText } from "../l10n/locale";
import { useComposition, useSession } from "../ui/session-context";
import { scrolledTo, type View } from "./view";

/** Along time: the thumb scrolls. */
export function Scrollbars({ onView }: { onView(view: View): void }) {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const view = useStore(session.timeline, (s) => s.view);
  const from = useRef<{ x: number; left: number } | undefined>(undefined);
  if (composition === undefined) return null;
  const length = compositionLength(composition);
  const shown = view.width * view.flicksPerPx;
  const whole = Math.max(length * 1.05, view.left + shown);
  const [start, size] = [(view.left / whole) * 100, Math.max(3, (shown / whole) * 100)];
  const move = (event: PointerEvent<HTMLElement>) => {
    const track = event.currentTarget.parentElement as HTMLElement;
    if (from.current === undefined) return;
    const by = ((event.clientX - from.current.x) / track.clientWidth) * whole;
    onView(scrolledTo(view, from.current.left + by, length));
  };
  return (
    <div className="tl-scroll">
      <div
        className="tl-thumb"
        role="scrollbar"
        aria-label={text("scroll-time")}
        aria-controls="timeline-clips"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(start)}
        tabIndex={-1}
        style={{ left: `${Math.min(start, 100 - size)}%`, width: `${size}%` }}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          from.current = { x: e.clientX, left: view.left };
        }}
        onPointerMove={move}
        onPointerUp={() => (from.current = undefined)}
      />
    </div>
  );
}
