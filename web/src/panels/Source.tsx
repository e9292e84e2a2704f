import {
  ArrowRightToLine,
  Brackets,
  ChevronFirst,
  ChevronLast,
  CornerLeftDown,
  FilePlay,
  Film,
  type LucideIcon,
  Music,
  PanelTopBottomDashed,
  Replace,
  StepBack,
  StepForward,
  X,
  AudioLines,
} from "lucide-react";
import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import type { Media } from "../api/types";
import { findMedia, mediaName } from "../document/select";
import { hasPicture, type Parts, partsOf, type Verb } from "../edit/place";
import { frameAt } from "../edit/time";
import { timecode } from "../edit/timecode";
import { useText } from "../l10n/locale";
import type { SourcePlayer } from "../session/sources";
import { dragMedia, MEDIA } from "../ui/dragged";
import { PlayButton, ScrubBar, TimecodeEntry, useFitted } from "../ui/monitor";
import { InPlace } from "../ui/problem";
import { CommandButton, Empty, IconButton, Tip } from "../ui/parts";
import { useEditor, useProject } from "../ui/session-context";

/** Shows one medium by itself, to choose the part that goes to the timeline. */
export function SourceMonitor() {
  const { session } = useEditor();
  const text = useText();
  const project = useProject();
  const player = useStore(session.sources.store, (s) => s.player);
  const media = player === undefined || project === undefined ? undefined : findMedia(project, player.media);
  const gone = player !== undefined && project !== undefined && media === undefined;
  useEffect(() => {
    if (gone) session.sources.close();
  }, [gone, session]);
  if (player === undefined || media === undefined)
    return (
      <div className="viewer" data-monitor="source">
        <div className="viewer-frame">
          <Empty icon={FilePlay} title={text("source-empty")}>
            <p>{text("source-empty-hint")}</p>
          </Empty>
        </div>
      </div>
    );
  return <Monitor key={player.media} player={player} media={media} />;
}

const edits = ["insert-media", "overwrite-media", "append-media", "ontop-media"];

function Monitor({ player, media }: { player: SourcePlayer; media: Media }) {
  const { session } = useEditor();
  const text = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { link, parts } = useStore(session.sources.store, (s) => s);
  const size = media.facts?.size ?? { width: 1280, height: 720 };
  const picture = hasPicture(media);
  useFitted(player, frame, canvas, size);
  return (
    <div
      className="viewer source"
      data-monitor="source"
      onPointerDownCapture={() => session.selection.setState({ media: media.id })}
    >
      <div className="source-head">
        {picture ? <Film size={13} aria-hidden /> : <Music size={13} aria-hidden />}
        <h2 title={media.path}>{mediaName(media)}</h2>
        <span className="spring" />
        <Marked player={player} />
        <IconButton icon={X} size={13} label={text("source-close")} onClick={() => session.sources.close()} />
      </div>
      <div className="viewer-frame" ref={frame}>
        <canvas
          ref={canvas}
          className={`viewer-canvas ${picture ? "" : "unseen"}`}
          data-testid="source-picture"
          role="img"
          aria-label={text("source-picture", { name: mediaName(media) })}
          title={text("source-drag")}
          width={size.width}
          height={size.height}
          draggable
          onDragStart={(e) => {
            dragMedia(media.id, player.marks(), parts);
            e.dataTransfer.setData(MEDIA, media.id);
            e.dataTransfer.effectAllowed = "copy";
          }}
          onDragEnd={() => dragMedia(undefined)}
        />
        {picture ? null : (
          <div className="source-sound" aria-hidden>
            <AudioLines size={54} strokeWidth={1} />
          </div>
        )}
        {link === "lost" ? <div className="viewer-note">{text("link-lost-short")}</div> : null}
        <InPlace sources={edits} />
      </div>
      <Controls player={player} media={media} />
    </div>
  );
}

/** How long the marked part is, or all of it. */
function Marked({ player }: { player: SourcePlayer }) {
  const { session } = useEditor();
  const text = useText();
  const rate = useStore(session.sources.store, (s) => s.rate);
  const marks = useStore(session.sources.store, (s) => s.marks.get(player.media));
  const frames = useStore(player.transport, (s) => s.frames);
  if (rate === undefined) return null;
  const [from, to] = [
    marks?.from === undefined ? 0 : frameAt(rate, marks.from),
    marks?.to === undefined ? frames : frameAt(rate, marks.to),
  ];
  return (
    <span className="muted timecode" title={text("marked-length")}>
      {timecode(rate, Math.max(0, to - from))}
    </span>
  );
}

function Controls({ player, media }: { player: SourcePlayer; media: Media }) {
  const { session } = useEditor();
  const text = useText();
  const rate = useStore(session.sources.store, (s) => s.rate);
  const marks = useStore(session.sources.store, (s) => s.marks.get(player.media)) ?? {};
  const frames = useStore(player.transport, (s) => s.frames);
  const speed = useStore(player.transport, (s) => (s.activity === "paused" ? 1 : s.speed));
  if (rate === undefined) return <div className="transport" aria-busy="true" />;
  return (
    <div className="transport" role="toolbar" aria-label={text("source-transport")}>
      <ScrubBar player={player} marks={marks} frames={frames} rate={rate} />
      <div className="transport-row">
        <div className="transport-side">
          <TimecodeEntry player={player} rate={rate} testId="source-timecode" />
          {speed === 1 ? null : <span className="badge">{speed}×</span>}
        </div>
        <div className="transport-buttons">
          <Act id="to-start" icon={ChevronFirst} act={() => player.seek(0)} />
          <Act id="step-back" icon={StepBack} act={() => player.step(-1)} />
          <PlayButton player={player} />
          <Act id="step-forward" icon={StepForward} act={() => player.step(1)} />
          <Act id="to-end" icon={ChevronLast} act={() => player.seek(frames - 1)} />
        </div>
        <div className="transport-side end">
          <CommandButton id="mark-in" icon={MarkIn} />
          <CommandButton id="mark-out" icon={MarkOut} />
          <IconButton
            icon={Brackets}
            label={text("cmd-clear-range")}
            disabled={marks.from === undefined && marks.to === undefined}
            onClick={() => player.mark({})}
          />
        </div>
      </div>
      <div className="source-edits">
        <PartsChoice media={media} />
        <span className="spring" />
        <Edit id="insert" icon={CornerLeftDown} />
        <Edit id="overwrite" icon={Replace} />
        <Edit id="append" icon={ArrowRightToLine} />
        <Edit id="ontop" icon={PanelTopBottomDashed} />
      </div>
    </div>
  );
}

const MarkIn = bracket("M10 4H7v16h3");
const MarkOut = bracket("M14 4h3v16h-3");

function bracket(path: string): LucideIcon {
  const Mark = ({ size = 16 }: { size?: number | string }) => (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={2} aria-hidden>
      <path d={path} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
  return Mark as unknown as LucideIcon;
}

/** What a key of the transport does, here whichever monitor has the focus. */
function Act({ id, icon, act }: { id: string; icon: LucideIcon; act(): void }) {
  const { keymap } = useEditor();
  const text = useText();
  return <IconButton icon={icon} label={text(`cmd-${id}`)} chord={keymap.byCommand.get(id)?.[0]} onClick={act} />;
}

function Edit({ id, icon: Icon }: { id: Verb; icon: LucideIcon }) {
  const { run, keymap } = useEditor();
  const text = useText();
  const command = `${id}-media`;
  return (
    <Tip label={text(`cmd-${command}`)} chord={keymap.byCommand.get(command)?.[0]}>
      <button type="button" className="button small edit" aria-label={text(`verb-${id}`)} onClick={() => run(command)}>
        <Icon size={13} aria-hidden />
        <span>{text(`verb-${id}`)}</span>
      </button>
    </Tip>
  );
}

const partIcons: Record<Parts, LucideIcon> = { both: FilePlay, picture: Film, sound: Music };

function PartsChoice({ media }: { media: Media }) {
  const { session } = useEditor();
  const text = useText();
  const chosen = useStore(session.sources.store, (s) => s.parts);
  const usable = partsOf(media);
  if (usable.length < 2) return <span className="muted">{text(`parts-${usable[0]}`)}</span>;
  return (
    <div className="segmented" role="group" aria-label={text("source-parts")}>
      {usable.map((id) => (
        <IconButton
          key={id}
          icon={partIcons[id]}
          size={14}
          label={text(`parts-${id}`)}
          pressed={chosen === id}
          onClick={() => session.sources.store.setState({ parts: id })}
        />
      ))}
    </div>
  );
}
