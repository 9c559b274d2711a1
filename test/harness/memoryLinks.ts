import type { Log } from "../../src/kernel/log.ts";
import { BRIDGE_LINKS, LOGIN_MADE } from "../../src/kinds/bridges/dataMap.ts";
import { bridgePart, withoutBridge } from "../../src/kinds/bridges/records.ts";
import { OutwardThings, type Outward } from "../../src/rights/holdings/outward.ts";
import type { Documents } from "../../src/store/documents.ts";
import { roomDocument } from "../../src/store/room.ts";

/** A bridge as an erasure sees it. `fail`: asked before a link is taken away. */
export class MemoryLinks implements Outward {
  readonly record = BRIDGE_LINKS;
  /** The links that others may take away as well, by their ids. */
  readonly shared = new Set<string>();
  /** Those that the bridge has not any more. */
  readonly gone: string[] = [];
  /** The log-ins there of whoever is erased, and those that are ended. */
  readonly logins: string[] = [];
  readonly loggedOut: string[] = [];
  readonly #documents: Documents;
  readonly #fail: (what: string) => void;

  constructor(documents: Documents, fail: (what: string) => void) {
    this.#documents = documents;
    this.#fail = fail;
  }

  /** As erasures see them. */
  things(documents: Documents, log: Log): OutwardThings {
    const rights = { part: bridgePart, outward: this };
    return new OutwardThings({ documents, log, kinds: [{ kind: "bridge", rights }] });
  }

  readonly goes: Outward["goes"] = ({ id }, { named }) =>
    Promise.resolve(named || !this.shared.has(String(id)));

  readonly takeAway: Outward["takeAway"] = async (room, id) => {
    await Promise.resolve();
    this.#fail("take away link");
    this.gone.push(id);
    await this.#documents.update(roomDocument, room, (document) => withoutBridge(document, id));
  };

  readonly keeps: Outward["keeps"] = () => ({ template: "bridge-keeps/heisenbridge", view: {} });

  readonly ofPeople: NonNullable<Outward["ofPeople"]> = {
    record: LOGIN_MADE,
    things: () => Promise.resolve(this.logins.map((id) => ({ id, entry: "irc", goes: true }))),
    takeAway: async (_, { id }) => {
      await Promise.resolve();
      this.#fail("log out");
      this.loggedOut.push(id);
    },
  };
}
