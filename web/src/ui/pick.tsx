// A button with a menu of entries in groups that is searched while it is open, by keys alone, too.
import { Popover } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useText } from "../l10n/locale";
import { type Entry, matching } from "./matching";

interface PickProps {
  /** The button that opens it. */
  trigger: ReactNode;
  label: string;
  /** In the order of their families. */
  entries: readonly Entry[];
  aliases?: ReadonlyMap<string, string>;
  pick(id: string): void;
}

export function Pick({ trigger, ...rest }: PickProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="menu pick"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={rest.label}
          onKeyDown={(event) => event.stopPropagation()}
        >
          <PickList {...rest} close={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function PickList({ label, entries, aliases, pick, close }: Omit<PickProps, "trigger"> & { close(): void }) {
  const text = useText();
  const id = useId();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    const fitting = matching(entries, search, aliases);
    const families = [...new Set(fitting.map((e) => e.family))];
    return families.flatMap((family) => fitting.filter((e) => e.family === family));
  }, [entries, search, aliases]);
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, found]);
  const take = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    close();
    pick(entry.id);
  };
  const onKey = (event: KeyboardEvent) => {
    const last = found.length - 1;
    if (event.key === "ArrowDown") setAt(Math.min(last, chosen + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, chosen - 1));
    else if (event.key === "Home") setAt(0);
    else if (event.key === "End") setAt(last);
    else if (event.key === "Enter") take(found[chosen]);
    else return;
    event.preventDefault();
  };
  const option = (n: number) => `${id}-${n}`;
  return (
    <>
      <input
        className="text"
        type="search"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[chosen] === undefined ? undefined : option(chosen)}
        aria-label={label}
        placeholder={text("pick-search")}
        value={search}
        onChange={(e) => (setSearch(e.target.value), setAt(0))}
        onKeyDown={onKey}
      />
      <div ref={list} id={id} role="listbox" aria-label={label} className="pick-list">
        {found.map((entry, n) => (
          <div key={entry.id} role="presentation">
            {found[n - 1]?.family === entry.family ? null : (
              <div className="pick-family" role="presentation">
                {entry.family}
              </div>
            )}
            <div
              id={option(n)}
              role="option"
              aria-selected={n === chosen}
              className="pick-row"
              title={entry.summary}
              onPointerMove={() => setAt(n)}
              onClick={() => take(entry)}
            >
              {entry.name}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="muted none">{text("nothing-found")}</p> : null}
    </>
  );
}
