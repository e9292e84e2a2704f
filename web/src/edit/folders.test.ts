import { describe, expect, it } from "vitest";
import { crumbs, filesBetween } from "./folders";

describe("crumbs", () => {
  const names = (path: string, ...roots: string[]) =>
    crumbs(
      path,
      roots.map((r) => ({ name: `[${r}]`, path: r })),
    ).map((c) => `${c.name}=${c.path}`);

  it("begin at the innermost root", () => {
    expect(names("/films/2026/sea", "/films", "/home")).toEqual([
      "[/films]=/films",
      "2026=/films/2026",
      "sea=/films/2026/sea",
    ]);
    expect(names("/films/2026/sea", "/films", "/films/2026")).toEqual([
      "[/films/2026]=/films/2026",
      "sea=/films/2026/sea",
    ]);
    expect(names("/", "/")).toEqual(["[/]=/"]);
    expect(names("/a", "/")).toEqual(["[/]=/", "a=/a"]);
  });

  it("do not take a name for its beginning, and know other separators", () => {
    expect(names("/films2/a", "/films")).toEqual(["/films2/a=/films2/a"]);
    expect(names("C:\\Films\\sea", "C:\\Films")).toEqual(["[C:\\Films]=C:\\Films", "sea=C:\\Films\\sea"]);
  });
});

describe("a range of files", () => {
  const rows = ["d/", "a", "b", "e/", "c"].map((path) => ({ path, kind: path.endsWith("/") ? "folder" : "file" }));

  it("reaches either way, without folders", () => {
    expect(filesBetween(rows, "a", 4)).toEqual(["a", "b", "c"]);
    expect(filesBetween(rows, "c", 2)).toEqual(["b", "c"]);
    expect(filesBetween(rows, "d/", 1)).toEqual(["a"]);
  });

  it("is one row where it began is not shown", () => {
    expect(filesBetween(rows, "z", 2)).toEqual(["b"]);
    expect(filesBetween(rows, undefined, 0)).toEqual([]);
  });
});
