import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Clip } from "../api/types";
import {
  clipName,
  compositionRate,
  firstEndingAfter,
  trackIndex,
  trackLabel,
  displayedTracks,
} from "../document/select";
import { frameAt, toFlicks } from "../edit/time";
import { timecode } from "../edit/timecode";
import { useText } from "../l10n/locale";
import { useComposition, useProject, useSession } from "../ui/session-context";
import type { Session } from "../session/session";
import { scrolledTo, timeAt, type View, xOf } from "./view";
import { compositionLength } from "../document/select";

/** What readers get to read: more would be slow, and is reached by the arrow keys. */
const MOST_CELLS = 60;

const SETTLED_MS = 120;

/** The view when it has come to rest: scrolling through many clips must not rewrite the grid. */
function useSettledView(session: Session): View {
  const [view, setView] = useState(session.timeline.getState().view);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const stop = session.timeline.subscribe((now, before) => {
      if (now.view === before.view) return;
      clearTimeout(timer);
      timer = setTimeout(() => setView(now.view), SETTLED_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [session]);
  return view;
}

/**
 * The timeline as a grid of tracks and clips, for readers and for the keyboard. It is not seen; the
 * clip with the focus is selected on the canvas, and scrolled to.
 */
export function ClipGrid() {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const composition = useComposition();
  const view = useSettledView(session);
  const selected = useStore(session.selection, (s) => s.clips);
  const [focus, setFocus] = useState<string>();
  const grid = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const acts = useRef<Acts | undefined>(undefined);
  useEffect(() => {
    if (!moved.current || focus === undefined) return;
    const cell = grid.current?.querySelector<HTMLElement>(`[data-clip="${CSS.escape(focus)}"]`);
    // It may be out of sight until the view has settled.
    moved.current = cell === null || cell === undefined;
    cell?.focus();
  }, [focus, view]);
  if (project === undefined || composition === undefined) return null;
  const rate = compositionRate(composition);
  const tracks = displayedTracks(composition);
  const visible = (trackNumber: number): Clip[] => {
    const index = trackIndex(tracks[trackNumber]);
    const found: Clip[] = [];
    for (let n = firstEndingAfter(index, view.left); n < index.clips.length && found.length < MOST_CELLS; n += 1) {
      if (index.starts[n] > timeAt(view, view.width)) break;
      found.push(index.clips[n]);
    }
    return found;
  };
  const go = (clip: Clip | undefined, add: boolean) => {
    if (clip === undefined) return;
    moved.current = true;
    setFocus(clip.id);
    session.select(add ? [...selected, clip.id] : [clip.id]);
    const now = session.timeline.getState().view;
    const x = xOf(now, toFlicks(clip.start));
    if (x < 0 || x > now.width - 20) {
      const left = toFlicks(clip.start) - now.width * now.flicksPerPx * 0.2;
      session.timeline.setState({ view: scrolledTo(now, left, compositionLength(composition)) });
    }
  };
  const onKey = (event: KeyboardEvent, clip: Clip) => {
    const row = tracks.findIndex((t) => trackIndex(t).clips.includes(clip));
    if (row < 0) return;
    const index = trackIndex(tracks[row]);
    const at = index.clips.findIndex((c) => c.id === clip.id);
    const nextRow = (step: number): Clip | undefined => {
      for (let r = row + step; r >= 0 && r < tracks.length; r += step) {
        const other = trackIndex(tracks[r]);
        if (other.clips.length === 0) continue;
        const n = Math.min(other.clips.length - 1, firstEndingAfter(other, toFlicks(clip.start)));
        return other.clips[n];
      }
      return undefined;
    };
    const targets: Record<string, () => Clip | undefined> = {
      ArrowRight: () => index.clips[at + 1],
      ArrowLeft: () => index.clips[at - 1],
      ArrowDown: () => nextRow(1),
      ArrowUp: () => nextRow(-1),
      Home: () => index.clips[0],
      End: () => index.clips.at(-1),
    };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") session.seekTime(toFlicks(clip.start));
    else if (targets[event.key] !== undefined) go(targets[event.key](), event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const described = (clip: Clip) => {
    const start = timecode(rate, frameAt(rate, toFlicks(clip.start)));
    const length = timecode(rate, frameAt(rate, toFlicks(clip.duration)));
    return text("clip-described", { name: clipName(project, clip), start, length });
  };
  const onFocus = (clip: Clip) => {
    setFocus(clip.id);
    if (!selected.has(clip.id)) session.select([clip.id]);
  };
  // Cells that are not rendered again still act on the present document.
  acts.current = { onFocus, onKey };
  const names = `${project.compositions.map((c) => c.name ?? "").join()} ${text("clips-grid")}`;
  const first = tracks.map((_, n) => visible(n)[0]).find((clip) => clip !== undefined)?.id;
  const known = tracks.some((t) => trackIndex(t).clips.some((c) => c.id === focus));
  return (
    <div
      ref={grid}
      id="timeline-clips"
      className="sr-only"
      role="treegrid"
      aria-label={text("clips-grid")}
      aria-multiselectable="true"
      aria-rowcount={tracks.length}
    >
      {tracks.map((track, row) => (
        <div key={track.id} role="row" aria-rowindex={row + 1} aria-level={1}>
          <span role="rowheader">{track.name || trackLabel(composition, track)}</span>
          <Cells
            clips={visible(row)}
            selected={selected}
            stop={known ? focus : first}
            described={described}
            names={names}
            onFocus={(clip) => acts.current?.onFocus(clip)}
            onKey={(event, clip) => acts.current?.onKey(event, clip)}
          />
        </div>
      ))}
    </div>
  );
}

interface Acts {
  onFocus(clip: Clip): void;
  onKey(event: KeyboardEvent, clip: Clip): void;
}

interface CellsProps {
  clips: readonly Clip[];
  selected: ReadonlySet<string>;
  /** The cell that the tabulator key reaches. */
  stop: string | undefined;
  described(clip: Clip): string;
  /** What descriptions are made of, beside the clips. */
  names: string;
  onFocus(clip: Clip): void;
  onKey(event: KeyboardEvent, clip: Clip): void;
}

/** The cells of a track: an edit of another track renders none of them again. */
const Cells = memo(CellsView, (a, b) => {
  if (a.names !== b.names || a.clips.length !== b.clips.length) return false;
  const looks = ({ selected, stop }: CellsProps, { id }: Clip) => `${selected.has(id)} ${stop === id}`;
  return a.clips.every((clip, n) => clip === b.clips[n] && looks(a, clip) === looks(b, clip));
});

function CellsView({ clips, selected, stop, described, onFocus, onKey }: CellsProps) {
  return clips.map((clip) => (
    <span
      key={clip.id}
      role="gridcell"
      data-clip={clip.id}
      aria-selected={selected.has(clip.id)}
      tabIndex={clip.id === stop ? 0 : -1}
      onFocus={() => onFocus(clip)}
      onKeyDown={(event) => onKey(event, clip)}
    >
      {described(clip)}
    </span>
  ));
}
