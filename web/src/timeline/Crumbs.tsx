import { ChevronRight, CornerUpLeft } from "lucide-react";
import { useStore } from "zustand";
import { findComposition } from "../document/select";
import { useText } from "../l10n/locale";
import { trailTo } from "../session/line";
import { CommandButton } from "../ui/parts";
import { useComposition, useProject, useSession } from "../ui/session-context";

/** The way back from a nested composition. */
export function Crumbs() {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const shown = useComposition();
  const trail = useStore(session.line, (s) => s.trail);
  if (project === undefined || shown === undefined || shown.id === project.main) return null;
  const name = (id: string) => findComposition(project, id)?.name || (id === project.main ? text("main-film") : id);
  return (
    <nav className="crumbs" aria-label={text("crumbs")}>
      <CommandButton id="close-nested" icon={CornerUpLeft} />
      {trailTo(trail, shown.id, project.main).map((visit, step) => (
        <span key={step} className="crumb">
          <button type="button" className="crumb-button" onClick={() => session.back(step)}>
            {name(visit.composition)}
          </button>
          <ChevronRight size={12} aria-hidden />
        </span>
      ))}
      <span className="crumb-here" aria-current="page">
        {name(shown.id)}
      </span>
    </nav>
  );
}
