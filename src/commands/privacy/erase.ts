import { room as roomArgument, text, word } from "../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
  type Request,
} from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asRoomId } from "../../kernel/ids.ts";
import {
  hashOf,
  isUnderWay,
  makeWord,
  TRIES,
  withQuestion,
  withWord,
  type Confirmed,
} from "../../rights/erasureRequest.ts";
import type { Erasures } from "../../rights/erasures.ts";
import { fateCounts } from "../../rights/fates.ts";
import type { Holding } from "../../rights/holding.ts";
import type { Kind } from "../../integrations/kind.ts";
import { isAll } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import { erasureDocument, receiptDocument, type ErasureRequest } from "../../store/erasures.ts";
import { fatesView, receiptView } from "./erasureView.ts";
import { asksFor } from "./ownWords.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";
import { changed, standing } from "./standing.ts";

export interface EraseDeps extends PrivatelyDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly holdings: readonly Holding[];
  readonly erasures: Pick<Erasures, "begin">;
  readonly kinds: readonly Pick<Kind, "kind" | "plural" | "rights">[];
}

/** What asks for an erasure, confirms it and shows its receipt. */
export function eraseCommands(deps: EraseDeps): readonly Command[] {
  return [erase(deps), eraseRoom(deps), confirm(deps), receipt(deps)];
}

/** `privacy erase all | bots | widgets | … [now]`: everything, or what is of one kind (R28). */
function erase(deps: EraseDeps): Command {
  const plurals = deps.kinds.map(({ plural }) => plural);
  return defineCommand({
    words: "privacy erase",
    askedFreely: asksFor("erase"),
    parameters: { what: required(word("all", ["all", ...plurals])), ...HOW },
    signedDevice: true,
    example: "privacy erase all",
    changes: false,
    answer: ({ what, ...how }, request) => {
      const kind = deps.kinds.find(({ plural }) => plural === what);
      return ask(deps, request, how, kind === undefined ? {} : { kind: kind.kind });
    },
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
    answer: ({ room, ...how }, request) => {
      const id = asRoomId(room);
      if (id === undefined) throw new UsherError("room-unknown", { room });
      return ask(deps, request, how, { room: id });
    },
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

/** What would go and what would stay, with the word that confirms it there (R36). Erases nothing by itself. */
function ask(
  deps: EraseDeps,
  request: Request,
  { when, where }: How,
  only: NonNullable<ErasureRequest["only"]>,
): Promise<Answer> {
  const { documents, clock, holdings, kinds } = deps;
  return privately(deps, request, when === "here" || where === "here", async ({ room }) => {
    const { person, event } = request;
    const kind = kinds.find((one) => one.kind === only.kind);
    const scope = { room: only.room, part: kind?.rights.part };
    const counts = await fateCounts(person, holdings, scope);
    const said = makeWord();
    const now = when === "now" || where === "now";
    const question = { person, event, room, at: clock.now(), only, now };
    const { request: next } = await documents.update(erasureDocument, person, (document) => ({
      request: withQuestion(document.request, question, said),
    }));
    if (next !== undefined && isUnderWay(next)) return standing(next);
    const view = { all: isAll(scope), kind: kind?.plural, inRoom: only.room, word: said, now };
    return { template: "privacy/would-erase", view: { ...view, ...fatesView(counts) } };
  });
}

/** `confirm <word>`: where the word was shown, and by whom it was shown to. */
function confirm({ documents, clock, erasures }: EraseDeps): Command {
  return defineCommand({
    words: "confirm",
    parameters: { word: required(text("word", 100)) },
    signedDevice: true,
    example: "confirm rabosutili",
    changes: false,
    answer: async ({ word: said }, { person, room, event }) => {
      let result: Confirmed | undefined;
      await changed(documents, person, (known) => {
        result = withWord(known, { event, room, word: said, now: clock.now() });
        return result.request;
      });
      const { is = "none", request } = result ?? {};
      if (is === "none") throw new UsherError("erasure-none", {});
      if (is === "expired") throw new UsherError("erasure-expired", {});
      if (is === "spent") throw new UsherError("erasure-word-spent", {});
      if (is === "wrong" || request === undefined)
        throw new UsherError("erasure-word-wrong", { left: TRIES - (request?.wrong ?? 0) });
      if (request.state !== "running") return { ...standing(request), onlyFor: person };
      erasures.begin(person, room);
      return { template: "privacy/erase-begins", view: {}, onlyFor: person };
    },
  });
}

/** `privacy receipt <id> <secret>`: what an erasure did, to whoever has both. Rejects with `receipt-unknown`. */
function receipt({ documents }: EraseDeps): Command {
  return defineCommand({
    words: "privacy receipt",
    parameters: { id: required(text("id", 100)), secret: required(text("secret", 100)) },
    example: "privacy receipt 3f9c0a51e27b 0d6f…",
    changes: false,
    answer: async ({ id, secret }) => {
      const known = (await documents.get(receiptDocument, id.toLowerCase()))?.receipt;
      if (known?.secret !== hashOf(secret)) throw new UsherError("receipt-unknown", {});
      return { template: "privacy/receipt", view: receiptView(id, known) };
    },
  });
}
