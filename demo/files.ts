import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readAttachment, sendAttachment } from "../test/harness/attachments.ts";
import { bodyOf } from "../test/harness/expect.ts";
import type { SeenEvent } from "../test/harness/observed.ts";
import type { Person } from "../test/harness/person.ts";

/** Files that are sent in the demo: each is opened as the person's client would, and saved where whoever sits there can look at it. */
export class Files {
  readonly #note: (text: string) => void;
  readonly #saving = new Set<Promise<void>>();

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  /** Saves a file beside all else, and says where; or why not. */
  take(person: Person, event: SeenEvent): void {
    const saving = this.#save(person, event)
      .catch((error: unknown) => {
        this.#note(`-- the file could not be saved: ${String(error)} --`);
      })
      .finally(() => this.#saving.delete(saving));
    this.#saving.add(saving);
  }

  /** Sends a file of this machine, a picture as one. Resolves with its event. */
  async send(person: Person, room: string, path: string): Promise<string> {
    const encrypted = (await person.state(room, "m.room.encryption")) !== undefined;
    const msgtype = /\.(?:png|jpe?g|gif|webp)$/i.test(path) ? "m.image" : "m.file";
    const file = { name: basename(path), msgtype, encrypted };
    return sendAttachment(person, room, await readFile(path), file);
  }

  /** Resolves when what was taken so far is saved. */
  async settled(): Promise<void> {
    await Promise.all(this.#saving);
  }

  async #save(person: Person, event: SeenEvent): Promise<void> {
    const { bytes } = await readAttachment(person, event);
    const path = join(await mkdtemp(join(tmpdir(), "usher-demo-file-")), basename(bodyOf(event)));
    await writeFile(path, bytes, { mode: 0o600 });
    this.#note(`-- saved: ${path} --`);
  }
}
