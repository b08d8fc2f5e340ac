import { describe, expect, it } from 'vitest';
import { outputsOf } from './system.js';

describe('calls that end at once', () => {
  it('GetProcessId and GetThreadId', () => {
    const outputs = outputsOf({
      one: `
  _start:
    kcall CALL_GET_PROCESS_ID
    out a0
    out a1
    kcall CALL_GET_THREAD_ID
    out a0
    out a1
    exit`,
    });
    expect(outputs).toEqual([11, 2, 10, 2]);
  });

  it('blocking scalar', () => {
    const outputs = outputsOf({
      server: `
  _start:
    server 7
    receive 7
  1: out a1
    out a2
    out a3
    out a4
    out a7
    add a2, a4, a7
    mv s0, a1
    li a7, 1
    mv a1, s0
    kcall CALL_REPLY_AND_RECEIVE
    j 1b`,
      client: `
  _start:
    connect 7
    mv s0, a1
    li s1, 3
  1: mv a1, s0
    li a2, KIND_BLOCKING_SCALAR
    li a3, 55
    li a4, 1000
    li a7, 4
    kcall CALL_SEND
    out a0
    out a1
    addi s1, s1, -1
    bnez s1, 1b
    exit`,
    });
    const each = [3 << 24, 4, 55, 1000, 4, 14, 1004];
    expect(outputs).toEqual([...each, ...each, ...each]);
  });
});
