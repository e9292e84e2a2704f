import { describe, expect, it } from "vitest";
import { keymap } from "./keymap";
import { exported, imported, takenFrom, withChords } from "./overlay";

describe("keys of one's own", () => {
  it("are what differs from the preset", () => {
    const own = withChords("resolve", {}, "split", ["Ctrl+K", "Shift+Ctrl+K"]);
    expect(own).toEqual({ split: ["Ctrl+K", "Ctrl+Shift+K"] });
    expect(withChords("resolve", own, "split", ["Ctrl+B", "Ctrl+Backslash"])).toEqual({});
    expect(withChords("resolve", {}, "split", [])).toEqual({ split: [] });
    expect(keymap("resolve", { split: [] }).byChord.get("Ctrl+B")).toBeUndefined();
  });

  it("can be taken from other commands, which keep their other keys", () => {
    const own = withChords("resolve", {}, "duplicate", ["Ctrl+B"]);
    const map = keymap("resolve", own);
    expect(map.conflicts).toEqual([{ chord: "Ctrl+B", commands: ["duplicate", "split"] }]);
    const next = takenFrom("resolve", own, map, "Ctrl+B", "duplicate");
    expect(next).toEqual({ duplicate: ["Ctrl+B"], split: ["Ctrl+Backslash"] });
    expect(keymap("resolve", next).conflicts).toEqual([]);
  });

  it("go into a file and come back, and other files are refused", () => {
    const own = { split: ["Ctrl+K"], duplicate: [] };
    expect(imported(exported("premiere", own))).toEqual({ preset: "premiere", own: { duplicate: [] }, unknown: [] });
    expect(imported(exported("resolve", own))).toEqual({ preset: "resolve", own, unknown: [] });
    expect(imported('{"format":"cutroom-keys/1","preset":"resolve","keys":{"fly":["F"]}}')?.unknown).toEqual(["fly"]);
    for (const text of [
      "",
      "null",
      "{}",
      '{"format":"cutroom-keys/1","preset":"avid","keys":{}}',
      '{"format":"cutroom-keys/1","preset":"resolve","keys":{"split":["Hyper+<script>"]}}',
      '{"format":"cutroom-keys/1","preset":"resolve","keys":{"split":"K"}}',
    ])
      expect(imported(text), text).toBeUndefined();
  });
});
