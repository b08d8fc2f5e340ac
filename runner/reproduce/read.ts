import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { BadInput, fileReason } from '../failure.js';
import { type Claim, type ClaimTable, claimSchema, fileSchema } from './schema.js';

/** The claims of this release; this file is dist/runner/reproduce/read.js. */
const CLAIMS = fileURLToPath(new URL('../../../paper/claims/', import.meta.url));

/** The claims of one source, with full ids, figures of tables among them. */
export interface ClaimFile {
  /** First part of its claims' ids. */
  readonly id: string;
  readonly title: string;
  readonly claims: readonly Claim[];
  /** Those among them that are figures of a table. */
  readonly ofTables: readonly Claim[];
}

const MANUAL = 'paper/claims/README.md lists the fields';

/** Where an issue is, and what. Of a missing field zod says the type only. */
function complaint(place: string, { issues }: z.ZodError): BadInput {
  // of a union the branch that came furthest says what is wrong
  let issue = issues[0];
  const path = [...issue.path];
  while (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branches = issue.errors.filter((branch) => branch.length > 0);
    const furthest = branches.sort((a, b) => b[0].path.length - a[0].path.length || a.length - b.length)[0];
    if (furthest === undefined) break;
    issue = furthest[0];
    path.push(...issue.path);
  }
  const field = path.join('.') || 'the whole';
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  const wrong = missing ? 'missing' : issue.message;
  const remedy = missing ? "add it to the claim, or to 'shared' if it holds for all; " : '';
  return new BadInput(place, `${field}: ${wrong}`, `${remedy}${MANUAL}`);
}

function check<T>(schema: z.ZodType<T>, data: unknown, place: string): T {
  const checked = schema.safeParse(data);
  if (checked.success) return checked.data;
  throw complaint(place, checked.error);
}

function parse(text: string, place: string): unknown {
  try {
    return parseYaml(text, { merge: true });
  } catch (thrown) {
    if (!(thrown instanceof YAMLParseError)) throw thrown;
    const line = thrown.linePos?.[0].line;
    const [first] = thrown.message.split('\n');
    throw new BadInput(
      `${place}${line === undefined ? '' : `:${line}`}`,
      `not YAML: ${first.replace(/:$/, '')}`,
      'mend it there',
    );
  }
}

/** `16 threads` as part of an id: `16-threads`. */
const slug = (part: string): string =>
  part
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');

/** Units of the quantities of paths: all but cycles are counted. */
const unitOf = (quantity: string): string => (quantity.startsWith('cycles') ? 'cycles' : 'count');

/** The claims that a table makes, not checked yet. */
function claimsOfTable(t: ClaimTable): { readonly id: string; readonly [field: string]: unknown }[] {
  const { platform, variant, exact, figures, missing, ...conditions } = t;
  return Object.entries(figures).flatMap(([operation, row]) =>
    Object.entries(row).map(([quantity, value]) => ({
      ...conditions,
      ...(exact.includes(quantity) ? { tolerance: 0 } : {}),
      id: [variant, operation, quantity].map(slug).join('.'),
      quantity: `${operation}: ${quantity}`,
      value,
      unit: unitOf(quantity),
      measurement: { kind: 'path', platform, operation, variant, quantity },
      missing: missing[operation]?.[quantity] ?? [],
    })),
  );
}

/** Reads one file. @throws BadInput naming claim and field. */
export function readClaimFile(path: string): ClaimFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new BadInput(path, fileReason(thrown), 'name a file of claims');
  }
  const id = basename(path, '.yaml');
  const { title, shared, claims, tables } = check(fileSchema, parse(text, path), path);
  const seen = new Set<string>();
  const complete = (own: { readonly id: string }): Claim => {
    const place = `${path}, claim ${own.id}`;
    if (seen.has(own.id)) throw new BadInput(place, 'the id is there twice', 'give one of them another');
    seen.add(own.id);
    return check(claimSchema, { ...shared, ...own, id: `${id}.${own.id}` }, place);
  };
  const single = claims.map(complete);
  const ofTables = tables.flatMap(claimsOfTable).map(complete);
  return { id, title, claims: [...single, ...ofTables], ofTables };
}

/** Reads all files of a folder, by name. @throws BadInput */
export function readClaims(folder: string = CLAIMS): readonly ClaimFile[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (thrown) {
    throw new BadInput(folder, fileReason(thrown), 'name a folder of claims');
  }
  const files = names.filter((name) => name.endsWith('.yaml')).sort();
  if (files.length === 0) throw new BadInput(folder, 'no file NAME.yaml there', MANUAL);
  return files.map((file) => readClaimFile(join(folder, file)));
}

let shipped: readonly ClaimFile[] | undefined;

/** The claims of this release, read once. @throws BadInput */
export const shippedClaims = (): readonly ClaimFile[] => (shipped ??= readClaims());
