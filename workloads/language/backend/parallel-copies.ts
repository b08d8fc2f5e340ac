/** A copy of a register, or something else that fills one without reading any (`fill`). */
export interface Copy<T> {
  readonly to: number;
  readonly from: number | undefined;
  readonly fill?: T;
}

/**
 * Puts copies that happen at once into an order that gives the same result.
 * @param copies no two with the same `to`.
 * @param temporary makes a register to break a cycle with.
 */
export function sequentialise<T>(copies: readonly Copy<T>[], temporary: (like: number) => number): readonly Copy<T>[] {
  const out: Copy<T>[] = [];
  const fills = copies.filter(({ from }) => from === undefined);
  let waiting = copies.filter(({ to, from }) => from !== undefined && from !== to);
  while (waiting.length > 0) {
    const ready = waiting.find(({ to }) => !waiting.some(({ from }) => from === to));
    if (ready !== undefined) {
      out.push(ready);
      waiting = waiting.filter((c) => c !== ready);
      continue;
    }
    // only cycles are left: save one register, whose readers then read the copy
    const { to } = waiting[0];
    const saved = temporary(to);
    out.push({ to: saved, from: to });
    waiting = waiting.map((c) => (c.from === to ? { ...c, from: saved } : c));
  }
  return [...out, ...fills];
}
