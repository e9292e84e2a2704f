// The mixer: strips of tracks, buses and the output, the effect that is chosen, and what the output
// consists of.
import { Activity, AudioLines, ListPlus, Plus, SlidersHorizontal, Split } from "lucide-react";
import { useState } from "react";
import { deflection } from "../../edit/level";
import { addBus, shownName, type Strip as StripData, stripChain, stripKey, stripsOf } from "../../edit/mixer";
import { useText } from "../../l10n/locale";
import { Button, Empty, IconButton } from "../../ui/parts";
import { useComposition, useProject, useSession } from "../../ui/session-context";
import { Analysis } from "./Analysis";
import { Rack } from "./Rack";
import { Strip } from "./Strip";

const scale = [0, -6, -12, -18, -24, -30, -40, -50, -60];

const partIds = ["inserts", "sends", "rack", "analysis"] as const;
type Parts = Record<(typeof partIds)[number], boolean>;

const icons = { inserts: ListPlus, sends: Split, rack: SlidersHorizontal, analysis: Activity };

const KEY = "cutroom.mixer";

function kept(): Parts {
  const all: Parts = { inserts: true, sends: true, rack: true, analysis: true };
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Parts>;
    for (const id of partIds) all[id] = found[id] !== false;
  } catch {
    // What cannot be read counts as not kept.
  }
  return all;
}

export function Mixer() {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const composition = useComposition();
  const [parts, setParts] = useState(kept);
  const [chosen, setChosen] = useState<string>();
  if (project === undefined || composition === undefined) return <div className="panel" aria-busy="true" />;
  const strips = stripsOf(project, composition);
  const all = [...strips.tracks, ...strips.buses, strips.output];
  if (all.length === 1 && strips.output.effects.length === 0)
    return (
      <div className="panel">
        <Empty icon={AudioLines} title={text("mixer-empty")}>
          <p>{text("mixer-empty-hint")}</p>
        </Empty>
      </div>
    );
  const toggle = (id: keyof Parts) => {
    const next = { ...parts, [id]: !parts[id] };
    localStorage.setItem(KEY, JSON.stringify(next));
    setParts(next);
  };
  const choose = (effect: string | undefined) => {
    setChosen(effect);
    if (effect !== undefined && !parts.rack) toggle("rack");
  };
  const chooseLast = (key: string) => {
    const { project: newest } = session.document.getState();
    const now = session.composition();
    if (newest === undefined || now === undefined) return;
    const { tracks, buses, output } = stripsOf(newest, now);
    choose([...tracks, ...buses, output].find((s) => stripKey(s) === key)?.effects.at(-1)?.id);
  };
  const shared = (strip: StripData) => ({
    composition,
    strip,
    parts,
    chosen,
    choose,
    added: () => chooseLast(stripKey(strip)),
  });
  const home = all.find((s) => s.effects.some((e) => e.id === chosen));
  const homeName = home === undefined || home.kind === "output" ? text("mixer-master") : shownName(home);
  return (
    <div className={`panel mixer ${parts.inserts || parts.sends ? "routed" : ""}`}>
      <div className="panel-bar">
        <Button
          className="small"
          icon={Plus}
          onClick={() =>
            void session.run(
              addBus(project, composition, (n) => text("mixer-bus-name", { n })),
              "mixer",
            )
          }
        >
          {text("mixer-add-bus")}
        </Button>
        <span className="spring" />
        <div className="segmented" role="group" aria-label={text("mixer-shown")}>
          {partIds.map((id) => (
            <IconButton
              key={id}
              icon={icons[id]}
              size={14}
              label={text(`mixer-show-${id}`)}
              pressed={parts[id]}
              onClick={() => toggle(id)}
            />
          ))}
        </div>
      </div>
      <div className="mixer-body">
        <div className="mixer-strips">
          <ul aria-label={text("panel-mixer")}>
            {[...strips.tracks, ...strips.buses].map((strip) => (
              <li
                key={stripKey(strip)}
                className={`strip ${strip.label.startsWith("A") ? "audio" : strip.kind}`}
                aria-label={shownName(strip)}
              >
                <Strip {...shared(strip)} />
              </li>
            ))}
          </ul>
          <section className="strip master" aria-label={text("mixer-master")}>
            <Strip {...shared(strips.output)} scale={<Scale />} />
          </section>
        </div>
        {parts.rack ? (
          <Rack chain={home === undefined ? undefined : stripChain(home)} effect={chosen} of={homeName} />
        ) : null}
        {parts.analysis ? <Analysis player={session} /> : null}
      </div>
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
