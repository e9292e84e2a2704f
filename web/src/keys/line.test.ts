import { describe, expect, it } from "vitest";
import { commands } from "./commands";
import { keymap, presetIds } from "./keymap";
import { lineCommands } from "./line";

const made = lineCommands({
  entry: (group, id, run) => ({ group, id, run }),
  operation: (group, id) => ({ group, id, run: () => {} }),
});

describe("commands of the timeline", () => {
  it("are all in the table", () => {
    const known = new Set(commands.map((c) => c.id));
    expect(made.filter((c) => !known.has(c.id))).toEqual([]);
  });

  it.each(presetIds)("have keys in the preset %s", (id) => {
    const map = keymap(id);
    expect(made.map((c) => c.id).filter((c) => (map.byCommand.get(c) ?? []).length === 0)).toEqual([]);
    expect(map.conflicts).toEqual([]);
    expect(map.reserved).toEqual([]);
  });
});
