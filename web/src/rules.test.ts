// Rules of the sources: who may import whom, how long files and comments are.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = import.meta.dirname;
const files = readdirSync(root, { withFileTypes: true, recursive: true })
  .filter((f) => f.isFile() && /\.tsx?$/.test(f.name))
  .map((f) => relative(root, join(f.parentPath, f.name)))
  .filter((f) => !f.startsWith("api/"));

const imports = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), "utf8").matchAll(
      /^\s*(?:import|export)\b[^"]*?from "([^"]+)"|^import "([^"]+)"/gm,
    ),
  ]
    .map((m) => m[1] ?? m[2])
    .map((name) => (name.startsWith(".") ? normalize(join(dirname(file), name)) : name));

/** Each of these is a panel of the dock, or several that know nothing of each other. */
function panelOf(path: string): string | undefined {
  if (path.includes(".test.")) return undefined;
  if (/^panels\/inspector\b/.test(path)) return "inspector";
  const one = /^panels\/(\w+)/.exec(path);
  if (one !== null) return one[1];
  if (/^timeline\/\w+\.tsx$/.test(path) || /^timeline\/[A-Z]\w*$/.test(path)) return "timeline";
  return /^preview\/[A-Z]/.test(path) ? "preview" : undefined;
}

describe("imports", () => {
  it("keeps panels apart", () => {
    const wrong = files.flatMap((file) => {
      const own = panelOf(file);
      return own === undefined
        ? []
        : imports(file)
            .filter((i) => panelOf(i) !== undefined && panelOf(i) !== own)
            .map((i) => `${file}: ${i}`);
    });
    expect(wrong).toEqual([]);
  });

  it.each(["edit", "wire", "document", "timeline/painter", "timeline/gestures", "keys", "sound"])(
    "keeps React and views out of %s",
    (folder) => {
      const wrong = files
        .filter((f) => f.startsWith(`${folder}/`))
        .flatMap((file) =>
          imports(file)
            .filter(
              (i) =>
                /^(react|react-dom|radix-ui|dockview-react|lucide-react)\b/.test(i) || /^(ui|app|panels)\//.test(i),
            )
            .map((i) => `${file}: ${i}`),
        );
      expect(wrong).toEqual([]);
      expect(files.some((f) => f.startsWith(`${folder}/`))).toBe(true);
    },
  );

  it("keeps arrows in one direction", () => {
    // What is below may not know what is above.
    const layers = ["wire", "edit", "document", "sound", "session", "ui", "app"];
    const allowed: Record<string, string[]> = {
      wire: ["api"],
      edit: ["api", "wire", "document"],
      document: ["api", "wire", "edit"],
      sound: [],
      session: ["api", "wire", "edit", "document", "sound", "preview", "timeline"],
    };
    const wrong = files
      .filter((f) => !f.includes(".test.") && Object.keys(allowed).includes(f.split("/")[0]))
      .flatMap((file) => {
        const own = file.split("/")[0];
        return imports(file)
          .filter(
            (i) =>
              i.includes("/") &&
              !i.startsWith("@") &&
              i.split("/")[0] !== own &&
              layers.concat("preview", "timeline", "panels", "keys", "l10n").includes(i.split("/")[0]) &&
              !allowed[own].includes(i.split("/")[0]),
          )
          .map((i) => `${file}: ${i}`);
      });
    expect(wrong).toEqual([]);
  });
});

describe("sources", () => {
  it("are files of at most 600 lines", () => {
    expect(files.filter((f) => readFileSync(join(root, f), "utf8").split("\n").length > 600)).toEqual([]);
  });

  it("have comments of at most 100 columns", () => {
    const wrong = files.flatMap((f) =>
      readFileSync(join(root, f), "utf8")
        .split("\n")
        .map((line, n) => ({ line, at: `${f}:${n + 1}` }))
        .filter(({ line }) => /^\s*(\/\/|\*|\/\*)/.test(line) && line.length > 100)
        .map(({ at }) => at),
    );
    expect(wrong).toEqual([]);
  });
});
