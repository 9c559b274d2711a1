import type { Answer } from "../chat/command.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import type { MatrixPort, MessageContent } from "../matrix/port.ts";

interface TellOfCarefulStartDeps {
  readonly operators: OperatorsRoom;
  readonly matrix: Pick<MatrixPort, "send">;
  readonly render: (answer: Answer) => MessageContent;
  /** Ms. */
  readonly startedAt: number;
}

/** Tells the operators, in their room, that the last starts came to nothing and that this one leaves out what was said meanwhile. */
export async function tellOfCarefulStart({
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
