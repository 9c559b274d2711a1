import type { Answer } from "../chat/command.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Part } from "../matrix/part.ts";
import type { MessageContent, Sending } from "../matrix/port.ts";

interface TellOfCarefulStartDeps {
  readonly operators: OperatorsRoom;
  readonly matrix: Sending;
  readonly render: (answer: Answer) => MessageContent;
  readonly clock: Clock;
}

/** Tells the operators, in their room, that the last starts came to nothing and that this one leaves out what was said meanwhile. */
async function tellOfCarefulStart(
  { operators, matrix, render }: TellOfCarefulStartDeps,
  startedAt: number,
): Promise<void> {
  if (operators.room === undefined) return;
  const cause = `${operators.room} ${String(startedAt)}`;
  await matrix.send(operators.room, render({ template: "careful-start", view: {} }), {
    cause,
    step: "careful-start",
  });
}

/** The part that does so at the start. */
export function carefulStart(deps: TellOfCarefulStartDeps): Part {
  // However often it is tried, it is the same message.
  const startedAt = deps.clock.now();
  return { name: "careful-start", start: () => tellOfCarefulStart(deps, startedAt) };
}
