import type { Answer } from "../../../chat/command.ts";
import type { View } from "../../../kernel/errors.ts";
import { nameOf, type Field, type Flow, type Step } from "./logins.ts";

/** By its number, its id or its name. */
export function chosen(flows: readonly Flow[], said: string): Flow | undefined {
  const word = said.trim().toLowerCase();
  return flows.find(({ id, name }, at) =>
    [String(at + 1), id.toLowerCase(), name.toLowerCase()].includes(word),
  );
}

export function flowsView(flows: readonly Flow[]): readonly Answer["view"][] {
  return flows.map((flow, at) => ({
    number: String(at + 1),
    name: nameOf(flow),
    description: flow.description,
  }));
}

/** The first field that was not typed yet. */
export function fieldOf(
  { fields }: Extract<Step, { is: "input" }>,
  typed: Readonly<Record<string, string>>,
): Field | undefined {
  return fields.find(({ id }) => !Object.hasOwn(typed, id));
}

/** What was typed; where one of several is to be chosen, that, by its number or itself. */
export function optionOf({ options }: Field, line: string): string | undefined {
  if (options.length === 0) return line === "" ? undefined : line;
  const word = line.toLowerCase();
  return options.find((option, at) => [String(at + 1), option.toLowerCase()].includes(word));
}

/** What a bridge says, without anything that was typed: it may quote it. */
export function withoutTyped(view: View, typed: readonly string[]): View {
  const text = typed
    .filter((one) => one.length > 2)
    .map((one) => JSON.stringify(one).slice(1, -1))
    .reduce(
      (left, one) => left.replaceAll(one, "…"),
      JSON.stringify(view, (_, value: unknown) => value ?? null),
    );
  return JSON.parse(text) as View;
}
