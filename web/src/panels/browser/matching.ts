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
