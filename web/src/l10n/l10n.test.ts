import { FluentBundle, FluentResource } from "@fluent/bundle";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { attributeIds } from "../edit/choose";
import { exportPresets } from "../edit/export";
import { markerColourIds } from "../edit/markers";
import { stepNames, stepParts, stepTexts } from "../edit/steps";
import { commands, groups, nothings, panelIds, workspaceIds } from "../keys/commands";
import { presetIds } from "../keys/keymap";
import { easeFamilies, easeKinds, laneNames } from "../panels/keyframes/eases";
import { handleNames, zoomName } from "../preview/names";
import { zooms } from "../edit/viewer";
import { timeDisplays } from "../edit/display";
import { motions } from "../ui/preferences";
import { themeChoices } from "../ui/theme";
import { locales, textIn, type Locale } from "./locale";

const root = join(import.meta.dirname, "..");

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((f) => f.isFile() && /\.tsx?$/.test(f.name) && !f.name.includes(".test."))
    .map((f) => join(f.parentPath, f.name));
}

function bundle(locale: string): FluentBundle {
  const made = new FluentBundle(locale);
  for (const file of readdirSync(join(root, "l10n", locale))) {
    made.addResource(new FluentResource(readFileSync(join(root, "l10n", locale, file), "utf8")));
  }
  return made;
}

const bundles = Object.fromEntries(Object.keys(locales).map((l) => [l, bundle(l)]));
const ids = (locale: string) => [...(bundles[locale]._messages.keys() as Iterable<string>)].sort();

/** Ids that are written out in the sources, also both sides of a choice. */
function used(): Set<string> {
  const found = new Set<string>();
  for (const file of files(root)) {
    const source = readFileSync(file, "utf8");
    for (const call of source.matchAll(/\b(?:text|label)\(([^`()]*?)[,)]/g)) {
      const choices = call[1].includes("?") ? call[1].slice(call[1].indexOf("?")) : call[1];
      for (const [, id] of choices.matchAll(/"([a-z][a-z0-9-]+)"/g)) found.add(id);
    }
  }
  found.delete("2d");
  return found;
}

/** What ids with a part that varies can become. */
const families: Record<string, readonly string[]> = {
  "handle-": handleNames,
  "zoom-to-": zooms.map(zoomName),
  "text-align-": ["left", "center", "right"],
  "outline-": ["outside", "center", "inside"],
  "lane-": laneNames,
  "ease-": [...easeKinds, "mixed"],
  "ease-family-": easeFamilies,
  "mask-kind-": ["rectangle", "ellipse", "path"],
  "mask-mode-": ["add", "subtract", "intersect", "difference"],
  "cmd-": commands.map((c) => c.id),
  "group-": groups,
  "panel-": panelIds,
  "preset-": presetIds,
  "browse-": ["import", "project", "relink"].flatMap((id) => [id, `${id}-about`]).concat("project-act", "relink-act"),
  "upload-": ["waiting", "sending", "paused", "lost", "failed", "importing"],
  "alignment-": ["centre", "start", "end"],
  "export-preset-": exportPresets.flatMap(({ id }) => [id, `${id}-about`]),
  "crop-": ["left", "top", "right", "bottom"],
  "fit-": ["contain", "cover", "stretch", "native"],
  "generator-": [
    "text",
    "solid",
    "shape",
    "adjustment",
    "text-about",
    "solid-about",
    "shape-about",
    "adjustment-about",
  ],
  "job-": ["running", "done", "failed", "cancelled", "lost"],
  "limit-": ["material", "neighbour", "start", "length", "kind", "locked"],
  "parts-": ["both", "picture", "sound"],
  "menu-": ["file", "edit", "clip", "trim", "track", "mark", "view", "workspace"],
  "quality-": ["auto", "full", "half", "quarter"],
  "scope-": ["waveform", "parade", "vectorscope", "histogram"].flatMap((id) => [id, `${id}-about`]),
  "scopes-": ["1", "2", "4"],
  "silent-": ["blocked", "missing"],
  "source-": ["media", "composition", "solid", "text", "shape", "subtitles", "adjustment", "null"],
  "tab-": ["effects", "sounds", "transitions", "titles", "generators"],
  "verb-": ["insert", "overwrite", "append", "ontop"],
  "attribute-": attributeIds,
  "mixer-show-": ["inserts", "sends", "rack", "analysis"],
  "sound-family-": ["level", "dynamics", "filter", "space", "modulation", "color", "channels", "repair"],
  "motion-": motions,
  "workspace-": workspaceIds,
  "nothing-": nothings,
  "step-": stepTexts.map((id) => id.slice("step-".length)),
  "theme-": themeChoices,
  "time-display-": timeDisplays,
  "keys-filter-": ["all", "changed", "conflicts", "without"],
  "marker-colour-": markerColourIds,
  "offset-": ["point", "move", "slip", "slide", "stretch", "playhead"],
  "point-": ["start", "end", "both"],
  "weight-": ["light", "regular", "medium", "semibold", "bold", "black"],
};

describe("texts", () => {
  it("are the same in each language", () => {
    expect(ids("ja")).toEqual(ids("en"));
    expect(ids("en").length).toBeGreaterThan(200);
  });

  it("exist for everything that the sources name", () => {
    const known = new Set(ids("en"));
    const dynamic = Object.entries(families).flatMap(([prefix, rest]) => rest.map((r) => prefix + r));
    const missing = [...used(), ...dynamic].filter((id) => !known.has(id));
    expect(missing).toEqual([]);
  });

  it("are all used", () => {
    const names = new Set([
      ...used(),
      ...Object.entries(families).flatMap(([prefix, rest]) => rest.map((r) => prefix + r)),
    ]);
    expect(ids("en").filter((id) => !names.has(id))).toEqual([]);
  });

  it("have a family for each id that is put together", () => {
    const prefixes = new Set(
      files(root).flatMap((f) => [...readFileSync(f, "utf8").matchAll(/\btext\(`([a-z-]+)\$\{/g)].map((m) => m[1])),
    );
    expect([...prefixes].filter((p) => !(p in families))).toEqual([]);
  });

  it("exist for each operation that makes a step", () => {
    const scripts = readFileSync(join(root, "../../docs/scripts.md"), "utf8");
    const tables = scripts.split("| command | what it does | fields |");
    const operations = [...tables[1].matchAll(/^\| `(\w+)` \|/gm)].map((m) => m[1]);
    expect(operations).toContain("set_marker");
    expect(operations.filter((name) => !stepNames.includes(name))).toEqual([]);
    expect(stepParts("split, my macro").map((p) => p.text ?? p.name)).toEqual(["step-split", "my macro"]);
  });

  it("take the same values in each language", () => {
    const names = (value: unknown): string[] => {
      if (value === null || typeof value !== "object") return [];
      const { type, name } = value as { type?: string; name?: string };
      return [...(type === "var" && name !== undefined ? [name] : []), ...Object.values(value).flatMap(names)];
    };
    const variables = (locale: Locale, id: string) => [...new Set(names(bundles[locale].getMessage(id)?.value))].sort();
    for (const id of ids("en")) expect([id, ...variables("ja", id)]).toEqual([id, ...variables("en", id)]);
  });

  it("are formatted, and show the id where one is missing", () => {
    expect(textIn("en")("clips-selected", { count: 3 })).toBe("3 clips");
    expect(textIn("en")("clips-selected", { count: 1 })).toBe("1 clip");
    expect(textIn("ja")("clips-selected", { count: 3 })).toBe("3 個のクリップ");
    expect(textIn("en")("no-such-text")).toBe("no-such-text");
  });
});
