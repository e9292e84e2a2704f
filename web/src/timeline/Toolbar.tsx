import {
  AudioLines,
  Film,
  ArrowLeftRight,
  FoldHorizontal,
  Link,
  Magnet,
  Maximize2,
  MousePointer2,
  MoveHorizontal,
  Scissors,
  SeparatorVertical,
  Slice,
  StretchHorizontal,
  Trash2,
  ListX,
  ZoomIn,
  ZoomOut,
  MapPin,
  Blend,
} from "lucide-react";
import { useStore } from "zustand";
import { compositionLength, compositionRate } from "../document/select";
import { useText } from "../l10n/locale";
import { CommandButton, Slider } from "../ui/parts";
import { useComposition, useSession } from "../ui/session-context";
import { Crumbs } from "./Crumbs";
import { OffsetEntry } from "./Offset";
import { PointNote } from "./PointNote";
import { leastScale, mostScale, xOf, zoomed } from "./view";

export function Toolbar() {
  const session = useSession();
  const text = useText();
  const tool = useStore(session.timeline, (s) => s.tool);
  const snapping = useStore(session.timeline, (s) => s.snapping);
  const linked = useStore(session.line, (s) => s.linked);
  const magnetic = useStore(session.line, (s) => s.magnetic);
  const any = useStore(session.selection, (s) => s.clips.size > 0 || s.transition !== undefined);
  return (
    <div className="toolbar" role="toolbar" aria-label={text("timeline-tools")}>
      <Crumbs />
      <div className="segmented">
        <CommandButton id="tool-select" icon={MousePointer2} pressed={tool === "select"} />
        <CommandButton id="tool-trim" icon={SeparatorVertical} pressed={tool === "trim"} />
        <CommandButton id="tool-blade" icon={Slice} pressed={tool === "blade"} />
        <CommandButton id="tool-slip" icon={MoveHorizontal} pressed={tool === "slip"} />
        <CommandButton id="tool-slide" icon={ArrowLeftRight} pressed={tool === "slide"} />
        <CommandButton id="tool-stretch" icon={StretchHorizontal} pressed={tool === "stretch"} />
      </div>
      <CommandButton id="toggle-snapping" icon={Magnet} pressed={snapping} />
      <CommandButton id="toggle-linked" icon={Link} pressed={linked} />
      <CommandButton id="toggle-magnetic" icon={FoldHorizontal} pressed={magnetic} />
      <span className="divider" />
      <CommandButton id="split" icon={Scissors} />
      <CommandButton id="delete" icon={Trash2} disabled={!any} />
      <CommandButton id="ripple-delete" icon={ListX} disabled={!any} />
      <CommandButton id="add-dissolve" icon={Blend} />
      <CommandButton id="add-marker" icon={MapPin} />
      <span className="divider" />
      <CommandButton id="add-video-track" icon={Film} />
      <CommandButton id="add-audio-track" icon={AudioLines} />
      <span className="divider" />
      <OffsetEntry />
      <PointNote />
      <span className="toolbar-end">
        <CommandButton id="zoom-out" icon={ZoomOut} />
        <Zoom />
        <CommandButton id="zoom-in" icon={ZoomIn} />
        <CommandButton id="zoom-fit" icon={Maximize2} />
      </span>
    </div>
  );
}

function Zoom() {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const view = useStore(session.timeline, (s) => s.view);
  if (composition === undefined) return null;
  const rate = compositionRate(composition);
  const length = compositionLength(composition);
  const [most, least] = [Math.log(mostScale(view, length)), Math.log(leastScale(rate))];
  const value = ((most - Math.log(view.flicksPerPx)) / (most - least)) * 100;
  const change = (percent: number) => {
    const scale = Math.exp(most - ((most - least) * percent) / 100);
    const x = xOf(view, session.now());
    const about = x >= 0 && x <= view.width ? x : view.width / 2;
    session.timeline.setState({ view: zoomed(view, view.flicksPerPx / scale, about, rate, length) });
  };
  return (
    <Slider
      className="zoom"
      label={text("zoom")}
      min={0}
      max={100}
      step={1}
      value={Math.min(100, Math.max(0, value))}
      onChange={change}
    />
  );
}
