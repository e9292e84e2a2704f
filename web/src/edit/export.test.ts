import { describe, expect, it } from "vitest";
import type { Composition } from "../api/types";
import { canWrite, exportPresets, exportRequest, fileStem, nextName, usualChoice } from "./export";
import { FLICKS as S } from "./time";

const main = { id: "main", size: { width: 16, height: 9 }, frame_rate: "25" } as Composition;
const preset = (id: string) => exportPresets.find((p) => p.id === id) as (typeof exportPresets)[0];

describe("exports", () => {
  it("become requests", () => {
    expect(exportRequest(usualChoice(preset("web"), "Sea side"), main, {})).toEqual({
      output: "Sea-side.mp4",
      composition: "main",
      video: { codec: "h264", crf: 20 },
      audio: { codec: "aac" },
    });
    const choice = { ...usualChoice(preset("draft"), "a"), onlyMarked: true, overwrite: true };
    expect(exportRequest(choice, main, { from: S, to: 3 * S })).toEqual({
      output: "a.mp4",
      composition: "main",
      range: "25f..75f",
      video: { codec: "h264", crf: 26, preset: "ultrafast", scale: 0.5 },
      audio: { codec: "aac" },
      overwrite: true,
    });
    expect(exportRequest(choice, main, { from: S })).not.toHaveProperty("range");
    expect(exportRequest(usualChoice(preset("podcast"), "talk"), main, {})).toEqual({
      output: "talk.mp3",
      composition: "main",
      audio: { codec: "mp3", loudness_lufs: -16 },
    });
    expect(exportRequest(usualChoice(preset("lossless"), "m"), main, {})).toMatchObject({
      lossless: true,
      video: { codec: "ffv1" },
    });
  });

  it("have names that every system takes", () => {
    expect([fileStem("Küste: Teil 1/2"), fileStem("../x"), fileStem("  ")]).toEqual(["Küste-Teil-1-2", "x", "film"]);
    expect([nextName("film"), nextName("film-2"), nextName("a-b")]).toEqual(["film-2", "film-3", "a-b-2"]);
  });

  it("are offered where the server has the encoders", () => {
    const format = (kind: string, codec: string, works = true) => ({
      kind,
      codec,
      works,
      title: "",
      encoder: "",
      extensions: [],
    });
    const formats = [format("video", "h264"), format("video", "h265", false), format("audio", "aac")];
    expect(exportPresets.filter((p) => canWrite(p, formats)).map((p) => p.id)).toEqual(["web", "draft"]);
    expect(exportPresets.every((p) => canWrite(p, undefined))).toBe(true);
  });
});
