// Paths of the server as steps that can be clicked, and rows of a folder that are chosen at once.
// Both kinds of separators are known.

export interface Crumb {
  name: string;
  path: string;
}

/** From the root that contains a folder down to it; folders above a root are not offered. */
export function crumbs(path: string, roots: readonly Crumb[]): Crumb[] {
  const inside = roots
    .filter((r) => path === r.path || (path.startsWith(r.path) && isSeparator(path[r.path.length] ?? "", r.path)))
    .toSorted((a, b) => b.path.length - a.path.length);
  const [root] = inside;
  if (root === undefined) return [{ name: path, path }];
  const found = [root];
  let at = root.path.length;
  while (at < path.length) {
    while (at < path.length && /[\\/]/.test(path[at])) at += 1;
    let end = at;
    while (end < path.length && !/[\\/]/.test(path[end])) end += 1;
    if (end > at) found.push({ name: path.slice(at, end), path: path.slice(0, end) });
    at = end;
  }
  return found;
}

function isSeparator(next: string, root: string): boolean {
  return /[\\/]/.test(next) || /[\\/]$/.test(root);
}

/** Files from the row with one path to another row, whichever is first; both are included. */
export function filesBetween(
  rows: readonly { path: string; kind: string }[],
  from: string | undefined,
  to: number,
): string[] {
  const there = rows.findIndex((r) => r.path === from);
  const start = there < 0 ? to : there;
  return rows
    .slice(Math.min(start, to), Math.max(start, to) + 1)
    .filter((r) => r.kind === "file")
    .map((r) => r.path);
}
