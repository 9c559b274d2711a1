import { WIDGET_TYPE } from "../../src/kinds/widgets/state.ts";
import type { RoomDocument } from "../../src/store/room.ts";
import type { TimelineEvent } from "./timeline.ts";
import { widgetPart } from "../../src/kinds/widgets/records.ts";

/** Something that was said to Usher, and what must come of it. */
export interface Said {
  readonly line: string;
  readonly event: string;
  /** What the final answer must say. */
  readonly answer: RegExp;
  /** The address of the widget that it adds or removes. */
  readonly adds?: string;
  readonly removes?: string;
}

interface Case {
  readonly usher: string;
  readonly room: string;
  readonly said: readonly Said[];
  /** The room's whole history, oldest first. */
  readonly events: readonly TimelineEvent[];
  readonly document: RoomDocument | undefined;
}

const WORKING = "I am working on it";

/** What is wrong with a room after all that was said in it: an answer that is missing or doubled, a widget event too many or too few, something left over. */
export function judge({ usher, said, events, document, room }: Case): string[] {
  const messages = events.filter(
    ({ type, sender }) => type === "m.room.message" && sender === usher,
  );
  const widgets = events.filter(({ type }) => type === WIDGET_TYPE);
  const asked = new Set(said.map(({ event }) => event));
  const greetings = messages.filter(
    (message) => repliesTo(message) === undefined && edits(message) === undefined,
  );
  return [
    ...said.flatMap((one) => answerFaults(one, messages)),
    ...messages
      .filter(
        (message) =>
          edits(message) === undefined &&
          repliesTo(message) !== undefined &&
          !asked.has(repliesTo(message) ?? ""),
      )
      .map((message) => `an answer to what nobody asked: ${body(message)}`),
    ...(greetings.length === 1 ? [] : [`${String(greetings.length)} greetings`]),
    ...widgetFaults(said, widgets),
    ...documentFaults(said, document),
  ].map((fault) => `${room}: ${fault}`);
}

function answerFaults({ line, event, answer }: Said, messages: readonly TimelineEvent[]): string[] {
  const own = messages.filter(
    (message) => repliesTo(message) === event && edits(message) === undefined,
  );
  const [first] = own;
  if (first === undefined || own.length > 1)
    return [
      `${String(own.length)} answers to ${line} (${event}): ${own.map((one) => body(one).slice(0, 80)).join(" | ")}`,
    ];
  const changed = messages.filter((message) => edits(message) === first.event_id);
  const final = changed.at(-1) ?? first;
  const faults: string[] = [];
  if (changed.length > 1) faults.push(`${String(changed.length)} edits of the answer to ${line}`);
  if (body(final).includes(WORKING))
    faults.push(`the answer to ${line} is still that Usher works on it`);
  else if (!answer.test(body(final)))
    faults.push(`another answer to ${line} than expected: ${body(final)}`);
  return faults;
}

function widgetFaults(said: readonly Said[], events: readonly TimelineEvent[]): string[] {
  const added = new Set(said.flatMap(({ adds }) => adds ?? []));
  const removed = new Set(said.flatMap(({ removes }) => removes ?? []));
  const keys = new Set(events.map((event) => event.state_key));
  const found = [...keys].map((key) =>
    events.filter((event) => event.state_key === key).map(shown),
  );
  const missing = [...added]
    .filter((url) => !found.some(([first]) => first === url))
    .map((url) => `no widget shows ${url}`);
  const twice = [...added]
    .filter((url) => found.filter(([first]) => first === url).length > 1)
    .map((url) => `several widgets show ${url}`);
  const odd = found
    .filter(
      (urls) =>
        !added.has(urls[0] ?? "") ||
        urls.slice(1).join() !== (removed.has(urls[0] ?? "") ? "empty" : ""),
    )
    .map((urls) => `a widget has these states: ${urls.join(", ")}`);
  return [...missing, ...twice, ...odd];
}

/** The address that a widget's state shows. */
function shown({ content }: TimelineEvent): string {
  return typeof content["url"] === "string" ? content["url"] : "empty";
}

function documentFaults(said: readonly Said[], document: RoomDocument | undefined): string[] {
  if (document === undefined) return ["there is no document"];
  const removed = new Set(said.flatMap(({ removes }) => removes ?? []));
  const expected = said
    .flatMap(({ adds }) => (adds === undefined || removed.has(adds) ? [] : [adds]))
    .sort();
  const recorded = widgetPart
    .of(document)
    .map(({ url }) => url)
    .sort();
  return [
    ...(document.journal.length === 0
      ? []
      : [`the journal holds ${JSON.stringify(document.journal)}`]),
    ...(document.pending.length === 0
      ? []
      : [`previews wait: ${JSON.stringify(document.pending)}`]),
    ...(document.working === undefined ? [] : [`still worked on: ${document.working.join(", ")}`]),
    ...(expected.join() === recorded.join()
      ? []
      : [`the records are (${recorded.join(", ")}) instead of (${expected.join(", ")})`]),
  ];
}

interface Relation {
  readonly rel_type?: string;
  readonly event_id?: string;
  readonly "m.in_reply_to"?: { readonly event_id?: string };
}

function relation(event: TimelineEvent): Relation {
  return event.content["m.relates_to"] ?? {};
}

function repliesTo(event: TimelineEvent): string | undefined {
  return relation(event)["m.in_reply_to"]?.event_id;
}

function edits(event: TimelineEvent): string | undefined {
  return relation(event).rel_type === "m.replace" ? relation(event).event_id : undefined;
}

/** The text as it is to be read: an edit's new one. */
function body(event: TimelineEvent): string {
  const content = (event.content["m.new_content"] ?? event.content) as { readonly body?: unknown };
  return typeof content.body === "string" ? content.body : "";
}
