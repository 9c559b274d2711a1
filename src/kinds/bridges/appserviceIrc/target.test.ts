import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsherError } from "../../../kernel/errors.ts";
import { channelTarget } from "./target.ts";

describe("a channel of matrix-appservice-irc", () => {
  it.each([
    [["#Chan"], { channel: "#chan" }],
    [["chan"], { channel: "#chan" }],
    [["OFTC", "#chan"], { network: "oftc", channel: "#chan" }],
    [["irc.oftc.net", "chan"], { network: "irc.oftc.net", channel: "#chan" }],
    [["#chan", "Ada"], { channel: "#chan", consentBy: "Ada" }],
    [["oftc", "#chan", "ada-_[]"], { network: "oftc", channel: "#chan", consentBy: "ada-_[]" }],
  ])("%j", (words, target) => {
    expect(channelTarget("oftc", words)).toEqual(target);
  });

  it.each([
    [[]],
    [["#"]],
    [["oftc", "chan", "ada"]],
    [["#chan", "9ada"]],
    [["#chan", "ada", "bob"]],
    [["net/work", "#chan"]],
    [["oftc", "#chan", "ada", "please"]],
    [["-x"]],
  ])("%j is none", (words) => {
    expect(() => channelTarget("oftc", words)).toThrow(/bridge-target-channel/);
  });

  it("holds nothing that could be read as something else", () => {
    const word = fc.string({ unit: "binary", maxLength: 20 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        try {
          const { network = "a", channel, consentBy = "a" } = channelTarget("oftc", words);
          for (const one of [network, channel, consentBy])
            expect(one).toMatch(/^[^\s;,\p{Cc}-]\S*$/u);
        } catch (error) {
          if (!(error instanceof UsherError)) throw error;
        }
      }),
    );
  });
});
