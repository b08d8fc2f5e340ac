/** A result or one line that says where, what is wrong and what would be right. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** A good result. */
export const good = <T>(value: T): Checked<T> => ({ ok: true, value });

/** A refusal. The problem is one line and has no full stop at its end, so that callers can put a file name before it. */
export const refuse = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });
