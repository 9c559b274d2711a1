import type { ArgumentKind } from "./arguments.ts";
import { tokenize } from "./tokenize.ts";

export const NAME_OR_ID = "name or id";

/** As long as an id can be: a state key has at most 255 bytes. */
const MAX = 255;

/**
 * Something in the room, by its name or id. What may stand there is others' to choose, so everything is taken, nothing (`""`) too.
 * `several`: a name of several words needs no quotes, and everything to the end of the line belongs to it.
 */
export function nameOrId(several?: "several words"): ArgumentKind<string> {
  return {
    label: NAME_OR_ID,
    rest: several !== undefined,
    read: (token) => {
      const value = token.quoted || several === undefined ? token.text : joined(token.text);
      return value.length > MAX ? { problem: "text-too-long", view: { max: MAX } } : { value };
    },
  };
}

function joined(line: string): string {
  return tokenize(line)
    .tokens.map(({ text, key, flag }) =>
      flag === true ? `--${text}` : key === undefined ? text : `${key}=${text}`,
    )
    .join(" ");
}
