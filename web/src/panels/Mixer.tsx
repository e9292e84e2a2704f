import { AudioLines, Spline } from "lucide-react";
import { useEffect, useState } from "react";
import type { Composition, Track } from "../api/types";
import { trackLabel } from "../document/select";
import { keysOf } from "../edit/curve";
import { setField } from "../edit/commands";
import { deflection, enteredDb, faderDb, faderPart, MOST_DB, shownDb, SILENCE_DB, stepped } from "../edit/level";
import { type MixerField, mixerTracks, mixerValue, setMixer } from "../edit/mixer";
import { useText } from "../l10n/locale";
import type { Session } from "../session/session";
import { LevelMeter, TrackMeter } from "../ui/meter";
import { Empty } from "../ui/parts";
import { InPlace } from "../ui/problem";
import { Rail } from "../ui/rail";
import { useComposition, useProject, useSession } from "../ui/session-context";

const scale = [0, -6, -12, -18, -24, -30, -40, -50, -60];
const faderMarks = [12, 6, 0, -6, -12, -24, -40].map((value) => ({ value, text: `${Math.abs(value)}` }));

/** A strip for each track that can be heard, and the sum. */
export function Mixer() {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const composition = useComposition();
  if (project === undefined || composition === undefined) return <div className="panel" aria-busy="true" />;
  const tracks = mixerTracks(project, composition);
  if (tracks.length === 0)
    return (
      <div className="panel">
        <Empty icon={AudioLines} title={text("mixer-empty")}>
          <p>{text("mixer-empty-hint")}</p>
        </Empty>
      </div>
    );
  return (
    <div className="panel mixer">
      <ul className="mixer-strips" aria-label={text("panel-mixer")}>
        {tracks.map((track) => (
          <Strip key={track.id} composition={composition} track={track} />
        ))}
      </ul>
      <section className="strip master" aria-label={text("mixer-master")}>
        <div className="strip-body">
          <LevelMeter player={session} track={null} label={text("mixer-master")} />
          <Scale />
        </div>
        <div className="strip-name">
          <span>{text("mixer-master")}</span>
        </div>
      </section>
    </div>
  );
}

function Scale() {
  return (
    <div className="meter-scale" aria-hidden>
      {scale.map((db) => (
        <span key={db} style={{ bottom: `${deflection(db) * 100}%` }}>
          {Math.abs(db)}
        </span>
      ))}
    </div>
  );
}

/** Where there is a curve, the value moves with the playhead; a few times a second are enough. */
function useNow(session: Session, follow: boolean): number {
  const [now, setNow] = useState(session.now());
  useEffect(() => {
    if (!follow) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = session.playhead.follow(() => {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          setNow(session.now());
        },
        session.playing ? 100 : 0,
      );
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [session, follow]);
  return now;
}

function Strip({ composition, track }: { composition: Composition; track: Track }) {
  const session = useSession();
  const text = useText();
  const label = trackLabel(composition, track);
  const name = track.name || label;
  const curves = { gain_db: keysOf(track.gain_db) !== undefined, pan: keysOf(track.pan) !== undefined };
  const now = useNow(session, curves.gain_db || curves.pan);
  const source = `mixer ${track.id}`;
  const set = (field: MixerField, value: number, key?: string) =>
    void session.run(setMixer(track, field, session.now(), value), source, key);
  const toggle = (field: "muted" | "solo") =>
    void session.run(setField({ track: track.id }, field, track[field] !== true), source);
  const gain = mixerValue(track, "gain_db", now);
  const pan = mixerValue(track, "pan", now);
  return (
    <li className={`strip ${track.kind === "audio" ? "audio" : ""}`} aria-label={name}>
      {(composition.channels ?? 2) > 1 ? (
        <div className="strip-pan">
          <Rail
            className="pan"
            label={text("mixer-pan", { name })}
            value={pan}
            shown={panShown(pan)}
            min={-1}
            max={1}
            reset={0}
            part={(v) => (v + 1) / 2}
            valueAt={(p) => centred(Math.round((p * 2 - 1) * 100) / 100)}
            step={(v, by) => Math.round((v + by * 0.05) * 100) / 100 + 0}
            onChange={(v, key) => set("pan", v, key)}
          />
          <span className="muted">{panShown(pan)}</span>
        </div>
      ) : null}
      <div className="strip-body">
        <Rail
          vertical
          className="fader"
          label={text("mixer-fader", { name })}
          value={Math.max(SILENCE_DB, gain)}
          shown={`${shownDb(gain)} dB`}
          min={SILENCE_DB}
          max={MOST_DB}
          reset={0}
          part={faderPart}
          valueAt={faderDb}
          step={(v, by) => stepped(v, by * 0.5)}
          marks={faderMarks}
          onChange={(v, key) => set("gain_db", v, key)}
        />
        <TrackMeter player={session} track={track.id} label={name} />
      </div>
      <div className="strip-row">
        {curves.gain_db ? <Spline size={12} aria-label={text("mixer-curve")} role="img" /> : null}
        <DbField label={text("mixer-gain", { name })} value={gain} onChange={(v) => set("gain_db", v)} />
      </div>
      <div className="strip-row">
        <button
          type="button"
          className="strip-switch mute"
          aria-pressed={track.muted === true}
          aria-label={text("mixer-mute", { name })}
          title={text("mixer-mute", { name })}
          onClick={() => toggle("muted")}
        >
          {text("mixer-m")}
        </button>
        <button
          type="button"
          className="strip-switch solo"
          aria-pressed={track.solo === true}
          aria-label={text("mixer-solo", { name })}
          title={text("mixer-solo", { name })}
          onClick={() => toggle("solo")}
        >
          {text("mixer-s")}
        </button>
      </div>
      <div className="strip-name" title={name}>
        <b>{label}</b>
        <span>{track.name ?? ""}</span>
      </div>
      <InPlace sources={[source]} />
    </li>
  );
}

/** The middle is easy to meet. */
function centred(pan: number): number {
  return Math.abs(pan) < 0.04 ? 0 : pan;
}

function panShown(pan: number): string {
  const percent = Math.round(Math.abs(pan) * 100);
  return percent === 0 ? "C" : `${pan < 0 ? "L" : "R"}${percent}`;
}

function DbField({ label, value, onChange }: { label: string; value: number; onChange(value: number): void }) {
  const [typed, setTyped] = useState<string>();
  const commit = () => {
    const next = typed === undefined ? undefined : enteredDb(typed);
    setTyped(undefined);
    if (next !== undefined && next !== value) onChange(next);
  };
  return (
    <input
      className="db-field"
      aria-label={label}
      value={typed ?? shownDb(value)}
      size={5}
      onFocus={(e) => e.currentTarget.select()}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          setTyped(undefined);
          event.currentTarget.select();
        }
      }}
    />
  );
}
