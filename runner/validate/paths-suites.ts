import { CMRX_PATHS } from './paths-cmrx.js';
import type { PathSuite } from './paths-suite.js';
import { XOUS_PATHS } from './paths-xous.js';

/** The platforms whose kernels are held to real ones. */
export const PATH_SUITES: readonly PathSuite[] = [CMRX_PATHS, XOUS_PATHS];
