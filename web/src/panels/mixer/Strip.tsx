// One strip of the mixer, of a track, a bus or the output, from its effects down to its name.
import { Ellipsis, Spline } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { Composition } from "../../api/types";
import { setField } from "../../edit/commands";
import { keysOf } from "../../edit/curve";
import { gainScale, shownDb, SILENCE_DB } from "../../edit/level";
import {
  busesFor,
  setOutput,
  setStrip,
  shownName,
  sourceName,
  type Strip as StripData,
  stripChain,
  stripKey,
  valueNow,
} from "../../edit/mixer";
import { useText } from "../../l10n/locale";
import type { Session } from "../../session/session";
import { TextField } from "../../ui/fields";
import { LevelMeter, TrackMeter } from "../../ui/meter";
import { Context, Menu, type MenuEntry, Select } from "../../ui/parts";
import { InPlace } from "../../ui/problem";
import { Rail } from "../../ui/rail";
import { useSession } from "../../ui/session-context";
import { DbField } from "./DbField";
import { Inserts } from "./Inserts";
import { Sends } from "./Sends";

const faderMarks = [12, 6, 0, -6, -12, -24, -40].map((value) => ({ value, text: `${Math.abs(value)}` }));

export interface StripProps {
  composition: Composition;
  strip: StripData;
  parts: { inserts: boolean; sends: boolean };
  chosen: string | undefined;
  choose(effect: string | undefined): void;
  /** An effect was added at the end of its list. */
  added(): void;
  /** Beside the meter. */
  scale?: ReactNode;
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

export function Strip({ composition, strip, parts, chosen, choose, added, scale }: StripProps) {
  const session = useSession();
  const text = useText();
  const { kind } = strip;
  const isOutput = kind === "output";
  const name = isOutput ? text("mixer-master") : shownName(strip);
  const curve = keysOf(strip.gain_db) !== undefined;
  const follows = curve || keysOf(strip.pan) !== undefined || strip.sends.some((s) => keysOf(s.gain_db) !== undefined);
  const now = useNow(session, follows);
  const source = `mixer ${stripKey(strip)}`;
  const set = (field: "gain_db" | "pan", value: number, key?: string) =>
    void session.run(setStrip(strip, field, session.now(), value), source, key);
  const gain = valueNow(strip.gain_db, now);
  return (
    <>
      <div className="strip-routing">
        {parts.inserts ? (
          <Inserts
            chain={stripChain(strip)}
            name={name}
            source={source}
            chosen={chosen}
            choose={choose}
            added={added}
          />
        ) : null}
        {parts.sends && !isOutput ? (
          <Sends composition={composition} strip={strip} name={name} source={source} now={now} />
        ) : null}
        {isOutput ? null : (
          <div className="strip-output">
            <Output composition={composition} strip={strip} name={name} source={source} />
          </div>
        )}
      </div>
      {isOutput || (composition.channels ?? 2) < 2 ? null : (
        <Pan name={name} value={valueNow(strip.pan, now)} onChange={(v, key) => set("pan", v, key)} />
      )}
      <div className="strip-body">
        <Rail
          {...gainScale}
          vertical
          className="fader"
          label={text("mixer-fader", { name })}
          value={Math.max(SILENCE_DB, gain)}
          shown={`${shownDb(gain)} dB`}
          marks={faderMarks}
          onChange={(v, key) => set("gain_db", v, key)}
        />
        {isOutput ? (
          <LevelMeter player={session} track={null} label={name} />
        ) : (
          <TrackMeter player={session} track={strip.id} label={name} />
        )}
        {scale}
      </div>
      <div className="strip-row db">
        {curve ? <Spline size={12} aria-label={text("mixer-curve")} role="img" /> : null}
        <DbField label={text("mixer-gain", { name })} value={gain} onChange={(v, key) => set("gain_db", v, key)} />
      </div>
      {isOutput ? null : <Switches strip={strip} name={name} source={source} />}
      <Name strip={strip} name={name} source={source} />
      <InPlace sources={[source]} />
    </>
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

interface PartProps {
  strip: StripData;
  name: string;
  source: string;
}

function Pan({ name, value, onChange }: { name: string; value: number; onChange(v: number, key: string): void }) {
  const text = useText();
  return (
    <div className="strip-pan">
      <Rail
        className="pan"
        label={text("mixer-pan", { name })}
        value={value}
        shown={panShown(value)}
        min={-1}
        max={1}
        reset={0}
        part={(v) => (v + 1) / 2}
        valueAt={(p) => centred(Math.round((p * 2 - 1) * 100) / 100)}
        step={(v, by) => Math.round((v + by * 0.05) * 100) / 100 + 0}
        onChange={onChange}
      />
      <span className="muted">{panShown(value)}</span>
    </div>
  );
}

/** A select has no empty value. */
const MAIN = "\u0000";

function Output({ composition, strip, name, source }: PartProps & { composition: Composition }) {
  const session = useSession();
  const text = useText();
  const buses = busesFor(composition, strip);
  const present = strip.output === undefined || buses.includes(strip.output) ? [] : [strip.output];
  return (
    <Select
      compact
      label={text("mixer-output", { name })}
      value={strip.output ?? MAIN}
      options={[
        { id: MAIN, name: text("mixer-master") },
        ...[...buses, ...present].map((id) => ({ id, name: sourceName(composition, id) })),
      ]}
      onChange={(id) => void session.run(setOutput(strip, id === MAIN ? undefined : id), source)}
    />
  );
}

function Switches({ strip, name, source }: PartProps) {
  const session = useSession();
  const text = useText();
  const toggle = (field: "muted" | "solo") =>
    void session.run(setField(strip.of, `${strip.own}${field}`, !strip[field]), source);
  return (
    <div className="strip-row switches">
      <button
        type="button"
        className="strip-switch mute"
        aria-pressed={strip.muted}
        aria-label={text("mixer-mute", { name })}
        title={text("mixer-mute", { name })}
        onClick={() => toggle("muted")}
      >
        {text("mixer-m")}
      </button>
      <button
        type="button"
        className="strip-switch solo"
        aria-pressed={strip.solo}
        aria-label={text("mixer-solo", { name })}
        title={text("mixer-solo", { name })}
        onClick={() => toggle("solo")}
      >
        {text("mixer-s")}
      </button>
    </div>
  );
}

/** Renamed by a double-click or in its menu; a bus is removed there, too. */
function Name({ strip, name, source }: PartProps) {
  const session = useSession();
  const text = useText();
  const [renaming, setRenaming] = useState(false);
  if (strip.kind === "output")
    return (
      <div className="strip-name">
        <span>{name}</span>
      </div>
    );
  const rename = (to: string) => {
    setRenaming(false);
    if (to !== strip.name) void session.run(setField(strip.of, `${strip.own}name`, to), source);
  };
  const entries = (): MenuEntry[] => [
    { label: text("rename"), run: () => setTimeout(() => setRenaming(true)) },
    ...(strip.kind === "bus"
      ? ([
          "line",
          {
            label: text("mixer-remove-bus"),
            danger: true,
            run: () => void session.run({ remove_bus: { id: strip.id } }, source),
          },
        ] as const)
      : []),
  ];
  return (
    <Context entries={entries}>
      <div className="strip-name" title={`${name}\n${text("rename-hint")}`} onDoubleClick={() => setRenaming(true)}>
        <b>{strip.label}</b>
        {renaming ? (
          <span
            className="strip-rename"
            ref={(box) => box?.querySelector("input")?.focus()}
            onBlur={() => setTimeout(() => setRenaming(false))}
          >
            <TextField label={text("mixer-rename", { name })} value={strip.name} onChange={rename} />
          </span>
        ) : (
          <span>{strip.name}</span>
        )}
        <Menu
          align="end"
          trigger={
            <button type="button" className="icon-button" aria-label={text("mixer-menu", { name })}>
              <Ellipsis size={13} aria-hidden />
            </button>
          }
          entries={entries()}
        />
      </div>
    </Context>
  );
}
