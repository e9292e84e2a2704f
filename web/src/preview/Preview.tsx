import { Clapperboard } from "lucide-react";
import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import { compositionLength } from "../document/select";
import { useText } from "../l10n/locale";
import { Button, Empty } from "../ui/parts";
import { useComposition, useEditor, useProject } from "../ui/session-context";
import { Transport } from "./Transport";

/** The programme monitor: the picture of the live socket, and the transport. */
export function Preview() {
  const { session, ui } = useEditor();
  const text = useText();
  const composition = useComposition();
  const project = useProject();
  const link = useStore(session.link, (s) => s.state);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
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
      const scale = Math.min(element.clientWidth / width, element.clientHeight / height);
      if (!(scale > 0)) return;
      const { style } = canvas.current ?? { style: undefined };
      if (style !== undefined) {
        style.width = `${Math.floor(width * scale)}px`;
        style.height = `${Math.floor(height * scale)}px`;
      }
      const dpr = globalThis.devicePixelRatio || 1;
      // Never more pixels than the film has.
      const wanted = Math.min(1, scale * dpr);
      session.viewSize(width * wanted, height * wanted);
    };
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    fit();
    return () => observer.disconnect();
  }, [session, width, height, empty]);

  return (
    <div className="viewer" data-monitor="programme">
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
          <canvas
            ref={canvas}
            className="viewer-canvas"
            data-testid="picture"
            role="img"
            aria-label={text("picture")}
            width={width}
            height={height}
            onDoubleClick={() => ui.fullscreen()}
          />
        )}
        {link === "lost" ? <div className="viewer-note">{text("link-lost-short")}</div> : null}
      </div>
      <Transport />
    </div>
  );
}
