import { describe, expect, it } from "vitest";
import { RequestFailed } from "../wire/errors";
import { PIECE_BYTES, Uploads, type UploadServer } from "./uploads";

const lost = () => new RequestFailed([{ code: "connection.failed", message: "lost" }]);
const turn = () => new Promise((resolve) => setTimeout(resolve));

function server(breaks: (offset: number) => Error | undefined = () => undefined) {
  const offsets: number[] = [];
  const dropped: string[] = [];
  const all = { bytes: 0, there: 0, dropped, offsets };
  const fake: UploadServer = {
    begin: async (_name, bytes) => ((all.bytes = bytes), { id: "u" }),
    state: async () => ({ offset: all.there }),
    send: async (_id, offset, piece, signal) => {
      offsets.push(offset);
      await turn();
      if (signal.aborted) throw lost();
      const broken = breaks(offset);
      if (broken !== undefined) throw broken;
      if (offset !== all.there) throw new RequestFailed([], 409, { offset: all.there });
      all.there += piece.size;
      return { offset: all.there, ...(all.there === all.bytes ? { path: "media/a.mp4" } : {}) };
    },
    drop: async (id) => void dropped.push(id),
  };
  const uploads = new Uploads(
    fake,
    () => 0,
    async () => {},
  );
  return { uploads, all, fake };
}

const file = (pieces: number) => [{ name: "a.mp4", file: new Blob([new Uint8Array(pieces * PIECE_BYTES)]) }];

describe("uploads", () => {
  it("go in pieces, and answer with the path", async () => {
    const { uploads, all } = server();
    expect(await uploads.add(file(2.5))).toEqual([{ id: 1, path: "media/a.mp4" }]);
    expect(all.offsets).toEqual([0, PIECE_BYTES, 2 * PIECE_BYTES]);
    expect(uploads.store.getState().uploads[0]).toMatchObject({ sent: 2.5 * PIECE_BYTES, phase: "sending" });
  });

  it("go on where the server has got to after the connection was lost", async () => {
    let failures = 2;
    const { uploads, all } = server((offset) => (offset === PIECE_BYTES && failures-- > 0 ? lost() : undefined));
    await uploads.add(file(3));
    expect(all.offsets.map((o) => o / PIECE_BYTES)).toEqual([0, 1, 1, 1, 2]);
  });

  it("begin anew where the server has forgotten them", async () => {
    let failures = 1;
    const { uploads, all, fake } = server((offset) => (offset === PIECE_BYTES && failures-- > 0 ? lost() : undefined));
    fake.state = async () => {
      all.there = 0;
      throw new RequestFailed([{ code: "server.no_upload", message: "gone" }], 404);
    };
    expect(await uploads.add(file(2))).toHaveLength(1);
    expect(all.offsets.map((o) => o / PIECE_BYTES)).toEqual([0, 1, 0, 1]);
  });

  it("take the offset that the server names", async () => {
    const { uploads, all } = server();
    // As if a piece had arrived although its answer was lost.
    const adding = uploads.add(file(3));
    await turn();
    all.there = PIECE_BYTES;
    await adding;
    expect(all.offsets.map((o) => o / PIECE_BYTES)).toEqual([0, 1, 2]);
  });

  it("pause, resume and are given up", async () => {
    const { uploads, all } = server();
    const adding = uploads.add(file(4));
    await turn();
    uploads.pause(1);
    for (let n = 0; n < 5; n += 1) await turn();
    const stood = all.offsets.length;
    expect(uploads.store.getState().uploads[0].phase).toBe("paused");
    for (let n = 0; n < 5; n += 1) await turn();
    expect(all.offsets).toHaveLength(stood);
    uploads.resume(1);
    expect(await adding).toEqual([{ id: 1, path: "media/a.mp4" }]);
    const second = uploads.add(file(4));
    await turn();
    uploads.cancel(2);
    expect(await second).toEqual([]);
    expect(all.dropped).toContain("u");
    expect(uploads.store.getState().uploads.map((u) => u.id)).toEqual([1]);
  });

  it("say why the server refuses one, and wait for another try", async () => {
    let full = true;
    const refusal = new RequestFailed([{ code: "server.full", message: "no room", hint: "free some" }], 413);
    const { uploads } = server(() => (full ? refusal : undefined));
    const adding = uploads.add(file(1));
    for (let n = 0; n < 8; n += 1) await turn();
    expect(uploads.store.getState().uploads[0]).toMatchObject({ phase: "failed", error: { hint: "free some" } });
    full = false;
    uploads.resume(1);
    expect(await adding).toHaveLength(1);
  });
});
