import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assemble } from '../../platforms/assembler/assemble.js';
import type { IsaPlugin } from '../../platforms/assembler/isa.js';

const index = z.object({
  benches: z.array(z.object({ source: z.string(), file: z.string(), load: z.string() })).nonempty(),
});

/** Tests that the micro-benchmarks in a folder of the vectors assemble to the images shipped with them. */
export function describeBenches(folder: string, isa: IsaPlugin): void {
  const { benches } = index.parse(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')));
  describe('micro-benchmarks of the vectors', () => {
    it.each(benches)('$source gives the shipped image', ({ source, file, load }) => {
      const result = assemble(readFileSync(join(folder, source), 'utf8'), {
        file: source,
        isa,
        include: (name) => readFileSync(join(folder, name), 'utf8'),
        sections: { '.text': Number(load) },
      });
      expect(result.ok ? [] : result.problems).toEqual([]);
      if (!result.ok) return;
      expect(result.sections.length).toBe(1);
      const shipped = gunzipSync(readFileSync(join(folder, file)));
      expect(Buffer.from(result.sections[0].bytes).equals(shipped)).toBe(true);
    });
  });
}
