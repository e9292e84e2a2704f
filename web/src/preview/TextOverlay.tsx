// Text typed where it is seen: a field that lies, is turned and is as large as the drawn text.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Clip, TextSource } from "../api/types";
import { findClip } from "../document/select";
import { composed, scaling, translation } from "../edit/affine";
import { placedIn } from "../edit/box-drag";
import { setField } from "../edit/commands";
import { withField } from "../edit/change";
import { lineHeight, sizeOf, textSize, weightOf } from "../edit/text-size";
import { useText } from "../l10n/locale";
import { hexOf } from "../ui/fields";
import { useProject, useSession } from "../ui/session-context";
import type { Gizmos } from "./gizmos";
import type { Stage } from "./stage";

/** Other fonts reach further down than Inter; as in the style sheet. */
const PAD_EM = 0.15;

export function TextOverlay({ stage, gizmos }: { stage: Stage; gizmos: Gizmos }) {
  const session = useSession();
  const project = useProject();
  const editing = useStore(session.canvas, (s) => s.editing);
  const clip = editing === undefined || project === undefined ? undefined : findClip(project, editing)?.clip;
  useEffect(() => {
    if (editing !== undefined && clip === undefined) session.canvas.setState({ editing: undefined });
  }, [editing, clip, session]);
  return clip === undefined ? null : <TextField key={clip.id} clip={clip} stage={stage} gizmos={gizmos} />;
}

function TextField({ clip, stage, gizmos }: { clip: Clip; stage: Stage; gizmos: Gizmos }) {
  const session = useSession();
  const text = useText();
  const source = clip.source as TextSource;
  const [typed, setTyped] = useState(source.text ?? "");
  const field = useRef<HTMLTextAreaElement>(null);
  const done = useRef(false);

  const place = () => {
    const element = field.current;
    const shown = withField(withField(clip, "source.text", typed), "source.runs", undefined);
    const scene = gizmos.sceneOf(shown);
    if (element === null || scene === undefined) return;
    const canvas = scene.composition.size;
    const placed = placedIn(scene);
    const size = sizeOf(source.style, canvas);
    // Letters of other fonts may be wider.
    const { width, height } = textSize(shown, canvas);
    const slack = source.width_px ? 0 : Math.max(size, width * 0.1);
    const align = source.align ?? "center";
    const before = align === "left" || align === "start" ? 0 : align === "center" ? slack / 2 : slack;
    const { scale, x, y } = stage.mapping;
    const map = composed(translation(x, y), scaling(scale, scale), placed.map, translation(-before, -PAD_EM * size));
    const { style } = element;
    style.width = `${width + slack}px`;
    style.height = `${height + 2 * PAD_EM * size}px`;
    style.transform = `matrix(${map.xx}, ${map.yx}, ${map.xy}, ${map.yy}, ${map.x0}, ${map.y0})`;
    style.fontSize = `${size}px`;
    style.lineHeight = `${lineHeight(source, canvas)}px`;
  };
  useLayoutEffect(place);
  useEffect(() => stage.listen(place));
  useLayoutEffect(() => {
    if (session.playing) session.pause();
    field.current?.focus();
    field.current?.select();
  }, [session]);

  const leave = () => session.canvas.setState({ editing: undefined });
  const commit = () => {
    if (done.current) return;
    done.current = true;
    leave();
    if (typed !== source.text) void gizmos.send(setField({ clip: clip.id }, "source.text", typed));
  };
  const { style } = source;
  const font = Array.isArray(style?.font) ? style.font : style?.font ? [style.font] : [];
  return (
    <textarea
      ref={field}
      className="text-overlay"
      data-testid="text-overlay"
      aria-label={text("cmd-edit-text")}
      aria-describedby="text-overlay-hint"
      spellCheck={false}
      value={typed}
      style={{
        fontFamily:
          [...font, "Inter", "Noto Sans", "Noto Sans CJK JP"].map((f) => `"${f}"`).join(", ") + ", sans-serif",
        fontWeight: weightOf(style?.weight),
        fontStyle: style?.italic ? "italic" : "normal",
        letterSpacing: typeof style?.tracking_px === "number" ? `${style.tracking_px}px` : undefined,
        textTransform: style?.case === "upper" ? "uppercase" : style?.case === "lower" ? "lowercase" : undefined,
        textAlign: source.align ?? "center",
        color: hexOf(style?.fill) ?? "#ffffff",
        whiteSpace: source.width_px ? "pre-wrap" : "pre",
      }}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") {
          done.current = true;
          leave();
        } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          commit();
        }
      }}
      onPointerDown={(e) => e.stopPropagation()}
      onDoubleClick={(e) => e.stopPropagation()}
    />
  );
}
