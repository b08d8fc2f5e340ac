import { expect, test } from 'vitest';
import { liftBackEdges } from '../../../workloads/language/backend/back-edges.js';
import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MachineTerminator,
} from '../../../workloads/language/backend/machine-code.js';

const copy = (to: number, from: number): MachineInstruction => ({ text: 'copy', defs: [to], uses: [from], copy: true });
const use = (register: number): MachineInstruction => ({ text: 'use', defs: [], uses: [register] });
const branch = (uses: readonly number[], then: number, otherwise: number): MachineTerminator => ({
  kind: 'branch',
  text: 'branch',
  inverse: 'inverse',
  uses,
  then,
  otherwise,
});

function lift(...blocks: readonly (readonly [MachineInstruction[], MachineTerminator])[]): MachineFunction {
  const fn: MachineFunction = {
    name: 'f',
    blocks: blocks.map(([instructions, terminator], id): MachineBlock => ({ id, instructions, terminator, depth: 0 })),
    types: new Map(),
    returns: true,
    calls: false,
  };
  liftBackEdges(fn);
  return fn;
}

const jumpBack: MachineTerminator = { kind: 'jump', target: 0 };
const leave: MachineTerminator = { kind: 'return', uses: [] };
/** Instructions left in the back edge, the second block. */
const left = ({ blocks }: MachineFunction): number => blocks[1].instructions.length;

test('a copy for the next round goes in front of the test', () => {
  const fn = lift([[use(10)], branch([12], 1, 2)], [[copy(10, 11)], jumpBack], [[], leave]);
  expect(left(fn)).toBe(0);
  expect(fn.blocks[0].instructions.map(({ text }) => text)).toEqual(['use', 'copy']);
});

test('not if the test reads the register', () => {
  expect(left(lift([[], branch([10], 1, 2)], [[copy(10, 11)], jumpBack], [[], leave]))).toBe(1);
});

test('not if it is needed behind the loop', () => {
  expect(left(lift([[], branch([12], 1, 2)], [[copy(10, 11)], jumpBack], [[use(10)], leave]))).toBe(1);
});

test('not if two tests lead to it', () => {
  const second: readonly [MachineInstruction[], MachineTerminator] = [[], branch([13], 1, 3)];
  expect(left(lift([[use(10)], branch([12], 1, 2)], [[copy(10, 11)], jumpBack], second, [[], leave]))).toBe(1);
});

test('not if it does more than copy', () => {
  expect(left(lift([[], branch([12], 1, 2)], [[use(11), copy(10, 11)], jumpBack], [[], leave]))).toBe(2);
});

test('not on a way that does not lead back', () => {
  const fn = lift([[], branch([12], 1, 2)], [[copy(10, 11)], { kind: 'jump', target: 2 }], [[], leave]);
  expect(left(fn)).toBe(1);
});
