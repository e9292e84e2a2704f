import { describe, expect, it } from "vitest";
import type { Clip, Composition, Project } from "../api/types";
import type { Command } from "../wire/messages";
import { created } from "./created";
import { FLICKS as S } from "./time";

const clip = (id: string, start: number, length: number, source: object = { type: "media", media: "m" }) =>
  ({ id, source, start: start * S, duration: length * S }) as unknown as Clip;
const nested = (id: string, start: number, length: number, composition: string) =>
  clip(id, start, length, { type: "composition", composition });
const main = (...clips: Clip[]) => ({ id: "main", tracks: [{ id: "v1", clips }] }) as unknown as Composition;

const long = clip("long", 0, 10);
const before = { main: "main", compositions: [main(long)] } as unknown as Project;
/** What an overwrite in the middle leaves behind it. */
const rest = clip("long-2", 6, 4);

describe("what a command has made", () => {
  const of = (command: object, ...after: Clip[]) => created(command as Command, before, main(long, ...after));

  it("is what it names, not the rest of what it cut apart", () => {
    const title = clip("title", 4, 2);
    const overwrite = { overwrite: { track: "v1", clip: title } };
    expect(of(overwrite, title, rest)).toEqual(["title"]);
    expect(of({ all: { steps: [{ add_track: { track: { id: "v2" } } }, overwrite] } }, title)).toEqual(["title"]);
  });

  it("are the copies that were pasted", () => {
    const clips = [3, 5].map((start) => ({ track: "v1", clip: clip(`c${start}`, start, 1) }));
    const after = [clip("c3-2", 4, 1), clip("c5-2", 6, 1), clip("long-2", 7, 3)];
    expect(of({ paste: { clips, at: 4 * S } }, ...after)).toEqual(["c3-2", "c5-2"]);
  });

  it("is the clip that shows what was nested, and a title", () => {
    const shown = nested("n", 4, 2, "nested");
    expect(of({ nest: { clips: ["long"], composition: "nested" } }, shown)).toEqual(["n"]);
    expect(of({ add_title: { title: "lower", at: "100" } }, nested("t", 4, 2, "lower-1"), rest)).toEqual(["t"]);
  });

  it("is nothing where clips only change", () => {
    expect(of({ split: { clips: ["long"], at: 6 * S } }, rest)).toEqual([]);
    expect(of({ undo: {} }, rest)).toEqual([]);
  });
});
