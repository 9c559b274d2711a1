import type { View } from "../kernel/errors.ts";
import type { Token } from "./tokenize.ts";

/** A kind of value that commands take: how a token becomes a typed value, or why it does not. */
export interface ArgumentKind<T> {
  /** What usage lines show, as "url" in `add widget <url>`. */
  readonly label: string;
  /** `problem` names a template under `templates/en/argument/`, which says what was expected. */
  read(token: Token): { readonly value: T } | { readonly problem: string; readonly view?: View };
}
