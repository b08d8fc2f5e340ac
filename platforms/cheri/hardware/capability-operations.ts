import { Op } from '../../riscv/operations.js';
import {
  andPermissions,
  andPermissionsTag,
  permissionsOf,
  sealTag,
  typeOf,
  unseal,
  unsealTag,
  withType,
} from './capability.js';
import {
  alignmentMask,
  areBoundsExact,
  areBoundsWithin,
  baseOf,
  boundsTag,
  isWithin,
  lengthOf,
  representableLength,
  saturatedTop,
  setBounds,
  setBoundsRoundDown,
} from './capability-bounds.js';
import type { Core } from './core.js';
import { SLOT_OP, SLOT_RD, SLOT_RS1, SLOT_RS2 } from './slots.js';

/**
 * Executes an instruction that makes a capability from capabilities, or looks into one (CHERIoT 1.0, chapter on the
 * instructions). None traps: what would widen rights loses its tag. Those that run in their millions are in the
 * interpreter.
 */
export function executeCapability(core: Core, packed: number, immediate: number): void {
  const { registers } = core;
  const rd = (packed >>> SLOT_RD) & 31;
  const rs1 = (packed >>> SLOT_RS1) & 15;
  const rs2 = (packed >>> SLOT_RS2) & 15;
  const address = registers.address[rs1];
  const operand = registers.address[rs2];
  const metadata = registers.metadataOf(rs1);
  const tag = registers.tagOf(rs1) ? 1 : 0;
  switch (packed & SLOT_OP) {
    case Op.CSETBOUNDS:
      return registers.set(
        rd,
        address,
        setBounds(metadata, address, operand),
        boundsTag(tag, metadata, address, operand) !== 0,
      );
    case Op.CSETBOUNDSIMM:
      return registers.set(
        rd,
        address,
        setBounds(metadata, address, immediate),
        boundsTag(tag, metadata, address, immediate) !== 0,
      );
    case Op.CSETBOUNDSEXACT: {
      const exact = areBoundsExact(address, operand) ? boundsTag(tag, metadata, address, operand) : 0;
      return registers.set(rd, address, setBounds(metadata, address, operand), exact !== 0);
    }
    case Op.CSETBOUNDSROUNDDOWN:
      return registers.set(
        rd,
        address,
        setBoundsRoundDown(metadata, address, operand),
        boundsTag(tag, metadata, address, operand) !== 0,
      );
    case Op.CSEAL: {
      const authority = registers.metadataOf(rs2);
      const within = isWithin(authority, operand, operand, 1);
      const kept = sealTag(tag, metadata, registers.tagOf(rs2) ? 1 : 0, authority, operand, within);
      return registers.set(rd, address, withType(metadata, operand), kept !== 0);
    }
    case Op.CUNSEAL: {
      const authority = registers.metadataOf(rs2);
      const within = isWithin(authority, operand, typeOf(metadata), 1);
      const kept = unsealTag(tag, metadata, registers.tagOf(rs2) ? 1 : 0, authority, within);
      return registers.set(rd, address, unseal(metadata, authority), kept !== 0);
    }
    case Op.CANDPERM:
      return registers.set(
        rd,
        address,
        andPermissions(metadata, operand),
        andPermissionsTag(tag, metadata, operand) !== 0,
      );
    case Op.CSETHIGH:
      return registers.set(rd, address, operand, false);
    case Op.CCLEARTAG:
      return registers.set(rd, address, metadata, false);
    case Op.CTESTSUBSET: {
      const inner = registers.metadataOf(rs2);
      const subset =
        registers.tagOf(rs1) === registers.tagOf(rs2) &&
        areBoundsWithin(metadata, address, inner, operand) &&
        (permissionsOf(inner) & ~permissionsOf(metadata)) === 0;
      return registers.setInteger(rd, subset ? 1 : 0);
    }
    case Op.CSETEQUALEXACT: {
      const same =
        address === operand && metadata === registers.metadataOf(rs2) && registers.tagOf(rs1) === registers.tagOf(rs2);
      return registers.setInteger(rd, same ? 1 : 0);
    }
    case Op.CGETPERM:
      return registers.setInteger(rd, permissionsOf(metadata));
    case Op.CGETTYPE:
      return registers.setInteger(rd, typeOf(metadata));
    case Op.CGETBASE:
      return registers.setInteger(rd, baseOf(metadata, address));
    case Op.CGETLEN:
      return registers.setInteger(rd, lengthOf(metadata, address));
    case Op.CGETTOP:
      return registers.setInteger(rd, saturatedTop(metadata, address));
    case Op.CGETHIGH:
      return registers.setInteger(rd, metadata);
    case Op.CRRL:
      return registers.setInteger(rd, representableLength(address));
    case Op.CRAM:
      return registers.setInteger(rd, alignmentMask(address));
  }
}
