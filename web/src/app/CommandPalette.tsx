import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { commands } from "../keys/commands";
import { useText } from "../l10n/locale";
import { Dialog, Keys } from "../ui/parts";
import { useEditor } from "../ui/session-context";
import { ranked } from "./rank";

/** All commands by name, with their keys. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const text = useText();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text("cmd-palette")}>
      <Palette close={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Palette({ close }: { close(): void }) {
  const { run, keymap } = useEditor();
  const text = useText();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const named = useMemo(
    () =>
      commands
        .filter((c) => c.id !== "palette")
        .map((c) => ({ id: c.id, name: text(`cmd-${c.id}`), group: text(`group-${c.group}`) })),
    [text],
  );
  const found = ranked(named, search);
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const go = (id: string | undefined) => {
    if (id === undefined) return;
    close();
    // After the dialog has given the focus back.
    setTimeout(() => run(id));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, chosen - 1));
    else if (event.key === "Enter") go(found[chosen]?.id);
    else return;
    event.preventDefault();
  };
  return (
    <div className="palette">
      <input
        className="text large"
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[chosen] === undefined ? undefined : `palette-${found[chosen].id}`}
        aria-label={text("find-command")}
        placeholder={text("find-command")}
        value={search}
        onChange={(e) => (setSearch(e.target.value), setAt(0))}
        onKeyDown={onKey}
      />
      <ul ref={list} id="palette-list" role="listbox" aria-label={text("cmd-palette")} className="palette-list">
        {found.map((c, n) => (
          <li
            key={c.id}
            id={`palette-${c.id}`}
            role="option"
            aria-selected={n === chosen}
            className="palette-row"
            onPointerMove={() => setAt(n)}
            onClick={() => go(c.id)}
          >
            <span className="muted palette-group">{c.group}</span>
            <span>{c.name}</span>
            <span className="spring" />
            {(keymap.byCommand.get(c.id) ?? []).map((chord) => (
              <Keys key={chord} chord={chord} />
            ))}
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="muted none">{text("nothing-found")}</p> : null}
    </div>
  );
}
