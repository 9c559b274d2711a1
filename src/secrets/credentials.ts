import { Secret } from "../config/secret.ts";
import type { Clock } from "../kernel/clock.ts";
import { dayOf } from "../kernel/days.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import { CREDENTIAL } from "../privacy/records/secrets.ts";
import type { Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { credentialsDocument, dataKeyDocument, type Credential } from "../store/secrets.ts";
import type { DataKeys } from "./dataKeys.ts";
import { open, seal, type Bound } from "./seal.ts";

/** Whose credential it is, and the thing that it belongs to: its id, and the room where it has one. */
export interface CredentialPlace {
  readonly person: UserId;
  readonly room?: RoomId | undefined;
  readonly id: string;
}

/**
 * What people gave so that Usher can act for them at another service, of one kind. It is told that a credential is kept, for what and since when; the
 * credential itself is given to the kind alone, when it is about to use it.
 */
export interface Credentials {
  /**
   * Keeps it in place of an older one; durable when it resolves. `name`: what it lets Usher act at, as people name it. Rejects with `data-key-put-aside` where
   * the key of what the person gave before is damaged and may be mended, and with `credential-not-kept` where unused ones cannot be deleted.
   */
  put(place: CredentialPlace & { readonly name: string }, secret: Secret): Promise<void>;
  /** To be used: that is noted. Undefined where none is kept. Rejects with `credential-unreadable` and `key-missing`. */
  get(place: CredentialPlace): Promise<Secret | undefined>;
  /** Whoever removes the thing forgets what belongs to it. */
  forget(place: CredentialPlace): Promise<void>;
}

interface KeptCredentialsDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly dataKeys: Pick<DataKeys, "of" | "make" | "forget">;
  readonly retention: Pick<Retention, "stops">;
}

const FORM = "v1";

/** All credentials, each sealed with its person's own key and for its own place: copied to another it does not open. */
export class KeptCredentials {
  readonly #deps: KeptCredentialsDeps;
  /** Keys are people's ids: a data key goes with the last credential, and must not go while another is sealed with it. */
  readonly #queue = new KeyedQueue((error) => {
    throw error;
  });

  constructor(deps: KeptCredentialsDeps) {
    this.#deps = deps;
  }

  /** For one kind, which has no other's. */
  of(kind: string): Credentials {
    return {
      put: (place, secret) => this.#put(kind, place, secret),
      get: (place) => this.#get(kind, place),
      forget: ({ person, ...place }) => this.forget(person, (one) => isAt(one, kind, place)),
    };
  }

  /** What is kept of somebody, oldest first. */
  async about(person: UserId): Promise<readonly Credential[]> {
    return (await this.#deps.documents.get(credentialsDocument, person))?.credentials ?? [];
  }

  /** Everybody of whom any is kept, or a data key alone: where a credential could not be kept after its key was made. Some come twice. */
  async *people(): AsyncIterable<UserId> {
    for (const type of [credentialsDocument, dataKeyDocument])
      for await (const { id } of this.#deps.documents.scan<object>(type)) yield id as UserId;
  }

  /** Forgets those of a person that are meant, and with the last the key of them all. Safe to repeat. */
  forget(person: UserId, isMeant: (credential: Credential) => boolean): Promise<void> {
    const { documents, dataKeys } = this.#deps;
    return this.#queue.inTurn(person, async () => {
      const { credentials } = await documents.update(credentialsDocument, person, (document) => {
        const left = document.credentials.filter((one) => !isMeant(one));
        return left.length === document.credentials.length ? document : { credentials: left };
      });
      if (credentials.length > 0) return;
      // What was put aside may be mended, and needs the key then.
      if ((await documents.countPutAside(credentialsDocument, person)) > 0) return;
      // The key first: what a kill leaves then opens with nothing.
      await dataKeys.forget(person);
      await documents.delete(credentialsDocument, person);
    });
  }

  #put(
    kind: string,
    { person, name, room, id }: CredentialPlace & { readonly name: string },
    secret: Secret,
  ): Promise<void> {
    const { documents, dataKeys, clock, retention } = this.#deps;
    const place = { room, id };
    if (retention.stops(CREDENTIAL))
      return Promise.reject(new UsherError("credential-not-kept", { name }));
    return this.#queue.inTurn(person, async () => {
      if (await this.#mayBeMended(person))
        throw new UsherError("data-key-put-aside", { kid: undefined });
      const key = await dataKeys.make(person);
      // As JSON every text comes back as it was, also half a character.
      const plain = Buffer.from(JSON.stringify(secret.reveal()));
      const sealed = `${FORM}.${seal(key, plain, boundTo(kind, { person, ...place }))}`;
      const kept = { person, kind, ...place, name, at: clock.now(), sealed };
      await documents.update(credentialsDocument, person, ({ credentials }) => ({
        credentials: [...credentials.filter((one) => !isAt(one, kind, place)), kept],
      }));
    });
  }

  /** Notes that it is used, once a day. */
  async #used({ person, sealed, usedAt }: Credential): Promise<void> {
    const { documents, clock } = this.#deps;
    const now = clock.now();
    if (usedAt !== undefined && dayOf(usedAt) === dayOf(now)) return;
    await documents.update(credentialsDocument, person, (document) =>
      // It may have been forgotten or replaced meanwhile.
      document.credentials.some((one) => one.sealed === sealed)
        ? {
            credentials: document.credentials.map((one) =>
              one.sealed === sealed ? { ...one, usedAt: now } : one,
            ),
          }
        : document,
    );
  }

  /** Whether the key of what the person gave was put aside: with a new one in its place that would never open again. */
  async #mayBeMended(person: UserId): Promise<boolean> {
    const { documents, dataKeys } = this.#deps;
    if ((await dataKeys.of(person)) !== undefined) return false;
    const isAside = (await documents.countPutAside(dataKeyDocument, person)) > 0;
    return isAside && (await this.about(person)).length > 0;
  }

  async #get(kind: string, { person, ...place }: CredentialPlace): Promise<Secret | undefined> {
    const kept = (await this.about(person)).find((one) => isAt(one, kind, place));
    if (kept === undefined) return undefined;
    const key = await this.#deps.dataKeys.of(person);
    const [form, ...sealed] = kept.sealed.split(".");
    const plain =
      key && form === FORM
        ? open(key, sealed.join("."), boundTo(kind, { person, ...place }))
        : undefined;
    if (plain === undefined) throw new UsherError("credential-unreadable", { name: kept.name });
    await this.#used(kept);
    return new Secret(JSON.parse(plain.toString()) as string);
  }
}

function isAt(one: Credential, kind: string, place: Omit<CredentialPlace, "person">): boolean {
  return one.kind === kind && one.room === place.room && one.id === place.id;
}

function boundTo(kind: string, { person, room, id }: CredentialPlace): Bound {
  return ["credential", FORM, person, kind, room ?? "", id, "secret"];
}
