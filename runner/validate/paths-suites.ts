import type { PathSuite } from './paths-suite.js';

/** A suite that is loaded when it is needed: with it come the kernel, its assembler and its programs. */
export interface KnownSuite {
  /** Id of the platform. */
  readonly platform: string;
  readonly load: () => Promise<PathSuite>;
}

/** The platforms whose kernels are held to real ones. */
export const PATH_SUITES: readonly KnownSuite[] = [
  { platform: 'mpu-rtos', load: async () => (await import('./paths-cmrx.js')).CMRX_PATHS },
  { platform: 'mmu-microkernel', load: async () => (await import('./paths-xous.js')).XOUS_PATHS },
  { platform: 'cheri', load: async () => (await import('./paths-cheriot.js')).CHERIOT_PATHS },
];
