import { describe, expect, it, vi } from "vitest";
import type { Project, SessionEvent } from "../api/types";
import { RequestFailed } from "../wire/errors";
import { Http } from "../wire/http";
import type { Command } from "../wire/messages";
import { Session } from "./session";

const S = 705_600_000;
const project = {
  schema_version: 1,
  main: "main",
  media: [],
  compositions: [
    {
      id: "main",
      size: { width: 16, height: 9 },
      frame_rate: "25",
      tracks: [{ id: "v1", clips: [{ id: "a", source: { type: "null" }, start: 0, duration: 4 * S }] }],
    },
  ],
} as unknown as Project;

function session() {
  const made = new Session(new Http("http://h", "t"), "film");
  made.document.setState({ project, revision: 1 });
  const sent: Record<string, unknown>[] = [];
  const open: (() => void)[] = [];
  const inside = made as unknown as {
    live: {
      send(message: Record<string, unknown>): void;
      command(c: Command): Promise<{ revision: number; event: SessionEvent }>;
    };
    stateChanged(state: object): void;
  };
  inside.live.send = (message) => void sent.push(message);
  const commands: Command[] = [];
  inside.live.command = async (command) => {
    commands.push(command);
    await new Promise<void>((resolve) => open.push(resolve));
    return { revision: 1, event: { event: "waited" } };
  };
  const answer = async () => {
    open.splice(0).forEach((go) => go());
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { made, sent, commands, answer, inside };
}

const set = (value: number): Command => ({ set: { of: { clip: "a" }, field: "x", value: value as never } });

describe("the session", () => {
  it("sends of a drag's commands one at a time, and then only the newest", async () => {
    const { made, commands, answer } = session();
    void made.run(set(1), "x", "drag");
    void made.run(set(2), "x", "drag");
    void made.run(set(3), "x", "drag");
    expect(commands).toEqual([{ ...set(1), key: "drag" }]);
    await answer();
    expect(commands.slice(1)).toEqual([{ ...set(3), key: "drag" }]);
    await answer();
    void made.run(set(4), "x", "drag");
    expect(commands).toHaveLength(3);
  });

  it("lists what was refused, with its hint", async () => {
    const { made, inside } = session();
    inside.live.command = () =>
      Promise.reject(new RequestFailed([{ code: "edit.locked", message: "locked", hint: "unlock it" }]));
    expect(await made.run({ undo: {} }, "undo")).toBeUndefined();
    expect(made.activity.getState().problems.map((p) => p.error.code)).toEqual(["edit.locked"]);
    expect(made.activity.getState().notice?.error?.hint).toBe("unlock it");
  });

  it("keeps the playhead within the film", () => {
    const { made, sent } = session();
    expect(made.frames()).toBe(100);
    made.seek(500);
    expect(made.playhead.frame).toBe(99);
    made.step(-200);
    expect(made.playhead.frame).toBe(0);
    expect(sent.filter((m) => m.type === "seek").map((m) => m.frame)).toEqual([99, 0]);
  });

  it("seeks once on the way into a nested composition and back", () => {
    const { made, sent } = session();
    const nested = { ...project.compositions[0], id: "nested", tracks: [] };
    made.document.setState({ project: { ...project, compositions: [...project.compositions, nested] } });
    made.seek(42);
    const moves = () => sent.splice(0).map((m) => [m.type, m.composition ?? m.frame]);
    moves();
    made.open("nested");
    expect(moves()).toEqual([
      ["show", "nested"],
      ["seek", 0],
    ]);
    made.back();
    expect(moves()).toEqual([
      ["show", "main"],
      ["seek", 42],
    ]);
    expect(made.playhead.frame).toBe(42);
  });

  it("asks for each frame of a drag once, and for the last one again when it ends", () => {
    const { made, sent } = session();
    for (const frame of [5, 5, 6, 6, 6]) made.seek(frame, true);
    made.seek(6);
    expect(sent.filter((m) => m.type === "seek").map((m) => [m.frame, m.dragging])).toEqual([
      [5, true],
      [6, true],
      [6, false],
    ]);
  });

  it("shuttles faster with each press, and the other way at once", () => {
    const { made, sent } = session();
    made.seek(50);
    for (const direction of [1, 1, 1, 1, 1, -1, -1] as const) made.shuttle(direction);
    expect(sent.filter((m) => m.type === "play").map((m) => m.speed)).toEqual([1, 2, 4, 8, 8, -1, -2]);
    made.pause();
    expect(made.playing).toBe(false);
  });

  it("plays from the start again at the end, and ends with the server", () => {
    const { made, sent, inside } = session();
    made.seek(99);
    made.play();
    expect(sent.findLast((m) => m.type === "play")).toMatchObject({ from: 0, speed: 1 });
    const finish = vi.spyOn(made.presenter, "finish");
    const state = { composition: "main", frame: 0, speed: 1, frames: 100 };
    // What was said before playback began does not end it.
    inside.stateChanged({ ...state, activity: "paused" });
    expect(finish).not.toHaveBeenCalled();
    inside.stateChanged({ ...state, activity: "playing" });
    inside.stateChanged({ ...state, activity: "paused" });
    expect(finish).toHaveBeenCalledOnce();
  });
});
