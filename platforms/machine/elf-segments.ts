import { type Checked, good, refuse } from './checked.js';
import type { Segment } from './image.js';
import { hex32, physical } from './units.js';

/** The most memory that the segments of an image may take together, in bytes: 256 MiB. */
export const MAXIMUM_IMAGE_BYTES = 256 * 2 ** 20;

const MAXIMUM_SEGMENTS = 256;
const PROGRAM_HEADER_BYTES = 32;
const PT_LOAD = 1;
const PF_X = 1;
const PF_W = 2;

/** A loadable segment as the program header describes it, found to be sound. */
export interface ElfSegment {
  /** Index of the program header, for messages. */
  readonly index: number;
  readonly offset: number;
  readonly virtual: number;
  readonly physical: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
  readonly flags: number;
}

/**
 * The physical ranges a segment takes and how many of the file's bytes each begins with. One, except where the segment is
 * stored elsewhere than it runs and the machine does not translate: then its stored bytes and the room it runs in.
 * Linkers put `.bss` at the end of such a segment; it belongs to the room, behind the stored bytes others may follow.
 */
function placedRanges(
  segment: ElfSegment,
  noTranslation: boolean,
): readonly { readonly start: number; readonly bytes: number; readonly fileBytes: number }[] {
  const { fileBytes, memoryBytes } = segment;
  if (!noTranslation || segment.physical === segment.virtual) {
    return [{ start: segment.physical, bytes: memoryBytes, fileBytes }];
  }
  const room = { start: segment.virtual, bytes: memoryBytes, fileBytes: 0 };
  return fileBytes === 0 ? [room] : [{ start: segment.physical, bytes: fileBytes, fileBytes }, room];
}

/** The image's segments for one of the file, with copies of its bytes. */
export function placements(segment: ElfSegment, file: Uint8Array, noTranslation: boolean): Segment[] {
  return placedRanges(segment, noTranslation).map(({ start, bytes, fileBytes }) => ({
    physical: physical(start),
    data: new Uint8Array(file.subarray(segment.offset, segment.offset + fileBytes)),
    bytes,
    writable: (segment.flags & PF_W) !== 0,
    executable: (segment.flags & PF_X) !== 0,
  }));
}

/** Reads and checks the PT_LOAD program headers, in file order; those without memory are left out. */
export function readElfSegments(view: DataView, noTranslation: boolean): Checked<readonly ElfSegment[]> {
  const table = view.getUint32(28, true);
  const entrySize = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (count === 0) return refuse('ELF header: no program headers, so nothing to load; link an executable');
  if (entrySize !== PROGRAM_HEADER_BYTES) {
    return refuse(`ELF header: e_phentsize is ${entrySize}, must be ${PROGRAM_HEADER_BYTES}`);
  }
  if (table + count * PROGRAM_HEADER_BYTES > view.byteLength) {
    const what = `${count} program headers at file offset ${hex32(table)}`;
    return refuse(`ELF header: ${what} run past the end of the file (${view.byteLength} bytes); is it truncated?`);
  }
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index++) {
    const field = (n: number): number => view.getUint32(table + index * PROGRAM_HEADER_BYTES + n * 4, true);
    if (field(0) !== PT_LOAD) continue;
    const [offset, vaddr, paddr, fileBytes, memoryBytes, flags] = [1, 2, 3, 4, 5, 6].map(field);
    const segment = { index, offset, virtual: vaddr, physical: paddr, fileBytes, memoryBytes, flags };
    const problem = segmentProblem(segment, view.byteLength);
    if (problem !== undefined) return refuse(`ELF program header ${index}: ${problem}`);
    if (memoryBytes > 0) segments.push(segment);
  }
  const problem = segmentsProblem(segments, noTranslation);
  return problem === undefined ? good(segments) : refuse(`ELF program headers: ${problem}`);
}

/** What is wrong with one segment by itself, or undefined. */
function segmentProblem(segment: ElfSegment, fileSize: number): string | undefined {
  const { offset, fileBytes, memoryBytes } = segment;
  if (fileBytes > memoryBytes) {
    return `p_filesz ${fileBytes} is larger than p_memsz ${memoryBytes}; a segment has at least its file's bytes`;
  }
  if (memoryBytes > MAXIMUM_IMAGE_BYTES) {
    return `the segment takes ${memoryBytes} bytes, an image has at most ${MAXIMUM_IMAGE_BYTES}; check the linker script`;
  }
  if (fileBytes > 0 && offset + fileBytes > fileSize) {
    const what = `${fileBytes} bytes at file offset ${hex32(offset)}`;
    return `${what} run past the end of the file (${fileSize} bytes); is it truncated?`;
  }
  for (const [kind, start] of [
    ['physical', segment.physical],
    ['virtual', segment.virtual],
  ] as const) {
    if (start + memoryBytes > 2 ** 32) {
      return `${memoryBytes} bytes at ${kind} address ${hex32(start)} run past 2^32; check the linker script`;
    }
  }
  return undefined;
}

/** What is wrong with the segments taken together, or undefined. */
function segmentsProblem(segments: readonly ElfSegment[], noTranslation: boolean): string | undefined {
  if (segments.length === 0) return 'no PT_LOAD segment, so nothing to load; link an executable';
  if (segments.length > MAXIMUM_SEGMENTS) {
    return `${segments.length} PT_LOAD segments, at most ${MAXIMUM_SEGMENTS} are allowed`;
  }
  const total = segments.reduce((sum, s) => sum + s.memoryBytes, 0);
  if (total > MAXIMUM_IMAGE_BYTES) {
    return `segments take ${total} bytes together, an image has at most ${MAXIMUM_IMAGE_BYTES}; check the linker script`;
  }
  const ranges = segments.flatMap((s) => placedRanges(s, noTranslation).map((range) => ({ ...range, index: s.index })));
  ranges.sort((a, b) => a.start - b.start);
  for (let i = 1; i < ranges.length; i++) {
    const [a, b] = [ranges[i - 1], ranges[i]];
    if (a.start + a.bytes > b.start) {
      const first = `segment ${a.index} (${hex32(a.start)} to ${hex32(a.start + a.bytes - 1)})`;
      return `${first} overlaps segment ${b.index} at physical address ${hex32(b.start)}; check the linker script`;
    }
  }
  return undefined;
}
