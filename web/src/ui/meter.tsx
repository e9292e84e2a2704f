import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { useText } from "../l10n/locale";
import type { Player } from "../session/player";
import { meterBoard, type MeterTrack } from "./meters";
import { themeStore } from "./theme";
import { useVisible } from "./visible";

/** The meter of a track, once levels of it come. */
export function TrackMeter({ player, track, label }: { player: Player; track: string; label: string }) {
  const board = meterBoard(player);
  const measured = useSyncExternalStore(board.follow, () => board.measures(track));
  return measured ? <LevelMeter player={player} track={track} label={label} /> : null;
}

/** Levels of a track, or of all that is heard, with a light that says it was too loud. */
export function LevelMeter({ player, track, label }: { player: Player; track: MeterTrack; label: string }) {
  const text = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [clipped, setClipped] = useState(false);
  const visible = useVisible(frame);
  const theme = useStore(themeStore, (s) => s.theme);
  useEffect(() => {
    if (!visible || canvas.current === null) return undefined;
    return meterBoard(player).attach({ canvas: canvas.current, track, clipped: setClipped });
  }, [player, track, visible]);
  useEffect(() => meterBoard(player).themeChanged(), [player, theme]);
  return (
    <div ref={frame} className="meter">
      <button
        type="button"
        className={`meter-light ${clipped ? "on" : ""}`}
        aria-label={text(clipped ? "meter-clipped" : "meter-fine", { name: label })}
        title={text(clipped ? "meter-clipped" : "meter-fine", { name: label })}
        onClick={() => meterBoard(player).seen()}
      />
      <canvas
        ref={canvas}
        role="img"
        aria-label={text("meter", { name: label })}
        data-testid={`meter-${track ?? "sum"}`}
      />
    </div>
  );
}
