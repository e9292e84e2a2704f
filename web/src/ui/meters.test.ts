import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Player } from "../session/player";
import { Levels } from "../session/measured";
import type { Level } from "../wire/messages";
import { MeterBoard } from "./meters";

describe("meters", () => {
  beforeEach(() => void vi.stubGlobal("requestAnimationFrame", () => 1));
  afterEach(() => void vi.unstubAllGlobals());

  const level = (track?: string) => ({ track, peak_db: [-6, -6], rms_db: [-12, -12] }) as unknown as Level;

  it("are of tracks once levels of those have come, and always of the sum", () => {
    const levels = new Levels();
    const board = new MeterBoard({ levels } as unknown as Player);
    const told = vi.fn();
    board.follow(told);
    const say = (...all: Level[]) => levels.tell(all);
    say(level());
    expect([board.measures(null), board.measures("a1")]).toEqual([true, false]);
    expect(told).not.toHaveBeenCalled();
    say(level(), level("a1"));
    say(level(), level("a1"));
    expect(board.measures("a1")).toBe(true);
    expect(told).toHaveBeenCalledOnce();
  });
});
