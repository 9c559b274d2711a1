import { ERROR_CODES, type ErrorCodes } from "../kernel/errorCodes.ts";
import type { KindDefinition } from "./kind.ts";

/** All that can go wrong with these kinds, with when it happens. Throws where two say the same code: its sentence would be one of the two. */
export function allErrorCodes(kinds: readonly Pick<KindDefinition, "errors">[]): ErrorCodes {
  const all: Record<string, string> = { ...ERROR_CODES };
  for (const { errors } of kinds) {
    for (const [code, when] of Object.entries(errors)) {
      if (Object.hasOwn(all, code)) throw new Error(`There are two error codes ${code}.`);
      all[code] = when;
    }
  }
  return all;
}
