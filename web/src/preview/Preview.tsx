import { Clapperboard } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { compositionLength } from "../document/select";
import { useText } from "../l10n/locale";
import { Button, Empty } from "../ui/parts";
import { useComposition, useEditor, useProject } from "../ui/session-context";
import { apiErrors } from "../wire/errors";
import { CanvasOverlay } from "./CanvasOverlay";
import { Gizmos } from "./gizmos";
import { Stage } from "./stage";
import { Transport } from "./Transport";
import { ViewerBar } from "./ViewerBar";

/** The programme monitor: the picture of the live socket, what lies over it, and the transport. */
export function Preview() {
  const { session, ui } = useEditor();
  const text = useText();
  const composition = useComposition();
  const project = useProject();
  const link = useStore(session.link, (s) => s.state);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [error, setError] = useState<string>();
  const stage = useMemo(() => new Stage(session), [session]);
  const gizmos = useMemo(
    () =>
      new Gizmos(session, stage, (failure) => {
        const errors = failure === undefined ? [] : apiErrors(failure);
        setError(
          errors.length === 0
            ? undefined
            : errors.map((e) => [e.message, e.hint].filter(Boolean).join(" – ")).join("\n"),
        );
      }),
    [session, stage],
  );
  const empty = composition === undefined || compositionLength(composition) === 0;

  useEffect(() => {
    if (canvas.current === null) return undefined;
    return session.presenter.attach(canvas.current);
  }, [session, empty]);

  const [width, height] = composition === undefined ? [16, 9] : [composition.size.width, composition.size.height];
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const fit = () => {
      const size = { width: element.clientWidth, height: element.clientHeight };
      if (size.width === 0 || size.height === 0) return;
      stage.layout(size, { width, height });
      const { scale, x, y } = stage.mapping;
      const { style } = canvas.current ?? { style: undefined };
      if (style !== undefined) {
        style.width = `${Math.round(width * scale)}px`;
        style.height = `${Math.round(height * scale)}px`;
        style.translate = `${x}px ${y}px`;
      }
      // Never more pixels than the film has.
      const wanted = Math.min(1, scale * stage.dpr);
      session.viewSize(width * wanted, height * wanted);
    };
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    const stop = session.canvas.subscribe((now, before) => {
      if (now.zoom !== before.zoom || now.pan !== before.pan) fit();
    });
    fit();
    return () => {
      observer.disconnect();
      stop();
    };
  }, [session, stage, width, height, empty]);

  return (
    <div className="viewer" data-monitor="programme">
      {empty ? null : <ViewerBar gizmos={gizmos} />}
      <div className="viewer-frame" ref={frame} data-testid="viewer-frame">
        {empty ? (
          project === undefined ? null : (
            <Empty icon={Clapperboard} title={text("viewer-empty")}>
              <p>{text("viewer-empty-hint")}</p>
              <Button look="primary" onClick={() => ui.importFiles()}>
                {text("cmd-import")}
              </Button>
            </Empty>
          )
        ) : (
          <>
            <canvas
              ref={canvas}
              className="viewer-canvas"
              data-testid="picture"
              role="img"
              aria-label={text("picture")}
              width={width}
              height={height}
            />
            <CanvasOverlay stage={stage} gizmos={gizmos} error={error} />
          </>
        )}
        {link === "lost" ? <div className="viewer-note">{text("link-lost-short")}</div> : null}
      </div>
      <Transport />
    </div>
  );
}
