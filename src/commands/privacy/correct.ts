import { text, type ArgumentKind } from "../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  type Answer,
  type Command,
  type Plan,
  type Request,
} from "../../chat/command.ts";
import { permit } from "../../chat/permit.ts";
import { asTyped, quote } from "../../chat/tokenize.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asRoomId, type RoomId, type UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { ItemChange } from "../../integrations/itemCommands.ts";
import type { Kind } from "../../integrations/kind.ts";
import type { PowerLevels, RoomMembers } from "../../matrix/port.ts";
import { correctableIn, type CorrectableThing } from "../../store/correctable.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { settings, writeSettings, type Settings } from "../settings.ts";
import { isPersonal, privately, type PrivatelyDeps } from "./privately.ts";

export interface CorrectDeps extends PrivatelyDeps {
  readonly matrix: PrivatelyDeps["matrix"] & PowerLevels & RoomMembers;
  readonly documents: Documents;
  readonly kinds: readonly Pick<Kind, "rights" | "items">[];
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: Pick<KeyedQueue, "run">;
}

type Found = CorrectableThing & { readonly room: RoomId };
type Setting = ItemChange<ReadonlyMap<string, string>>;

/** Names the room, where something of the same id is in several. */
const ROOM_KEY = "in";
/** How many things are listed. */
const SHOWN = 20;

/**
 * `privacy correct [here] [<id> <field>=<value> …]`: what somebody can correct by themselves of what is kept about them, and the correcting of it (R35; GDPR article
 * 16). What is kept mirrors what the room shows, so that both are changed, by the rules of the room. Rejects with `correct-elsewhere`, and as the
 * kind's `set`.
 */
export function privacyCorrect(deps: CorrectDeps): Command {
  return defineCommand({
    words: "privacy correct",
    parameters: { id: optional(text("id", 255)), settings: optional(settingsHere()) },
    signedDevice: true,
    example: 'privacy correct jitsi-7k2m4q name="Team call"',
    changes: true,
    needs: () => [],
    plan: (input, request) => plan(deps, input, request),
    perform: async (input, request) => {
      const { id = "", changes, room: named } = meaning(input);
      const { person } = request;
      const [found] = await things(deps, person, { id, room: named });
      const setting = found && settingOf(deps, found);
      if (found === undefined || setting === undefined)
        return { ...(await which(deps, person, { id, changes })), onlyFor: person };
      const { room } = found;
      const there = { ...request, room };
      const answer = await inTurn(deps, { room, here: request.room }, async () => {
        await judge(deps, { found, setting, changes }, there);
        return setting.perform(found.id, changes, there);
      });
      return { template: "privacy/corrected", view: { room, what: answer }, onlyFor: person };
    },
  });
}

interface Said {
  readonly id: string | undefined;
  readonly settings: (Settings & { readonly here: boolean }) | undefined;
}

/** As `settings`, and a last `here` beside them. */
function settingsHere(): ArgumentKind<NonNullable<Said["settings"]>> {
  const kind = settings();
  return {
    ...kind,
    read: (token) => {
      const said = token.text.replace(LAST_HERE, "");
      const read = kind.read({ ...token, text: said });
      return "problem" in read ? read : { value: { ...read.value, here: said !== token.text } };
    },
  };
}

const LAST_HERE = /(?:^|\s)here$/i;

async function plan(deps: CorrectDeps, input: Said, request: Request): Promise<Plan> {
  const { person } = request;
  const { here, id, changes, room: named } = meaning(input);
  if (!(await isPersonal(deps, request, here)))
    return {
      nothing: await privately(deps, request, { here }, () => which(deps, person, { id, changes })),
    };
  const found = id === undefined ? [] : await things(deps, person, { id, room: named });
  const [one] = found;
  const setting = one && settingOf(deps, one);
  if (one === undefined || found.length > 1 || setting === undefined || changes.size === 0)
    return { nothing: { ...(await which(deps, person, { id, changes })), onlyFor: person } };
  const { room } = one;
  const there = { ...request, room };
  await judge(deps, { found: one, setting, changes }, there);
  const planned = await setting.plan(one.id, changes, there);
  const exactly = `privacy correct ${quote(one.id)} ${ROOM_KEY}=${room}${writeSettings(changes)}`;
  if ("nothing" in planned) return { nothing: { ...planned.nothing, onlyFor: person } };
  if ("unseen" in planned) return { unseen: true, exactly };
  const { template, view } = planned.preview;
  return {
    preview: {
      template: "privacy/correct-preview",
      view: { room, what: { template, view } },
      onlyFor: person,
    },
    exactly,
  };
}

/** What is to be changed, and in which room where that is said. `here`: they want it said here, though it is not encrypted. */
function meaning({ id: first, settings: given }: Said) {
  const { named = new Map<string, string>(), main } = given ?? {};
  const changes = new Map([...named].filter(([key]) => key !== ROOM_KEY));
  const room = asRoomId(named.get(ROOM_KEY) ?? "");
  if (first?.toLowerCase() === "here") return { here: true, id: main, changes, room };
  return { here: given?.here === true, id: first, changes, room };
}

/** All that the person can correct; of this id, and in this room, where these are said. */
async function things(
  { documents }: Pick<CorrectDeps, "documents">,
  person: UserId,
  { id, room }: { readonly id?: string | undefined; readonly room?: RoomId | undefined },
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for await (const { document } of documents.aboutPerson(roomDocument, person))
    if (room === undefined || room === document.id)
      for (const one of correctableIn(document, person))
        if (id === undefined || one.id === id) found.push({ ...one, room: document.id });
  return found;
}

/** What there is to correct, and how it is said. */
async function which(
  deps: Pick<CorrectDeps, "documents">,
  person: UserId,
  { id, changes }: Pick<ReturnType<typeof meaning>, "id" | "changes">,
): Promise<Answer> {
  const named = id === undefined ? [] : await things(deps, person, { id });
  const all = named.length > 0 ? named : await things(deps, person, {});
  const several = named.length > 1;
  return {
    template: "privacy/correctable",
    view: {
      nameless: id === undefined && changes.size > 0 && all.length > 0,
      unknown: id !== undefined && named.length === 0 ? id : undefined,
      several,
      things: all.slice(0, SHOWN).map(({ room, fields, ...one }) => ({
        id: asTyped(one.id),
        room,
        fields: fields.map(({ field, value }) => ({ field, value: asTyped(value) })),
      })),
      more: Math.max(0, all.length - SHOWN),
    },
  };
}

/** How the kind changes what it put there; undefined where nothing of it can be changed. */
function settingOf({ kinds }: CorrectDeps, { part }: Found): Setting | undefined {
  return kinds.find(({ rights }) => rights.part.key === part)?.items.set;
}

/** Rejects where the room does not let it: what others see there is theirs too. */
async function judge(
  { matrix }: CorrectDeps,
  {
    found,
    setting,
    changes,
  }: {
    readonly found: Found;
    readonly setting: Setting;
    readonly changes: ReadonlyMap<string, string>;
  },
  there: Request,
): Promise<void> {
  const { room, person } = there;
  const { joined } = await matrix.members(room).catch((error: unknown) => {
    if (error instanceof UsherError && error.code === "room-unreachable") return NOBODY;
    throw error;
  });
  if (!joined.has(person) || !joined.has(matrix.me))
    throw new UsherError("correct-elsewhere", { room, id: asTyped(found.id) });
  const deed = await setting.needs(found.id, changes, there);
  const refusal = permit(deed, await matrix.power(room), person, matrix.me);
  if (refusal !== undefined) throw refusal;
}

const NOBODY = { joined: new Set<UserId>() };

/** In the other room's turn, since its commands may be about the same thing. Settles as the work does. */
async function inTurn(
  { queue }: Pick<CorrectDeps, "queue">,
  { room, here }: { readonly room: RoomId; readonly here: RoomId },
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (room === here) return work();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const turn = queue.run(room, () => work().then(resolve, reject));
  const [answer] = await Promise.all([promise, turn]);
  return answer;
}
