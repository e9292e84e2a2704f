import { useStore } from "zustand";
import { clipName, findClip } from "../document/select";
import { useText } from "../l10n/locale";
import { useProject, useSession } from "../ui/session-context";

/** Says which edit point is selected, also to readers. */
export function PointNote() {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const point = useStore(session.line, (s) => s.point);
  const clip = point === undefined || project === undefined ? undefined : findClip(project, point.clip)?.clip;
  return (
    <span role="status" className={clip === undefined ? "sr-only" : "point-note"}>
      {clip === undefined || point === undefined || project === undefined
        ? ""
        : text(`point-${point.edge}`, { name: clipName(project, clip) })}
    </span>
  );
}
