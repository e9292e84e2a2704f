import { Ellipsis, Eye, EyeOff, Headphones, Link2, Link2Off, Lock, LockOpen, Volume2, VolumeX } from "lucide-react";
import { type KeyboardEvent, memo, type MouseEvent, type PointerEvent, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Composition, Track } from "../api/types";
import { trackLabel } from "../document/select";
import { setField } from "../edit/commands";
import { useText } from "../l10n/locale";
import { closeAllGaps } from "../edit/instep";
import { toggled } from "../session/line";
import { Context, IconButton, Menu, type MenuEntry, Tip } from "../ui/parts";
import { TextField } from "../ui/fields";
import { useComposition, useEditor, useSession } from "../ui/session-context";
import type { Session } from "../session/session";
import { heights, rowsOf } from "./view";

export function TrackHeaders() {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const top = useStore(session.timeline, (s) => s.view.top);
  const scale = useStore(session.timeline, (s) => s.view.scale ?? 1);
  const rowHeights = useStore(session.timeline, (s) => s.rowHeights);
  if (composition === undefined) return <div className="tl-headers" />;
  return (
    <div className="tl-headers">
      <div className="tl-heads" role="list" aria-label={text("tracks")} style={{ transform: `translateY(${-top}px)` }}>
        {rowsOf(composition, 0, rowHeights, scale).map(({ track, y, height }) => (
          <Header
            key={track.id}
            track={track}
            label={trackLabel(composition, track)}
            at={(composition.tracks ?? []).indexOf(track)}
            count={(composition.tracks ?? []).length}
            y={y}
            height={height}
            scale={scale}
          />
        ))}
      </div>
    </div>
  );
}

interface HeaderProps {
  track: Track;
  label: string;
  /** Its place among the tracks, from the lowest. */
  at: number;
  count: number;
  y: number;
  height: number;
  scale: number;
}

/** What a header shows; an edit of the clips of a track renders none of them again. */
const Header = memo(HeaderView, (a, b) => {
  const { track: one, ...before } = a;
  const { track: other, ...now } = b;
  const same = (Object.keys(now) as (keyof typeof now)[]).every((key) => now[key] === before[key]);
  return same && (one === other || switches.every((key) => one[key] === other[key]));
});

const switches = ["id", "kind", "name", "locked", "enabled", "muted", "solo"] as const;

function HeaderView({ track, label, at, count, y, height, scale }: HeaderProps) {
  const session = useSession();
  const text = useText();
  const { keymap } = useEditor();
  const chord = (id: string) => keymap.byCommand.get(id)?.[0];
  const [renaming, setRenaming] = useState(false);
  const audio = track.kind === "audio";
  const set = (field: string, value: unknown) =>
    void session.run(setField({ track: track.id }, field, value), `track ${label}`);
  const enabled = track.enabled !== false;
  // Read when something is done, since a header does not follow the clips.
  const now = () => session.composition() as Composition;
  const clips = () => now().tracks?.find((t) => t.id === track.id)?.clips ?? [];
  const move = (to: number) => {
    const rest = (now().tracks ?? []).filter((t) => t.id !== track.id);
    void session.run({ move_track: { id: track.id, above: to === 0 ? null : rest[to - 1].id } }, "move-track");
  };
  const untargeted = useStore(session.line, (s) => s.untargeted.has(track.id));
  const unsynced = useStore(session.line, (s) => s.unsynced.has(track.id));
  const { line } = session;
  const toggleSync = () => line.setState({ unsynced: toggled(line.getState().unsynced, track.id) });
  const only = () => {
    const rest = (now().tracks ?? []).filter(
      (t) => (t.kind ?? "video") === (track.kind ?? "video") && t.id !== track.id,
    );
    const kept = [...line.getState().untargeted].filter((id) => id !== track.id);
    line.setState({ untargeted: new Set([...kept, ...rest.map((t) => t.id)]) });
  };
  const toggleTarget = (event: MouseEvent) => {
    if (event.altKey) only();
    else line.setState({ untargeted: toggled(line.getState().untargeted, track.id) });
  };
  const entries = (): MenuEntry[] => [
    { label: text("rename"), run: () => setRenaming(true) },
    {
      label: text("track-up"),
      disabled: audio ? at === 0 : at === count - 1,
      run: () => move(audio ? at - 1 : at + 1),
    },
    {
      label: text("track-down"),
      disabled: audio ? at === count - 1 : at === 0,
      run: () => move(audio ? at + 1 : at - 1),
    },
    "line",
    {
      label: text("track-target"),
      checked: !untargeted,
      run: () => line.setState({ untargeted: toggled(line.getState().untargeted, track.id) }),
    },
    { label: text("track-only-target"), run: only },
    { label: text("track-sync"), checked: !unsynced, run: toggleSync },
    { label: text("track-lock"), checked: track.locked === true, run: () => set("locked", !track.locked) },
    "line",
    { label: text("track-select"), run: () => session.select(clips().map((c) => c.id)) },
    {
      label: text("track-close-gaps"),
      disabled: track.locked === true,
      run: () => void session.run(closeAllGaps(now(), new Set(), { ...track, clips: clips() }), "close-all-gaps"),
    },
    { label: text("track-reset-height"), run: () => resetHeight(session, track.id) },
    "line",
    { command: "add-video-track" },
    { command: "add-audio-track" },
    {
      label: text("track-remove"),
      danger: true,
      run: () => void session.run({ remove_track: { id: track.id } }, "remove-track"),
    },
  ];
  return (
    <Context entries={entries}>
      <div
        className={`tl-header ${audio ? "audio" : ""} ${enabled ? "" : "off"}`}
        role="listitem"
        aria-label={track.name || label}
        style={{ top: y, height }}
        data-low={height < 42 * scale}
      >
        <Tip
          label={text("track-target-hint")}
          chord={keymap.byCommand.get(audio ? "target-audio" : "target-video")?.[0]}
        >
          <button
            type="button"
            className="tl-label"
            aria-label={text("track-target-of", { track: label })}
            aria-pressed={!untargeted}
            onClick={toggleTarget}
          >
            {label}
          </button>
        </Tip>
        <div className="tl-name">
          {renaming ? (
            <TextField
              label={text("track-name")}
              value={track.name ?? ""}
              onChange={(name) => (setRenaming(false), set("name", name))}
            />
          ) : (
            <button
              type="button"
              className="tl-title"
              onDoubleClick={() => setRenaming(true)}
              title={text("rename-hint")}
            >
              {track.name || text(audio ? "audio-track" : "video-track")}
            </button>
          )}
          <div className="tl-switches">
            <IconButton
              className={unsynced ? "apart" : ""}
              icon={unsynced ? Link2Off : Link2}
              size={13}
              label={text("track-sync")}
              chord={chord("toggle-sync")}
              pressed={!unsynced}
              onClick={toggleSync}
            />
            <IconButton
              icon={track.locked ? Lock : LockOpen}
              size={13}
              label={text("track-lock")}
              chord={chord("toggle-track-lock")}
              pressed={track.locked === true}
              onClick={() => set("locked", !track.locked)}
            />
            {audio ? null : (
              <IconButton
                icon={enabled ? Eye : EyeOff}
                size={13}
                label={text("track-show")}
                chord={chord("toggle-track-show")}
                pressed={!enabled}
                onClick={() => set("enabled", !enabled)}
              />
            )}
            <IconButton
              icon={track.muted ? VolumeX : Volume2}
              size={13}
              label={text("track-mute")}
              chord={chord("toggle-track-mute")}
              pressed={track.muted === true}
              onClick={() => set("muted", !track.muted)}
            />
            <IconButton
              icon={Headphones}
              size={13}
              label={text("track-solo")}
              chord={chord("toggle-track-solo")}
              pressed={track.solo === true}
              onClick={() => set("solo", !track.solo)}
            />
            <Menu
              trigger={
                <button type="button" className="icon-button" aria-label={text("track-menu", { track: label })}>
                  <Ellipsis size={14} aria-hidden />
                </button>
              }
              entries={entries()}
            />
          </div>
        </div>
        <Resizer track={track} height={Math.round(height / scale)} scale={scale} label={label} />
      </div>
    </Context>
  );
}

function resetHeight(session: Session, id: string): void {
  const rowHeights = new Map(session.timeline.getState().rowHeights);
  rowHeights.delete(id);
  session.timeline.setState({ rowHeights });
}

/** The lower edge of a header: dragged, or moved by the arrow keys; a double click resets it. */
function Resizer({ track, height, scale, label }: { track: Track; height: number; scale: number; label: string }) {
  const session = useSession();
  const text = useText();
  const from = useRef<{ y: number; height: number } | undefined>(undefined);
  const set = (next: number) => {
    const { rowHeights } = session.timeline.getState();
    const kept = Math.min(heights.most, Math.max(heights.least, next));
    session.timeline.setState({ rowHeights: new Map(rowHeights).set(track.id, kept) });
  };
  const move = (event: PointerEvent) => {
    if (from.current !== undefined) set(from.current.height + (event.clientY - from.current.y) / scale);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") set(height + 8);
    else if (event.key === "ArrowUp") set(height - 8);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="tl-resizer"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={text("track-height", { track: label })}
      aria-valuemin={heights.least}
      aria-valuemax={heights.most}
      aria-valuenow={Math.round(height)}
      onKeyDown={onKey}
      onDoubleClick={() => resetHeight(session, track.id)}
      onPointerDown={(e) => {
        if (e.button !== 0) return;
        e.currentTarget.setPointerCapture(e.pointerId);
        from.current = { y: e.clientY, height };
      }}
      onPointerMove={move}
      onPointerUp={() => (from.current = undefined)}
    />
  );
}
