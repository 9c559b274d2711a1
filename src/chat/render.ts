import { compile } from "html-to-text";
import Mustache from "mustache";
import type { UsherError, View } from "../kernel/errors.ts";
import { asUserId } from "../kernel/ids.ts";
import type { Answer } from "./command.ts";
import { pill, withIds, withoutPillsInCode } from "./people.ts";
import { PLURAL_FORMS, type Templates } from "./templates.ts";

/** A sentence, ready to be sent: plain text that is complete by itself, and the same with markup. */
export interface Rendered {
  readonly body: string;
  readonly html: string;
}

/** What every template may use beside its own view. */
export interface About extends View {
  /** How Usher was called: "!usher", or "" where nothing is needed. Sentences repeat commands the way the person typed them. */
  readonly calledAs: string;
  /** The name under which an unforeseen failure stands in the log. */
  readonly reference?: string;
}

export interface Renderer {
  /** Throws an ordinary error on an unknown template, or a name that its view lacks: both are mistakes of ours. */
  render(answer: Answer, about: About): Rendered;
  /** The sentence for a failure: what happened, and what to do next. Throws as `render` does. */
  renderError(error: UsherError, about: About): Rendered;
}

/** `language`: of the templates, as a BCP 47 tag; its plural rules say which form of a noun a number takes. */
export function createRenderer(templates: Templates, language = "en"): Renderer {
  const writer = new TemplateWriter(templates, language);
  const render = (answer: Answer, about: About): Rendered => {
    const html = withoutPillsInCode(tidy(writer.html(answer, { reference: undefined, ...about })));
    const body = toPlain(html);
    if (body === "") throw new Error(`Template ${answer.template} says nothing`);
    return { body, html };
  };
  return {
    render,
    renderError: (error, about) =>
      render({ template: `error/${error.code}`, view: error.view }, about),
  };
}

/**
 * Mustache, made strict: by itself it renders a misspelt name as nothing. Names that are sometimes absent must be in the view
 * as undefined, null, false or an empty list, and be asked for by a section.
 *
 * A number knows its plural form in the language: `{{#rooms.one}}1 room{{/rooms.one}}{{#rooms.other}}{{rooms}} rooms{{/rooms.other}}`, with
 * the categories of `Intl.PluralRules` (zero, one, two, few, many, other), of which English has two.
 *
 * `{{>*name}}` puts in the template that the view names there (mustache's "dynamic names"): a template's name, which is then
 * filled from the same view, or an `Answer`, which brings a view of its own.
 */
export class TemplateWriter extends Mustache.Writer {
  readonly #templates: Templates;
  readonly #plurals: Intl.PluralRules;

  constructor(templates: Templates, language = "en") {
    super();
    this.#templates = templates;
    this.#plurals = new Intl.PluralRules(language);
  }

  /** The HTML of one answer. Its own view goes before `about`. What is somebody's Matrix ID as a whole becomes a pill. */
  html(answer: Answer, about: View): string {
    return this.#within(answer, new StrictContext(about, undefined, this.#plurals));
  }

  override renderPartial(token: string[], context: Mustache.Context): string {
    const name = token[1] ?? "";
    if (!name.startsWith("*")) return this.renderTokens(this.#parsed(name), context);
    const named: unknown = context.lookup(name.slice(1));
    if (typeof named === "string") return this.renderTokens(this.#parsed(named), context);
    if (isAnswer(named)) return this.#within(named, outermost(context));
    throw new Error(`"${name}" names no template`);
  }

  override escapedValue(token: string[], context: Mustache.Context): string {
    const value: unknown = context.lookup(token[1] ?? "");
    if (typeof value !== "string" && typeof value !== "number")
      throw new Error(`"${String(token[1])}" is no text`);
    const text = escaped(String(value));
    const user = typeof value === "string" ? asUserId(value) : undefined;
    return user === undefined ? text : pill(user, text);
  }

  override unescapedValue(token: string[]): string {
    throw new Error(`"${String(token[1])}" is not escaped`);
  }

  #within(answer: Answer, context: Mustache.Context): string {
    return this.renderTokens(this.#parsed(answer.template), context.push(answer.view));
  }

  #parsed(name: string): string[][] {
    const source = this.#templates.get(name);
    if (source === undefined) throw new Error(`There is no template "${name}"`);
    return this.parse(source) as string[][];
  }
}

class StrictContext extends Mustache.Context {
  readonly #plurals: Intl.PluralRules;

  constructor(view: unknown, parent: Mustache.Context | undefined, plurals: Intl.PluralRules) {
    super(view, parent);
    this.#plurals = plurals;
  }

  override push(view: unknown): StrictContext {
    return new StrictContext(view, this, this.#plurals);
  }

  override lookup(name: string): unknown {
    if (name === ".") return this.view;
    const path = name.split(".");
    const holders = path.reduce<unknown[]>(
      (found, key) => [...found, this.#own(found.at(-1), key)],
      [this.view],
    );
    if (!holders.includes(ABSENT)) return holders.at(-1);
    if (this.parent === undefined) throw new Error(`The view has no "${name}"`);
    return this.parent.lookup(name);
  }

  #own(holder: unknown, key: string): unknown {
    if (typeof holder === "number" && PLURAL_FORMS.has(key))
      return this.#plurals.select(holder) === key;
    return typeof holder === "object" && holder !== null && Object.hasOwn(holder, key)
      ? (holder as Record<string, unknown>)[key]
      : ABSENT;
  }
}

const ABSENT = Symbol("absent");

/** The context that holds what every template may use: an answer that is put into another one sees that and its own view only. */
function outermost(context: Mustache.Context): Mustache.Context {
  return context.parent === undefined ? context : outermost(context.parent);
}

function isAnswer(value: unknown): value is Answer {
  return (
    typeof value === "object" &&
    value !== null &&
    "template" in value &&
    typeof value.template === "string" &&
    "view" in value
  );
}

/** What anybody said, harmless in HTML. "/" and "=" stay as they are: they matter only in attributes without quotes, which no template may have. */
export function escaped(text: string): string {
  return Mustache.escape(neutralise(text)).replaceAll("&#x2F;", "/").replaceAll("&#x3D;", "=");
}

/**
 * Makes a value harmless on one line, character for character, so that marks under it stay where they are: what would start a new line
 * or control a terminal becomes a space; what would turn the direction of the words after it, and half characters, become U+FFFD.
 */
export function neutralise(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- the point is to take control characters out
      .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ")
      .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
  );
}

/** Takes out the white space that only the template's own lines made, and makes links that lead nowhere safe into plain words. */
function tidy(html: string): string {
  return html
    .split(/(<pre>.*?<\/pre>)/s)
    .map((part) =>
      part.startsWith("<pre>")
        ? part
        : part
            .replaceAll(/\s+/g, " ")
            .replaceAll(/ ?(<\/?(?:p|ul|li|br)>) ?|(?<=<code>) | (?=<\/code>)/g, "$1"),
    )
    .join("")
    .replaceAll(/<a href="(?!https?:\/\/|mailto:)[^"]*">(.*?)<\/a>/gs, "<code>$1</code>")
    .trim();
}

const toText = compile({
  wordwrap: false,
  selectors: [
    { selector: "a", options: { linkBrackets: ["(", ")"], hideLinkHrefIfSameAsText: true } },
    // A list belongs to the paragraph above it: a blank line comes before paragraphs only.
    { selector: "p", options: { leadingLineBreaks: 2, trailingLineBreaks: 1 } },
    { selector: "ul", options: { itemPrefix: "- ", leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: "pre", options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: "code", format: "inlineSurround", options: { prefix: "`", suffix: "`" } },
    { selector: "pre > code", format: "inline" },
  ],
});

/** The same words without markup, people by their ids, for a name alone could be anybody's: a blank line before each paragraph, "- " before list items, links as "text (address)", code in backticks. */
export function toPlain(html: string): string {
  return toText(withIds(html)).trim();
}
