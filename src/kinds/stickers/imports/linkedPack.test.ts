import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pictureOf } from "../../../../test/harness/importWorld.ts";
import { zipOf } from "../../../../test/harness/zipFiles.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { Websites } from "../../../net/websites.ts";
import { linkedPack } from "./linkedPack.ts";
import type { MauniumDeps } from "./mauniumPack.ts";

const ZIP = zipOf([{ name: "cat.png", bytes: pictureOf("cat") }]);

describe("a website that a link leads to", () => {
  let server: Server;
  let answers: RequestListener;
  const clock = new ManualClock();
  const websites = new Websites({ clock, addresses: () => Promise.resolve(["127.0.0.1"]) });
  beforeEach(async () => {
    server = createServer((request, response) => {
      answers(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** As a link of people is asked for; `near`: but that the website of the test may be in one's own network. */
  const asked = (near = true) => {
    const { port } = server.address() as AddressInfo;
    const url = new URL(`http://pics.example:${String(port)}/pack`);
    const http: MauniumDeps["http"] = {
      ask: (at, question) => websites.ask(at, { ...question, allowPrivate: near }),
    };
    return linkedPack({ http, matrix: {} as never }, { url, said: undefined });
  };

  it("is believed no word of what type it says a zip is", async () => {
    answers = (_, response) => response.writeHead(200, { "content-type": "text/html" }).end(ZIP);
    expect(await asked()).toMatchObject({ name: "pack", pictures: [{ name: "cat.png" }] });
    answers = (_, response) => response.writeHead(200, { "content-type": "application/zip" }).end();
    await expect(asked()).rejects.toMatchObject({ code: "website-unexpected" });
  });

  it("is asked nothing where it lies in a private network", async () => {
    let often = 0;
    answers = (_, response) => {
      often += 1;
      response.end(ZIP);
    };
    await expect(asked(false)).rejects.toMatchObject({ code: "website-private" });
    expect(often).toBe(0);
  });

  it("is given up where it gives a zip drop by drop, and where it never ends", async () => {
    const { promise: begun, resolve } = Promise.withResolvers<undefined>();
    answers = (_, response) => {
      response.writeHead(200).write(ZIP.subarray(0, 10), () => {
        resolve(undefined);
      });
    };
    const dripping = asked();
    const given = expect(dripping).rejects.toMatchObject({ code: "website-unreachable" });
    await begun;
    clock.advance(100_000);
    await given;

    const much = Buffer.alloc(1024 * 1024, "PK\x03\x04");
    answers = (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write(much, more);
      };
      more();
    };
    await expect(asked()).rejects.toMatchObject({ code: "website-too-large" });
  });
});
