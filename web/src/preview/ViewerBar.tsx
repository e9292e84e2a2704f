// The tools over the picture.
import {
  Circle,
  Crop,
  CircleDot,
  Frame,
  Grid3x3,
  Magnet,
  Move,
  MousePointer2,
  PenTool,
  Spline,
  Square,
  SquareDashed,
  Trash2,
} from "lucide-react";
import { useStore } from "zustand";
import { zooms } from "../edit/viewer";
import { useText } from "../l10n/locale";
import type { CanvasMode } from "../session/canvas-store";
import { CommandButton, IconButton, Select } from "../ui/parts";
import { useSession } from "../ui/session-context";
import type { Gizmos } from "./gizmos";
import { zoomName } from "./names";

const modes: { mode: CanvasMode; icon: typeof Move }[] = [
  { mode: "off", icon: MousePointer2 },
  { mode: "transform", icon: Move },
  { mode: "crop", icon: Crop },
  { mode: "pin", icon: Frame },
  { mode: "mask", icon: Spline },
];

export function ViewerBar({ gizmos }: { gizmos: Gizmos }) {
  const session = useSession();
  const text = useText();
  const { mode, safe, grid, snapping, zoom, drawing, autoKey, mask } = useStore(session.canvas, (s) => s);
  const selected = useStore(session.selection, (s) => s.clips.size > 0);
  const options = zooms.map((z) => ({
    id: String(z),
    name: text(`zoom-to-${zoomName(z)}`, { percent: z === "fit" ? 0 : z * 100 }),
  }));
  if (!zooms.includes(zoom))
    options.push({ id: String(zoom), name: text("zoom-to-percent", { percent: Math.round(Number(zoom) * 100) }) });
  return (
    <div className="viewer-bar" role="toolbar" aria-label={text("viewer-tools")}>
      <span className="segmented">
        {modes.map(({ mode: id, icon }) => (
          <CommandButton key={id} id={`canvas-${id}`} icon={icon} pressed={mode === id} />
        ))}
      </span>
      {mode === "mask" ? (
        <span className="viewer-bar-group">
          <span className="divider" />
          <IconButton
            icon={Square}
            label={text("mask-add-rectangle")}
            disabled={!selected}
            onClick={() => void gizmos.addMask("rectangle")}
          />
          <IconButton
            icon={Circle}
            label={text("mask-add-ellipse")}
            disabled={!selected}
            onClick={() => void gizmos.addMask("ellipse")}
          />
          <IconButton
            icon={PenTool}
            label={text("mask-draw")}
            pressed={drawing}
            disabled={!selected}
            onClick={() => void gizmos.addMask("path")}
          />
          <IconButton
            icon={Trash2}
            label={text("mask-remove")}
            disabled={mask === undefined || !selected}
            onClick={() => mask !== undefined && void gizmos.vertex(`mask:${mask}:move`, "remove")}
          />
        </span>
      ) : null}
      <span className="spring" />
      <span className="viewer-bar-group">
        <CommandButton id="toggle-auto-key" icon={CircleDot} pressed={autoKey} />
        <span className="divider" />
        <CommandButton id="toggle-canvas-snapping" icon={Magnet} pressed={snapping} />
        <CommandButton id="toggle-safe-areas" icon={SquareDashed} pressed={safe} />
        <CommandButton id="toggle-grid" icon={Grid3x3} pressed={grid} />
      </span>
      <Select
        compact
        label={text("viewer-zoom")}
        value={String(zoom)}
        options={options}
        onChange={(id) => session.canvas.setState(id === "fit" ? { zoom: "fit", pan: [0, 0] } : { zoom: Number(id) })}
      />
    </div>
  );
}
