import { z } from "zod";
import type { Secrets } from "../../config/secrets.ts";
import type { KindFinding } from "../../integrations/kind.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { HttpClient, WebsiteAnswer } from "../../net/websites.ts";
import type { BotEntry, LeaveSettings } from "./config.ts";

interface LeaveTokensDeps {
  readonly http: HttpClient;
  readonly secrets: Secrets;
  /** By the id of the catalogue's entry. */
  readonly settings: Readonly<Record<string, LeaveSettings>>;
  readonly entries: readonly BotEntry[];
}

const WHOAMI = z.object({ user_id: z.string().max(255) });
const TIMEOUT_MS = 10_000;

/**
 * Has bots leave with access tokens that the operator gave for that. Where such a bot is, and which file holds its token, only the configuration says:
 * a command that changes the catalogue must not send a token elsewhere. Two things are asked with it: whose it is, and to leave one room.
 */
export class LeaveTokens {
  readonly #deps: LeaveTokensDeps;

  constructor(deps: LeaveTokensDeps) {
    this.#deps = deps;
  }

  /** Whether there is a token for it. */
  has(user: UserId): boolean {
    return this.#idOf(user) !== undefined;
  }

  /** Rejects with `bot-token` (view: `id`, and why as a flag) or `secret-unreadable`. */
  async leave(user: UserId, room: RoomId): Promise<void> {
    const id = this.#idOf(user);
    if (id === undefined) return;
    await this.#check(id, user);
    const { status } = await this.#ask(id, "POST", `rooms/${encodeURIComponent(room)}/leave`);
    if (status !== 200) throw fault(id, "refused");
  }

  /** Whether each token is good, for the doctor. */
  async findings(): Promise<readonly KindFinding[]> {
    const { settings, entries } = this.#deps;
    return Promise.all(
      Object.keys(settings).map(async (id): Promise<KindFinding> => {
        const view = { id, unknown: false, silent: false, refused: false, other: false };
        const user = entries.find((one) => one.id === id)?.user;
        if (user === undefined) return finding({ ...view, unknown: true });
        try {
          await this.#check(id, user);
          return finding(view);
        } catch (error) {
          if (!(error instanceof UsherError)) throw error;
          const unreadable = error.code === "secret-unreadable";
          return finding({ ...view, refused: unreadable, ...error.view });
        }
      }),
    );
  }

  #idOf(user: UserId): string | undefined {
    const { entries, settings } = this.#deps;
    return entries.find((one) => one.user === user && Object.hasOwn(settings, one.id))?.id;
  }

  /** That the token is this bot's: another one must not leave in its place. */
  async #check(id: string, user: UserId): Promise<void> {
    const answer = await this.#ask(id, "GET", "account/whoami");
    if (answer.status !== 200) throw fault(id, "refused");
    if (whoamiOf(answer) !== user) throw fault(id, "other");
  }

  async #ask(id: string, method: "GET" | "POST", path: string): Promise<WebsiteAnswer> {
    const { http, secrets, settings } = this.#deps;
    const { homeserver } = settings[id] ?? {};
    const token = secrets.read(`leave.${id}.token`);
    if (homeserver === undefined || token === undefined) throw fault(id, "refused");
    const url = new URL(`${homeserver.replace(/\/+$/, "")}/_matrix/client/v3/${path}`);
    const headers = {
      authorization: `Bearer ${token.reveal()}`,
      "content-type": "application/json",
    };
    const body = method === "POST" ? { body: "{}" } : {};
    const question = { method, headers, ...body, timeoutMs: TIMEOUT_MS, allowPrivate: true };
    return http.ask(url, question).catch((error: unknown) => {
      throw error instanceof UsherError ? fault(id, "silent") : error;
    });
  }
}

/** Undefined where the answer is none of a homeserver. */
function whoamiOf(answer: WebsiteAnswer): string | undefined {
  try {
    return answer.json(WHOAMI).user_id;
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    return undefined;
  }
}

function fault(id: string, why: "silent" | "refused" | "other"): UsherError {
  const view = { id, silent: false, refused: false, other: false, [why]: true };
  return new UsherError("bot-token", view);
}

function finding(view: Readonly<Record<string, string | boolean>>): KindFinding {
  const well = !Object.values(view).includes(true);
  return { well, finding: { template: "doctor/bot-token", view: { ...view, well } } };
}
