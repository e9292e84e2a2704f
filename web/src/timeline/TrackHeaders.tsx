import { Ellipsis, Eye, EyeOff, Headphones, Lock, LockOpen, Volume2, VolumeX } from "lucide-react";
import { type PointerEvent, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Composition, Track } from "../api/types";
import { trackLabel } from "../document/select";
import { setField } from "../edit/commands";
import { useText } from "../l10n/locale";
import { IconButton, Menu } from "../ui/parts";
import { TextField } from "../ui/fields";
import { useComposition, useSession } from "../ui/session-context";
import { heights, rowsOf } from "./view";

export function TrackHeaders() {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const top = useStore(session.timeline, (s) => s.view.top);
  const rowHeights = useStore(session.timeline, (s) => s.rowHeights);
  if (composition === undefined) return <div className="tl-headers" />;
  return (
    <div className="tl-headers" role="list" aria-label={text("tracks")}>
      {rowsOf(composition, top, rowHeights).map(({ track, y, height }) => (
        <Header key={track.id} composition={composition} track={track} y={y} height={height} />
      ))}
    </div>
  );
}

function Header({
  composition,
  track,
  y,
  height,
}: {
  composition: Composition;
  track: Track;
  y: number;
  height: number;
}) {
  const session = useSession();
  const text = useText();
  const [renaming, setRenaming] = useState(false);
  const audio = track.kind === "audio";
  const label = trackLabel(composition, track);
  const set = (field: string, value: unknown) =>
    void session.run(setField({ track: track.id }, field, value), `track ${label}`);
  const enabled = track.enabled !== false;
  const all = composition.tracks ?? [];
  const at = all.findIndex((t) => t.id === track.id);
  const move = (to: number) => {
    const rest = all.filter((t) => t.id !== track.id);
    void session.run({ move_track: { id: track.id, above: to === 0 ? null : rest[to - 1].id } }, "move-track");
  };
  return (
    <div
      className={`tl-header ${audio ? "audio" : ""} ${enabled ? "" : "off"}`}
      role="listitem"
      aria-label={track.name || label}
      style={{ top: y, height }}
    >
      <span className="tl-label">{label}</span>
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
            icon={track.locked ? Lock : LockOpen}
            size={13}
            label={text("track-lock")}
            pressed={track.locked === true}
            onClick={() => set("locked", !track.locked)}
          />
          {audio ? null : (
            <IconButton
              icon={enabled ? Eye : EyeOff}
              size={13}
              label={text("track-show")}
              pressed={!enabled}
              onClick={() => set("enabled", !enabled)}
            />
          )}
          <IconButton
            icon={track.muted ? VolumeX : Volume2}
            size={13}
            label={text("track-mute")}
            pressed={track.muted === true}
            onClick={() => set("muted", !track.muted)}
          />
          <IconButton
            icon={Headphones}
            size={13}
            label={text("track-solo")}
            pressed={track.solo === true}
            onClick={() => set("solo", !track.solo)}
          />
          <Menu
            trigger={
              <button type="button" className="icon-button" aria-label={text("track-menu", { track: label })}>
                <Ellipsis size={14} aria-hidden />
              </button>
            }
            entries={[
              { label: text("rename"), run: () => setRenaming(true) },
              {
                label: text("track-up"),
                disabled: audio ? at === 0 : at === all.length - 1,
                run: () => move(audio ? at - 1 : at + 1),
              },
              {
                label: text("track-down"),
                disabled: audio ? at === all.length - 1 : at === 0,
                run: () => move(audio ? at + 1 : at - 1),
              },
              "line",
              {
                label: text("track-remove"),
                danger: true,
                run: () => void session.run({ remove_track: { id: track.id } }, "remove-track"),
              },
            ]}
          />
        </div>
      </div>
      <Resizer track={track} height={height} />
    </div>
  );
}

function Resizer({ track, height }: { track: Track; height: number }) {
  const session = useSession();
  const from = useRef<{ y: number; height: number } | undefined>(undefined);
  const move = (event: PointerEvent) => {
    if (from.current === undefined) return;
    const next = Math.min(heights.most, Math.max(heights.least, from.current.height + event.clientY - from.current.y));
    const { rowHeights } = session.timeline.getState();
    session.timeline.setState({ rowHeights: new Map(rowHeights).set(track.id, next) });
  };
  return (
    <div
      className="tl-resizer"
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        from.current = { y: e.clientY, height };
      }}
      onPointerMove={move}
      onPointerUp={() => (from.current = undefined)}
    />
  );
}
