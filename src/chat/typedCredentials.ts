import { UsherError } from "../kernel/errors.ts";
import { pseudonym, type Log } from "../kernel/log.ts";
import type { OwnAccount, PowerLevels, Reactions, RoomEvent } from "../matrix/port.ts";
import { isAborted } from "../matrix/errors.ts";
import { allowed } from "../matrix/power.ts";
import { MAX_BODY } from "./gate.ts";
import type { ReplyTarget } from "./replyTarget.ts";
import { mayPass } from "./retryTransient.ts";
import type { Speaker } from "./speaker.ts";
import { typedCredential, type TypedCredential } from "./typedCredential.ts";

/** What each is called, as a template. */
const NAMES: Readonly<Record<TypedCredential, string>> = {
  matrix: "credential/matrix",
  github: "credential/github",
  gitlab: "credential/gitlab",
  slack: "credential/slack",
  telegram: "credential/telegram",
  discord: "credential/discord",
  "private-key": "credential/private-key",
  password: "credential/password",
  token: "credential/token",
};

export interface TypedCredentialsDeps {
  readonly matrix: OwnAccount & PowerLevels & Pick<Reactions, "redact">;
  readonly speaker: Speaker;
  readonly log: Log;
}

/**
 * Whether something was said to Usher that holds a credential (`line`: what was said to it). Then whoever said it is told what to do, the message is taken
 * away where Usher may, and nothing else is done with it: it reaches no document, and no log. Safe to repeat: it is said before it is taken away, so that who
 * has not heard of it after a crash is told then.
 */
export async function tookCredential(
  { matrix, speaker, log }: TypedCredentialsDeps,
  event: RoomEvent,
  line: string,
  place: ReplyTarget,
): Promise<boolean> {
  const body = event.content["body"];
  const text = typeof body === "string" ? body.slice(0, MAX_BODY) : "";
  const what = typedCredential(text, line);
  if (what === undefined) return false;
  const { roomId: room, eventId } = event;
  log.info({
    class: "bot",
    what: "credential.typed",
    who: pseudonym(event.sender),
    where: pseudonym(room),
  });
  const mayTake = allowed(await matrix.power(room), matrix.me, { kind: "redact" });
  const view = {
    what: NAMES[what],
    taken: mayTake,
    session: what === "matrix",
    password: what === "password",
    other: what !== "matrix" && what !== "password",
  };
  await speaker.say(place, { template: "credential-typed", view }, "answer");
  if (!mayTake) return true;
  try {
    await matrix.redact(room, eventId, { cause: eventId, step: "credential" });
  } catch (error) {
    if (!(error instanceof UsherError) || mayPass(error) || isAborted(error)) throw error;
    await speaker.say(place, { template: "credential-stays", view: {} }, "credential-stays");
  }
  return true;
}
