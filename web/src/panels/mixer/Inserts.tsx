// The effects of a strip: a list that is reordered by dragging and by Alt with the arrow keys.
import { Power } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import type { EffectInstance } from "../../api/types";
import { type Chain, elementName, insertEffect, moveEffect } from "../../edit/chain";
import { setField } from "../../edit/commands";
import { useText } from "../../l10n/locale";
import { AddSoundEffect } from "../../ui/add-sound-effect";
import { useEntry } from "../../ui/effects";
import { SOUND_EFFECT } from "../../ui/dragged";
import { useSession } from "../../ui/session-context";

interface InsertsProps {
  chain: Chain;
  /** Of the strip. */
  name: string;
  source: string;
  chosen: string | undefined;
  choose(effect: string | undefined): void;
  /** One was added at the end. */
  added(): void;
}

/** What is dragged from one place of a list to another. */
const INSERT = "application/x-cutroom-insert";

export function Inserts({ chain, name, source, chosen, choose, added }: InsertsProps) {
  const session = useSession();
  const text = useText();
  const { effects, sound } = chain;
  const list = useRef<HTMLUListElement>(null);
  const dragged = useRef<string | undefined>(undefined);
  /** Before which one it would be dropped. */
  const [gap, setGap] = useState<number>();
  if (sound === undefined) return null;
  const focus = (id: string | undefined) =>
    setTimeout(() => list.current?.querySelector<HTMLElement>(`[data-effect="${id}"] .insert-name`)?.focus());
  const move = async (id: string, to: number) => {
    await session.run(moveEffect(effects, id, to), source);
    focus(id);
  };
  const remove = async (id: string, at: number) => {
    await session.run({ remove_effect: { id } }, source);
    if (chosen === id) choose(undefined);
    focus((effects[at + 1] ?? effects[at - 1])?.id);
  };
  const onKeyDown = (event: KeyboardEvent, id: string, at: number) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by !== 0 && event.altKey) void move(id, at + by);
    else if (by !== 0) focus(effects[at + by]?.id);
    else if (event.key === "Delete" || event.key === "Backspace") void remove(id, at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const gapAt = (event: DragEvent) => {
    const rows = [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
    const below = rows.findIndex((row) => event.clientY < row.top + row.height / 2);
    return below < 0 ? rows.length : below;
  };
  /** What comes from the library goes behind the first one at least. */
  const gapFor = (event: DragEvent) =>
    dragged.current === undefined ? Math.min(effects.length, Math.max(1, gapAt(event))) : gapAt(event);
  const onDragOver = (event: DragEvent) => {
    if (dragged.current === undefined && !event.dataTransfer.types.includes(SOUND_EFFECT)) return;
    event.preventDefault();
    setGap(gapFor(event));
  };
  const onDrop = (event: DragEvent) => {
    const id = dragged.current;
    const effect = event.dataTransfer.getData(SOUND_EFFECT);
    if (id === undefined && effect === "") return;
    event.preventDefault();
    const to = gapFor(event);
    setGap(undefined);
    if (id === undefined) {
      void session.run(insertEffect(sound, effects.slice(0, to), effect), source);
      return;
    }
    const from = effects.findIndex((e) => e.id === id);
    void session.run(moveEffect(effects, id, to > from ? to - 1 : to), source);
  };
  return (
    <div className="strip-part inserts">
      <div className="strip-part-head">
        <span>{text("mixer-inserts")}</span>
        <AddSoundEffect of={[sound]} label={text("mixer-add-effect", { name })} added={added} />
      </div>
      <ul
        ref={list}
        aria-label={text("mixer-inserts-of", { name })}
        onDragOver={onDragOver}
        onDragLeave={() => setGap(undefined)}
        onDrop={onDrop}
      >
        {effects.map((effect, at) => (
          <Insert
            key={effect.id}
            chain={chain}
            effect={effect}
            gap={gap === at ? "before" : gap === effects.length && at === gap - 1 ? "after" : ""}
            chosen={effect.id === chosen}
            choose={() => choose(effect.id === chosen ? undefined : effect.id)}
            toggle={() =>
              void session.run(
                setField(chain.owner.of, `${chain.field}.${elementName(effect, at)}.enabled`, effect.enabled === false),
                source,
              )
            }
            onKeyDown={(event) => onKeyDown(event, effect.id, at)}
            onDragStart={(event) => {
              dragged.current = effect.id;
              event.dataTransfer.setData(INSERT, effect.id);
              event.dataTransfer.effectAllowed = "move";
            }}
            onDragEnd={() => {
              dragged.current = undefined;
              setGap(undefined);
            }}
          />
        ))}
      </ul>
    </div>
  );
}

interface InsertProps {
  chain: Chain;
  effect: EffectInstance;
  gap: "before" | "after" | "";
  chosen: boolean;
  choose(): void;
  toggle(): void;
  onKeyDown(event: KeyboardEvent): void;
  onDragStart(event: DragEvent): void;
  onDragEnd(): void;
}

function Insert({ chain, effect, gap, chosen, choose, toggle, onKeyDown, onDragStart, onDragEnd }: InsertProps) {
  const text = useText();
  const name = useEntry(chain, effect.effect)?.name ?? effect.effect;
  const isOn = effect.enabled !== false;
  return (
    <li
      className={`insert ${gap} ${isOn ? "" : "off"}`}
      data-effect={effect.id}
      draggable
      onDragStart={onDragStart}
      onDragEnd={onDragEnd}
    >
      <button
        type="button"
        className="insert-power"
        aria-label={text("effect-enabled", { name })}
        title={text("effect-enabled", { name })}
        aria-pressed={isOn}
        onClick={toggle}
      >
        <Power size={10} aria-hidden />
      </button>
      <button
        type="button"
        className="insert-name"
        aria-pressed={chosen}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete"
        title={text("mixer-insert-hint", { name })}
        onClick={choose}
        onKeyDown={onKeyDown}
      >
        {name}
      </button>
    </li>
  );
}
