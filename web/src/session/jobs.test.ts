import { describe, expect, it } from "vitest";
import type { JobReport, JobResult } from "../api/types";
import { Jobs } from "./jobs";
import { activityStore } from "./stores";

const report = (job: number, done = 0): JobReport => ({ job, kind: "export", name: `film ${job}`, done, total: 100 });
const result = { export: {} } as JobResult;

function jobs() {
  const activity = activityStore();
  return { all: new Jobs(activity, () => 5), states: () => activity.getState().jobs.map((j) => [j.job, j.state]) };
}

describe("jobs", () => {
  it("end, also before their beginning was heard of", async () => {
    const { all, states } = jobs();
    all.heard(report(1));
    const ended = all.outcome(1);
    all.done(2, result);
    all.done(1, result);
    expect(await ended).toMatchObject({ job: 1, state: "done", done: 100 });
    all.heard(report(2));
    expect(states()).toEqual([
      [2, "done"],
      [1, "done"],
    ]);
    expect((await all.outcome(2)).state).toBe("done");
  });

  it("are counted anew by a server that was started again", async () => {
    const { all, states } = jobs();
    all.heard(report(1));
    const ended = all.outcome(1);
    all.connected();
    all.running([]);
    expect((await ended).state).toBe("lost");
    all.heard(report(1, 10));
    all.heard(report(1, 20));
    expect(states()).toEqual([
      [1, "running"],
      [1, "lost"],
    ]);
    all.clear();
    expect(states()).toEqual([[1, "running"]]);
  });

  it("tell what was cancelled from what failed", () => {
    const { all, states } = jobs();
    all.heard(report(1));
    all.heard(report(2));
    all.failed(1, [{ code: "job.cancelled", message: "cancelled" }]);
    all.failed(2, [{ code: "export.write", message: "disk full" }]);
    expect(states()).toEqual([
      [2, "failed"],
      [1, "cancelled"],
    ]);
  });
});
