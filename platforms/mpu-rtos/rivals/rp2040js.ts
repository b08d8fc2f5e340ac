import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RP2040 } from 'rp2040js';
import type { Image } from '../../machine/image.js';
import { hex32 } from '../../machine/units.js';
import type { Rival, RivalEngine } from '../../platform.js';

const PACKAGE = 'rp2040js';
/** Where it has memory: boot ROM, flash, SRAM. */
const FLASH = 0x10000000;
const SRAM = 0x20000000;
/** Immediate of the BKPT that asks for semihosting: it ends a benchmark. */
const SEMIHOSTING = 0xab;

/** The version in the package's package.json, two folders above its main file. */
function version(): string {
  const main = createRequire(import.meta.url).resolve(PACKAGE);
  const text = readFileSync(join(dirname(main), '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** @throws RangeError if the bytes do not lie in the chip's memory. */
function place(chip: RP2040, start: number, data: Uint8Array): void {
  const [memory, base] =
    start >= SRAM ? [chip.sram, SRAM] : start >= FLASH ? [chip.flash, FLASH] : [new Uint8Array(chip.bootrom.buffer), 0];
  if (start - base + data.length > memory.length) {
    throw new RangeError(`${PACKAGE} has no memory for ${data.length} bytes at ${hex32(start)}`);
  }
  memory.set(data, start - base);
}

function start(chip: RP2040, { segments }: Image): RP2040['core'] {
  for (const { physical, data } of segments) place(chip, physical, data);
  chip.core.VTOR = Math.min(...segments.map(({ physical }) => physical));
  chip.core.reset();
  return chip.core;
}

/**
 * The npm package rp2040js, a simulator of the RP2040 with its Cortex-M0+ in JavaScript: it interprets instructions one by
 * one, without an MPU or exceptions that take time. It runs images that lie in the RP2040's memories and start from a vector
 * table at their lowest address, up to a semihosting call.
 */
export const rp2040js: Rival = {
  package: PACKAGE,
  async load(): Promise<RivalEngine | undefined> {
    let module: typeof import('rp2040js');
    try {
      module = await import('rp2040js');
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND') return undefined;
      throw thrown;
    }
    return {
      version: version(),
      prepare(image: Image): () => number {
        const chip = new module.RP2040();
        const core = start(chip, image);
        let ended = false;
        chip.onBreak = (code) => (ended ||= code === SEMIHOSTING);
        return () => {
          let executed = 0;
          for (; !ended; executed++) core.executeInstruction();
          return executed;
        };
      },
    };
  },
};
