import type { Catalog } from "../api/types";

export interface Entry {
  id: string;
  name: string;
  family: string;
  summary?: string;
}

export function matching<T extends Entry>(
  entries: readonly T[],
  search: string,
  aliases: ReadonlyMap<string, string> = new Map(),
): T[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "");
  return entries.filter((e) => {
    const all = `${e.name} ${e.id} ${e.family} ${e.summary ?? ""} ${aliases.get(e.id) ?? ""}`.toLowerCase();
    return words.every((w) => all.includes(w));
  });
}

/** Names of other editors find the entries that are the same here. */
export function aliasesIn(catalog: Catalog | undefined): Map<string, string> {
  const names = new Map<string, string>();
  for (const alias of catalog?.aliases ?? []) {
    for (const id of alias.entries) names.set(id, `${names.get(id) ?? ""} ${alias.id}`);
  }
  return names;
}
