import type { Image } from '../machine/image.js';
import { assemble } from './assemble.js';
import type { IsaPlugin } from './isa.js';

/**
 * A program that is part of our own sources, assembled anew by each call.
 * @param name file name in messages
 * @param start address of its one section, `.text`
 * @returns a function that throws an Error if the program cannot be assembled: a defect of ours, not of a user's input.
 */
export function builtInProgram(name: string, source: string, isa: () => IsaPlugin, start: number): () => Image {
  return () => {
    const assembled = assemble(source, { file: name, isa: isa(), sections: { '.text': start } });
    if (!assembled.ok) throw new Error(assembled.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
    return assembled.image;
  };
}
