/** A text with the table of that name replaced: what lies between its two marks. @throws RangeError if they are not there. */
export function withTable(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name} table -->`, `<!-- end of ${name} table -->`].map((mark) => {
    const at = text.indexOf(mark);
    if (at < 0) throw new RangeError(`no '${mark}'`);
    return [at, at + mark.length];
  });
  return `${text.slice(0, begin[1])}\n\n${table}\n\n${text.slice(end[0])}`;
}
