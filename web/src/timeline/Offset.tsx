import { useState } from "react";
import { useStore } from "zustand";
import { offsetBy, offsetOf } from "../edit/offset";
import { useText } from "../l10n/locale";
import { Tip } from "../ui/parts";
import { useTimes } from "../ui/preferences";
import { useEditor } from "../ui/session-context";

/** A time that is typed for what is selected: `+12`, `-1.`, `10:00`. */
export function OffsetEntry() {
  const { session, keymap } = useEditor();
  const text = useText();
  const { display } = useTimes();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string>();
  const tool = useStore(session.timeline, (s) => s.tool);
  const point = useStore(session.line, (s) => s.point);
  const some = useStore(session.selection, (s) => s.clips.size > 0);
  const context = session.context();
  const what =
    context === undefined || (!some && point === undefined) ? "playhead" : offsetOf(context, { point, tool });
  const label = text(`offset-${what}`);
  const commit = async () => {
    const now = session.context();
    const offset = now === undefined ? undefined : offsetBy(now, { point, tool }, typed, display);
    if (offset === undefined) {
      setWrong(text("offset-wrong"));
      return;
    }
    setTyped("");
    setWrong(offset.limit === undefined ? undefined : text(`limit-${offset.limit}`));
    if (offset.seek !== undefined) session.seek(offset.seek);
    else await session.run(offset.command, "enter-offset");
  };
  return (
    <span className={`offset ${wrong === undefined ? "" : "wrong"}`}>
      <Tip label={text("offset-hint")} chord={keymap.byCommand.get("enter-offset")?.[0]}>
        <input
          className="text timecode offset-entry"
          data-testid="offset"
          aria-label={label}
          aria-invalid={wrong !== undefined}
          placeholder={label}
          size={14}
          value={typed}
          onChange={(e) => (setTyped(e.target.value), setWrong(undefined))}
          onBlur={() => (setTyped(""), setWrong(undefined))}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") void commit();
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </Tip>
      <span role="status" className="offset-wrong">
        {wrong}
      </span>
    </span>
  );
}
