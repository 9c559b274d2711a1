import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsherError, type View } from "../kernel/errors.ts";
import { createRenderer, neutralise, toPlain } from "./render.ts";

const about = { calledAs: "!usher" };
const fill = (
  source: string,
  view: View,
  others: Record<string, string> = {},
  calledAs = "!usher",
) =>
  createRenderer(new Map(Object.entries({ it: source, ...others }))).render(
    { template: "it", view },
    { calledAs },
  );

describe("render", () => {
  it("says the same in HTML and in plain text", () => {
    const { body, html } = fill(
      `<p>Added <strong>{{name}}</strong>, see <a href="{{url}}">{{url}}</a> or
         <a href="{{url}}">here</a>.</p>
       <ul>
         <li>first, <code>a</code></li>
         <li>second</li>
       </ul>
       <p>one<br>two</p>`,
      { name: "Pad", url: "https://pad.example/?a=1&b=2" },
    );
    expect(html).toBe(
      '<p>Added <strong>Pad</strong>, see <a href="https://pad.example/?a=1&amp;b=2">https://pad.example/?a=1&amp;b=2</a> or ' +
        '<a href="https://pad.example/?a=1&amp;b=2">here</a>.</p><ul><li>first, <code>a</code></li><li>second</li></ul><p>one<br>two</p>',
    );
    expect(body).toBe(
      "Added Pad, see https://pad.example/?a=1&b=2 or here (https://pad.example/?a=1&b=2).\n- first, `a`\n- second\n\none\ntwo",
    );
  });

  it("keeps a mark under the letters it belongs to", () => {
    const { body } = fill("<pre><code>{{line}}\n{{caret}}</code></pre>", {
      line: "add   widget  x",
      caret: "              ^",
    });
    expect(body).toBe("add   widget  x\n              ^");
  });

  it("repeats commands as the person called them, and without a gap in a direct chat", () => {
    const source = "<p>Say <code>{{calledAs}} help</code>.</p>";
    expect(fill(source, {}).body).toBe("Say `!usher help`.");
    expect(fill(source, {}, {}, "").body).toBe("Say `help`.");
  });

  it("puts in the template that the view names, with the same view or one of its own", () => {
    const others = { deed: "add {{what}}", other: "{{calledAs}} {{only}}" };
    expect(fill("<p>To {{>*deed}} here</p>", { deed: "deed", what: "it" }, others).body).toBe(
      "To add it here",
    );
    expect(
      fill("<p>{{>*part}}</p>", { part: { template: "other", view: { only: "x" } } }, others).body,
    ).toBe("!usher x");
    expect(
      fill("<p>{{#all}}{{>*.}}, {{/all}}</p>", { all: ["deed", "deed"], what: "it" }, others).body,
    ).toBe("add it, add it,");
  });

  it("does not let a part with a view of its own see the names around it", () => {
    const view = { secret: "x", part: { template: "other", view: {} } };
    expect(() => fill("<p>{{>*part}}</p>", view, { other: "{{secret}}" })).toThrow(
      'The view has no "secret"',
    );
  });

  it("reads dotted names, lists and what lies around a section", () => {
    const view = { here: "room", all: [{ it: { name: "a" } }, { it: { name: "b" } }], none: [] };
    expect(
      fill(
        "<p>{{#all.length}}{{#all}}{{it.name}} in {{here}} {{/all}}{{/all.length}}{{^none}}no more{{/none}}</p>",
        view,
      ).body,
    ).toBe("a in room b in room no more");
  });

  it.each([
    ["{{nmae}}", {}, 'no "nmae"'],
    ["{{#nmae}}x{{/nmae}}", {}, 'no "nmae"'],
    ["{{^nmae}}x{{/nmae}}", {}, 'no "nmae"'],
    ["{{a.b}}", { a: {} }, 'no "a.b"'],
    ["{{constructor}}", {}, 'no "constructor"'],
    ["{{#all}}{{name}}{{/all}}", { all: [{}] }, 'no "name"'],
    ["{{name}}", { name: undefined }, '"name" is no text'],
    ["{{name}}", { name: {} }, '"name" is no text'],
    ["{{>part}}", {}, 'no template "part"'],
    ["{{>*part}}", { part: "none" }, 'no template "none"'],
    ["{{>*part}}", { part: 1 }, "names no template"],
    ["{{{name}}}", { name: "x" }, "not escaped"],
    ["{{#on}}x{{/on}}", { on: undefined }, "says nothing"],
  ])("throws on %s with %j", (source, view: View, words) => {
    expect(() => fill(source, view)).toThrow(words);
  });

  it("throws on a template that does not exist", () => {
    expect(() => createRenderer(new Map()).render({ template: "x", view: {} }, about)).toThrow(
      'no template "x"',
    );
  });

  it("lets nothing a person typed become markup, a link or a new line", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            ...Array.from("<>&\"'`/=a{} \n\r\u0000\u202e\u2028\ud800"),
            "<b>",
            "</p>",
            "{{x}}",
            "{{>it}}",
          ),
        }),
        (typed) => {
          const { body, html } = fill(
            '<p>[{{typed}}] <a href="https://x.example/{{typed}}">x</a></p>',
            { typed },
          );
          expect(html.replaceAll(/<a href="[^"]*">/g, "<a>").match(/<[^>]*>/g)).toEqual([
            "<p>",
            "<a>",
            "</a>",
            "</p>",
          ]);
          expect(body.split("\n")).toHaveLength(1);
          expect(body).toBe(neutralise(body));
          expect(body.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "http",
    "//x.example",
    " https://x.example",
    "matrix:u/a:b",
  ])("shows the address %s without making it a link", (url) => {
    const { html } = fill('<p><a href="{{url}}">{{url}}</a></p>', { url });
    expect(html).not.toContain("href");
    expect(html).toContain("<code>");
  });
});

describe("renderError", () => {
  it("finds the sentence by the error's code", () => {
    const renderer = createRenderer(
      new Map([["error/item-unknown", "<p>No {{id}}: {{calledAs}} list</p>"]]),
    );
    expect(renderer.renderError(new UsherError("item-unknown", { id: "pad" }), about).body).toBe(
      "No pad: !usher list",
    );
  });

  it("gives an unforeseen failure the reference it is logged under, if there is one", () => {
    const renderer = createRenderer(
      new Map([["error/unexpected", "<p>Failed{{#reference}}, {{reference}}{{/reference}}.</p>"]]),
    );
    expect(renderer.renderError(new UsherError("unexpected"), about).body).toBe("Failed.");
    expect(
      renderer.renderError(new UsherError("unexpected"), { ...about, reference: "9f31c04a" }).body,
    ).toBe("Failed, 9f31c04a.");
  });
});

describe("neutralise", () => {
  it("keeps ordinary writing of any script, and the length of what it replaces", () => {
    const text = "Ada Łovelace 👩‍💻 שלום 你好";
    expect(neutralise(text)).toBe(text);
    expect(neutralise("a\r\n\tb\u202ec\u2066\ud800")).toBe("a   b\ufffdc\ufffd\ufffd");
  });
});

describe("toPlain", () => {
  it("reads entities back", () => {
    expect(toPlain("<p>&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;</p>")).toBe("<b> & \"x\" 'y'");
  });
});
