import type { Feature } from '../instruction.js';

/** What an architecture lacks, in words. */
export const FEATURE_NAMES: Readonly<Record<Feature, string>> = {
  'v6-M': 'Armv6-M',
  'v7-M': 'Armv7-M',
  DSP: 'the DSP extension',
  'v8-M': 'Armv8-M',
  Security: 'the Security Extension of Armv8-M',
};

/** Several reasons in one sentence: `300 is not 0 to 255 or 0 to 7`. */
export function joinReasons(reasons: readonly string[]): string {
  const [first = ''] = reasons;
  const start = /^.* is not /.exec(first)?.[0];
  if (start === undefined || !reasons.every((reason) => reason.startsWith(start)))
    return reasons[reasons.length - 1] ?? '';
  return start + reasons.map((reason) => reason.slice(start.length)).join(' or ');
}

/** An assembler form of the table as a reader would write it. */
export function readable(form: string): string {
  return form
    .replace(/\b(rdn|rdm)\b(\.\w+)?/g, 'rd')
    .replace(/\b(r[dnma]|rt|rd2)\.(sp|any)\b/g, '$1')
    .replace(/\bto\.\w+/g, 'label')
    .replace(/\bat\.\w+/g, 'label')
    .replace(/\blist(\.\w+)?/g, '{list}')
    .replace(/\b(imm|sat)(\.\w+)?/g, '#imm')
    .replace(/\blsl1\b/, 'lsl #1')
    .replace(/,(lsl|asr|rotation|shift)\b(?! #)/g, '{,$1 #n}')
    .replace(/#imm,(msb|width)/, '#lsb,#width')
    .replace(/sysm\.mask,sysm/, 'special')
    .replace(/\bsysm\b/, 'special')
    .replace(/,/g, ', ');
}
