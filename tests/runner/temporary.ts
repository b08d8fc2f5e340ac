import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** A fresh directory that goes when all tests have run. */
export const temporary = (): string => mkdtempSync(join(process.env['BULKHEAD_TEST_FOLDER']!, 'run-'));
