import type { ServerResponse } from "node:http";
import type { Content } from "../../src/matrix/port.ts";
import type { RawEvent } from "./rawEvents.ts";
import type { ScriptedHomeserver, ScriptedRequest } from "./scriptedHomeserver.ts";

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a body: text that is not JSON. */
  readonly text?: string;
  /** Instead of a body: a file of this type. */
  readonly file?: { readonly type: string; readonly bytes: Buffer };
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (
  request: ScriptedRequest,
  parameters: Readonly<Record<string, string>>,
  outgoing: ServerResponse,
) => Reply | Promise<Reply>;

export interface Route {
  /** `METHOD /path` cut at the slashes; a part with a colon in front is a name. */
  readonly pattern: readonly string[];
  readonly handler: Handler;
  /** Answered without a token. */
  readonly open?: boolean;
}

const NOT_FOUND: Reply = { status: 404, body: { errcode: "M_NOT_FOUND" } };
const ok = (body: unknown = {}): Reply => ({ status: 200, body });
const found = (body: unknown): Reply => (body === undefined ? NOT_FOUND : ok(body));
const content = (request: ScriptedRequest): Content => (request.body ?? {}) as Content;

/** What the homeserver answers unless a test says otherwise; `/sync` is its own. */
export function routes(server: ScriptedHomeserver): Route[] {
  const { rooms, me } = server;
  const names = new Map<string, string>();
  const accountData = new Map<string, unknown>();
  const media = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  const setMember = (room: string, user: string, membership: string, more: Content = {}): Reply => {
    rooms.setState(room, me, "m.room.member", user, { membership, ...more });
    return ok();
  };
  const members = (room: string): RawEvent[] =>
    [...rooms.get(room).state.values()].filter(({ type }) => type === "m.room.member");
  const person = (request: ScriptedRequest): string => String(content(request)["user_id"]);

  const open: Record<string, Handler> = {
    "GET /_matrix/client/versions": () => ok({ versions: ["v1.11", "v1.12"] }),
    "GET /login": () => ok({ flows: [{ type: "m.login.password" }] }),
    "POST /login": (request) =>
      content(request)["password"] === server.password
        ? ok({ user_id: me, access_token: server.token, device_id: server.device })
        : { status: 403, body: { errcode: "M_FORBIDDEN" } },
  };
  const closed: Record<string, Handler> = {
    "POST /logout": () => {
      server.tokens.clear();
      return ok();
    },
    "GET /account/whoami": () => ok({ user_id: me, device_id: server.device }),
    "POST /user/:user/filter": () => ok({ filter_id: "1" }),
    "GET /user/:user/account_data/:type": (_request, { type = "" }) => found(accountData.get(type)),
    "PUT /user/:user/account_data/:type": (request, { type = "" }) => {
      accountData.set(type, request.body);
      return ok();
    },
    "GET /user/:user/rooms/:room/account_data/:type": (_request, { room = "", type = "" }) =>
      found(accountData.get(`${room} ${type}`)),
    "PUT /user/:user/rooms/:room/account_data/:type": (request, { room = "", type = "" }) => {
      accountData.set(`${room} ${type}`, request.body);
      return ok();
    },
    "GET /profile/:user/displayname": (_request, { user = "" }) =>
      found(names.has(user) ? { displayname: names.get(user) } : undefined),
    "PUT /profile/:user/displayname": (request, { user = "" }) => {
      names.set(user, String(content(request)["displayname"]));
      return ok();
    },

    "GET /joined_rooms": () => ok({ joined_rooms: rooms.of(me, "join") }),
    "POST /createRoom": (request) => {
      const room = `!created${String(rooms.of(me, "join").length + 1)}:scripted.test`;
      const wanted = content(request) as {
        invite?: string[];
        initial_state?: { type: string; state_key?: string; content: Content }[];
      };
      rooms.setState(room, me, "m.room.create", "", { room_version: "11" });
      for (const { type, state_key: key = "", content: initial } of wanted.initial_state ?? [])
        rooms.setState(room, me, type, key, initial);
      for (const user of wanted.invite ?? []) setMember(room, user, "invite");
      setMember(room, me, "join");
      return ok({ room_id: room });
    },
    "POST /join/:room": (_request, { room = "" }) => {
      setMember(room, me, "join");
      return ok({ room_id: room });
    },
    "POST /rooms/:room/join": (_request, { room = "" }) => {
      setMember(room, me, "join");
      return ok({ room_id: room });
    },
    "POST /rooms/:room/leave": (request, { room = "" }) =>
      setMember(room, me, "leave", content(request)),
    "POST /rooms/:room/invite": (request, { room = "" }) =>
      setMember(room, person(request), "invite"),
    "POST /rooms/:room/kick": (request, { room = "" }) => setMember(room, person(request), "leave"),
    "POST /rooms/:room/forget": () => ok(),
    "GET /directory/room/:alias": () => NOT_FOUND,

    "GET /rooms/:room/state": (_request, { room = "" }) => ok([...rooms.get(room).state.values()]),
    // The longer one first: a last name takes the rest of the path.
    "GET /rooms/:room/state/:type/:key": (_request, { room = "", type = "", key = "" }) =>
      found(rooms.state(room, type, key)?.content),
    "GET /rooms/:room/state/:type": (_request, { room = "", type = "" }) =>
      found(rooms.state(room, type)?.content),
    "PUT /rooms/:room/state/:type/:key": (request, { room = "", type = "", key = "" }) =>
      ok({ event_id: rooms.setState(room, me, type, key, content(request)).event_id }),
    "PUT /rooms/:room/state/:type": (request, { room = "", type = "" }) =>
      ok({ event_id: rooms.setState(room, me, type, "", content(request)).event_id }),
    "GET /rooms/:room/members": (request, { room = "" }) => {
      const wanted = request.query.get("membership");
      return ok({
        chunk: members(room).filter(
          (one) => wanted === null || one.content["membership"] === wanted,
        ),
      });
    },
    "GET /rooms/:room/joined_members": (_request, { room = "" }) => {
      const joined = members(room).filter((one) => one.content["membership"] === "join");
      return ok({ joined: Object.fromEntries(joined.map((one) => [one.state_key ?? "", {}])) });
    },
    "GET /rooms/:room/event/:event": (_request, { room = "", event = "" }) =>
      found(rooms.get(room).events.get(event)),
    "GET /rooms/:room/messages": (request, { room = "" }) => {
      const { history } = rooms.get(room);
      const page = Number(/^page([0-9]+)$/.exec(request.query.get("from") ?? "")?.[1] ?? 0);
      const end = page + 1 < history.length ? { end: `page${String(page + 1)}` } : {};
      return ok({ start: request.query.get("from"), chunk: history[page] ?? [], ...end });
    },

    "PUT /rooms/:room/send/:type/:txn": (request, { room = "", type = "", txn = "" }) =>
      ok({ event_id: rooms.send(room, me, type, txn, content(request)) }),
    "PUT /rooms/:room/redact/:event/:txn": (request, { room = "", event = "", txn = "" }) =>
      ok({
        event_id: rooms.send(room, me, "m.room.redaction", txn, {
          redacts: event,
          ...content(request),
        }),
      }),
    "PUT /rooms/:room/typing/:user": () => ok(),
    "POST /rooms/:room/receipt/:type/:event": () => ok(),

    "GET /media/config": () => ok({ "m.upload.size": 50 * 1_048_576 }),
    "POST /_matrix/media/v1/create": ({ number }) =>
      ok({ content_uri: `mxc://scripted.test/media${String(number)}` }),
    "PUT /_matrix/media/v3/upload/scripted.test/:id": ({ body, contentType }, { id = "" }) => {
      media.set(id, { type: contentType, bytes: Buffer.isBuffer(body) ? body : Buffer.alloc(0) });
      return ok();
    },
    "POST /_matrix/media/v3/upload": ({ number, body, contentType }) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      media.set(`media${String(number)}`, { type: contentType, bytes });
      return ok({ content_uri: `mxc://scripted.test/media${String(number)}` });
    },
    "GET /media/download/scripted.test/:id": (_request, { id = "" }) => {
      const file = media.get(id);
      return file === undefined ? NOT_FOUND : { status: 200, file };
    },

    "POST /keys/upload": () => ok({ one_time_key_counts: { signed_curve25519: 50 } }),
    "POST /keys/query": () => ok({ device_keys: {} }),
    "POST /keys/claim": () => ok({ one_time_keys: {} }),
    "PUT /sendToDevice/:type/:txn": () => ok(),
  };
  return [...listed(open, true), ...listed(closed, false)];
}

function listed(handlers: Readonly<Record<string, Handler>>, open: boolean): Route[] {
  return Object.entries(handlers).map(([name, handler]) => {
    const [method = "", path = ""] = name.split(" ");
    const full = path.startsWith("/_matrix") ? path : `/_matrix/client/v3${path}`;
    return { pattern: `${method} ${full}`.split("/"), handler, open };
  });
}
