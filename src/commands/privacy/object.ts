import { restOfLine, room as roomArgument, text } from "../../chat/arguments.ts";
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
import { asRoomId, type RoomId, type UserId } from "../../kernel/ids.ts";
import type { Kind } from "../../integrations/kind.ts";
import type { RoomMembers, Timeline } from "../../matrix/port.ts";
import type { Cases } from "../../rights/cases/cases.ts";
import { caseIdOf } from "../../rights/cases/knownCase.ts";
import type { Restriction } from "../../store/restrictions.ts";
import { nearest } from "../../kernel/nearest.ts";
import { peopleIn, type Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { kindMeant, meansAll, placesOf } from "./eraseScope.ts";
import { MOST_TEXT } from "./cases.ts";
import { privately } from "./privately.ts";
import { isUndecided, type RestrictDeps } from "./restrict.ts";

export interface ObjectDeps extends RestrictDeps {
  readonly matrix: RestrictDeps["matrix"] & Timeline & RoomMembers;
  readonly cases: Pick<Cases, "open" | "known">;
  readonly documents: Documents;
  readonly kinds: readonly Pick<Kind, "kind" | "plural" | "rights" | "part">[];
}

const REASON = { why: optional(restOfLine("why", MOST_TEXT)) };

/** All that somebody can object to. */
export function objectCommands(deps: ObjectDeps): readonly Command[] {
  return [object(deps), objectToRoom(deps)];
}

/** `privacy object all | bots | widgets | … | <id> [why]`: to everything, to what is of one kind, or to one thing (R39; GDPR article 21). */
function object(deps: ObjectDeps): Command {
  const choices = ["all", ...deps.kinds.map(({ plural }) => plural)];
  return defineCommand({
    words: "privacy object",
    parameters: { what: required({ ...text("kind or id", 255), choices }), ...REASON },
    signedDevice: true,
    example: "privacy object widgets They load pages from elsewhere.",
    changes: false,
    answer: async ({ what: said, why }, request) => {
      const kind = kindMeant(said, deps.kinds);
      const what = meansAll(said) ? "all" : (kind?.plural ?? said);
      if (kind !== undefined) return stopped(deps, request, [{ kind: kind.kind }], { what, why });
      if (what === "all") return stopped(deps, request, [{}], { what, why });
      const { documents, kinds } = deps;
      const places = await placesOf({ documents, kinds }, request.person, what);
      const [first] = places;
      if (first === undefined)
        throw new UsherError("object-unknown", {
          said: what,
          nearest: nearest(what, choices),
          choices,
        });
      const things = places.map((place) => ({ ...place, item: what }));
      return stopped(deps, request, things, { what, why, near: nearOf(deps, first.kind) });
    },
  });
}

/** What a kind does by itself it cannot do for all but one thing. What it does on a command, and each set-up, stops for that one alone. */
function nearOf({ kinds }: Pick<ObjectDeps, "kinds">, kind: string): string | undefined {
  const { rights, part, plural } = kinds.find((one) => one.kind === kind) ?? {};
  return rights?.byItself !== "nothing" || part !== undefined ? plural : undefined;
}

/** `privacy object room <room> [why]`: to what is done in one room. */
function objectToRoom(deps: ObjectDeps): Command {
  return defineCommand({
    words: "privacy object room",
    parameters: { room: required(roomArgument()), ...REASON },
    signedDevice: true,
    example: "privacy object room !abc:example.org I have left it.",
    changes: false,
    answer: async ({ room: said, why }, request) => {
      const room = asRoomId(said);
      if (room === undefined || !(await isTheirs(deps, request.person, room)))
        throw new UsherError("room-unknown", { room: said });
      return stopped(deps, request, [{ room }], { what: room, why });
    },
  });
}

/** Whether Usher is in the room with them, or keeps something about them there. Of other rooms nobody learns whether it is. */
async function isTheirs(
  { documents, matrix }: Pick<ObjectDeps, "documents" | "matrix">,
  person: UserId,
  room: RoomId,
): Promise<boolean> {
  const known = await documents.get(roomDocument, room);
  if (known !== undefined && peopleIn(roomDocument, known).has(person)) return true;
  try {
    const { joined } = await matrix.members(room);
    return joined.has(person) && joined.has(matrix.me);
  } catch (error) {
    if (error instanceof UsherError && error.code === "room-unreachable") return false;
    throw error;
  }
}

type Meant = Pick<Restriction, "kind" | "room" | "item">;

/** What somebody objects to in their words, and why; `near`: what is stopped beside one thing, where that cannot be told from the others. */
interface Objection {
  readonly what: string;
  readonly why: string | undefined;
  readonly near?: string | undefined;
}

/** Stops it at once, and has operators decide with a reason before the day it is due. Rejects as `Cases.open`. */
async function stopped(
  deps: ObjectDeps,
  request: Request,
  doings: readonly Meant[],
  { what, why, near }: Objection,
): Promise<Answer> {
  const { matrix, cases, restrictions, work, clock } = deps;
  const { person, room } = request;
  // As with all cases, whoever writes it in a chat of the two is answered there.
  const here = (await matrix.privacyFault(room, person)) === undefined;
  return privately(deps, request, { here, done: true }, async () => {
    const before = await objectedBefore(deps, person, doings);
    // The same command, heard again after a crash, goes on with its own case.
    if (before !== undefined && before !== caseIdOf(person, request.event))
      return { template: "privacy/objected-already", view: { case: before } };
    const thing = doings.some(({ item }) => item !== undefined);
    const words = `${what}\n${await wholeText(matrix, request, why)}`.trim().slice(0, MOST_TEXT);
    const { id, facts } = await cases.open({ ...request, kind: "object", text: words });
    for (const doing of doings) {
      await restrictions.add({ person, at: clock.now(), ...doing, case: id });
      await work.stop(person, doing);
    }
    return {
      template: "privacy/objected",
      view: { id, what, all: what === "all", ...{ thing, near }, due: dayOf(facts.due) },
    };
  });
}

/** The case of an objection to the very same that nobody has decided yet. */
async function objectedBefore(
  { restrictions, cases }: Pick<ObjectDeps, "restrictions" | "cases">,
  person: UserId,
  doings: readonly Meant[],
): Promise<string | undefined> {
  const same = restrictions
    .of(person)
    .filter((one) =>
      doings.some(
        ({ kind, room, item }) => one.kind === kind && one.room === room && one.item === item,
      ),
    );
  for (const one of same) if (await isUndecided(cases, one)) return one.case;
  return undefined;
}
