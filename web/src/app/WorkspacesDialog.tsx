import type { SerializedDockview } from "dockview-react";
import { LayoutDashboard, Plus, RotateCcw, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useStore } from "zustand";
import { workspaceIds } from "../keys/commands";
import { useText } from "../l10n/locale";
import { Button, Dialog, IconButton } from "../ui/parts";
import { TextField } from "../ui/fields";
import { useEditor } from "../ui/session-context";
import { removeWorkspace, renameWorkspace, saveWorkspace, workspaceStore } from "./workspaces";

interface Props {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** The arrangement that is shown now. */
  layout(): SerializedDockview | undefined;
}

/** Workspaces: going to one, saving the present arrangement, renaming and deleting one's own. */
export function WorkspacesDialog({ open, onOpenChange, layout }: Props) {
  const text = useText();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text("menu-workspace")} about={text("workspaces-about")}>
      <List layout={layout} />
    </Dialog>
  );
}

function List({ layout }: Pick<Props, "layout">) {
  const { ui } = useEditor();
  const text = useText();
  const { current, own } = useStore(workspaceStore);
  const [name, setName] = useState("");
  const taken = own.some((w) => w.name === name.trim());
  const save = (event: FormEvent) => {
    event.preventDefault();
    const now = layout();
    if (now === undefined || name.trim() === "" || taken) return;
    saveWorkspace(name.trim(), now);
    setName("");
  };
  const remove = (id: string) => {
    removeWorkspace(id);
    if (current === id) ui.workspace("edit");
  };
  return (
    <>
      <ul className="workspaces" aria-label={text("menu-workspace")}>
        {workspaceIds.map((id) => (
          <li key={id} className={current === id ? "now" : ""}>
            <button type="button" className="entry" aria-pressed={current === id} onClick={() => ui.workspace(id)}>
              <LayoutDashboard size={15} aria-hidden />
              <span>{text(`workspace-${id}`)}</span>
            </button>
          </li>
        ))}
        {own.map((w) => (
          <li key={w.id} className={current === w.id ? "now" : ""}>
            <IconButton
              icon={LayoutDashboard}
              size={15}
              label={text("workspace-go", { name: w.name })}
              pressed={current === w.id}
              onClick={() => ui.workspace(w.id)}
            />
            <TextField
              label={text("workspace-name-of", { name: w.name })}
              value={w.name}
              onChange={(next) => next.trim() !== "" && renameWorkspace(w.id, next.trim())}
            />
            <IconButton
              icon={Trash2}
              size={14}
              label={text("workspace-remove", { name: w.name })}
              onClick={() => remove(w.id)}
            />
          </li>
        ))}
      </ul>
      <form className="row" onSubmit={save}>
        <input
          className="text"
          aria-label={text("workspace-new")}
          placeholder={text("workspace-new")}
          value={name}
          aria-invalid={taken}
          onChange={(e) => setName(e.target.value)}
        />
        <button type="submit" className="button primary" disabled={name.trim() === "" || taken}>
          <Plus size={15} aria-hidden />
          {text("workspace-save")}
        </button>
      </form>
      {taken ? (
        <p className="wrong-text" role="status">
          {text("workspace-taken")}
        </p>
      ) : null}
      <footer className="spread">
        <Button icon={RotateCcw} onClick={() => ui.resetLayout()}>
          {text("cmd-reset-layout")}
        </Button>
      </footer>
    </>
  );
}
