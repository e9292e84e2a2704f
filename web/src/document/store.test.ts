import { describe, expect, it } from "vitest";
import type { Project } from "../api/types";
import type { DocumentAnswer } from "../wire/http";
import { documentStore, Mirror } from "./store";

const at = (revision: number): DocumentAnswer => {
  const media = Array.from({ length: revision }, (_, n) => ({ id: `m${n}`, path: "" }));
  return { revision, unsaved: false, project: { schema_version: 1, main: "main", compositions: [], media } as Project };
};
const step = (
  revision: number,
  edits: object[] = [{ insert_media: { media: { id: `m${revision - 1}`, path: "" } } }],
) => ({ type: "edits", revision, label: "import", edits }) as Parameters<Mirror["received"]>[0];

function mirror(server: { revision: number; fails?: boolean }) {
  const gate: (() => void)[] = [];
  const fetch = async () => {
    await new Promise<void>((resolve) => gate.push(resolve));
    if (server.fails) throw new Error("down");
    return at(server.revision);
  };
  const it = new Mirror(documentStore(), fetch);
  const open = async () => {
    gate.splice(0).forEach((go) => go());
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { it, open, state: () => it.store.getState() };
}

describe("the copy of the document", () => {
  it("applies changes in order and ignores old ones", async () => {
    const { it: copy, open, state } = mirror({ revision: 2 });
    void copy.reached();
    await open();
    copy.received(step(3));
    copy.received(step(3));
    copy.received(step(2));
    expect(state().revision).toBe(3);
    expect(state().project?.media).toHaveLength(3);
    expect(state().unsaved).toBe(true);
    expect(copy.fetches).toBe(1);
  });

  it("fetches again after a gap, and applies what arrived meanwhile", async () => {
    const server = { revision: 1 };
    const { it: copy, open, state } = mirror(server);
    void copy.reached();
    await open();
    copy.received(step(3));
    expect(state().revision).toBe(1);
    server.revision = 3;
    copy.received(step(4));
    await open();
    expect(state().revision).toBe(4);
    expect(state().project?.media).toHaveLength(4);
    expect(copy.fetches).toBe(2);
  });

  it("fetches again when a change does not fit", async () => {
    const server = { revision: 1 };
    const { it: copy, open, state } = mirror(server);
    void copy.reached();
    await open();
    server.revision = 2;
    copy.received(step(2, [{ remove_clip: { id: "nobody" } }]));
    await open();
    expect(state().revision).toBe(2);
  });

  it("fetches on each reconnection: a server that was started anew counts from one again", async () => {
    const server = { revision: 1 };
    const { it: copy, open, state } = mirror(server);
    void copy.reached();
    await open();
    void copy.reached();
    await open();
    expect(copy.fetches).toBe(2);
    server.revision = 5;
    void copy.reached();
    await open();
    expect(state().revision).toBe(5);
  });

  it("says why it could not fetch, and recovers", async () => {
    const server = { revision: 1, fails: true };
    const { it: copy, open, state } = mirror(server);
    void copy.reached();
    await open();
    expect(String(state().failure)).toContain("down");
    server.fails = false;
    void copy.refetch();
    await open();
    expect(state().failure).toBeUndefined();
    expect(state().revision).toBe(1);
  });
});
