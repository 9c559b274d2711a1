/** What the room asks for a deed; undefined for what the specification says where the room says nothing. */
export type Rule = 0 | 100 | undefined;
export const RULES: readonly Rule[] = [0, undefined, 100];

/** In which rooms, and by whom, everything is tried. The level undefined is that of who created the room. */
export const STAGES: readonly { readonly version: string; readonly level: number | undefined }[] = [
  { version: "11", level: 0 },
  { version: "11", level: 50 },
  { version: "11", level: 100 },
  { version: "12", level: 50 },
  { version: "12", level: undefined },
];

/** The levels that Usher has in turn. */
const USHER_LEVELS = [0, 50, 100] as const;

/** Every level of Usher's under every rule. */
export const CASES = USHER_LEVELS.flatMap((usher) => RULES.map((rule) => ({ usher, rule })));

/** Who is refused for lack of power, "you" or "I", by what Usher answers, with the numbers; undefined where that is not what it says. */
export function refusalIn(
  answer: string,
): { readonly who: "you" | "I"; readonly needed: number; readonly has: number } | undefined {
  const person = /^To .* you need power (\d+)(?: \(\w+\))?; you have (-?\d+)\./.exec(answer);
  const usher = /^I need power (\d+)(?: \(\w+\))? to .*; I have (-?\d+)\./.exec(answer);
  const [, needed, has] = person ?? usher ?? [];
  return needed === undefined
    ? undefined
    : { who: person === null ? "I" : "you", needed: Number(needed), has: Number(has) };
}

/** By the rules of rooms: done, or who is refused. The person is looked at first. */
export function expected(person: number, usher: number, needed: number): "you" | "I" | "done" {
  if (person < needed) return "you";
  return usher < needed ? "I" : "done";
}
