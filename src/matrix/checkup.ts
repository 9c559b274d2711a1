import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { path, type HomeserverCall } from "./client.ts";
import { HomeserverError } from "./errors.ts";
import { MEDIA_CONFIG, mediaConfig } from "./media.ts";

/** What a look at the homeserver found; undefined is what it did not say. */
export interface HomeserverFacts {
  /** Whose the token is, or the code with which it was refused. */
  readonly token:
    { readonly user: string; readonly device: string | undefined } | { readonly refused: string };
  /** The versions of the specification that it speaks. */
  readonly versions: readonly string[] | undefined;
  /** What it calls itself, as "Synapse 1.141.0". */
  readonly server: string | undefined;
  /** The largest file it takes; bytes. */
  readonly uploadBytes: number | undefined;
  /** How far its clock is before ours, ms, to a second or so. */
  readonly skewMs: number | undefined;
}

const TIMEOUT_MS = 10_000;

const whoami = z.object({ user_id: z.string(), device_id: z.string().optional() });
const versions = z.object({ versions: z.array(z.string()) });
const federation = z.object({
  server: z.object({ name: z.string().max(100), version: z.string().max(100) }),
});

/** Looks at the homeserver as a doctor does: asks everything once, and takes silence for an answer. Never rejects. */
export async function checkHomeserver({
  call,
  url,
  clock,
}: {
  readonly call: HomeserverCall;
  readonly url: string;
  readonly clock: Clock;
}): Promise<HomeserverFacts> {
  const ask = async <T>(schema: z.ZodType<T>, where: string): Promise<T | HomeserverError> => {
    try {
      const answer = schema.safeParse(await call("GET", where, { timeoutMs: TIMEOUT_MS }));
      return answer.success ? answer.data : new HomeserverError({ kind: "malformed" });
    } catch (error) {
      if (error instanceof HomeserverError) return error;
      throw error;
    }
  };
  const [who, spoken, server, limits, skewMs] = await Promise.all([
    ask(whoami, path("account", "whoami")),
    ask(versions, "/_matrix/client/versions"),
    ask(federation, "/_matrix/federation/v1/version"),
    ask(mediaConfig, MEDIA_CONFIG),
    clockSkew(url, clock),
  ]);
  return {
    token:
      who instanceof HomeserverError
        ? { refused: who.errcode ?? who.kind }
        : { user: who.user_id, device: who.device_id },
    versions: spoken instanceof HomeserverError ? undefined : spoken.versions,
    server:
      server instanceof HomeserverError
        ? undefined
        : `${server.server.name} ${server.server.version}`,
    uploadBytes: limits instanceof HomeserverError ? undefined : limits["m.upload.size"],
    skewMs,
  };
}

/** From the header `Date`, which tells whole seconds, taken for the middle of the question and the answer. */
async function clockSkew(url: string, clock: Clock): Promise<number | undefined> {
  const asked = clock.now();
  try {
    const response = await fetch(`${url}/_matrix/client/versions`, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    const date = Date.parse(response.headers.get("date") ?? "");
    return Number.isNaN(date) ? undefined : date + 500 - (asked + clock.now()) / 2;
  } catch {
    // That it does not answer, the other questions find.
    return undefined;
  }
}
