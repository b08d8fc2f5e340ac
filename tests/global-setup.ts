import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder in which tests make theirs (`runner/temporary.ts`), and takes it away when all have run. */
export default function temporaryFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-'));
  process.env['BULKHEAD_TEST_FOLDER'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
