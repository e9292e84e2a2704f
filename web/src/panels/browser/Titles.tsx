import { Type } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import type { TitleEntry } from "../../api/types";
import { addTitle, usualParams } from "../../edit/titles";
import { useText } from "../../l10n/locale";
import { dragTitle, TITLE } from "../../ui/dragged";
import { ColorField, Field, NumberField, TextField } from "../../ui/fields";
import { LazyPicture } from "../../ui/LazyPicture";
import { Button } from "../../ui/parts";
import { InPlace } from "../../ui/problem";
import { useSession } from "../../ui/session-context";
import { matching } from "../../ui/matching";

/** Titles of the catalogue, with what stands in them. */
export function Titles({ search }: { search: string }) {
  const session = useSession();
  const text = useText();
  const titles = useStore(session.lists, (s) => s.titles);
  const [chosen, setChosen] = useState<string>();
  /** What was filled in, by title. */
  const [filled, setFilled] = useState<ReadonlyMap<string, Record<string, string>>>(new Map());
  useEffect(() => void session.wantTitles(), [session]);
  if (titles === undefined) return <p className="muted none">{text("loading")}</p>;
  const entries = matching(
    titles.map((t) => ({ ...t, family: "", summary: t.about })),
    search,
  );
  const params = (title: TitleEntry) => ({ ...usualParams(title), ...filled.get(title.id) });
  const add = (title: TitleEntry) => {
    const context = session.context();
    if (context !== undefined)
      void session.run(addTitle(context.composition, title.id, params(title), context.now), "add-title");
  };
  const form = titles.find((t) => t.id === chosen);
  return (
    <>
      <div className="scroll">
        {entries.length === 0 ? <p className="muted none">{text("nothing-found")}</p> : null}
        <ul className="family">
          {entries.map((title) => (
            <li key={title.id}>
              <button
                type="button"
                className="entry"
                draggable
                title={title.about}
                aria-pressed={title.id === chosen}
                onClick={() => setChosen(title.id)}
                onDoubleClick={() => add(title)}
                onKeyDown={(event) =>
                  event.key === "Enter" && (event.preventDefault(), setChosen(title.id), add(title))
                }
                onDragStart={(event) => {
                  setChosen(title.id);
                  dragTitle({ title: title.id, params: params(title), secs: title.usual_secs });
                  event.dataTransfer.setData(TITLE, title.id);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onDragEnd={() => dragTitle(undefined)}
              >
                <LazyPicture src={session.http.cataloguePictureUrl("titles", title.id)} icon={Type} />
                <span className="entry-text">
                  <span>{title.name}</span>
                  <span className="muted">{title.about}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      {form === undefined ? (
        <p className="muted none">{text("title-choose")}</p>
      ) : (
        <section className="title-form" aria-label={text("title-params", { name: form.name })}>
          {form.params.map((param) => (
            <Param
              key={`${form.id} ${param.id}`}
              param={param}
              value={params(form)[param.id]}
              onChange={(value) =>
                setFilled(new Map(filled).set(form.id, { ...filled.get(form.id), [param.id]: value }))
              }
            />
          ))}
          <InPlace sources={["add-title"]} />
          <Button look="primary" className="small" onClick={() => add(form)}>
            {text("title-add")}
          </Button>
        </section>
      )}
    </>
  );
}

function Param({
  param,
  value,
  onChange,
}: {
  param: TitleEntry["params"][number];
  value: string;
  onChange(value: string): void;
}) {
  const label = param.about;
  return (
    <Field label={label}>
      {param.kind === "color" ? (
        <ColorField label={label} value={value} onChange={onChange} />
      ) : param.kind === "number" ? (
        <NumberField
          label={label}
          value={Number(value)}
          min={param.min ?? undefined}
          max={param.max ?? undefined}
          onChange={(v) => onChange(String(v))}
        />
      ) : (
        <TextField label={label} value={value} onChange={onChange} />
      )}
    </Field>
  );
}
