// What programs exchange with cutroom, as examples that must fit the types.
import type { SessionEvent, Operation, Project, SessionCommand } from "./types";

export const commands: (Operation | SessionCommand)[] = [
  { split: { clips: ["c1"], at: 705600000 } },
  { trim: { clip: "c1", edge: "end", to: 1411200000, mode: "ripple" } },
  { undo: { steps: 2 } },
  { save: {} },
];

// @ts-expect-error an edge is the start or the end
export const wrong: Operation = { trim: { clip: "c1", edge: "middle", to: 0 } };

export function title(project: Project): string {
  return project.name ?? project.compositions.map((c) => c.id).join(", ");
}

export function changed(event: SessionEvent): string[] {
  switch (event.event) {
    case "applied":
    case "undone":
    case "redone":
    case "restored":
      return event.changed.clips ?? [];
    default:
      return [];
  }
}
