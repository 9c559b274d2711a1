import type { Answer } from "../../../chat/command.ts";
import type { Suggestion } from "../../../integrations/kind.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { serverOf, type UserId } from "../../../kernel/ids.ts";
import type { Content, OwnAccount, Profiles, RoomState } from "../../../matrix/port.ts";
import type { HttpClient } from "../../../net/websites.ts";
import type { Documents } from "../../../store/documents.ts";
import { roomDocument } from "../../../store/room.ts";
import { bridgeCatalogue, type BridgeEntry } from "../config.ts";
import { markedBridges, type Marked } from "./bridgeMarks.ts";
import { KNOWN_BRIDGES, type KnownBridge } from "./knownBridges.ts";
import { announcedBridges } from "./wellKnown.ts";

interface DiscoveryDeps {
  readonly matrix: OwnAccount & Pick<RoomState, "allState"> & Pick<Profiles, "account">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly http: HttpClient;
  /** Where the homeserver is. */
  readonly homeserverUrl: string;
  /** What the catalogue has, offered or not. */
  readonly entries: readonly BridgeEntry[];
}

/** A bridge that was found, and by what. */
interface Found {
  readonly bot: UserId;
  readonly id: string;
  readonly name: string;
  readonly fields: Content | undefined;
  readonly found: Answer;
}

/** What was found, and the addresses that are announced. */
interface Look {
  readonly bridges: readonly Found[];
  readonly announced: readonly URL[];
}

/** How long what was found is believed, how long rooms are looked at, and how many; ms. */
const FRESH_MS = 600_000;
const LOOK_MS = 10_000;
const MOST_ROOMS = 200;
const ASKED_AT_ONCE = 4;

/** Finds bridges of Usher's own homeserver that the catalogue does not have. */
export class BridgeDiscovery {
  readonly #deps: DiscoveryDeps;
  #last: { readonly look: Promise<Look>; readonly until: number } | undefined;

  constructor(deps: DiscoveryDeps) {
    this.#deps = deps;
  }

  /** What the catalogue could have as well; looked for anew after ten minutes. Never what it has, offered or not. */
  async suggestions(): Promise<readonly Suggestion[]> {
    const { clock, entries } = this.#deps;
    const now = clock.now();
    if (this.#last === undefined || now >= this.#last.until)
      this.#last = { look: this.#look(), until: now + FRESH_MS };
    const { bridges, announced } = await this.#last.look;
    const offered = addable(bridges, entries);
    const known = [...bridges.map(({ id }) => id), ...entries.map(({ id }) => id)];
    const unnamed = announced.filter((url) => !known.some((id) => names(url, id)));
    return [
      ...offered,
      ...unnamed.map(({ href }) => ({
        name: href,
        found: { template: "bridge-found/address", view: {} },
        entry: undefined,
      })),
    ];
  }

  /** What tells most of a bridge comes first. */
  async #look(): Promise<Look> {
    const server = serverOf(this.#deps.matrix.me);
    const where = { server, url: this.#deps.homeserverUrl };
    const [announced, named, marked] = await Promise.all([
      announcedBridges(where, this.#deps.http),
      this.#named(server),
      this.#marked(server),
    ]);
    // The account is called the same whatever is behind it, but rooms that it has linked say that.
    const older = new Map(
      marked.flatMap(({ bot, connector }) =>
        connector === undefined ? [] : [[bot, { connector }] as const],
      ),
    );
    const bridges = [
      ...named.map(({ id, name, fields: usual, bot }) => {
        const fields = older.get(bot) ?? usual;
        const address = announced.find((url) => names(url, id))?.href;
        const how =
          fields === undefined ? "by-hand" : address === undefined ? "by-name" : "announced";
        const found = { template: `bridge-found/${how}`, view: { bot, address } };
        return { id, name, fields, bot, found };
      }),
      ...marked.map(({ bot, id, name }) => ({
        ...{ bot, id, name, fields: older.get(bot) ?? fieldsOf(id) },
        found: { template: "bridge-found/in-room", view: { bot } },
      })),
    ];
    return { bridges, announced };
  }

  /** Those that rooms which Usher is in are marked with. */
  async #marked(server: string): Promise<readonly Marked[]> {
    const { matrix, documents, clock } = this.#deps;
    const until = clock.now() + LOOK_MS;
    const found = new Map<UserId, Marked>();
    let looked = 0;
    for await (const { document } of documents.scan(roomDocument)) {
      if (document.greetedAt === undefined || document.upgrade !== undefined) continue;
      if (++looked > MOST_ROOMS || clock.now() >= until) break;
      try {
        for (const one of markedBridges(await matrix.allState(document.id), server))
          if (!found.has(one.bot)) found.set(one.bot, one);
      } catch (error) {
        if (!(error instanceof UsherError)) throw error;
      }
    }
    return [...found.values()];
  }

  /** Those whose bot has the account that it has by itself. */
  async #named(server: string): Promise<readonly (KnownBridge & { readonly bot: UserId })[]> {
    const all = KNOWN_BRIDGES.map((known) => ({
      ...known,
      bot: `@${known.localpart}:${server}` as UserId,
    }));
    const there: (typeof all)[number][] = [];
    for (let from = 0; from < all.length; from += ASKED_AT_ONCE) {
      const some = all.slice(from, from + ASKED_AT_ONCE);
      const accounts = await Promise.all(some.map(({ bot }) => this.#deps.matrix.account(bot)));
      there.push(...some.filter((_, place) => accounts[place]?.is === "known"));
    }
    return there;
  }
}

/** What the catalogue does not have yet, each bot once, as it would take it. */
function addable(
  bridges: readonly Found[],
  entries: readonly BridgeEntry[],
): readonly Suggestion[] {
  const taken = new Set(entries.map(({ id }) => id));
  const bots = new Set<UserId>(entries.map(({ bot }) => bot));
  return bridges.flatMap(
    ({ bot, id: wanted, name, fields: more, found }): readonly Suggestion[] => {
      if (bots.has(bot)) return [];
      bots.add(bot);
      if (more === undefined) return [{ name, found, entry: undefined }];
      const id = free(wanted, taken);
      taken.add(id);
      const fields = { name, bot, ...more };
      return bridgeCatalogue.safeParse([{ id, ...fields }]).success
        ? [{ name, found, entry: { kind: "bridge", id, fields } }]
        : [];
    },
  );
}

/** What an entry of a network says that is known, or as it is usual where it is not. */
function fieldsOf(id: string): Content {
  const known = KNOWN_BRIDGES.find(
    ({ id: one, fields }) => one === id && fields?.["connector"] === "bridgev2",
  );
  return known?.fields ?? { connector: "bridgev2", prefix: `!${id}` };
}

/** Whether an address names a bridge in its path or its host, as it is usual. */
function names({ hostname, pathname }: URL, id: string): boolean {
  return `${hostname}${pathname}`
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .includes(id);
}

/** The id, or one like it that nothing has. */
function free(id: string, taken: ReadonlySet<string>): string {
  for (let number = 2, next = id; ; number += 1) {
    if (!taken.has(next)) return next;
    next = `${id.slice(0, 28)}-${String(number)}`;
  }
}
