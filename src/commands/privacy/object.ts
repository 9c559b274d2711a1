import { restOfLine, room as roomArgument, word } from "../../chat/arguments.ts";
import { wholeText } from "../../chat/below.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
} from "../../chat/command.ts";
import type { Request } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asRoomId, type UserId } from "../../kernel/ids.ts";
import type { Kind } from "../../integrations/kind.ts";
import type { Timeline } from "../../matrix/port.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import { caseIdOf } from "../../rights/cases/knownCase.ts";
import type { Restriction } from "../../store/restrictions.ts";
import { MOST_TEXT } from "./cases.ts";
import { privately } from "./privately.ts";
import { isUndecided, type RestrictDeps } from "./restrict.ts";

export interface ObjectDeps extends RestrictDeps {
  readonly matrix: RestrictDeps["matrix"] & Timeline;
  readonly cases: Pick<Cases, "open" | "known">;
  readonly kinds: readonly Pick<Kind, "kind" | "plural">[];
}

const REASON = { why: optional(restOfLine("why", MOST_TEXT)) };

/** All that somebody can object to. */
export function objectCommands(deps: ObjectDeps): readonly Command[] {
  return [object(deps), objectToRoom(deps)];
}

/** `privacy object all | bots | widgets | … [why]`: to everything, or to what is of one kind (R39; GDPR article 21). */
function object(deps: ObjectDeps): Command {
  const plurals = deps.kinds.map(({ plural }) => plural);
  return defineCommand({
    words: "privacy object",
    parameters: { what: required(word("kind", ["all", ...plurals])), ...REASON },
    signedDevice: true,
    example: "privacy object widgets They load pages from elsewhere.",
    changes: false,
    answer: ({ what, why }, request) => {
      const kind = deps.kinds.find(({ plural }) => plural === what)?.kind;
      return stopped(deps, request, kind === undefined ? {} : { kind }, { what, why });
    },
  });
}

/** `privacy object room <room> [why]`: to what is done in one room. */
function objectToRoom(deps: ObjectDeps): Command {
  return defineCommand({
    words: "privacy object room",
    parameters: { room: required(roomArgument()), ...REASON },
    signedDevice: true,
    example: "privacy object room !abc:example.org I have left it.",
    changes: false,
    answer: ({ room: said, why }, request) => {
      const room = asRoomId(said);
      if (room === undefined) throw new UsherError("room-unknown", { room: said });
      return stopped(deps, request, { room }, { what: room, why });
    },
  });
}

/** Stops it at once, and has operators decide with a reason before the day it is due. Rejects as `Cases.open`. */
async function stopped(
  deps: ObjectDeps,
  request: Request,
  doing: Pick<Restriction, "kind" | "room">,
  { what, why }: { readonly what: string; readonly why: string | undefined },
): Promise<Answer> {
  const { matrix, cases, restrictions, work, clock } = deps;
  const { person, room } = request;
  // As with all cases, whoever writes it in a chat of the two is answered there.
  const here = (await matrix.privacyFault(room, person)) === undefined;
  return privately(deps, request, here, async () => {
    const before = await objectedBefore(deps, person, doing);
    // The same command, heard again after a crash, goes on with its own case.
    if (before !== undefined && before !== caseIdOf(request.event))
      return { template: "privacy/objected-already", view: { case: before } };
    const text = `${what}\n${await wholeText(matrix, request, why)}`.trim().slice(0, MOST_TEXT);
    const { id, facts } = await cases.open({ ...request, kind: "object", text });
    await restrictions.add({ person, at: clock.now(), ...doing, case: id });
    await work.stop(person, doing);
    return {
      template: "privacy/objected",
      view: { id, what, all: what === "all", due: dayOf(facts.due) },
    };
  });
}

/** The case of an objection to the very same that nobody has decided yet. */
async function objectedBefore(
  { restrictions, cases }: Pick<ObjectDeps, "restrictions" | "cases">,
  person: UserId,
  { kind, room }: Pick<Restriction, "kind" | "room">,
): Promise<string | undefined> {
  const same = restrictions.of(person).filter((one) => one.kind === kind && one.room === room);
  for (const one of same) if (await isUndecided(cases, one)) return one.case;
  return undefined;
}
