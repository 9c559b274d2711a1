import { inspect } from "node:util";

const HIDDEN = "[hidden]";

/** Text that must reach no log, document or sentence: it shows itself to whoever asks for it by name, and to nobody else. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
