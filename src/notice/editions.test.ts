import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { theKinds } from "../../scripts/noticeDocuments.ts";
import { configOf, EMPTY, FULL } from "../../test/harness/noticeFacts.ts";
import { refusalOf, sentenceOf } from "../../test/harness/sentenceOf.ts";
import { loadTemplates } from "../chat/templates.ts";
import { noticeDocument } from "../store/notices.ts";
import {
  Editions,
  FACTS_OF_PARTS,
  nextEdition,
  type Edition,
  type PresentNotice,
} from "./editions.ts";
import { Notice } from "./notice.ts";
import type { NoticeConfig } from "./view.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 29);
const kinds = theKinds();

/** The notice as such a configuration makes it. */
function present(config: NoticeConfig = FULL, wording = 1, canEncrypt = true): PresentNotice {
  const notice = new Notice({ config, canEncrypt, kinds });
  return { text: () => sentenceOf(notice.whole()), facts: notice.facts, wording, config };
}

const first = nextEdition(undefined, present(), NOW) as Edition;

/** The version that follows the first one. */
const next = (config: NoticeConfig, wording?: number, canEncrypt?: boolean): Edition | undefined =>
  nextEdition(first, present(config, wording, canEncrypt), NOW + DAY);

describe("R10 a version of the notice", () => {
  it("is numbered, dated, hashed and whole", () => {
    expect(first).toMatchObject({ version: 1, at: NOW, wording: 1, trial: false, changed: [] });
    expect(first.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(first.text).toBe(present().text());
  });

  it("is the last one as long as nothing in it changes, which is known without making the text", () => {
    expect(next(FULL)).toBeUndefined();
    const text = (): string => {
      throw new Error("The text was made.");
    };
    expect(nextEdition(first, { ...present(), text }, NOW + DAY)).toBeUndefined();
  });

  it("takes every fact that fills the notice into account", () => {
    const { facts } = new Notice({ config: FULL, canEncrypt: true, kinds });
    const known: readonly string[] = Object.values(FACTS_OF_PARTS).flat();
    expect(Object.keys(facts).filter((name) => !known.includes(name))).toEqual([]);
  });

  const changes: readonly (readonly [part: string, config: NoticeConfig])[] = [
    [
      "controller",
      configOf({ operator: { controller: { ...FULL.operator.controller, address: "Bonn" } } }),
    ],
    ["operator", configOf({ operator: { affiliates: [] } })],
    [
      "contacts",
      configOf({ operator: { contacts: { ...FULL.operator.contacts, dpo: undefined } } }),
    ],
    [
      "authority",
      configOf({
        notice: { supervisoryAuthority: { ...FULL.notice.supervisoryAuthority, name: "Neue" } },
      }),
    ],
    [
      "homeserver",
      configOf({ notice: { homeserver: { ...FULL.notice.homeserver, federated: false } } }),
    ],
    ["homeserver", { ...FULL, synapse: {} }],
    ["hosting", configOf({ notice: { hosting: [] } })],
    ["hosting", configOf({ notice: { backupDays: 7 } })],
    ["safeguards", configOf({ notice: { safeguards: [] } })],
    ["delegation", configOf({ notice: { delegation: [] } })],
    ["scope", configOf({ notice: { instances: FULL.notice.instances.slice(1) } })],
    ["age", { ...FULL, minimumAge: 18 }],
    ["review", configOf({ notice: { reviewedOn: "2026-11-28" } })],
  ];
  it.each(changes)(
    "R3 is a new one where what it says changes, and names what: %s",
    (part, config) => {
      const edition = next(config);
      expect(edition).toMatchObject({ version: 2, at: NOW + DAY, changed: [part] });
      expect(edition?.sha256).not.toBe(first.sha256);
    },
  );

  it("names what Usher can read and its own words, and says each in words", () => {
    expect(next(FULL, 1, false)?.changed).toEqual(["encryption"]);
    const reworded = nextEdition(first, { ...present(FULL, 2), text: () => "other" }, NOW);
    expect(reworded?.changed).toEqual(["text"]);
    const templates = loadTemplates();
    for (const part of Object.keys(first.parts))
      expect([part, templates.has(`notice-part/${part}`)]).toEqual([part, true]);
  });
});

describe("R74 another controller", () => {
  const { controller } = FULL.operator;
  const named = (name: string, more: Partial<NoticeConfig["operator"]> = {}): NoticeConfig =>
    configOf({ operator: { controller: { ...controller, name }, successors: [], ...more } });
  const opened = (last: Edition | undefined, config: NoticeConfig, at: number): Promise<unknown> =>
    Promise.resolve().then(() => nextEdition(last, present(config), at));
  const FROM = Date.UTC(2027, 0, 1);

  it("that was announced may begin on its day, and not before", async () => {
    const successor = named("Neuer Verein");
    expect(await opened(first, successor, FROM)).toMatchObject({
      changed: expect.arrayContaining(["controller"]) as unknown,
    });
    expect(await refusalOf(opened(first, successor, FROM - 1))).toContain("I do not start");
  });

  it("that nobody was told of does not start, and neither does none", async () => {
    const said = await refusalOf(opened(first, named("Fremder"), FROM));
    expect(said).toContain("it was Verein Beispiel, and the configuration now names Fremder");
    expect(said).toContain("`operator.successors`");
    const none = configOf({ operator: { controller: { ...controller, name: undefined } } });
    expect(await refusalOf(opened(first, none, FROM))).toContain("now names nobody");
  });

  it("is nobody's business on trial, before or now", async () => {
    const onTrial = nextEdition(undefined, present(EMPTY), NOW);
    expect(await opened(onTrial, named("Fremder"), FROM)).toMatchObject({ controller: "Fremder" });
    const tried = nextEdition(undefined, present({ ...FULL, mode: "trial" }), NOW);
    expect(await opened(tried, named("Fremder"), FROM)).toMatchObject({ controller: "Fremder" });
    expect(await opened(first, { ...named("Fremder"), mode: "trial" }, FROM)).toMatchObject({
      trial: true,
    });
  });
});

describe("the versions of this Usher", () => {
  let documents: ReturnType<typeof memoryDocuments>;
  beforeEach(() => {
    documents = memoryDocuments();
  });

  /** As a start with this configuration has them. */
  async function started(config: NoticeConfig, at = NOW): Promise<Editions> {
    const editions = new Editions(documents);
    await editions.open(present(config), at);
    return editions;
  }

  it("R10, R82 are all kept as they were, and a start with the same notice adds none", async () => {
    await started(FULL);
    const before = await documents.get(noticeDocument, "1");
    const other = configOf({ notice: { delegation: [] } });
    for (const at of [NOW + DAY, NOW + 2 * DAY]) await started(other, at);
    const editions = await started(FULL, NOW + 3 * DAY);
    expect(editions.all.map(({ version, at }) => [version, at])).toEqual([
      [1, NOW],
      [2, NOW + DAY],
      [3, NOW + 3 * DAY],
    ]);
    expect(editions.newest.version).toBe(3);
    expect(editions.newest.sha256).toBe(editions.all[0]?.sha256);
    expect(await documents.get(noticeDocument, "1")).toEqual(before);
  });

  it("are in the order of their numbers beyond nine", async () => {
    for (let age = 13; age < 24; age += 1) await started({ ...FULL, minimumAge: age });
    expect((await started({ ...FULL, minimumAge: 23 })).newest.version).toBe(11);
  });

  it("stay as they are where a start is refused", async () => {
    await started(FULL);
    const stranger = { ...FULL.operator.controller, name: "Fremder" };
    await expect(started(configOf({ operator: { controller: stranger } }))).rejects.toThrow(
      "controller-unannounced",
    );
    expect(await documents.get(noticeDocument, "2")).toBeUndefined();
  });
});
