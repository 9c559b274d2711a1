import type { Answer, Request } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { FileContent } from "../../matrix/fileContent.ts";
import type {
  Encryption,
  Identities,
  OwnAccount,
  PrivacyFault,
  RoomEncryption,
  Rooms,
  RoomPrivacy,
} from "../../matrix/port.ts";

export interface PrivatelyDeps {
  readonly matrix: OwnAccount &
    RoomPrivacy &
    RoomEncryption &
    Identities &
    Pick<Rooms, "privateRoom">;
  readonly speaker: Pick<Speaker, "say">;
  /** Whether Usher can encrypt. Where it can, nothing personal goes out unencrypted unless its person insists. */
  readonly canEncrypt: boolean;
}

/** Where something personal is said, and under what; for what goes there beside the words. */
export type PersonalPlace = { readonly room: RoomId } & Pick<FileContent, "replyTo" | "thread">;

/** `here`: they want it here. `done`: what they asked is done when it is told, so that nobody need ask again. */
interface How {
  readonly here: boolean;
  readonly done?: boolean;
}

/**
 * Tells somebody something personal: here where only they read along, encrypted if Usher can, or else in the encrypted room that they and Usher
 * have for themselves; then the answer here says only that. Whose devices could read nothing there is told what to say to get it here. `personal` is told in which room it will be said. `here`: they want it here, which counts unencrypted for whoever has no other way. Rejects with `room-not-private`
 * where that cannot be; whether a room is private is looked at once more right before each message.
 */
export async function privately(
  { matrix, speaker, canEncrypt }: PrivatelyDeps,
  { room, person, event, thread }: Request,
  { here, done = false }: How,
  personal: (place: PersonalPlace) => Promise<Answer>,
): Promise<Answer> {
  const [fault, encryption] = await looked(matrix, { room, person });
  if (fault !== undefined && here) throw new UsherError("room-not-private", { fault });
  const sealed = encryption === "encrypted" || !canEncrypt;
  const tellHere = async (): Promise<Answer> => {
    const place = { room, replyTo: event, ...(thread === undefined ? {} : { thread }) };
    return { ...(await personal(place)), onlyFor: person };
  };
  if (fault === undefined && sealed) return tellHere();
  // Who has no identity has no device that Usher would give the key of an encrypted room to. Anybody else can read it there, but not who holds only the account.
  const unreadable = canEncrypt && (await matrix.identity(person)).is === "none";
  if (fault === undefined && unreadable)
    return here ? tellHere() : { template: "privacy/offer-here", view: {} };
  const direct = await matrix.privateRoom(person, canEncrypt ? "encrypted" : undefined);
  const apart = { room: direct, event, apart: true, thread: undefined, calledAs: "" } as const;
  const answer = await personal({ room: direct });
  await speaker.say(apart, { ...answer, onlyFor: person }, "personal");
  return { template: "privacy/sent", view: { clear: fault === undefined, unreadable, done } };
}

/** Whether something personal is said right here, as `privately` has it. */
export async function isPersonal(
  { matrix, canEncrypt }: Pick<PrivatelyDeps, "matrix" | "canEncrypt">,
  request: Pick<Request, "room" | "person">,
  here: boolean,
): Promise<boolean> {
  const [fault, encryption] = await looked(matrix, request);
  return fault === undefined && (here || encryption === "encrypted" || !canEncrypt);
}

function looked(
  matrix: RoomPrivacy & RoomEncryption,
  { room, person }: Pick<Request, "room" | "person">,
): Promise<readonly [PrivacyFault | undefined, Encryption]> {
  return Promise.all([matrix.privacyFault(room, person), matrix.encryption(room)]);
}
