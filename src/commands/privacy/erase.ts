import { room as roomArgument, text, textBefore, word } from "../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
  type Request,
} from "../../chat/command.ts";
import type { Backups } from "../../backup/backups.ts";
import type { Clock } from "../../kernel/clock.ts";
import { minuteOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asRoomId, type RoomAlias, type RoomId, type UserId } from "../../kernel/ids.ts";
import {
  deviceMark,
  hashOf,
  isUnderWay,
  makeWord,
  TRIES,
  withQuestion,
  withWord,
  type Confirmed,
} from "../../rights/erasure/erasureRequest.ts";
import type { Erasures } from "../../rights/erasure/erasures.ts";
import type { Identities } from "../../matrix/port.ts";
import { fateCounts } from "../../rights/erasure/fates.ts";
import type { Holding } from "../../rights/holdings/holding.ts";
import type { OutwardThings } from "../../rights/holdings/outward.ts";
import type { Kind } from "../../integrations/kind.ts";
import type { Documents } from "../../store/documents.ts";
import { erasureDocument, receiptDocument } from "../../store/erasures.ts";
import { tellElsewhere, type ElsewhereDeps } from "./elsewhere.ts";
import { meant, type Only } from "./eraseScope.ts";
import { fatesView, receiptView } from "./erasureView.ts";
import { asksFor } from "./ownWords.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";
import { changed, scopeView, standing } from "./standing.ts";

export interface EraseDeps extends PrivatelyDeps, ElsewhereDeps {
  readonly matrix: PrivatelyDeps["matrix"] & ElsewhereDeps["matrix"] & Identities;
  readonly documents: Documents;
  readonly backups: Pick<Backups, "copiesUntil">;
  readonly clock: Clock;
  readonly holdings: readonly Holding[];
  readonly outward: Pick<OutwardThings, "things" | "keeps">;
  readonly erasures: Pick<Erasures, "begin" | "limit">;
  readonly kinds: readonly Pick<Kind, "kind" | "plural" | "rights">[];
}

/** What asks for an erasure, confirms it and shows its receipt. */
export function eraseCommands(deps: EraseDeps): readonly Command[] {
  return [erase(deps), eraseRoom(deps), confirm(deps), receipt(deps)];
}

/** `privacy erase all | bots | widgets | … | <id> [now] [room=…]`: everything, what is of one kind, or one thing; of every room or of one (R28). */
function erase(deps: EraseDeps): Command {
  return defineCommand({
    words: "privacy erase",
    askedFreely: asksFor("erase"),
    parameters: {
      what: required(textBefore("all, a kind or an id", ["now", "here"], 255)),
      ...HOW,
    },
    options: { room: optional(roomArgument()) },
    signedDevice: true,
    example: "privacy erase all",
    changes: false,
    answer: ({ what, room, ...how }, request) => ask(deps, request, how, { what, room }),
  });
}

/** `privacy erase room <room> [now]`: what is kept of one room (R28). */
function eraseRoom(deps: EraseDeps): Command {
  return defineCommand({
    words: "privacy erase room",
    parameters: { room: required(roomArgument()), ...HOW },
    signedDevice: true,
    example: "privacy erase room !abc:example.org",
    changes: false,
    answer: ({ room, ...how }, request) => ask(deps, request, how, { what: "all", room }),
  });
}

/** At once and not in 72 hours; here, though it is not encrypted. */
const HOW = {
  when: optional(word("now", ["now", "here"])),
  where: optional(word("here", ["now", "here"])),
};

interface How {
  readonly when: "now" | "here" | undefined;
  readonly where: "now" | "here" | undefined;
}

interface Meant {
  readonly what: string;
  readonly room: RoomId | RoomAlias | undefined;
}

/** What would go and what would stay, with the word that confirms it there (R36). Erases nothing by itself. Rejects with `room-unknown` for an alias. */
function ask(
  deps: EraseDeps,
  request: Request,
  { when, where }: How,
  { what, room: named }: Meant,
): Promise<Answer> {
  const only = named === undefined ? undefined : asRoomId(named);
  if (named !== undefined && only === undefined)
    throw new UsherError("room-unknown", { room: named });
  return privately(
    deps,
    request,
    { here: when === "here" || where === "here" },
    async ({ room }) => {
      const { person, room: here } = request;
      deps.erasures.limit.check(person);
      const found = await meant(deps, { person, what, room: only, here });
      if ("which" in found) return found.which;
      const hurry = when === "now" || where === "now";
      const now = hurry && (await mayHurry(deps.matrix, room, person));
      return question(deps, request, { room, only: found.only, now, slowed: hurry && !now });
    },
  );
}

/**
 * Whether an erasure may begin at once. Where no device can be told, whoever has got hold of the account could do what nobody can undo; but who has no
 * identity of their own has no encrypted chat to do it in either.
 */
async function mayHurry(
  matrix: EraseDeps["matrix"],
  room: RoomId,
  person: UserId,
): Promise<boolean> {
  if ((await matrix.encryption(room)) === "encrypted") return true;
  return (await matrix.identity(person)).is === "none";
}

interface Question {
  readonly room: RoomId;
  readonly only: Only;
  readonly now: boolean;
  /** They want it at once, and here it is not. */
  readonly slowed: boolean;
}

async function question(
  { documents, clock, holdings, outward, kinds }: EraseDeps,
  { person, event, device: from }: Request,
  { room, only, now, slowed }: Question,
): Promise<Answer> {
  const kind = kinds.find((one) => one.kind === only.kind);
  const scope = { room: only.room, item: only.item, part: kind?.rights.part };
  const counts = await fateCounts(person, holdings, scope);
  const keeps = outward.keeps(await outward.things(person, scope));
  const said = makeWord();
  const device = deviceMark(person, from);
  const asked = { person, event, room, device, at: clock.now(), only, now };
  const { request: next } = await documents.update(erasureDocument, person, (document) => ({
    request: withQuestion(document.request, asked, said),
  }));
  if (next !== undefined && isUnderWay(next))
    return {
      template: "privacy/erase-one-at-a-time",
      view: { erasure: standing(next, kinds), cooling: next.state === "cooling" },
    };
  const view = {
    ...scopeView(only, kinds),
    ...{ word: said, now, slowed, bound: device !== undefined },
  };
  return { template: "privacy/would-erase", view: { ...view, keeps, ...fatesView(counts) } };
}

/** `confirm <word>`: where the word was shown, by whom it was shown to, and from the device that asked. Their other rooms with Usher are told. */
function confirm(deps: EraseDeps): Command {
  const { documents, clock, erasures } = deps;
  return defineCommand({
    words: "confirm",
    // All else about it begins so.
    aliases: ["privacy confirm"],
    parameters: { word: required(text("word", 100)) },
    signedDevice: true,
    example: "confirm rabosutili",
    changes: false,
    answer: async ({ word: said }, { person, room, event, device: from }) => {
      const device = deviceMark(person, from);
      let result: Confirmed | undefined;
      await changed(documents, person, (known) => {
        result = withWord(known, { event, room, device, word: said, now: clock.now() });
        return result.request;
      });
      const { is = "none", request } = result ?? {};
      if (is === "none") throw new UsherError("erasure-none", {});
      if (is === "expired") throw new UsherError("erasure-expired", {});
      if (is === "other-device") throw new UsherError("erasure-other-device", {});
      if (is === "spent") throw new UsherError("erasure-word-spent", {});
      if (is === "wrong" || request === undefined)
        throw new UsherError("erasure-word-wrong", { left: TRIES - (request?.wrong ?? 0) });
      erasures.limit.take(person);
      const until = request.state === "running" ? undefined : minuteOf(request.due ?? clock.now());
      const told = { template: "privacy/erase-elsewhere", view: { until } };
      await tellElsewhere(deps, { person, room, event }, told);
      if (request.state !== "running") return { ...standing(request, deps.kinds), onlyFor: person };
      erasures.begin(person, room);
      return { template: "privacy/erase-begins", view: {}, onlyFor: person };
    },
  });
}

/** `privacy receipt <id> <secret>`: what an erasure did, to whoever has both. Rejects with `receipt-unknown`. */
function receipt({ documents, backups }: EraseDeps): Command {
  return defineCommand({
    words: "privacy receipt",
    parameters: { id: required(text("id", 100)), secret: required(text("secret", 100)) },
    example: "privacy receipt 3f9c0a51e27b 0d6f…",
    changes: false,
    answer: async ({ id, secret }) => {
      const known = (await documents.get(receiptDocument, id.toLowerCase()))?.receipt;
      if (known?.secret !== hashOf(secret)) throw new UsherError("receipt-unknown", {});
      return {
        template: "privacy/receipt",
        view: receiptView(id, known, await backups.copiesUntil(known.at)),
      };
    },
  });
}
