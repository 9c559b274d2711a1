import { offering, restOfLine, text } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command, type Plan } from "../../chat/command.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { RoomEncryption, RoomMembers, RoomState } from "../../matrix/port.ts";
import { offeredIds } from "../../integrations/catalogue.ts";
import { seesPast } from "../../integrations/seesPast.ts";
import { addedAnswer } from "./answers.ts";
import type { Bridges } from "./bridges.ts";
import type { BridgeEntry } from "./config.ts";
import { calledEntry, isCalled } from "./entries.ts";
import type { Connector, Target } from "./connector.ts";
import { linkingNeeds } from "./needs.ts";
import { alsoView, hostView, loweredView, traitsView } from "./views.ts";

/** What the commands about bridges work with. */
export interface BridgeDeps {
  readonly matrix: RoomEncryption & RoomMembers & Pick<RoomState, "state">;
  readonly bridges: Bridges;
  /** What can be added. */
  readonly entries: readonly BridgeEntry[];
}

/** What was asked for. */
interface Wanted {
  readonly entry: BridgeEntry;
  readonly connector: Connector;
  readonly target: Target;
  readonly name: string;
}

/** `add bridge <bridge> <what>`: links the room with a place elsewhere. */
export function addBridge(deps: BridgeDeps): Command {
  const { bridges, entries } = deps;
  return defineCommand({
    words: "add bridge",
    aliases: ["bridge add", "addbridge"],
    suits: (word) => entries.some((entry) => isCalled(entry, word)),
    parameters: {
      bridge: required(offering(text("bridge", 60), () => offeredIds(entries))),
      to: optional(restOfLine("place", 300)),
    },
    get example() {
      const [first] = examples(deps);
      return first === undefined
        ? "add bridge irc libera #example"
        : `add bridge ${first.id} ${first.example}`;
    },
    missing: (label) => Promise.resolve(label === "bridge" ? whichBridge(deps) : undefined),
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: async (input, { room }) => {
      const { entry } = wantedOf(deps, input);
      const asked = { bot: entry.bot, entry: entry.id };
      return { deed: "add-bridge", needs: await linkingNeeds(bridges, room, asked) };
    },
    plan: async (input, { room, person, event }) => {
      const wanted = wantedOf(deps, input);
      const { entry, connector, target } = wanted;
      const id = bridges.idOf(entry.id, room, target);
      const refused = refuseEarly(deps, wanted, room).then((isHere) =>
        bridges.refuseSecond(room, entry.id, id, isHere),
      );
      // All of it is looked at side by side, and a refusal is a refusal whatever else there is.
      const [plan] = await Promise.all([planned(deps, wanted, room), refused]);
      await connector.check({ ...target, room, person, cause: event });
      return plan;
    },
    perform: async (input, { room, person, event }) => {
      const wanted = wantedOf(deps, input);
      const { entry, target, name } = wanted;
      const isHere = await refuseEarly(deps, wanted, room);
      const by = { person, cause: event };
      const outcome = await bridges.add(room, entry.id, target, by, isHere);
      return addedAnswer(outcome, {
        id: bridges.idOf(entry.id, room, target),
        name,
        bridge: entry.name,
        asked: wanted.connector.consent?.asked,
      });
    },
  });
}

/** What is in no name that people type, and makes one pass for another. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function codeOf(unseen: string): string {
  return `U+${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** As many as people read through; `browse bridges` has all. */
const CHOICES = 5;

/** The bridges that can be added, with what may be typed behind each. */
function examples({ bridges, entries }: BridgeDeps) {
  return entries
    .filter(({ enabled }) => enabled)
    .map(({ id, name }) => ({ id, name, example: bridges.connectorOf(id).example }));
}

/** What there is to choose from, where no bridge was named. */
function whichBridge(deps: BridgeDeps): UsherError {
  const all = examples(deps);
  return new UsherError("bridge-missing", {
    ...{ bridges: all.slice(0, CHOICES), more: all.length > CHOICES },
  });
}

/** Throws `bridge-unknown`, `bridge-disabled`, and what is wrong with the words behind the bridge's name. */
function wantedOf(
  { bridges, entries }: BridgeDeps,
  { bridge, to = "" }: { readonly bridge: string; readonly to?: string | undefined },
): Wanted {
  const entry = calledEntry(entries, bridge);
  const connector = bridges.connectorOf(entry.id);
  const [unseen] = UNSEEN.exec(to) ?? [];
  if (unseen !== undefined) throw new UsherError("bridge-target-unseen", { code: codeOf(unseen) });
  const words = to.split(/\s+/).filter((word) => word !== "");
  const target = connector.target(words);
  return { entry, connector, target, name: connector.nameOf(target) };
}

/** Whether the bot is in the room. Rejects where no bridge should come: it could not read what is written, or would take the room for its own. */
async function refuseEarly(
  { matrix, bridges }: BridgeDeps,
  { entry, connector }: Wanted,
  room: RoomId,
): Promise<boolean> {
  const [encryption, { joined }, membership] = await Promise.all([
    matrix.encryption(room),
    matrix.members(room),
    bridges.membership(room, entry.bot),
  ]);
  if (encryption !== "none" && !connector.traits.encrypts)
    throw new UsherError("bridge-encrypted", { name: entry.name });
  const others = [...joined].filter((user: UserId) => user !== entry.bot);
  // Alone with Usher, a bridge's bot takes the room for one in which it is given orders.
  if (others.length < 2) throw new UsherError("bridge-company", { name: entry.name });
  if (membership === "ban") throw new UsherError("bridge-bot-banned", { bot: entry.bot });
  return membership === "join";
}

/** What is to be confirmed. */
async function planned(
  { matrix, bridges }: BridgeDeps,
  { entry, connector, target, name }: Wanted,
  room: RoomId,
): Promise<Plan> {
  const { traits } = connector;
  const [known, others, visibility, encryption, { power, lowered }] = await Promise.all([
    bridges.find(room, bridges.idOf(entry.id, room, target)),
    bridges.linksOfOthers(room),
    matrix.state(room, "m.room.history_visibility", ""),
    matrix.encryption(room),
    bridges.levels.wanted(room, entry.bot, (now) => connector.powers(now)),
  ]);
  if (known !== undefined) {
    const { id, addedBy } = known.record;
    const template = known.halfDone ? "bridge/half-done" : "bridge/exists";
    return { nothing: { template, view: { id, name, addedBy } } };
  }
  return {
    preview: {
      template: "bridge/preview",
      view: {
        ...{ name, bot: entry.bot, bridge: entry.name },
        ...hostView(entry),
        seesPast: seesPast(encryption, visibility),
        appears: traits.appears,
        inRoom: connector.inRoom === true,
        level: power.given ?? undefined,
        ...loweredView(lowered),
      },
    },
    cautions: [...alsoView(others), ...traitsView(traits)],
    exactly: ["add bridge", entry.id, target.network, target.channel, target.consentBy]
      .filter((word) => word !== undefined)
      .join(" "),
  };
}
