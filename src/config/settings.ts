import { z } from "zod";
import { configSchema } from "./schema.ts";

/** A setting, as the schema describes it. */
export interface Setting {
  /** As written in messages: `homeserver.url`; of each group in a list, `bots.catalogue[].id`. */
  readonly name: string;
  /** "[]" stands for each group in a list. */
  readonly path: readonly string[];
  readonly description: string;
  readonly type:
    | "text"
    | "number"
    | "whole number"
    | "yes or no"
    | "group of settings"
    | "list of texts"
    | "list of groups";
  readonly choices: readonly string[] | undefined;
  readonly default: unknown;
  readonly example: unknown;
  readonly env: string | undefined;
  readonly required: boolean;
}

/** A group of settings, or one that stands by itself: what the JSON schema of zod says, with our own fields. */
const nodeSchema = z.object({
  /** Absent where it may be one of several groups. */
  type: z.enum(["object", "string", "number", "integer", "boolean", "array"]).default("object"),
  description: z.string().optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  /** What each member of a list is. */
  get items() {
    return nodeSchema.optional();
  },
  required: z.array(z.string()).optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  env: z.string().optional(),
});
export type SettingNode = z.infer<typeof nodeSchema>;

const TYPES = {
  object: "group of settings",
  string: "text",
  number: "number",
  integer: "whole number",
  boolean: "yes or no",
} as const;

function typeOf({ type, items }: SettingNode): Setting["type"] {
  if (type !== "array") return TYPES[type];
  return items?.type === "object" ? "list of groups" : "list of texts";
}

/** The whole schema as a tree. */
export const settingTree: SettingNode = nodeSchema.parse(
  z.toJSONSchema(configSchema, { io: "input" }),
);

function settingsBelow(node: SettingNode, path: readonly string[]): Setting[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const here = [...path, key];
    if (child.properties !== undefined) return settingsBelow(child, here);
    const setting = {
      name: here.join(".").replaceAll(".[]", "[]"),
      path: here,
      description: child.description ?? "",
      type: typeOf(child),
      choices: child.enum,
      default: child.default,
      example: child.examples?.[0],
      env: child.env,
      required: node.required?.includes(key) === true,
    };
    return [
      setting,
      ...(child.items === undefined ? [] : settingsBelow(child.items, [...here, "[]"])),
    ];
  });
}

/** Every single setting, in the order of the schema. */
export const settings: readonly Setting[] = settingsBelow(settingTree, []);
