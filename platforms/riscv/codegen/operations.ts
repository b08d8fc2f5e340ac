/* The interface by which a platform lowers operations of its kernel is the same for every instruction set. */
export type { LoweredOperation, OperationLowering } from '../../../workloads/language/backend/lowering.js';
