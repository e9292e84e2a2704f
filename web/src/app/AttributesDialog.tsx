import { Check } from "lucide-react";
import { useState } from "react";
import { type Attribute, attributeIds, attributesOf, attributeSource, pasteAttributes } from "../edit/choose";
import { clipName } from "../document/select";
import { useText } from "../l10n/locale";
import { Button, Dialog } from "../ui/parts";
import { useEditor } from "../ui/session-context";

/** Gives what is selected some attributes of the clip that was copied. */
export function AttributesDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const text = useText();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text("attributes-title")} about={text("attributes-about")}>
      <Choice close={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Choice({ close }: { close(): void }) {
  const { session } = useEditor();
  const text = useText();
  const context = session.context();
  const source = context === undefined ? undefined : attributeSource(context, session.clipboard);
  const has = source === undefined ? [] : attributesOf(source);
  const [chosen, setChosen] = useState<ReadonlySet<Attribute>>(new Set(has));
  const others = context === undefined ? 0 : context.selected.filter((id) => id !== source?.id).length;
  const toggle = (id: Attribute) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const paste = () => {
    close();
    if (context !== undefined)
      void session.run(pasteAttributes(context, session.clipboard, chosen), "paste-attributes");
  };
  return (
    <>
      {source === undefined || others === 0 ? (
        <p className="banner" role="status">
          {source === undefined ? text("attributes-nothing-copied") : text("attributes-nothing-selected")}
        </p>
      ) : (
        <p>{text("attributes-from", { name: clipName(context?.project as never, source), count: others })}</p>
      )}
      <div className="check-list" role="group" aria-label={text("attributes-title")}>
        {attributeIds.map((id) => (
          <button
            key={id}
            type="button"
            role="checkbox"
            aria-checked={chosen.has(id)}
            className="check-row"
            onClick={() => toggle(id)}
          >
            <span className="check-box">{chosen.has(id) ? <Check size={12} strokeWidth={3} aria-hidden /> : null}</span>
            <span>{text(`attribute-${id}`)}</span>
            <span className="spring" />
            {has.includes(id) ? null : <span className="muted">{text("attribute-default")}</span>}
          </button>
        ))}
      </div>
      <footer>
        <Button onClick={close}>{text("cancel")}</Button>
        <Button look="primary" disabled={source === undefined || others === 0 || chosen.size === 0} onClick={paste}>
          {text("attributes-paste")}
        </Button>
      </footer>
    </>
  );
}
