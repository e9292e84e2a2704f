import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Composition, Project } from "../api/types";
import { findComposition } from "../document/select";
import type { CommandEntry, Ui } from "../keys/commands";
import type { Keymap } from "../keys/keymap";
import type { Session } from "../session/session";

export interface Editor {
  session: Session;
  ui: Ui;
  keymap: Keymap;
  run(id: CommandEntry["id"]): void;
}

export const EditorContext = createContext<Editor | undefined>(undefined);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === undefined) throw new Error("no editor around this view");
  return editor;
}

export function useSession(): Session {
  return useEditor().session;
}

export function useProject(): Project | undefined {
  return useStore(useSession().document, (s) => s.project);
}

/** The composition that is shown. */
export function useComposition(): Composition | undefined {
  const session = useSession();
  const project = useProject();
  const shown = useStore(session.transport, (s) => s.composition);
  if (project === undefined) return undefined;
  return (shown === undefined ? undefined : findComposition(project, shown)) ?? findComposition(project, project.main);
}
