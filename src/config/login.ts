import { z } from "zod";
import { asUserId, type UserId } from "../kernel/ids.ts";
import { ConfigError } from "./problems.ts";
import { whyUnreachable } from "./reach.ts";

const TIMEOUT_MS = 30_000;
const answerSchema = z.object({
  user_id: z.string(),
  access_token: z.string().min(1),
  device_id: z.string().min(1),
});
const errorSchema = z.object({ errcode: z.string() });

export interface Login {
  readonly userId: UserId;
  readonly accessToken: string;
  readonly deviceId: string;
}

/** The error code of an answer (`M_FORBIDDEN`), or its HTTP status where it has none. */
export async function refusal(response: Response): Promise<string> {
  const parsed = errorSchema.safeParse(await response.json().catch(() => undefined));
  return parsed.success ? parsed.data.errcode : `HTTP ${String(response.status)}`;
}

/**
 * Logs in with a password, as a new device named "Usher" (Client-Server API, `POST /login`, `m.login.password`).
 * Throws a `ConfigError` with one sentence if that fails.
 */
export async function logIn(
  url: string,
  user: string,
  password: string,
  fetcher: typeof fetch,
): Promise<Login> {
  let response: Response;
  try {
    response = await fetcher(new URL(`${url}/_matrix/client/v3/login`), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        type: "m.login.password",
        identifier: { type: "m.id.user", user },
        password,
        initial_device_display_name: "Usher",
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new ConfigError([whyUnreachable(error, url)], { cause: error });
  }
  if (!response.ok) {
    const code = await refusal(response);
    throw new ConfigError([
      code === "M_FORBIDDEN"
        ? `The homeserver refuses the name or the password of ${user}.`
        : code === "M_LIMIT_EXCEEDED"
          ? "The homeserver asks to wait before the next log-in. Try again in a few minutes."
          : `The homeserver refuses to log ${user} in (${code}).`,
    ]);
  }
  const answer = answerSchema.safeParse(await response.json().catch(() => undefined));
  const userId = answer.success ? asUserId(answer.data.user_id) : undefined;
  if (!answer.success || userId === undefined)
    throw new ConfigError([`What answers at ${url} is no homeserver that Usher understands.`]);
  return { userId, accessToken: answer.data.access_token, deviceId: answer.data.device_id };
}
