import { useRef, useState } from "react";
import { enteredDb, shownDb, stepped } from "../../edit/level";

let fields = 0;

/** A gain that is typed, or stepped by the arrow keys. */
export function DbField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  /** With a key where steps belong together. */
  onChange(value: number, key?: string): void;
}) {
  const [typed, setTyped] = useState<string>();
  const arrows = useRef("");
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
      onFocus={(e) => {
        arrows.current = `db-${(fields += 1)}`;
        e.currentTarget.select();
      }}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "ArrowUp" || event.key === "ArrowDown") {
          event.preventDefault();
          setTyped(undefined);
          onChange(stepped(value, event.key === "ArrowUp" ? 0.5 : -0.5), arrows.current);
        }
        if (event.key === "Escape") {
          setTyped(undefined);
          event.currentTarget.select();
        }
      }}
    />
  );
}
