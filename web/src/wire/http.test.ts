import { describe, expect, it } from "vitest";
import { RequestFailed } from "./errors";
import { Http } from "./http";

function server(answer: () => Response | Promise<Response>) {
  const asked: [string, RequestInit][] = [];
  const http = new Http("http://h", "t&1", (async (url: string, init: RequestInit) => {
    asked.push([url, init]);
    return answer();
  }) as typeof fetch);
  return { http, asked };
}

describe("http", () => {
  it("sends the token and the expected revision", async () => {
    const { http, asked } = server(() => Response.json({ revision: 3, event: { event: "waited" } }));
    await http.command("p 1", { undo: {} }, 2);
    expect(asked[0][0]).toBe("http://h/api/v1/projects/p%201/commands?if_revision=2");
    expect(asked[0][1].headers).toMatchObject({ Authorization: "Bearer t&1", "Content-Type": "application/json" });
  });

  it("puts the token into addresses of elements and of the socket", () => {
    const { http } = server(() => Response.json({}));
    expect(http.thumbnailUrl("p", "m", 1.5, 160)).toBe(
      "http://h/api/v1/projects/p/media/m/thumbnail?at_secs=1.5&width=160&token=t%261",
    );
    expect(http.liveUrl("p")).toBe("ws://h/api/v1/projects/p/live?token=t%261");
  });

  it("keeps the server's errors, and has one where there is no answer", async () => {
    const errors = [{ code: "edit.conflict", message: "the document is newer" }];
    const { http } = server(() => Response.json({ errors }, { status: 409 }));
    await expect(http.document("p")).rejects.toMatchObject({ status: 409, errors });
    const plain = server(() => new Response("bad gateway", { status: 502 }));
    await expect(plain.http.catalog()).rejects.toMatchObject({ errors: [{ code: "http.502" }] });
    const dead = server(() => Promise.reject(new TypeError("refused")));
    const failed = await dead.http.projects().catch((e: unknown) => e);
    expect(failed).toBeInstanceOf(RequestFailed);
    expect((failed as RequestFailed).errors[0].code).toBe("connection.failed");
  });
});
