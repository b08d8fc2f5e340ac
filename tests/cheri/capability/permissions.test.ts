import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ATTENUATED,
  Attenuation,
  COMPRESSED,
  EXPANDED,
  Permission,
} from '../../../platforms/cheri/hardware/permissions.js';
import { kept, mask, names } from './model.js';

/** The decoding table of research/cheri-cheriot.md 1.5, from 0x20 on: with GL. */
const WITH_GLOBAL = [
  0x001, 0x201, 0x401, 0x601, 0x801, 0xa01, 0xc01, 0xe01, 0x161, 0x163, 0x169, 0x16b, 0x1e1, 0x1e3, 0x1e9, 0x1eb, 0x045,
  0x005, 0x021, 0x025, 0x061, 0x063, 0x069, 0x06b, 0x065, 0x067, 0x06d, 0x06f, 0x075, 0x077, 0x07d, 0x07f,
];

const masks = fc.integer({ min: 0, max: 0xfff });
const compressed = fc.integer({ min: 0, max: 63 });
const attenuations = fc.constantFrom(
  0,
  Attenuation.NO_GLOBAL,
  Attenuation.NO_MUTABLE,
  Attenuation.NO_GLOBAL | Attenuation.NO_MUTABLE,
);

describe('permissions', () => {
  it('expand as the architecture says', () => {
    expect([...EXPANDED]).toEqual([...WITH_GLOBAL.map((permissions) => permissions & ~1), ...WITH_GLOBAL]);
  });

  it('are unchanged by compression after expansion, for all 64', () => {
    for (let p = 0; p < 64; p++) expect(COMPRESSED[EXPANDED[p]]).toBe(p);
  });

  it('lose by compression what the first fitting format has no bit for, for all 4096', () => {
    for (let p = 0; p < 4096; p++) expect(EXPANDED[COMPRESSED[p]]).toBe(mask(kept(names(p))));
  });

  it('never grow by compression', () => {
    for (let p = 0; p < 4096; p++) expect(EXPANDED[COMPRESSED[p]] & ~p).toBe(0);
  });
});

describe('attenuation on load', () => {
  it('does nothing with LG and LM', () => {
    for (let p = 0; p < 64; p++) {
      expect(ATTENUATED[p]).toBe(p);
      expect(ATTENUATED[p | Attenuation.SEALED]).toBe(p);
    }
  });

  it('is idempotent, and never adds a permission', () => {
    fc.assert(
      fc.property(compressed, attenuations, fc.constantFrom(0, Attenuation.SEALED), (p, without, sealed) => {
        const once = ATTENUATED[p | without | sealed];
        expect(ATTENUATED[once | without | sealed]).toBe(once);
        expect(EXPANDED[once] & ~EXPANDED[p]).toBe(0);
      }),
    );
  });

  it('takes GL and LG without LG, SD and LM without LM, and what has no format without these', () => {
    fc.assert(
      fc.property(compressed, attenuations, (p, without) => {
        const set = names(EXPANDED[p]);
        if ((without & Attenuation.NO_GLOBAL) !== 0) for (const name of ['GL', 'LG'] as const) set.delete(name);
        if ((without & Attenuation.NO_MUTABLE) !== 0) for (const name of ['SD', 'LM'] as const) set.delete(name);
        expect(names(EXPANDED[ATTENUATED[p | without]])).toEqual(kept(set));
      }),
    );
  });

  it('takes only GL from what is sealed', () => {
    fc.assert(
      fc.property(compressed, attenuations, (p, without) => {
        const lost = EXPANDED[p] & ~EXPANDED[ATTENUATED[p | without | Attenuation.SEALED]];
        expect(lost).toBe((without & Attenuation.NO_GLOBAL) === 0 ? 0 : EXPANDED[p] & Permission.GL);
      }),
    );
  });

  it('leaves an executable capability executable', () => {
    fc.assert(
      fc.property(masks, attenuations, (p, without) => {
        const before = COMPRESSED[p | Permission.EX | Permission.LD | Permission.MC];
        expect(EXPANDED[ATTENUATED[before | without]] & Permission.EX).toBe(Permission.EX);
      }),
    );
  });
});
