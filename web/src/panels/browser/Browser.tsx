import { AudioLines, Blend, Shapes, Sparkles, Type, Square, Layers } from "lucide-react";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { useStore } from "zustand";
import type { Clip } from "../../api/types";
import { clipIds, dissolve, freeId, placed, STILL_SECS, textClip } from "../../edit/commands";
import { addToClips } from "../../edit/mixer";
import { FLICKS, fromSecs } from "../../edit/time";
import { useText } from "../../l10n/locale";
import { EFFECT, SOUND_EFFECT, TRANSITION } from "../../ui/dragged";
import { useSoundEntries } from "../../ui/add-sound-effect";
import { Empty, Search } from "../../ui/parts";
import { LazyPicture } from "../../ui/LazyPicture";
import { useSession } from "../../ui/session-context";
import { aliasesIn, type Entry, matching } from "../../ui/matching";
import { Titles } from "./Titles";

/** Effects, transitions and things that are made and not filmed, with a search over all names. */
export function Browser() {
  const text = useText();
  const [search, setSearch] = useState("");
  const [tab, setTab] = useState("effects");
  return (
    <div className="panel browser">
      <Tabs.Root value={tab} onValueChange={setTab} className="tabs">
        <div className="panel-bar">
          <Tabs.List className="tab-list" aria-label={text("panel-browser")}>
            {(["effects", "sounds", "transitions", "titles", "generators"] as const).map((id) => (
              <Tabs.Trigger key={id} value={id} className="tab">
                {text(`tab-${id}`)}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        </div>
        <div className="panel-bar">
          <Search label={text("search-browser")} value={search} onChange={setSearch} />
        </div>
        <Tabs.Content value="effects" className="scroll">
          <Effects search={search} />
        </Tabs.Content>
        <Tabs.Content value="sounds" className="scroll">
          <SoundEffects search={search} />
        </Tabs.Content>
        <Tabs.Content value="transitions" className="scroll">
          <Transitions search={search} />
        </Tabs.Content>
        <Tabs.Content value="titles" className="titles">
          <Titles search={search} />
        </Tabs.Content>
        <Tabs.Content value="generators" className="scroll">
          <Generators search={search} />
        </Tabs.Content>
      </Tabs.Root>
    </div>
  );
}

function List({
  entries,
  type,
  pictures,
  icon: Icon,
  apply,
}: {
  entries: readonly Entry[];
  type: string;
  /** Absent: they have none. */
  pictures?: "effects" | "transitions";
  icon: typeof Blend;
  apply(id: string): void;
}) {
  const session = useSession();
  const text = useText();
  const families = [...new Set(entries.map((e) => e.family))];
  if (entries.length === 0) return <p className="muted none">{text("nothing-found")}</p>;
  return families.map((family) => (
    <div key={family} className="family">
      <h3>{family}</h3>
      <ul>
        {entries
          .filter((e) => e.family === family)
          .map((e) => (
            <li key={e.id}>
              <button
                type="button"
                className="entry"
                draggable
                title={e.summary}
                onDoubleClick={() => apply(e.id)}
                onKeyDown={(event) => event.key === "Enter" && (event.preventDefault(), apply(e.id))}
                onDragStart={(event) => {
                  event.dataTransfer.setData(type, e.id);
                  event.dataTransfer.effectAllowed = "copy";
                }}
              >
                {pictures === undefined ? (
                  <span className="entry-icon">
                    <Icon size={15} aria-hidden />
                  </span>
                ) : (
                  <LazyPicture src={session.http.cataloguePictureUrl(pictures, e.id)} icon={Icon} />
                )}
                <span className="entry-text">
                  <span>{e.name}</span>
                  {e.summary === undefined ? null : <span className="muted">{e.summary}</span>}
                </span>
              </button>
            </li>
          ))}
      </ul>
    </div>
  ));
}

function Effects({ search }: { search: string }) {
  const session = useSession();
  const text = useText();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const aliases = aliasesIn(catalog);
  if (catalog === undefined) return <p className="muted none">{text("loading")}</p>;
  const apply = (effect: string) => {
    const clips = [...session.selection.getState().clips];
    if (clips.length === 0) session.notice(text("select-clip-first"));
    else void session.run({ add_effect: { clips, effect } }, effect);
  };
  const entries = matching(catalog.effects, search, aliases);
  return <List entries={entries} type={EFFECT} pictures="effects" icon={Sparkles} apply={apply} />;
}

/** Onto clips; those of tracks and buses are added in the mixer, by dragging, too. */
function SoundEffects({ search }: { search: string }) {
  const session = useSession();
  const text = useText();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const all = useSoundEntries();
  if (catalog === undefined) return <p className="muted none">{text("loading")}</p>;
  const apply = (effect: string) => {
    const { project } = session.document.getState();
    const command = project && addToClips(project, session.selection.getState().clips, effect);
    if (command === undefined) session.notice(text("select-heard-first"));
    else void session.run(command, effect);
  };
  return (
    <List entries={matching(all, search, aliasesIn(catalog))} type={SOUND_EFFECT} icon={AudioLines} apply={apply} />
  );
}

function Transitions({ search }: { search: string }) {
  const session = useSession();
  const text = useText();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const aliases = aliasesIn(catalog);
  if (catalog === undefined) return <p className="muted none">{text("loading")}</p>;
  const apply = (kind: string) => {
    const context = session.context();
    const entry = catalog.transitions.find((t) => t.id === kind);
    if (context === undefined) return;
    const command = dissolve(context, kind, Math.round((entry?.default_duration_secs ?? 1) * FLICKS));
    if (command === undefined) session.notice(text("no-cut"));
    else void session.run(command, kind);
  };
  const entries = matching(catalog.transitions, search, aliases);
  return <List entries={entries} type={TRANSITION} pictures="transitions" icon={Blend} apply={apply} />;
}

function Generators({ search }: { search: string }) {
  const session = useSession();
  const text = useText();
  const entries = [
    { id: "text", icon: Type },
    { id: "solid", icon: Square },
    { id: "shape", icon: Shapes },
    { id: "adjustment", icon: Layers },
  ].map((e) => ({ ...e, name: text(`generator-${e.id}`), family: "", summary: text(`generator-${e.id}-about`) }));
  const found = matching(entries, search);
  const add = (id: string) => {
    const context = session.context();
    if (context === undefined) return;
    if (id === "text") {
      void session.run(textClip(context, text("title-text")), "generator-text");
      return;
    }
    const sources: Record<string, object> = {
      solid: { type: "solid", color: [0.13, 0.16, 0.22, 1] },
      shape: {
        type: "shape",
        shapes: [{ outlines: [{ type: "rectangle", size: [480, 270], radius: 24 }], fill: "#e8a33d" }],
      },
      adjustment: { type: "adjustment" },
    };
    const clip = {
      id: freeId(id, clipIds(context.project)),
      source: sources[id],
      start: context.now,
      duration: fromSecs(STILL_SECS),
    } as unknown as Clip;
    void session.run(placed(context, clip, "video", "overwrite"), `generator-${id}`);
  };
  if (found.length === 0) return <Empty icon={Shapes} title={text("nothing-found")} />;
  return (
    <ul className="family">
      {found.map(({ id, icon: Icon, name, summary }) => (
        <li key={id}>
          <button
            type="button"
            className="entry"
            onDoubleClick={() => add(id)}
            onKeyDown={(event) => event.key === "Enter" && (event.preventDefault(), add(id))}
          >
            <span className="entry-icon">
              <Icon size={15} aria-hidden />
            </span>
            <span className="entry-text">
              <span>{name}</span>
              <span className="muted">{summary}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
