import { describe, expect, it } from "vitest";
import { chordOf, isForText, reserved, shown } from "./chord";
import { commands, groups } from "./commands";
import { SLOW, SlowShuttle } from "./shuttle";
import { keymap, presetIds, presets } from "./keymap";

const press = (key: string, code: string, more: object = {}) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe("commands", () => {
  it("have ids of their own and a group", () => {
    expect(new Set(commands.map((c) => c.id)).size).toBe(commands.length);
    expect(commands.every((c) => groups.includes(c.group))).toBe(true);
  });
});

describe.each(presetIds)("preset %s", (id) => {
  it("names only commands that exist", () => {
    const known = new Set(commands.map((c) => c.id));
    expect(Object.keys(presets[id]).filter((c) => !known.has(c))).toEqual([]);
  });

  it("has no chord for two commands, and none that browsers keep", () => {
    const map = keymap(id);
    expect(map.conflicts).toEqual([]);
    expect(map.reserved).toEqual([]);
  });

  it("has keys for everything that editing by keyboard alone needs", () => {
    const needed = [
      "play-pause",
      "play-forward",
      "play-backward",
      "stop",
      "step-back",
      "previous-edit",
      "next-edit",
      "mark-in",
      "mark-out",
      "split",
      "split-all",
      "delete",
      "ripple-delete",
      "ripple-trim-start",
      "ripple-trim-end",
      "lift",
      "extract",
      "nudge-left",
      "nudge-right",
      "undo",
      "redo",
      "copy",
      "paste",
      "zoom-in",
      "zoom-out",
      "zoom-fit",
      "insert-media",
      "overwrite-media",
      "palette",
      "tool-blade",
      "toggle-snapping",
      "toggle-link",
      "add-marker",
      "save",
    ];
    const map = keymap(id);
    expect(needed.filter((c) => (map.byCommand.get(c) ?? []).length === 0)).toEqual([]);
  });
});

describe("chords", () => {
  it("come from what is printed on the key, else from its place", () => {
    expect(chordOf(press("q", "KeyA"))).toBe("Q");
    expect(chordOf(press("й", "KeyQ", { ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+Q");
    expect(chordOf(press("K", "KeyK", { metaKey: true }))).toBe("Ctrl+K");
    expect(chordOf(press("?", "Minus"))).toBe("Minus");
    expect(chordOf(press("1", "Numpad1"))).toBe("1");
  });

  it("leave texts to text fields, and reach the editor from there otherwise", () => {
    const forText = ["A", "Space", "Shift+Comma", "Alt+V", "Ctrl+V", "Ctrl+Shift+Z", "Ctrl+ArrowLeft", "Delete"];
    expect(forText.filter((chord) => !isForText(chord))).toEqual([]);
    expect(["F1", "Ctrl+Shift+P", "Ctrl+S", "Ctrl+Alt+K", "Ctrl+Comma"].filter(isForText)).toEqual([]);
  });

  it("are shown as people write them", () => {
    expect(shown("Ctrl+Shift+ArrowLeft")).toBe("Ctrl+Shift+←");
    expect(shown("Ctrl+K", true)).toBe("⌘K");
  });

  it("report conflicts and reserved keys of the user's own", () => {
    const map = keymap("resolve", { split: ["J"], undo: ["Ctrl+W"] });
    expect(map.conflicts).toEqual([{ chord: "J", commands: ["play-backward", "split"] }]);
    expect(map.reserved).toEqual([{ chord: "Ctrl+W", command: "undo" }]);
    expect(reserved).toContain("F5");
  });
});

describe("K held with J and L", () => {
  function start() {
    const log: string[] = [];
    const film = {
      step: (n: number) => void log.push(`step ${n}`),
      play: (speed: number) => void log.push(`play ${speed}`),
      pause: () => void log.push("pause"),
    };
    return { log, film, slow: new SlowShuttle() };
  }

  it("steps on a press and plays slowly while held", () => {
    const { log, film, slow } = start();
    expect(slow.down("play-forward", false, film)).toBe(false);
    expect(slow.down("stop", false, film)).toBe(false);
    expect(slow.down("stop", true, film)).toBe(true);
    expect(slow.down("play-forward", false, film)).toBe(true);
    for (let n = 0; n < 3; n += 1) slow.down("play-forward", true, film);
    slow.up("play-forward", film);
    slow.down("play-backward", false, film);
    slow.up("stop", film);
    expect(log).toEqual(["step 1", `play ${SLOW}`, "pause", "step -1"]);
    expect(slow.down("play-backward", false, film)).toBe(false);
  });

  it("stops when K is released first, and forgets when the window loses the focus", () => {
    const { log, film, slow } = start();
    slow.down("stop", false, film);
    slow.down("play-backward", true, film);
    slow.up("stop", film);
    expect(log).toEqual([`play ${-SLOW}`, "pause"]);
    slow.down("stop", false, film);
    slow.reset();
    expect(slow.down("play-forward", false, film)).toBe(false);
  });
});
