import { describe, expect, it } from "vitest";
import { homeserverWriteFaults } from "./homeserverWrites.ts";

const put = 'await call("PUT", path("rooms", room, "state", "org.example.dossier"), { body });';

describe("what writes to a homeserver", () => {
  it("is listed, and what is listed writes", () => {
    const sources = [
      { path: "src/chat/dossier.ts", text: put },
      { path: "src/chat/dossier.test.ts", text: put },
      { path: "src/matrix/known.ts", text: put },
      { path: "src/matrix/reader.ts", text: 'await call("GET", where);' },
    ];
    expect(
      homeserverWriteFaults(sources, {
        "src/matrix/known.ts": "state",
        "src/matrix/gone.ts": "nothing",
      }),
    ).toEqual([
      expect.stringContaining("src/chat/dossier.ts writes to the homeserver"),
      "src/matrix/gone.ts is listed as writing to the homeserver and does not",
    ]);
  });
});
