import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Identity } from "../../matrix/port.ts";
import { personDocument } from "../../store/people.ts";
import { identityFault } from "./identity.ts";

const ANN = "@ann:example.org" as UserId;
const seen = "2026-11-29";

let documents: ReturnType<typeof memoryDocuments>;
let now: Identity | UsherError;
let asked: number;

beforeEach(() => {
  documents = memoryDocuments();
  [now, asked] = [{ is: "none" }, 0];
});

const known = (identity: { readonly masterKey?: string; readonly seen: string }) =>
  documents.update(personDocument, ANN, () => ({ person: ANN, identity }));

const fault = (): Promise<UsherError | undefined> =>
  identityFault(
    {
      documents,
      matrix: {
        identity: () => {
          asked += 1;
          return now instanceof UsherError ? Promise.reject(now) : Promise.resolve(now);
        },
      },
    },
    ANN,
  );

describe("R34 R36 whoever speaks under an id", () => {
  it.each<[string, Identity, object | undefined]>([
    ["has the key that was first seen", { is: "known", masterKey: "first" }, undefined],
    [
      "has another",
      { is: "known", masterKey: "second" },
      { code: "identity-changed", view: { gone: false } },
    ],
    ["has none any more", { is: "none" }, { code: "identity-changed", view: { gone: true } }],
    [
      "is on a server that does not answer",
      { is: "unreachable" },
      { code: "identity-unreachable" },
    ],
  ])("%s", async (_, is, expected) => {
    await known({ masterKey: "first", seen });
    now = is;
    const found = await fault();
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it("is who they were where no key of theirs is known, and nobody is asked", async () => {
    expect(await fault()).toBeUndefined();
    await known({ seen });
    expect(await fault()).toBeUndefined();
    expect(asked).toBe(0);
  });

  it("is not told where Usher's own homeserver refuses", async () => {
    await known({ masterKey: "first", seen });
    now = new UsherError("room-limited");
    await expect(fault()).rejects.toMatchObject({ code: "room-limited" });
  });
});
