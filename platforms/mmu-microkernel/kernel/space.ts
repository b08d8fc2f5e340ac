import type { Pages } from './pages.js';

/** Values of the kernel's layout symbols (`layout.s`). */
export type Layout = (name: string) => number;

const PAGE = 4096;
const PTE_OF_PAGE = 1024;

/** An address space while it is being laid out: what the Xous loader leaves of page tables. */
export class AddressSpace {
  readonly root: number;

  /** Makes root, window and the table of the kernel's own pages; the tables belong to `owner`. */
  constructor(
    private readonly pages: Pages,
    private readonly layout: Layout,
    private readonly owner: number,
  ) {
    this.root = pages.take(owner);
    const window = this.slot(layout('TABLES'));
    const own = this.slot(layout('ROOT'));
    const windowTable = pages.take(owner);
    const ownTable = pages.take(owner);
    this.setTable(window, windowTable);
    this.setTable(own, ownTable);
    const kernel = layout('PTE_KERNEL');
    pages.setWord(windowTable, 4 * window, windowTable * PTE_OF_PAGE + kernel);
    pages.setWord(windowTable, 4 * own, ownTable * PTE_OF_PAGE + kernel);
    this.map(layout('ROOT'), this.root, kernel);
  }

  /** Maps a page; `flags` are the low ten bits of its entry. A new table appears in the window as well. */
  map(virtual: number, page: number, flags: number): void {
    const entry = page * PTE_OF_PAGE + flags;
    this.pages.setWord(this.tableOf(virtual), 4 * (Math.floor(virtual / PAGE) % 1024), entry);
  }

  /** The page that is mapped at an address, undefined if none is. */
  pageAt(virtual: number): number | undefined {
    const table = this.pages.word(this.root, 4 * this.slot(virtual));
    if (table === 0) return undefined;
    const entry = this.pages.word(Math.floor(table / PTE_OF_PAGE), 4 * (Math.floor(virtual / PAGE) % 1024));
    return (entry & 1) === 0 ? undefined : Math.floor(entry / PTE_OF_PAGE);
  }

  /** Root entry of the kernel's slot, for another space to share. */
  shareTable(virtual: number, other: AddressSpace): void {
    const entry = other.pages.word(other.root, 4 * this.slot(virtual));
    this.pages.setWord(this.root, 4 * this.slot(virtual), entry);
  }

  private slot(virtual: number): number {
    return Math.floor(virtual / 2 ** 22);
  }

  private setTable(slot: number, table: number): void {
    this.pages.setWord(this.root, 4 * slot, table * PTE_OF_PAGE + 1);
  }

  /** The level-0 table of an address, made if there is none. */
  private tableOf(virtual: number): number {
    const slot = this.slot(virtual);
    const entry = this.pages.word(this.root, 4 * slot);
    if (entry !== 0) return Math.floor(entry / PTE_OF_PAGE);
    const table = this.pages.take(this.owner);
    this.setTable(slot, table);
    const windowTable = Math.floor(this.pages.word(this.root, 4 * this.slot(this.layout('TABLES'))) / PTE_OF_PAGE);
    this.pages.setWord(windowTable, 4 * slot, table * PTE_OF_PAGE + this.layout('PTE_KERNEL'));
    return table;
  }
}
