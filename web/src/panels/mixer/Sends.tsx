// Copies of the sound of a strip for buses.
import { Plus, X } from "lucide-react";
import type { Composition } from "../../api/types";
import { gainScale, shownDb, SILENCE_DB } from "../../edit/level";
import {
  addSend,
  busesFor,
  removeSend,
  setSend,
  setSendGain,
  sourceName,
  type Strip,
  valueNow,
} from "../../edit/mixer";
import { useText } from "../../l10n/locale";
import { Menu, Select } from "../../ui/parts";
import { Rail } from "../../ui/rail";
import { useSession } from "../../ui/session-context";
import { DbField } from "./DbField";

interface SendsProps {
  composition: Composition;
  strip: Strip;
  name: string;
  source: string;
  /** Time of the playhead. */
  now: number;
}

export function Sends({ composition, strip, name, source, now }: SendsProps) {
  const session = useSession();
  const text = useText();
  const { sends } = strip;
  const free = busesFor(composition, strip);
  const unused = free.filter((bus) => !sends.some((s) => s.bus === bus));
  const label = text("mixer-add-send", { name });
  return (
    <div className="strip-part sends">
      <div className="strip-part-head">
        <span>{text("mixer-sends")}</span>
        <Menu
          trigger={
            <button type="button" className="icon-button" aria-label={label} title={label}>
              <Plus size={13} aria-hidden />
            </button>
          }
          entries={
            unused.length === 0
              ? [{ label: text("mixer-no-bus"), disabled: true, run: () => undefined }]
              : unused.map((bus) => ({
                  label: sourceName(composition, bus),
                  run: () => void session.run(addSend(strip, bus), source),
                }))
          }
        />
      </div>
      <ul aria-label={text("mixer-sends-of", { name })}>
        {sends.map((send, n) => {
          const bus = sourceName(composition, send.bus);
          const others = new Set([...free, send.bus]);
          for (const { bus: taken } of sends) if (taken !== send.bus) others.delete(taken);
          const gain = valueNow(send.gain_db, now);
          const set = (value: number, key?: string) =>
            void session.run(setSendGain(strip, n, session.now(), value), source, key);
          return (
            <li key={send.bus} className="send">
              <div className="send-row">
                <Select
                  compact
                  label={text("send-bus", { name, n: n + 1 })}
                  value={send.bus}
                  options={[...others].map((id) => ({ id, name: sourceName(composition, id) }))}
                  onChange={(id) => void session.run(setSend(strip, n, "bus", id), source)}
                />
                <button
                  type="button"
                  className="strip-switch pre"
                  aria-pressed={send.pre_fader === true}
                  aria-label={text("send-pre", { bus })}
                  title={text(send.pre_fader === true ? "send-is-pre" : "send-is-post")}
                  onClick={() => void session.run(setSend(strip, n, "pre_fader", send.pre_fader !== true), source)}
                >
                  {text("send-pre-short")}
                </button>
                <button
                  type="button"
                  className="icon-button"
                  aria-label={text("send-remove", { bus })}
                  title={text("send-remove", { bus })}
                  onClick={() => void session.run(removeSend(strip, n), source)}
                >
                  <X size={12} aria-hidden />
                </button>
              </div>
              <div className="send-row">
                <Rail
                  {...gainScale}
                  className="gain"
                  label={text("send-gain", { name, bus })}
                  value={Math.max(SILENCE_DB, gain)}
                  shown={`${shownDb(gain)} dB`}
                  onChange={set}
                />
                <DbField label={text("send-gain-db", { name, bus })} value={gain} onChange={set} />
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
