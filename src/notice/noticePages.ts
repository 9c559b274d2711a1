import type { FastifyReply, FastifyRequest } from "fastify";
import { pageStyle, WebPages } from "../chat/webPages.ts";
import type { WebRoute } from "../http/webServer.ts";
import { dayOf } from "../kernel/days.ts";
import type { Edition, Editions } from "./editions.ts";
import { textBlocks } from "./textBlocks.ts";
import { historyView } from "./whatIsNew.ts";
import type { Wording } from "./wording.ts";

interface NoticePagesDeps {
  readonly language: string;
  /** Where others reach the pages; undefined where that is not said. */
  readonly publicUrl: string | undefined;
  readonly editions: Pick<Editions, "all" | "newest">;
  readonly wordings: readonly Wording[];
  /** The titles of the notice's sections, as they stand in its text. */
  readonly titles: ReadonlySet<string>;
}

const YEAR_SECONDS = 31_536_000;

/**
 * The privacy notice for browsers (R12, R82): the same stored text as in chat, whole, under the same hash, which is the `ETag` too. What a browser reads out of `<main>`
 * is that text, byte for byte. A version never changes.
 */
export function noticePages(deps: NoticePagesDeps): readonly WebRoute[] {
  const { editions, wordings } = deps;
  const base = new URL(deps.publicUrl ?? "http://localhost/").pathname.replace(/\/+$/, "");
  const pages = new WebPages(deps.language, base);
  const style = pageStyle();
  const page = (edition: Edition, holds: boolean): string => {
    const { version, at, sha256, text } = edition;
    const blocks = textBlocks(text, deps.titles);
    return pages.html("notice", { version, day: dayOf(at), sha256, holds, blocks });
  };
  const newest = remembered(() => page(editions.newest, true));
  return [
    {
      path: "/page.css",
      answer: (_request, reply) =>
        reply
          .headers({ "content-type": "text/css; charset=utf-8", "cache-control": "max-age=3600" })
          .send(style),
    },
    {
      path: "/privacy",
      answer: (request, reply) =>
        send(request, reply, { ...editions.newest, caching: "no-cache", html: newest }),
    },
    {
      path: "/privacy/history",
      answer: (_request, reply) => {
        const view = {
          newest: editions.newest.version,
          editions: historyView(editions.all, wordings),
        };
        return html(reply).send(pages.html("history", view));
      },
    },
    {
      path: "/privacy/:version",
      answer: (request, reply) => {
        const { version } = request.params as { readonly version: string };
        // As it is written in links, and no other way.
        const one = editions.all.find((edition) => String(edition.version) === version);
        if (one === undefined) return html(reply.code(404)).send(pages.html("missing", {}));
        const caching = `max-age=${String(YEAR_SECONDS)}, immutable`;
        return send(request, reply, { ...one, caching, html: () => page(one, false) });
      },
    },
  ];
}

interface Sent extends Pick<Edition, "sha256"> {
  readonly caching: string;
  readonly html: () => string;
}

function send(request: FastifyRequest, reply: FastifyReply, sent: Sent): FastifyReply {
  const etag = `"${sent.sha256}"`;
  html(reply).headers({ etag, "cache-control": sent.caching });
  const known = (request.headers["if-none-match"] ?? "").split(",").map((one) => one.trim());
  return known.includes(etag) ? reply.code(304).send() : reply.send(sent.html());
}

function html(reply: FastifyReply): FastifyReply {
  return reply.type("text/html; charset=utf-8");
}

function remembered(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}
