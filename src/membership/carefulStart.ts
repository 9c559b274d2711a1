import type { Answer } from "../chat/command.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import type { Part } from "../matrix/part.ts";
import type { MessageContent, Sending } from "../matrix/port.ts";

interface TellOfCarefulStartDeps {
  readonly operators: OperatorsRoom;
  readonly matrix: Sending;
  readonly render: (answer: Answer) => MessageContent;
  /** Ms. */
  readonly startedAt: number;
}

/** Tells the operators, in their room, that the last starts came to nothing and that this one leaves out what was said meanwhile. */
async function tellOfCarefulStart({
  operators,
  matrix,
  render,
  startedAt,
}: TellOfCarefulStartDeps): Promise<void> {
  if (operators.room === undefined) return;
  const cause = `${operators.room} ${String(startedAt)}`;
  await matrix.send(operators.room, render({ template: "careful-start", view: {} }), {
    cause,
    step: "careful-start",
  });
}

/** The part that does so at the start. */
export function carefulStart(deps: Parameters<typeof tellOfCarefulStart>[0]): Part {
  return { name: "careful-start", start: () => tellOfCarefulStart(deps) };
}
