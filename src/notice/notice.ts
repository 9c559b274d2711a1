import type { Answer } from "../chat/command.ts";
import type { View } from "../kernel/errors.ts";
import { SECTIONS, type Section } from "./sections.ts";
import { noticeView, type NoticeSources } from "./view.ts";

/** The privacy notice of this Usher: one text for everybody (R9), filled with what its operator, the data map and the kinds say. */
export class Notice {
  readonly #view: View;

  constructor(sources: NoticeSources) {
    this.#view = noticeView(sources);
  }

  /** One section, with its title. */
  section(name: Section): Answer {
    return {
      template: "notice/section",
      view: { title: titleOf(name), text: { template: `notice/${name}`, view: this.#view } },
    };
  }

  /** All of it, without what changes with its versions. */
  whole(): Answer {
    return {
      template: "notice/whole",
      view: { sections: SECTIONS.map((name) => this.section(name)) },
    };
  }

  /** What of the same facts another sentence needs. */
  get facts(): View {
    return this.#view;
  }
}

export function titleOf(name: Section): Answer {
  return { template: `notice/titles/${name}`, view: {} };
}
