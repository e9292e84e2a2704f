// Marks in and out. The out point is the time at which the range ends: it is not part of it.

export interface Range {
  from?: number;
  to?: number;
}

/** An end that would lie before its beginning is given up, and the other way round. */
export function markedIn(range: Range, now: number): Range {
  return { from: now, to: range.to !== undefined && range.to <= now ? undefined : range.to };
}

export function markedOut(range: Range, now: number): Range {
  return { from: range.from !== undefined && range.from >= now ? undefined : range.from, to: now };
}
