import { expect, it } from "vitest";
import { UsherError } from "../../kernel/errors.ts";
import type { MxcUri } from "../../kernel/ids.ts";
import { storedPicture } from "./stored.ts";

/** A homeserver with two others behind it: one that never answers, and one that has lost a picture. */
function media() {
  const asked: string[] = [];
  const fails = (status: number): UsherError =>
    new UsherError("room-unreachable", {
      ...{ status, code: "M_UNKNOWN", action: "download", passing: status >= 500 },
    });
  return {
    asked,
    download: (url: MxcUri) => {
      asked.push(url.slice("mxc://".length));
      if (url.startsWith("mxc://silent/")) return Promise.reject(fails(502));
      if (url.endsWith("/lost")) return Promise.reject(fails(404));
      const bytes = (async function* () {
        yield await Promise.resolve(Buffer.from("picture"));
      })();
      return Promise.resolve({ mimetype: undefined, bytes });
    },
  };
}

it("a server that does not answer is asked for one picture of a pack and no more", async () => {
  const [matrix, silent] = [media(), new Set<string>()];
  const found: (string | undefined)[] = [];
  for (const at of ["silent/1", "silent/2", "far/lost", "far/2", "silent/3"])
    found.push((await storedPicture(matrix, { url: `mxc://${at}` as MxcUri }, silent))?.toString());
  expect(found).toEqual([undefined, undefined, undefined, "picture", undefined]);
  expect(matrix.asked).toEqual(["silent/1", "far/lost", "far/2"]);
});
