import { constant } from './source.js';
import type { PlacedUnit } from './unit.js';

/** Stack that an entry may ask for: a byte of 8-byte units. */
const STACK_UNIT = 8;
const MOST_STACK = 255 * STACK_UNIT;
const MOST_ARGUMENTS = 7;

/** Bytes of a compartment's export table. */
export const exportTableBytes = ({ unit }: PlacedUnit): number =>
  constant('EXPORT_ENTRIES') + constant('ENTRY_BYTES') * unit.exports.length;

/** Offset of an export's entry in the table. @throws RangeError if the unit has no such export. */
export function entryOffset({ unit }: PlacedUnit, name: string): number {
  const index = unit.exports.findIndex((e) => e.name === name);
  if (index < 0) throw new RangeError(`${unit.name} has no export ${name}`);
  return constant('EXPORT_ENTRIES') + constant('ENTRY_BYTES') * index;
}

/**
 * The export table as the switcher reads it, but for PCC and CGP, which the loader fills in.
 * @param offset of a label from the base of PCC
 */
export function exportTable(placed: PlacedUnit, offset: (label: string) => number): Uint8Array {
  const { unit } = placed;
  const bytes = new Uint8Array(exportTableBytes(placed));
  const view = new DataView(bytes.buffer);
  const handler = (label: string | undefined): number => (label === undefined ? constant('NO_HANDLER') : offset(label));
  view.setUint16(constant('EXPORT_HANDLER'), handler(unit.handlers.errorHandler), true);
  view.setUint16(constant('EXPORT_STACKLESS'), handler(unit.handlers.stacklessHandler), true);
  for (const { name, arguments: count, minimumStack = 0, interrupts = 'enabled' } of unit.exports) {
    if (minimumStack % STACK_UNIT !== 0 || minimumStack > MOST_STACK || minimumStack < 0) {
      throw new RangeError(
        `${unit.name}.${name}: minimum stack of ${minimumStack} bytes is no multiple of 8 up to ${MOST_STACK}`,
      );
    }
    if (count > MOST_ARGUMENTS)
      throw new RangeError(`${unit.name}.${name}: ${count} arguments, at most ${MOST_ARGUMENTS}`);
    const at = entryOffset(placed, name);
    const posture = { enabled: 'FLAG_ENABLED', disabled: 'FLAG_DISABLED', inherit: undefined }[interrupts];
    view.setUint16(at + constant('ENTRY_FUNCTION'), offset(name), true);
    view.setUint8(at + constant('ENTRY_STACK'), minimumStack / STACK_UNIT);
    view.setUint8(at + constant('ENTRY_FLAGS'), count | (posture === undefined ? 0 : constant(posture)));
  }
  return bytes;
}
