import { describe, expect, it } from "vitest";
import { Fault, nodeIsTooOld } from "./fault.mjs";
import { ciArguments, reasonOf, sameTree } from "./install.mjs";

describe("whether the packages are installed", () => {
  const wanted = {
    "": { version: "0.1.0" },
    "node_modules/zod": { version: "4.0.0" },
    "node_modules/vitest": { version: "5.0.0", dev: true },
    "node_modules/fsevents": { version: "2.0.0", optional: true },
  };
  const installed = {
    "node_modules/zod": { version: "4.0.0" },
    "node_modules/vitest": { version: "5.0.0" },
  };

  it("is so when every one that this system needs has its version", () => {
    expect(sameTree(wanted, installed, { production: false })).toBe(true);
  });
  it("is not so when one is missing or of another version, be it optional", () => {
    expect(sameTree(wanted, {}, { production: false })).toBe(false);
    expect(
      sameTree(
        wanted,
        { ...installed, "node_modules/zod": { version: "3.9.9" } },
        { production: false },
      ),
    ).toBe(false);
    expect(
      sameTree(
        wanted,
        { ...installed, "node_modules/fsevents": { version: "1.0.0" } },
        { production: false },
      ),
    ).toBe(false);
  });
  it("needs no packages for development in production", () => {
    const production = { "node_modules/zod": { version: "4.0.0" } };
    expect(sameTree(wanted, production, { production: true })).toBe(true);
    expect(sameTree(wanted, production, { production: false })).toBe(false);
  });
});

it("nobody who only runs Usher gets the tools for working on it", () => {
  expect(ciArguments({ production: true })).toContain("--omit=dev");
  expect(ciArguments({ production: false })).not.toContain("--omit=dev");
});

describe("what is said when set-up fails", () => {
  it.each([
    [
      "npm error code ENOTFOUND\nnpm error network request failed",
      /registry cannot be reached \(ENOTFOUND\).*try again/,
    ],
    ["npm ERR! code ECONNREFUSED", /registry cannot be reached/],
    ["npm error code SELF_SIGNED_CERT_IN_CHAIN", /NODE_EXTRA_CA_CERTS/],
    ["npm error code ENOSPC", /disk is full/],
    ["npm error code EACCES", /not writable/],
    ["npm error code E404\nnpm error 404 Not Found", /npm said: npm error code E404 .*npm ci/],
    ["", /npm said: nothing/],
  ])("is one sentence with the way out: %j", (words, sentence) => {
    expect(reasonOf(words)).toMatch(sentence);
    expect(reasonOf(words)).not.toContain("\n");
  });

  it("names the Node that is needed", () => {
    expect(() => {
      nodeIsTooOld("18.19.0");
    }).toThrow(
      new Fault(
        "Node 20 or newer is needed, and this is 18.19.0: install a newer one from https://nodejs.org and try again.",
      ),
    );
    expect(() => {
      nodeIsTooOld("20.0.0");
    }).not.toThrow();
  });
});
