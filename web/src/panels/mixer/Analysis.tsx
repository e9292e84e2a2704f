// What the output consists of while it plays: its spectrum, and how alike its channels are.
import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import { useText } from "../../l10n/locale";
import type { Player } from "../../session/player";
import { correlation, levelsOf, spectrum } from "../../sound/analysis";
import { RATE_HZ } from "../../sound/player";
import { themeStore } from "../../ui/theme";
import { useVisible } from "../../ui/visible";
import { Falling, paintCorrelation, paintSpectrum, readInks } from "./paint";

/** Samples of the spectrum: bins of 11.7 Hz, 85 ms. */
const SPECTRUM_SAMPLES = 4096;
/** Of the correlation: 300 ms. */
const CORRELATION_SAMPLES = 14_400;
/** Levels between the ends of the spectrum, about twelve an octave. */
const PLACES = 120;
/** More often is not seen. */
const EVERY_MS = 33;

export function Analysis({ player }: { player: Player }) {
  const text = useText();
  const frame = useRef<HTMLElement>(null);
  const spectrumCanvas = useRef<HTMLCanvasElement>(null);
  const phaseCanvas = useRef<HTMLCanvasElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  const visible = useVisible(frame);
  const theme = useStore(themeStore, (s) => s.theme);
  useEffect(() => {
    const [bars, phase, shown] = [spectrumCanvas.current, phaseCanvas.current, number.current];
    if (!visible || bars === null || phase === null || shown === null) return undefined;
    const inks = readInks();
    const falling = new Falling(PLACES);
    let loop = 0;
    let painted = -Infinity;
    const paint = (now: number) => {
      const played = player.heard(CORRELATION_SAMPLES);
      const alike = played === undefined ? undefined : correlation(played.left, played.right);
      const levels =
        played === undefined
          ? undefined
          : levelsOf(
              spectrum(played.left.subarray(-SPECTRUM_SAMPLES), played.right.subarray(-SPECTRUM_SAMPLES)),
              RATE_HZ,
              PLACES,
            );
      paintSpectrum(bars, falling.next(levels, now), inks);
      paintCorrelation(phase, alike, inks);
      const said = alike === undefined ? "" : `${alike < -0.005 ? "−" : "+"}${Math.abs(alike).toFixed(2)}`;
      if (shown.textContent !== said) shown.textContent = said;
      bars.dataset.peakHz = falling.peakHz()?.toFixed(0) ?? "";
    };
    const tick = (now: number) => {
      loop = requestAnimationFrame(tick);
      // At rest there is nothing to paint.
      if (now - painted < EVERY_MS || (!player.playing && falling.isResting && painted > -Infinity)) return;
      painted = now;
      paint(now);
    };
    loop = requestAnimationFrame(tick);
    const observer = new ResizeObserver(() => paint(performance.now()));
    observer.observe(bars);
    observer.observe(phase);
    return () => {
      cancelAnimationFrame(loop);
      observer.disconnect();
    };
  }, [player, visible, theme]);
  return (
    <section ref={frame} className="analysis" aria-label={text("analysis")}>
      <h3>{text("analysis-spectrum")}</h3>
      <canvas
        ref={spectrumCanvas}
        className="analysis-spectrum"
        role="img"
        aria-label={text("analysis-spectrum-about")}
        data-testid="spectrum"
      />
      <h3>
        {text("analysis-correlation")}
        <span ref={number} className="analysis-number" data-testid="correlation" />
      </h3>
      <canvas
        ref={phaseCanvas}
        className="analysis-correlation"
        role="img"
        aria-label={text("analysis-correlation-about")}
      />
    </section>
  );
}
