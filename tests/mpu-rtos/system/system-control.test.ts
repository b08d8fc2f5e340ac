import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExceptionNumber } from '../../../platforms/mpu-rtos/hardware/nvic.js';
import { CCR, CFSR, DFSR, HFSR } from '../../../platforms/mpu-rtos/hardware/scb.js';
import { SystemControl } from '../../../platforms/mpu-rtos/hardware/system-control.js';
import {
  type CoreName,
  type SystemConfig,
  systemConfig,
} from '../../../platforms/mpu-rtos/hardware/system-control-config.js';
import { systemRegisters } from '../../../platforms/mpu-rtos/hardware/system-control-registers.js';
import { TestHost } from '../../machine/host.js';

const CORES: readonly CoreName[] = ['m0plus', 'm3', 'm4', 'm33'];
const [CPUID, ICSR, VTOR, AIRCR, SCR, CCR_AT] = [
  0xe000ed00, 0xe000ed04, 0xe000ed08, 0xe000ed0c, 0xe000ed10, 0xe000ed14,
];
const [SHPR1, SHPR2, SHPR3, SHCSR] = [0xe000ed18, 0xe000ed1c, 0xe000ed20, 0xe000ed24];
const [CFSR_AT, HFSR_AT, DFSR_AT, MMFAR, BFAR] = [0xe000ed28, 0xe000ed2c, 0xe000ed30, 0xe000ed34, 0xe000ed38];
const [ISER, ICER, ISPR, ICPR, IABR, IPR, STIR] = [
  0xe000e100, 0xe000e180, 0xe000e200, 0xe000e280, 0xe000e300, 0xe000e400, 0xe000ef00,
];
const [DEMCR, DWT_CTRL, DWT_CYCCNT] = [0xe000edfc, 0xe0001000, 0xe0001004];

class Bench {
  readonly system: SystemControl;
  resets = 0;
  now = 0;

  constructor(core: CoreName, wanted: Partial<Omit<SystemConfig, 'core' | 'architecture'>> = {}) {
    this.system = new SystemControl(systemConfig(core, wanted), { resetRequested: () => this.resets++ });
    new TestHost([this.system.systick]).reset();
  }
  load(address: number, size: 1 | 2 | 4 = 4): number | undefined {
    return this.system.read(address, size, true, this.now);
  }
  store(address: number, value: number, size: 1 | 2 | 4 = 4): this {
    expect(this.system.write(address, size, value, true, this.now)).toBe('ok');
    return this;
  }
}

describe.each(CORES)('system control space of %s', (core) => {
  it('has one register per address, all on components that answer', () => {
    const registers = systemRegisters(systemConfig(core));
    expect(new Set(registers.map(({ address }) => address)).size).toBe(registers.length);
    expect(new Set(registers.map(({ name }) => name)).size).toBe(registers.length);
    const { system } = new Bench(core);
    for (const { address } of registers) expect(system.read(address, 4, true, 0)).toBeTypeOf('number');
  });

  it('refuses unprivileged accesses', () => {
    const { system } = new Bench(core);
    for (const { address } of systemRegisters(system.config)) {
      expect(system.read(address, 4, false, 0)).toBeUndefined();
      expect(system.write(address, 4, 0, false, 0)).toBe('error');
    }
    expect(system.read(0xe000e018, 4, false, 0)).toBeUndefined();
  });

  it('never throws, and answers with words that a save and load keep', () => {
    const address = fc.oneof(
      fc.constantFrom(...systemRegisters(systemConfig(core)).map(({ address }) => address)),
      fc.nat(0xfff).map((offset) => 0xe000e000 + offset),
      fc.nat(0xfffff).map((offset) => 0xe0000000 + offset),
    );
    const access = fc.record({
      address,
      size: fc.constantFrom<1 | 2 | 4>(1, 2, 4, 4),
      value: fc.nat(0xffffffff),
      isStore: fc.boolean(),
      wait: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
        const bench = new Bench(core);
        for (const { address, size, value, isStore, wait } of accesses) {
          const at = (address - (address % size)) | 0;
          bench.now += wait;
          if (isStore) bench.system.write(at, size, value, true, bench.now);
          else {
            const word = bench.load(at, size);
            if (word !== undefined) expect(word >= 0 && word < 2 ** (8 * size) && Number.isInteger(word)).toBe(true);
          }
        }
        const copy = new Bench(core);
        copy.system.load(bench.system.save());
        expect(copy.system.save()).toEqual(bench.system.save());
        bench.system.reset();
        expect(bench.system.save()).toEqual(new Bench(core).system.save());
      }),
      { numRuns: 100 },
    );
  });

  it('reads 0 where a component has no register, and faults where there is no component', () => {
    const bench = new Bench(core);
    expect(bench.store(0xe000e00c, 0xffffffff).load(0xe000e00c)).toBe(0);
    expect(bench.load(0xe0000e80)).toBe(0);
    expect(bench.load(0xe0003000)).toBeUndefined();
    expect(bench.system.write(0xe00fe000, 4, 0, true, 0)).toBe('error');
  });

  it('counts stores to MPU registers', () => {
    const bench = new Bench(core).store(0xe000ed98, 3).store(0xe000ed9c, 0x20000000).store(0xe000eda0, 1);
    expect(bench.load(0xe000ed98)).toBe(3);
    bench.store(0xe000ed08, 0);
    expect(bench.system.mpu.stores).toBe(3);
  });

  it('asks for a reset only with the key', () => {
    const bench = new Bench(core).store(AIRCR, 0x00000004).store(AIRCR, 0xfa050004);
    expect(bench.resets).toBe(0);
    bench.store(AIRCR, 0x05fa0004);
    expect(bench.resets).toBe(1);
  });

  it('shows and sets pending system exceptions through ICSR', () => {
    const bench = new Bench(core).store(ICSR, 1 << 28);
    expect(bench.load(ICSR)! & ((1 << 28) | 0x1ff000)).toBe((1 << 28) | (14 << 12));
    bench.store(ICSR, 1 << 27).store(ICSR, 1 << 26);
    expect(bench.load(ICSR)! & ((1 << 28) | 0x1ff000)).toBe(15 << 12);
    bench.store(ICSR, 2 ** 31);
    expect(bench.system.nvic.due).toBe(ExceptionNumber.NMI);
    expect(bench.load(ICSR)).toBeGreaterThanOrEqual(2 ** 31);
    bench.system.nvic.activate(ExceptionNumber.NMI);
    expect(bench.load(ICSR)! & 0x1ff).toBe(ExceptionNumber.NMI);
  });

  it('enables, pends and shows interrupts', () => {
    const bench = new Bench(core).store(ISER, 0x80000001).store(ISPR, 0x80000002);
    expect([ISER, ICER, ISPR, ICPR].map((at) => bench.load(at))).toEqual([
      0x80000001, 0x80000001, 0x80000002, 0x80000002,
    ]);
    expect(bench.system.nvic.due).toBe(47);
    expect(bench.load(ICSR)! & (1 << 22)).not.toBe(0);
    bench.store(ICER, 0x80000000).store(ICPR, 0x2);
    expect([ISER, ISPR].map((at) => bench.load(at))).toEqual([1, 0x80000000]);
    bench.system.nvic.activate(47);
    expect(bench.load(IABR)).toBe(core === 'm0plus' ? 0 : 0x80000000);
    bench.store(IPR + 4, 0xa5c3e17f);
    expect(bench.load(IPR + 4)).toBe(core === 'm0plus' ? 0x80c0c040 : 0xa0c0e060);
  });
});

describe('registers of the system control block', () => {
  const words = (core: CoreName, ...addresses: number[]): (number | undefined)[] => {
    const bench = new Bench(core);
    return addresses.map((address) => bench.load(address));
  };

  it('after reset', () => {
    expect(words('m0plus', CPUID, AIRCR, CCR_AT, 0xe000ed90)).toEqual([0x410cc601, 0xfa050000, 0x208, 0x800]);
    expect(words('m3', CPUID, AIRCR, CCR_AT, 0xe000ed90)).toEqual([0x412fc231, 0xfa050000, 0x200, 0x800]);
    expect(words('m4', CPUID, 0xe000ed40, 0xe000ed60)).toEqual([0x410fc241, 0x30, 0x01141110]);
    expect(words('m33', CPUID, CCR_AT, 0xe000ed44)).toEqual([0x410fd213, 0x201, 0x200]);
    expect(new Bench('m33', { securityExtension: true }).load(0xe000ed44)).toBe(0x210);
    expect(new Bench('m3', { interruptLines: 240 }).load(0xe000e004)).toBe(7);
  });

  it.each<[CoreName, number, number]>([
    ['m0plus', VTOR, 0xffffff00],
    ['m3', VTOR, 0xffffff80],
    ['m0plus', SCR, 0x16],
    ['m33', SCR, 0x16],
    ['m0plus', CCR_AT, 0x208],
    ['m4', CCR_AT, 0x31b],
    ['m33', CCR_AT, 0x71b],
    ['m0plus', SHPR2, 0xc0000000],
    ['m0plus', SHPR3, 0xc0c00000],
    ['m0plus', SHPR1, 0],
    ['m3', SHPR1, 0x00e0e0e0],
    ['m3', SHPR2, 0xe0000000],
    ['m3', SHPR3, 0xe0e000e0],
    ['m0plus', SHCSR, 0],
    ['m3', SHCSR, 0x0007fd8b],
    ['m33', SHCSR, 0x0007fd8b],
    ['m0plus', MMFAR, 0],
    ['m3', MMFAR, 0xffffffff],
    ['m4', BFAR, 0xffffffff],
    ['m3', 0xe000ed88, 0],
    ['m3', 0xe000ed3c, 0],
  ])('%s: ones stored to 0x%s read back as implemented', (core, address, wanted) => {
    expect(new Bench(core).store(address, 0xffffffff).load(address)).toBe(wanted);
  });

  it('keeps PRIGROUP on Armv7-M only', () => {
    expect(new Bench('m3').store(AIRCR, 0x05fa0500).load(AIRCR)).toBe(0xfa050500);
    expect(new Bench('m0plus').store(AIRCR, 0x05fa0500).load(AIRCR)).toBe(0xfa050000);
  });

  it('accesses priorities and fault status by bytes and halfwords, other registers by words', () => {
    const bench = new Bench('m3', { priorityBits: 8 }).store(IPR + 5, 0xa5, 1).store(IPR + 6, 0x1234, 2);
    expect(bench.load(IPR + 4)).toBe(0x1234a500);
    expect([bench.load(IPR + 7, 1), bench.load(IPR + 4, 2)]).toEqual([0x12, 0xa500]);
    bench.store(0xe000ed1f, 0x80, 1);
    expect(bench.system.nvic.priority(ExceptionNumber.SVCALL)).toBe(0x80);
    expect(bench.load(AIRCR, 2)).toBeUndefined();
    expect(bench.system.write(SCR, 1, 4, true, 0)).toBe('error');
    const small = new Bench('m0plus');
    expect(small.load(IPR, 1)).toBeUndefined();
    expect(small.system.write(IPR, 1, 0xc0, true, 0)).toBe('error');
  });

  it('clears fault status by ones, byte by byte', () => {
    const bench = new Bench('m3');
    const { scb } = bench.system;
    scb.reportMemManage(CFSR.DACCVIOL, 0x20000004);
    scb.reportBusFault(CFSR.PRECISERR, 0x60000008);
    scb.reportFault(CFSR.DIVBYZERO);
    scb.reportHardFault(HFSR.FORCED | HFSR.DEBUGEVT);
    scb.reportDebugEvent(DFSR.BKPT);
    expect(bench.load(CFSR_AT)).toBe(0x02008282);
    expect([MMFAR, BFAR, HFSR_AT, DFSR_AT].map((at) => bench.load(at))).toEqual([
      0x20000004, 0x60000008, 0xc0000000, 2,
    ]);
    bench.store(CFSR_AT + 1, 0xff, 1);
    expect(bench.load(CFSR_AT)).toBe(0x02000082);
    bench
      .store(CFSR_AT + 2, 0xffff, 2)
      .store(HFSR_AT, 0x40000000)
      .store(DFSR_AT, 2);
    expect([CFSR_AT, HFSR_AT, DFSR_AT].map((at) => bench.load(at))).toEqual([0x82, 0x80000000, 0]);
    expect(bench.load(CFSR_AT, 1)).toBe(0x82);
  });

  it('has no fault status on Armv6-M', () => {
    const bench = new Bench('m0plus');
    bench.system.scb.reportMemManage(CFSR.DACCVIOL, 4);
    bench.system.scb.reportHardFault(HFSR.FORCED);
    expect([CFSR_AT, HFSR_AT, MMFAR].map((at) => bench.load(at))).toEqual([0, 0, 0]);
    expect(bench.system.scb.cfsr).toBe(0);
  });

  it('shows in SHCSR what is active, pending and enabled, and sets it', () => {
    const bench = new Bench('m3');
    const { nvic } = bench.system;
    nvic.activate(ExceptionNumber.USAGE_FAULT);
    nvic.setPending(ExceptionNumber.BUS_FAULT);
    expect(bench.load(SHCSR)).toBe((1 << 3) | (1 << 14));
    bench.store(SHCSR, (1 << 16) | (1 << 15) | (1 << 11));
    expect(nvic.isEnabled(ExceptionNumber.MEM_MANAGE)).toBe(true);
    expect(nvic.isPending(ExceptionNumber.SVCALL)).toBe(true);
    expect(nvic.isActive(ExceptionNumber.SYSTICK)).toBe(true);
    expect(nvic.isActive(ExceptionNumber.USAGE_FAULT)).toBe(false);
    expect(nvic.isPending(ExceptionNumber.BUS_FAULT)).toBe(false);
    const v8 = new Bench('m33');
    v8.system.nvic.activate(ExceptionNumber.HARD_FAULT);
    expect(v8.load(SHCSR)).toBe(1 << 2);
    expect(v8.store(SHCSR, 0).load(SHCSR)).toBe(1 << 2);
  });

  it('says in RETTOBASE whether another exception is active', () => {
    const bench = new Bench('m3');
    bench.system.nvic.activate(ExceptionNumber.PENDSV);
    expect(bench.load(ICSR)! & (1 << 11)).not.toBe(0);
    bench.system.nvic.activate(ExceptionNumber.SVCALL);
    expect(bench.load(ICSR)! & (1 << 11)).toBe(0);
  });

  it('leaves out of VECTPENDING what BASEPRI or FAULTMASK masks, but not what PRIMASK masks', () => {
    const bench = new Bench('m3').store(SHPR3, 0x00800000).store(ICSR, 1 << 28);
    const pending = (): number => (bench.load(ICSR)! >>> 12) & 0x1ff;
    bench.system.nvic.primask = 1;
    expect(pending()).toBe(14);
    bench.system.nvic.basepri = 0x80;
    expect(pending()).toBe(0);
    bench.system.nvic.basepri = 0;
    bench.system.nvic.faultmask = 1;
    expect(pending()).toBe(0);
  });

  it('lets unprivileged code trigger interrupts while USERSETMPEND is set', () => {
    const { system } = new Bench('m3');
    expect(system.write(STIR, 4, 5, false, 0)).toBe('error');
    system.scb.ccr = CCR.USERSETMPEND;
    expect(system.write(STIR, 4, 5, false, 0)).toBe('ok');
    expect(system.nvic.isPending(21)).toBe(true);
    expect(system.read(STIR, 4, false, 0)).toBeUndefined();
    expect(system.write(STIR, 4, 511, false, 0)).toBe('ok');
  });
});

describe('the cycle counter', () => {
  it('counts cycles while it is enabled twice, and can be set', () => {
    const bench = new Bench('m4');
    bench.now = 100;
    bench.store(DWT_CTRL, 1);
    bench.now = 150;
    expect(bench.load(DWT_CYCCNT)).toBe(0);
    bench.store(DEMCR, 1 << 24);
    bench.now = 160;
    expect(bench.load(DWT_CYCCNT)).toBe(10);
    bench.store(DWT_CYCCNT, 0xfffffffe);
    bench.now = 163;
    expect(bench.load(DWT_CYCCNT)).toBe(1);
    bench.store(DWT_CTRL, 0);
    bench.now = 500;
    expect(bench.load(DWT_CYCCNT)).toBe(1);
    expect(bench.load(DEMCR)).toBe(1 << 24);
  });

  it('wraps at 2^32 however long the run', () => {
    const bench = new Bench('m4').store(DWT_CTRL, 1).store(DEMCR, 1 << 24);
    bench.now = 3 * 2 ** 32 + 7;
    expect(bench.load(DWT_CYCCNT)).toBe(7);
    bench.store(DWT_CYCCNT, 5);
    bench.now += 2 ** 33 + 1;
    expect(bench.load(DWT_CYCCNT)).toBe(6);
  });

  it('does not exist on the M0+', () => {
    const bench = new Bench('m0plus').store(DEMCR, 1 << 24).store(DWT_CTRL, 1);
    bench.now = 50;
    expect([DEMCR, DWT_CTRL, DWT_CYCCNT].map((at) => bench.load(at))).toEqual([0, 0, 0]);
  });

  it('enables DebugMonitor through DEMCR', () => {
    const bench = new Bench('m3').store(DEMCR, 1 << 16);
    expect(bench.system.nvic.taken(ExceptionNumber.DEBUG_MONITOR)).toBe(ExceptionNumber.DEBUG_MONITOR);
    bench.store(DEMCR, (1 << 16) | (1 << 17));
    expect(bench.system.nvic.due).toBe(ExceptionNumber.DEBUG_MONITOR);
    expect(bench.load(DEMCR)).toBe((1 << 16) | (1 << 17));
  });
});

describe('a core that cannot be built', () => {
  it.each<[CoreName, Partial<Omit<SystemConfig, 'core' | 'architecture'>>, string]>([
    ['m0plus', { priorityBits: 3 }, '3 priority bits of m0plus: must be one of 2'],
    ['m3', { priorityBits: 2 }, '2 priority bits of m3: must be one of 3, 4, 5, 6, 7, 8'],
    ['m3', { mpuRegions: 16 }, '16 MPU regions of m3: must be one of 0, 8'],
    ['m0plus', { interruptLines: 33 }, '33 interrupt lines of m0plus: must be 1 to 32'],
    ['m4', { sysTickReference: 1 }, 'SysTick reference of 1 cycles: must be 0 (none) or an integer from 2'],
    ['m4', { securityExtension: true }, 'm4 has no Security Extension'],
  ])('%s with %o is refused', (core, wanted, message) => {
    expect(() => systemConfig(core, wanted)).toThrow(new RangeError(message));
  });
});
