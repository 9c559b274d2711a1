import { Announcements } from "../notice/announcements.ts";
import { Editions } from "../notice/editions.ts";
import { Notice } from "../notice/notice.ts";
import type { ToldKind } from "../notice/view.ts";
import { readWordings, type Wording } from "../notice/wording.ts";
import type { Ground } from "./ground.ts";
import type { Speech } from "./speech.ts";

/** The privacy notice, its versions, and what tells people of a new one. */
export interface OpenNotice {
  readonly notice: Notice;
  readonly editions: Editions;
  readonly wordings: readonly Wording[];
  /** The number of the newest version, as people's documents have it. */
  readonly noticeVersion: string;
  readonly announcements: Announcements;
}

/** Makes a new version where the notice is another than the last. Rejects with `controller-unannounced`. */
export async function openNotice(
  { config, cipher, encryption, documents, clock, log }: Ground,
  { render, tell }: Speech,
  kinds: readonly ToldKind[],
): Promise<OpenNotice> {
  const keysStay = encryption !== undefined && !encryption.held.canForget;
  const notice = new Notice({ config, canEncrypt: cipher.available, keysStay, kinds });
  const { facts } = notice;
  const wordings = readWordings(config.language);
  const text = (): string => render(notice.whole()).body;
  const editions = new Editions(documents);
  await editions.open({ text, facts, wording: wordings[0].version, config }, clock.now());
  const announcements = new Announcements({
    documents,
    editions,
    wordings,
    facts,
    // Nothing in it is about them.
    tell: (person, answer, once) => tell(person, answer, once, "public"),
    log,
  });
  const noticeVersion = String(editions.newest.version);
  return { notice, editions, wordings, noticeVersion, announcements };
}
