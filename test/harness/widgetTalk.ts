import { createRenderer, type About } from "../../src/chat/render.ts";
import { parseLine } from "../../src/chat/parse.ts";
import { previewOf } from "../../src/chat/preview.ts";
import { pointed } from "../../src/chat/culprit.ts";
import type { Answer, Command, Request } from "../../src/chat/command.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { browse } from "../../src/commands/browse.ts";
import { info } from "../../src/commands/info.ts";
import { list } from "../../src/commands/list.ts";
import { remove } from "../../src/commands/remove.ts";
import { set } from "../../src/commands/set.ts";
import { show } from "../../src/commands/show.ts";
import { undo } from "../../src/commands/undo.ts";
import { addWidget } from "../../src/kinds/widgets/addWidget.ts";
import { pin } from "../../src/kinds/widgets/pin.ts";
import { widgetItems } from "../../src/kinds/widgets/items.ts";
import { widgetInfo } from "../../src/kinds/widgets/widgetInfo.ts";
import { Catalogue, type CatalogueEntry } from "../../src/integrations/catalogue.ts";
import { openLibrary, type DefinitionChanges } from "../../src/kinds/widgets/library.ts";
import { History } from "../../src/integrations/history.ts";
import { widgetUndoHandler } from "../../src/kinds/widgets/undo.ts";
import { Widgets } from "../../src/kinds/widgets/widgets.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import type { Encryption } from "../../src/matrix/port.ts";
import type { Documents } from "../../src/store/documents.ts";
import { memoryDocuments } from "./memoryDocuments.ts";
import { memorySetUps } from "./memorySetUps.ts";
import { MemoryRoom } from "./memoryRoom.ts";

const room = "!room:example.org" as RoomId;
const person = "@ada:example.org" as UserId;

/** What a room of widgets may have around it. */
interface Surroundings {
  /** Of the catalogue, what is no widget. */
  readonly others?: readonly CatalogueEntry[];
  readonly noticeUrl?: string;
}

/** A room, and Usher's commands about widgets in it: lines go in, sentences come out. Who may do what is asked elsewhere. */
export class WidgetTalk {
  readonly room = new MemoryRoom();
  /** Of the room, as Usher knows it. */
  encryption: Encryption = "none";
  readonly clock = new ManualClock();
  readonly documents: Documents = memoryDocuments();
  readonly widgets: Widgets;
  readonly history: History;
  readonly #commands: readonly Command[];
  readonly #renderer = createRenderer(loadTemplates());
  #said = 0;

  readonly #about: About;

  constructor(definitions: DefinitionChanges = {}, { others = [], noticeUrl }: Surroundings = {}) {
    this.#about = { calledAs: "!usher", noticeUrl };
    const library = openLibrary(definitions);
    const catalogue = new Catalogue(
      [...library.entries(), ...others],
      [
        { kind: "widget", plural: "widgets" },
        { kind: "bot", plural: "bots" },
      ],
    );
    this.widgets = new Widgets(this.room, this.documents, this.clock, library);
    this.history = new History({
      documents: this.documents,
      clock: this.clock,
      undoHandlers: [widgetUndoHandler(this.room, this.documents)],
      setUps: memorySetUps(this),
    });
    const encryption = (): Promise<Encryption> => Promise.resolve(this.encryption);
    const items = [widgetItems(this.widgets, library, encryption)];
    this.#commands = [
      browse(catalogue),
      info(catalogue, [{ kind: "widget", info: (entry) => widgetInfo(library, entry) }]),
      addWidget({ widgets: this.widgets, library, catalogue, encryption }),
      list(items, ["widgets"]),
      show(items),
      set(items),
      remove(items, ["widget"]),
      pin(this.widgets, "pin"),
      pin(this.widgets, "unpin"),
      undo(this.history),
    ];
  }

  /** What Usher answers, or asks before it does something. `exactly` is the line that a yes would run. */
  async preview(
    line: string,
    event = this.nextEvent(),
  ): Promise<{ readonly body: string; readonly exactly: string | undefined }> {
    const { command, input, request } = this.#understand(line, event);
    const none = { exactly: undefined };
    if (!command.changes)
      return { body: await this.#render(line, () => command.answer(input, request)), ...none };
    const plan = await command.plan(input, request);
    if ("nothing" in plan)
      return { body: await this.#render(line, () => Promise.resolve(plan.nothing)), ...none };
    const exactly = plan.exactly ?? line;
    if (!("preview" in plan)) return { body: "", exactly };
    const told = [plan.preview, ...(plan.cautions ?? [])];
    const bodies = told.map((answer) => this.#render(line, () => Promise.resolve(answer)));
    return { body: (await Promise.all(bodies)).join("\n\n"), exactly };
  }

  /** The whole preview, as it is sent to somebody whose session cannot read it: that is the longest. */
  async wholePreview(line: string, event = this.nextEvent()): Promise<string> {
    const { command, input, request } = this.#understand(line, event);
    const plan = command.changes ? await command.plan(input, request) : undefined;
    if (plan === undefined || !("preview" in plan)) throw new Error(`${line} has no preview`);
    const frame = { what: plan.preview, minutes: 5, person, inWords: true, unread: true };
    const read = (answer: Answer): string => this.#renderer.render(answer, this.#about).body;
    return read(previewOf(frame, plan.cautions ?? [], read));
  }

  /** Says a line, and yes; what Usher answers in the end. An error is said as Usher would say it. */
  async say(line: string, event = this.nextEvent()): Promise<string> {
    return this.#render(line, async () => {
      const { command, input, request } = this.#understand(line, event);
      if (!command.changes) return command.answer(input, request);
      const plan = await command.plan(input, request);
      if ("nothing" in plan) return plan.nothing;
      return this.#perform(plan.exactly ?? line, event);
    });
  }

  /** Runs a line that was confirmed, as after a crash: without looking first. */
  async perform(line: string, event: EventId): Promise<string> {
    return this.#render(line, () => this.#perform(line, event));
  }

  nextEvent(): EventId {
    this.#said += 1;
    return `$said${String(this.#said)}` as EventId;
  }

  #perform(line: string, event: EventId): Promise<Answer> {
    const { command, input, request } = this.#understand(line, event);
    if (!command.changes) throw new Error(`${line} changes nothing`);
    return command.perform(input, request);
  }

  #understand(
    line: string,
    event: EventId,
  ): { readonly command: Command; readonly input: never; readonly request: Request } {
    const understood = parseLine(line, this.#commands, "!usher");
    if ("error" in understood) throw understood.error;
    const request: Request = {
      room,
      person,
      event,
      thread: undefined,
      direct: false,
      operator: false,
      calledAs: "!usher",
    };
    return { command: understood.command, input: understood.input, request };
  }

  async #render(line: string, answer: () => Promise<Answer>): Promise<string> {
    try {
      return this.#renderer.render(await answer(), this.#about).body;
    } catch (error) {
      if (error instanceof UsherError)
        return this.#renderer.renderError(pointed(error, line), this.#about).body;
      throw error;
    }
  }
}
