import type { Command } from 'commander';
import { type Context, conventions } from './command.js';
import { addValidateCores } from './validate-cores.js';
import { addValidatePaths } from './validate-paths.js';
import { addValidateSilicon } from './validate-silicon.js';

/** `bulkhead validate`: compares models with what they model. */
export function addValidate(program: Command, context: Context): void {
  const validate = conventions(program.command('validate'), 'bulkhead validate', context.terminal, [
    'bulkhead validate cores --summary',
    'bulkhead validate paths',
    'bulkhead validate silicon',
  ]).description('compare a model with what it models');
  addValidateCores(validate, context);
  addValidatePaths(validate, context);
  addValidateSilicon(validate, context);
}
