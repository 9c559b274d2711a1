import { WHOLE } from "../templates/samples/notice.ts";
import type { Answer } from "../src/chat/command.ts";
import type { Renderer } from "../src/chat/render.ts";
import { kindSections } from "../src/config/kindSections.ts";
import { prepareKinds } from "../src/integrations/prepareKinds.ts";
import { KINDS } from "../src/kinds/index.ts";
import { article30 } from "../src/notice/article30.ts";
import { Notice, titleOf } from "../src/notice/notice.ts";
import { SECTIONS } from "../src/notice/sections.ts";
import { toldKinds, type ToldKind } from "../src/notice/view.ts";
import { readWordings } from "../src/notice/wording.ts";
import { NOTE } from "./documents.ts";
import { ROOT } from "./sources.ts";

/** The kinds that there are, as the notice tells of them. */
export function theKinds(): readonly ToldKind[] {
  const config = Object.fromEntries(
    Object.entries(kindSections).map(([key, schema]) => [key, schema.parse(undefined)]),
  );
  return toldKinds(KINDS, prepareKinds(KINDS, { ...config, folder: ROOT }));
}

/** `docs/notice.md`: the privacy notice as an operator has it who says everything; the facts about them are made up. */
export function renderNoticeDocs(renderer: Renderer): string {
  const notice = sampleNotice();
  const read = reader(renderer, notice);
  return [
    "# Privacy notice",
    NOTE,
    "What `privacy notice` tells, filled with a made-up operator. Have a lawyer read yours before others use Usher: it is made of your configuration (`operator` and `notice` in " +
      "[configuration.md](configuration.md)), and names who checked it.",
    ...SECTIONS.flatMap((name) => [
      `## ${read(titleOf(name))}`,
      read({ template: `notice/${name}`, view: notice.facts }),
    ]),
  ].join("\n\n");
}

/** `docs/article30.md`: what `admin article30` hands over, of the same operator. */
export function renderArticle30Docs(renderer: Renderer): string {
  const notice = sampleNotice();
  const [{ version, date }] = readWordings("en");
  const text = reader(renderer, notice)(article30(notice.facts, version, Date.parse(date)));
  return text.replace("\n\n", `\n\n${NOTE}\n\n`);
}

function sampleNotice(): Notice {
  return new Notice({ config: WHOLE, canEncrypt: true, kinds: theKinds() });
}

function reader(renderer: Renderer, { facts }: Notice): (answer: Answer) => string {
  return (answer) => renderer.render(answer, { ...facts, calledAs: "" }).body;
}
