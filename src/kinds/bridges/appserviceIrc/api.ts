import type { z } from "zod";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId } from "../../../kernel/ids.ts";
import type { ConnectorDeps, Health, Link, Target } from "../connector.ts";
import { isSameChannel } from "../ircChannel.ts";
import { answered } from "../dialogue/answered.ts";
import { withChanges } from "../dialogue/wording.ts";
import { ProvisioningClient, type Answered, type HttpQuestion } from "../provisioning/client.ts";
import { DONE, LINKS, NETWORKS, OPERATORS } from "./answers.ts";
import type { AppserviceIrcEntry } from "./config.ts";
import { APPSERVICE_IRC } from "./wording.ts";

/** So many networks, or operators, are named where one is to be chosen. */
export const NAMED = 20;

/** What is asked of a matrix-appservice-irc by its provisioning API. Rejects with its refusals, as `answered` does. */
export class IrcApi {
  readonly #entry: AppserviceIrcEntry;
  readonly #client: ProvisioningClient;
  readonly #asks;
  /** By network. */
  readonly #servers = new Map<string, string>();

  constructor(entry: AppserviceIrcEntry, deps: Pick<ConnectorDeps, "http" | "secrets">) {
    const { id, name, provisioning, wording } = entry;
    this.#entry = entry;
    this.#client = new ProvisioningClient({ ...deps, id, name, url: provisioning.url });
    this.#asks = withChanges(APPSERVICE_IRC, wording).asks;
  }

  async health(): Promise<Health> {
    try {
      const answer = await this.#client.ask({ ask: this.#asks.networks }, NETWORKS);
      return { is: answer.is === "said" ? "up" : "unusable" };
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      return { is: error.code === "bridge-silent" ? "down" : "unusable" };
    }
  }

  /** The server of the network, as the bridge knows it: without a name, of the only one. Asked once: what waits looks often, and the bridge bounds how often. */
  async serverOf(target: Target): Promise<string> {
    const { network = "" } = target;
    const server = this.#servers.get(network) ?? (await this.#serverNow(target));
    this.#servers.set(network, server);
    return server;
  }

  async operators({ channel }: Target, server: string): Promise<readonly string[]> {
    const body = { remote_room_channel: channel, remote_room_server: server };
    return (await this.#say({ ask: this.#asks.operators, body }, OPERATORS)).operators;
  }

  async lists({ room, channel }: Link, server: string): Promise<boolean> {
    return (await this.links(room)).some((one) => isLink(one, channel, server));
  }

  /** Where it lists this link; undefined where it does not. */
  async listedServer(link: Link): Promise<string | undefined> {
    const listed = await this.links(link.room);
    const servers = listed
      .filter((one) => isSameChannel(one.remote_room_channel, link.channel))
      .map((one) => one.remote_room_server);
    // The same channel of another network is another link.
    if (servers.length === 0 || (servers.length === 1 && link.network === undefined))
      return servers[0];
    const wanted = await this.serverOf(link);
    return servers.find((one) => isSame(one, wanted));
  }

  /** What it says to a request; a refusal is for the caller. */
  link(
    link: Link,
    server: string,
    by: { readonly op_nick: string; readonly user_id: string },
  ): Promise<Answered<object>> {
    const body = { ...bodyOf(link, server), ...by };
    return this.#client.ask({ ask: this.#asks.link, body }, DONE);
  }

  /** The same of taking a link away. */
  unlink(link: Link, server: string, by: { readonly user_id: string }): Promise<Answered<object>> {
    const body = { ...bodyOf(link, server), ...by };
    return this.#client.ask({ ask: this.#asks.unlink, body }, DONE);
  }

  links(room: RoomId): Promise<z.output<typeof LINKS>> {
    return this.#say({ ask: this.#asks.links, values: { room } }, LINKS);
  }

  async #serverNow({ network }: Target): Promise<string> {
    const { servers } = await this.#say({ ask: this.#asks.networks }, NETWORKS);
    const found =
      network === undefined && servers.length === 1
        ? servers[0]
        : servers.find(
            ({ network_id: id, fields }) =>
              network !== undefined && [id, fields.domain].some((one) => isSame(one, network)),
          );
    if (found !== undefined) return found.fields.domain;
    const networks = servers.slice(0, NAMED).map(({ network_id: id }) => id);
    const [first] = networks;
    throw new UsherError("bridge-network", { bridge: this.#entry.id, network, first, networks });
  }

  /** What it says. Rejects with its refusal. */
  async #say<T>(question: HttpQuestion, schema: z.ZodType<T>): Promise<T> {
    const answer = await this.#client.ask(question, schema);
    if (answer.is === "said") return answer.value;
    answered(answer, this.#entry);
    throw new UsherError("bridge-unclear", { name: this.#entry.name, lines: [] });
  }
}

/** Whether it lists this. */
export function isLink(
  listed: z.output<typeof LINKS>[number],
  channel: string,
  server: string,
): boolean {
  return (
    isSameChannel(listed.remote_room_channel, channel) && isSame(listed.remote_room_server, server)
  );
}

function bodyOf({ room, channel }: Link, server: string): object {
  return {
    matrix_room_id: room,
    remote_room_channel: channel,
    remote_room_server: server,
  };
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
