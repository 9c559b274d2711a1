import type { Person, SayOptions } from "./person.ts";
import type { Content } from "./clientApi.ts";
import type { Predicate, SeenEvent } from "./observed.ts";

/** What an event is an answer to: the event it replies to. */
export function repliesTo(event: SeenEvent): string | undefined {
  const relation = event.content["m.relates_to"] as
    { "m.in_reply_to"?: { event_id?: string } } | undefined;
  return relation?.["m.in_reply_to"]?.event_id;
}

/** A message that answers the given event and is not an edit. */
export function answerTo(asked: string): Predicate {
  return (event) => event.type === "m.room.message" && repliesTo(event) === asked;
}

/** The last word on the given event, as this person sees it: its answer, or what "I am working on it" was edited into. */
export function finalAnswerTo(asked: string, person: Pick<Person, "seen">): Predicate {
  return (event) => {
    if (event.type !== "m.room.message" || bodyOf(event).includes("I am working on it"))
      return false;
    // What it answers is not encrypted: it may be seen before its key comes, and again then.
    if (event.encryption === "unreadable") return false;
    const { event_id: edited } = (event.content["m.relates_to"] ?? {}) as { event_id?: string };
    // A file comes before the answer itself, which on a slow machine begins as "I am working on it".
    const answers = person.seen.filter((one) => repliesTo(one) === asked);
    return repliesTo(event) === asked || answers.some(({ eventId }) => eventId === edited);
  };
}

/** Any message of this sender in this room. */
export function messageFrom(sender: string, room: string): Predicate {
  return (event) =>
    event.type === "m.room.message" && event.sender === sender && event.roomId === room;
}

/** A state event that is now this way. */
export function stateChange(
  room: string,
  type: string,
  stateKey = "",
  fits: (content: Content) => boolean = () => true,
): Predicate {
  return (event) =>
    event.roomId === room &&
    event.type === type &&
    event.stateKey === stateKey &&
    fits(event.content);
}

export function membership(
  room: string,
  user: string,
  now: "join" | "leave" | "invite" | "ban",
): Predicate {
  return stateChange(room, "m.room.member", user, (content) => content["membership"] === now);
}

/** Says something and waits for the message that answers it. One that came as an edit is given as clients show it. */
export async function ask(
  person: Person,
  room: string,
  body: string,
  options?: SayOptions,
): Promise<SeenEvent> {
  const asked = await person.say(room, body, options);
  const last = await person.waitFor(finalAnswerTo(asked, person), {
    what: `an answer to ${JSON.stringify(body)}`,
  });
  const { event_id: edited = last.eventId } = (last.content["m.relates_to"] ?? {}) as {
    event_id?: string;
  };
  const now = last.content["m.new_content"] as Content | undefined;
  return now === undefined ? last : { ...last, eventId: edited, content: now };
}

export const WIDGET = "im.vector.modular.widgets";

/** The addresses of the widgets that a room's state holds and shows. */
export async function widgetUrls(person: Person, room: string): Promise<readonly unknown[]> {
  const state = await person.allState(room);
  return state.filter(({ type }) => type === WIDGET).flatMap(({ content }) => content["url"] ?? []);
}

/** The plain text of a message. */
export function bodyOf(event: SeenEvent): string {
  const body = event.content["body"];
  return typeof body === "string" ? body : "";
}
