// Which commands fit what was typed: all words somewhere in the name, beginnings of words first.
export function ranked<T extends { name: string; group: string }>(entries: readonly T[], search: string): T[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "");
  if (words.length === 0) return [...entries];
  const scored = entries.flatMap((entry) => {
    const name = entry.name.toLowerCase();
    let score = 0;
    for (const word of words) {
      const at = name.indexOf(word);
      if (at === 0) score += 3;
      else if (at > 0) score += /\W/.test(name[at - 1]) ? 2 : 1;
      else if (!entry.group.toLowerCase().includes(word)) return [];
    }
    return [{ entry, score }];
  });
  return scored.sort((a, b) => b.score - a.score).map((s) => s.entry);
}
