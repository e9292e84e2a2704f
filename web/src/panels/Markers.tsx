import { ChevronLeft, ChevronRight, Flag, MapPin, Trash2 } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Composition, Marker } from "../api/types";
import { compositionRate } from "../document/select";
import {
  changedMarker,
  type MarkerColour,
  markerColourIds,
  markerColours,
  removeMarker,
  sortedMarkers,
} from "../edit/markers";
import { frameAt, toFlicks } from "../edit/time";
import { useText } from "../l10n/locale";
import { Button, CommandButton, Empty, Search, Tip } from "../ui/parts";
import { Field, TextField, TimeField } from "../ui/fields";
import { useTimes } from "../ui/preferences";
import { useComposition, useEditor, useSession } from "../ui/session-context";

/** All markers of the composition in order: a click goes there and shows the rest of it. */
export function MarkersPanel() {
  const session = useSession();
  const { run } = useEditor();
  const text = useText();
  const composition = useComposition();
  const chosen = useStore(session.line, (s) => s.marker);
  const [search, setSearch] = useState("");
  if (composition === undefined) return <div className="panel" />;
  const all = sortedMarkers(composition);
  const word = search.trim().toLowerCase();
  const found = all.filter((m) => `${m.name ?? ""}\n${m.note ?? ""}`.toLowerCase().includes(word));
  return (
    <div className="panel">
      <div className="panel-bar">
        <CommandButton id="previous-marker" icon={ChevronLeft} />
        <CommandButton id="next-marker" icon={ChevronRight} />
        <CommandButton id="add-marker" icon={MapPin} />
        <Search label={text("search-markers")} value={search} onChange={setSearch} />
      </div>
      {all.length === 0 ? (
        <Empty icon={Flag} title={text("markers-empty")}>
          <p>{text("markers-empty-hint")}</p>
          <Button icon={MapPin} onClick={() => run("add-marker")}>
            {text("cmd-add-marker")}
          </Button>
        </Empty>
      ) : (
        <ul className="scroll marker-list" aria-label={text("panel-markers")}>
          {found.map((m) => (
            <Row key={m.id} marker={m} composition={composition} open={m.id === chosen} />
          ))}
          {found.length === 0 ? <li className="muted none">{text("nothing-found")}</li> : null}
        </ul>
      )}
    </div>
  );
}

function Row({ marker, composition, open }: { marker: Marker; composition: Composition; open: boolean }) {
  const session = useSession();
  const text = useText();
  const row = useRef<HTMLLIElement>(null);
  const rate = compositionRate(composition);
  const times = useTimes();
  const code = (time: number) => times.shown(rate, frameAt(rate, time));
  const length = toFlicks(marker.duration);
  const remove = () => void session.run(removeMarker(composition, marker.id), "delete-marker");
  useEffect(() => {
    if (open) row.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  const go = () => {
    session.seekTime(toFlicks(marker.time));
    session.line.setState({ marker: marker.id });
  };
  const onKey = (event: KeyboardEvent<HTMLButtonElement>) => {
    const rows = [...(row.current?.parentElement?.querySelectorAll<HTMLElement>(".marker-row") ?? [])];
    const at = rows.indexOf(event.currentTarget);
    if (event.key === "ArrowDown") rows[at + 1]?.focus();
    else if (event.key === "ArrowUp") rows[at - 1]?.focus();
    else if (event.key === "Delete" || event.key === "Backspace") {
      (rows[at + 1] ?? rows[at - 1])?.focus();
      remove();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li ref={row} className={`marker-item ${open ? "open" : ""}`}>
      <button type="button" className="marker-row" aria-expanded={open} onClick={go} onKeyDown={onKey}>
        <span className="marker-swatch" style={{ background: marker.color || markerColours.green }} aria-hidden />
        <span className="marker-name">{marker.name || text("marker-untitled")}</span>
        <span className="spring" />
        {length > 0 ? <span className="muted timecode marker-length">{code(length)}</span> : null}
        <span className="timecode">{code(toFlicks(marker.time))}</span>
      </button>
      {open ? <Details marker={marker} composition={composition} remove={remove} /> : null}
    </li>
  );
}

function Details({ marker, composition, remove }: { marker: Marker; composition: Composition; remove(): void }) {
  const session = useSession();
  const text = useText();
  const rate = compositionRate(composition);
  const set = (change: Partial<Marker>) => void session.run(changedMarker(composition, marker, change), "edit-marker");
  return (
    <div className="marker-details">
      <Field label={text("name")}>
        <TextField label={text("marker-name")} value={marker.name ?? ""} onChange={(name) => set({ name })} />
      </Field>
      <Field label={text("marker-time")}>
        <TimeField
          label={text("marker-time")}
          rate={rate}
          value={toFlicks(marker.time)}
          onChange={(time) => set({ time })}
        />
      </Field>
      <Field label={text("length")}>
        <TimeField
          label={text("marker-length")}
          rate={rate}
          value={toFlicks(marker.duration)}
          onChange={(duration) => set({ duration })}
        />
      </Field>
      <Field label={text("colour")}>
        <Colours value={marker.color} onChange={(color) => set({ color })} />
      </Field>
      <Field label={text("marker-note")}>
        <TextField label={text("marker-note")} lines={3} value={marker.note ?? ""} onChange={(note) => set({ note })} />
      </Field>
      <div className="row end">
        <Button look="danger" icon={Trash2} onClick={remove}>
          {text("cmd-delete-marker")}
        </Button>
      </div>
    </div>
  );
}

function Colours({ value, onChange }: { value: string | undefined; onChange(color: string): void }) {
  const text = useText();
  const now = (value || markerColours.green).toLowerCase();
  const move = (event: KeyboardEvent<HTMLElement>, id: MarkerColour) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next =
      markerColourIds[(markerColourIds.indexOf(id) + step + markerColourIds.length) % markerColourIds.length];
    onChange(markerColours[next]);
    event.currentTarget.parentElement?.querySelector<HTMLElement>(`[data-colour="${next}"]`)?.focus();
  };
  const chosen = markerColourIds.find((id) => markerColours[id] === now) ?? markerColourIds[0];
  return (
    <span className="marker-colours" role="radiogroup" aria-label={text("colour")}>
      {markerColourIds.map((id) => (
        <Tip key={id} label={text(`marker-colour-${id}`)}>
          <button
            type="button"
            role="radio"
            data-colour={id}
            aria-checked={markerColours[id] === now}
            aria-label={text(`marker-colour-${id}`)}
            tabIndex={id === chosen ? 0 : -1}
            style={{ background: markerColours[id] }}
            onClick={() => onChange(markerColours[id])}
            onKeyDown={(e) => move(e, id)}
          />
        </Tip>
      ))}
    </span>
  );
}
