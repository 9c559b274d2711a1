import { appendText, readLines } from "../../files/workFiles.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { FilePath } from "../../privacy/declared.ts";
import { fieldsOf, openedFields } from "./cells.ts";
import type { ExportedThing } from "./format.ts";

/** How much of each category is gathered before it is written; characters. */
const GATHERED = 64 * 1024;
/** How many columns a table has at most beside its fields themselves: what is inside of these may have any names, and each is in every line. */
const MOST_COLUMNS = 100;

/** Where in a category's file something written begins: how many lines and bytes are before it. */
interface Mark {
  readonly lines: number;
  readonly bytes: number;
}

/**
 * All that is held about a person as it was when it was looked at, on disk, by category: what is made of it afterwards agrees, and however much
 * there is, little of it is in memory.
 */
export class Spool {
  readonly #pathOf: (category: string) => FilePath;
  readonly #gathered = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #fields = new Map<string, Set<string>>();
  /** With what is inside of them. */
  readonly #opened = new Map<string, Set<string>>();
  readonly #marks = new Map<string, Mark[]>();

  /** `pathOf`: where each category goes. */
  constructor(pathOf: (category: string) => FilePath) {
    this.#pathOf = pathOf;
  }

  /** Takes one more thing in. */
  async add(category: string, room: RoomId | undefined, data: unknown): Promise<void> {
    const known: unknown = data === undefined ? null : data;
    const line = JSON.stringify({ room: room ?? null, data: known } satisfies ExportedThing);
    this.#counts.set(category, this.count(category) + 1);
    noteIn(this.#fields, category, Object.keys(fieldsOf(known)));
    if ((this.#opened.get(category)?.size ?? 0) <= MOST_COLUMNS)
      noteIn(this.#opened, category, Object.keys(openedFields(known)));
    const text = `${this.#gathered.get(category) ?? ""}${line}\n`;
    if (text.length < GATHERED) this.#gathered.set(category, text);
    else await this.#write(category, text);
  }

  /** Writes what is gathered. Nothing is added after that. */
  async end(): Promise<void> {
    for (const [category, text] of this.#gathered)
      if (text !== "") await this.#write(category, text);
  }

  count(category: string): number {
    return this.#counts.get(category) ?? 0;
  }

  /** Every field that one of the category's things has, in the order in which they were met: with what is inside of them, unless that is of too many names. */
  columns(category: string): readonly string[] {
    const opened = this.#opened.get(category) ?? new Set();
    const fields = this.#fields.get(category) ?? new Set();
    return [...(opened.size > MOST_COLUMNS ? fields : opened)];
  }

  /** The category's things, in the order in which they came: those from the `from`th, counted from 0, to the one before the `to`th. After `end`. */
  async *things(category: string, from: number, to: number): AsyncGenerator<ExportedThing, void> {
    if (from >= to) return;
    const mark = this.#marks.get(category)?.findLast(({ lines }) => lines <= from);
    let place = mark?.lines ?? 0;
    for await (const line of readLines(this.#pathOf(category), mark?.bytes)) {
      if (place >= from) yield JSON.parse(line) as ExportedThing;
      place += 1;
      if (place === to) return;
    }
  }

  /** Writes everything of a category that was counted and is not written yet. */
  async #write(category: string, text: string): Promise<void> {
    this.#gathered.set(category, "");
    const marks = this.#marks.get(category) ?? [{ lines: 0, bytes: 0 }];
    this.#marks.set(category, marks);
    const bytes = (marks.at(-1)?.bytes ?? 0) + Buffer.byteLength(text);
    marks.push({ lines: this.count(category), bytes });
    await appendText(this.#pathOf(category), text);
  }
}

function noteIn(of: Map<string, Set<string>>, category: string, names: readonly string[]): void {
  const known = of.get(category) ?? new Set();
  of.set(category, known);
  for (const name of names) known.add(name);
}
