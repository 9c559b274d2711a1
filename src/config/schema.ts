import { z } from "zod";
import { kindSections } from "./kindSections.ts";
import { BACKUP } from "../privacy/records/backups.ts";
import { PREVIEWS } from "../privacy/records/commands.ts";
import { asRoomAlias, asRoomId } from "../kernel/ids.ts";
import { httpSection } from "./http.ts";
import { confirmationSection } from "./confirmation.ts";
import { logsSection } from "./logs.ts";
import { retentionSection } from "./retention.ts";
import { noticeSection } from "./notice.ts";
import { operatorSection } from "./operator.ts";
import { officersSection } from "./officers.ts";
import { outsideData } from "./outsideData.ts";
import { synapseSection } from "./synapseSection.ts";
import { address, path, person, text } from "./values.ts";

/**
 * Every setting, once: what is checked, its default, what it means (`description`), which environment variable overrides it (`env`)
 * and what the sample shows (`examples`). `config.sample.json` and `docs/configuration.md` are made from this and nothing else.
 * A refinement's message completes the sentence "<setting> …".
 */
const room = text(
  "must be a room id such as !abc:example.org, or an address such as #name:example.org.",
  (value) => asRoomId(value) !== undefined || asRoomAlias(value) !== undefined,
);
const prefix = text("must be 2 to 32 characters without spaces.", (value) =>
  /^\S{2,32}$/u.test(value),
);
const glob = text(
  "must be a Matrix ID or a server name, with * and ? as wildcards.",
  (value) => /^[^\s@]+$|^@[^\s@]+$/u.test(value) && value.length <= 255,
);
const minutes = z
  .number()
  .positive("must be more than 0.")
  .max(527_040, "must be at most 527040, a year.");
const perHour = z
  .int("must be a whole number.")
  .min(1, "must be at least 1.")
  .max(100_000, "must be at most 100000.");

const homeserver = z
  .strictObject({
    url: address.meta({
      description: "Where the homeserver's client API answers.",
      env: "USHER_HOMESERVER_URL",
      examples: ["https://matrix.example.org"],
    }),
    userId: person.meta({
      description: "Usher's own account.",
      env: "USHER_USER_ID",
      examples: ["@usher:example.org"],
    }),
    accessToken: z.string().min(1, "must not be empty.").optional().meta({
      description:
        "The account's access token. Better kept in a file of its own: see `homeserver.accessTokenFile`.",
    }),
    accessTokenFile: path.optional().meta({
      description: "A file that holds the access token. `npm run setup` writes it.",
      env: "USHER_ACCESS_TOKEN_FILE",
      examples: ["./secrets/access-token"],
    }),
    passwordFile: path.optional().meta({
      description:
        "A file that holds the account's password, instead of a token. Usher logs in with it once; the access token and its device are then " +
        "kept in the data directory, readable by its owner only, and the password is not needed again.",
      env: "USHER_PASSWORD_FILE",
    }),
  })
  .meta({
    description:
      "The homeserver and Usher's account there. One of `accessToken`, `accessTokenFile` and `passwordFile` is needed.",
  });

const access = z
  .strictObject({
    inviters: z
      .strictObject({
        allow: z
          .array(glob)
          .optional()
          .meta({
            description:
              "Who may invite Usher: Matrix IDs (`@name:example.org`) and servers (`example.org`), with `*` for any characters and `?` for one. " +
              "Left out: everybody on Usher's own homeserver. An empty list: nobody.",
            examples: [["example.org"]],
          }),
        perSenderPerHour: perHour
          .default(10)
          .meta({ description: "How many invitations of one person are looked at in an hour." }),
        perHour: perHour.default(100).meta({
          description: "How many invitations are looked at in an hour, all people together.",
        }),
      })
      .prefault({}),
  })
  .prefault({})
  .meta({ description: "Who may bring Usher into rooms." });

const limits = z
  .strictObject({
    confirmationMinutes: minutes
      .default(PREVIEWS.retention.for.minutes)
      .meta({ description: "How long a preview waits for its yes; minutes." }),
    staleCommandMinutes: minutes.default(5).meta({
      description:
        "A command that changes things and is older than this when Usher hears it is not run unasked; minutes.",
    }),
    leaveWhenAloneMinutes: minutes
      .default(60)
      .meta({ description: "How long Usher stays in a room where nobody else is left; minutes." }),
    commandsPerMinute: z
      .int("must be a whole number.")
      .min(1, "must be at least 1.")
      .max(100_000, "must be at most 100000.")
      .default(30)
      .meta({
        description:
          "How many commands one sender may give in one room in a minute before Usher takes them for a loop between bots and falls silent.",
      }),
    pageBytes: z
      .int("must be a whole number.")
      .min(1_000, "must be at least 1000.")
      .max(
        50_000,
        "must be at most 50000: an event holds 65536 bytes, and encryption takes its share.",
      )
      .default(30_000)
      .meta({ description: "Where a long answer is split; bytes." }),
  })
  .prefault({})
  .meta({ description: "Times and sizes." });

const crypto = z
  .strictObject({
    engine: z
      .enum(["wasm", "native", "off"])
      .default("wasm")
      .meta({
        description:
          "What encrypts: `wasm` is complete and needs nothing else; `native` is faster, does less, and needs a binary that npm does not bring; `off` " +
          "means that Usher cannot read encrypted rooms, and says so there.",
      }),
    recoveryKeyFile: path.optional().meta({
      description:
        "Where the recovery key of Usher's encrypted identity is kept; written at the first start. Left out: beside the data " +
        "directory `data` in `secrets/data-recovery-key`, and so on by its name. Keep a copy elsewhere: whoever loses both this file and the data directory loses the identity.",
      examples: ["./secrets/recovery-key"],
    }),
    storeKeyFile: path.optional().meta({
      description:
        "Where the key that locks the encryption store is kept; written at the first start. Left out: beside the data directory `data` in `secrets/data-store-key`. " +
        "It stays out of the data directory, so that a stolen copy of that is of no use.",
      examples: ["./secrets/store-key"],
    }),
    shareKeysWith: z.enum(["signed-devices", "all-devices"]).default("signed-devices").meta({
      description:
        "Which devices can read what Usher sends: those that their owner has verified (as current clients do), or all.",
    }),
    keysPatienceSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .meta({
        description:
          "How long a message waits for the keys of people's devices, in seconds. Who has a device whose keys come later, because their homeserver is slow or away, " +
          "reads there what Usher says from its next message on.",
      }),
    obeyCommandsFrom: z.enum(["signed-devices", "all-devices"]).default("all-devices").meta({
      description:
        "Which devices may give commands in encrypted rooms, and confirm them; where only verified ones may, a reaction confirms nothing, since it is never encrypted. Exports, erasures and credentials are given to verified devices only, whatever stands here.",
    }),
  })
  .prefault({})
  .meta({ description: "Encryption." });

const ownSchema = z.strictObject({
  mode: z.enum(["production", "trial"]).default("production").meta({
    description:
      "`trial` is for trying Usher out: facts about the operator may be placeholders, and answers about them say so.",
    env: "USHER_MODE",
  }),
  homeserver,
  dataDir: path.default("./data").meta({
    description: "The folder of everything Usher stores. One Usher at a time uses it.",
    env: "USHER_DATA_DIR",
    examples: ["./data"],
  }),
  ...outsideData,
  keys: z
    .strictObject({
      file: path.optional().meta({
        description:
          "The key ring, a file that only Usher may read: it opens what people give Usher to keep for them at other services. Made at the first start. Left out: beside the data directory `data` in " +
          "`secrets/data-key-ring`. It stays out of the data directory and of its backups; keep a copy elsewhere.",
        env: "USHER_KEYS_FILE",
        examples: ["./secrets/data-key-ring"],
      }),
    })
    .prefault({})
    .meta({ description: "What Usher encrypts with that it keeps for people." }),
  backup: z
    .strictObject({
      recipient: text("must be an age recipient, which begins with age1.", (value) =>
        /^age1[a-z0-9]{40,}$/.test(value),
      )
        .optional()
        .meta({
          description:
            "Whom backups are sealed for: what `age-keygen` names the public key. Keep the identity that belongs to it on another machine. Left out: no backups are made.",
          env: "USHER_BACKUP_RECIPIENT",
        }),
      folder: path.optional().meta({
        description:
          "Where `admin backup` and `npm run backup` put them. Left out: beside the data directory `data` in `data-backups`.",
        examples: ["./backups"],
      }),
      keepDays: z
        .int("must be a whole number.")
        .min(1, "must be at least 1.")
        .max(BACKUP.retention.for.days, "must be at most 30, as the privacy notice promises.")
        .default(14)
        .meta({ description: "After how many days Usher deletes a backup there." }),
      identityFile: path.optional().meta({
        description:
          "A file with the age identity that opens backups, for `npm run restore`, and for `admin doctor` to see whether the last one opens. Whoever takes this machine then opens them too.",
      }),
    })
    .prefault({})
    .meta({ description: "Backups of the data directory." }),
  operators: z
    .array(person)
    .default([])
    .meta({
      description: "Who runs Usher, as Matrix IDs.",
      env: "USHER_OPERATORS",
      examples: [["@you:example.org"]],
    }),
  officers: officersSection,
  operatorsRoom: room.optional().meta({
    description:
      "The operators' room, where Usher reports and takes operators' commands. An alias is asked once, and what it led to then is kept: to change the room, name its id. In safe mode only an id counts.",
    examples: ["#usher-operators:example.org"],
  }),
  privateHosts: z
    .array(text("must be a host name.", (value) => /^[a-z0-9.-]{1,255}$/.test(value)))
    .default([])
    .meta({
      description:
        "Host names in your own network that `admin doctor` may look at although their addresses are private. It looks at no other private address.",
      examples: [["meet.example.internal"]],
    }),
  prefixes: z
    .array(prefix)
    .min(1, "must name at least one.")
    .default(["!usher", "!im"])
    .meta({ description: "The words that begin a command in a room.", env: "USHER_PREFIXES" }),
  describeCommands: z.boolean().default(false).meta({
    description:
      "Whether Usher describes its commands in the state of rooms where it may, for clients that complete commands from that (MSC4391): some thirty state events in each such room. Switched off again, it blanks them. What such a client has built is understood in any case.",
  }),
  language: z
    .enum(["en"])
    .default("en")
    .meta({ description: "The language Usher speaks; a folder under `templates`." }),
  confirmation: confirmationSection,
  minimumAge: z
    .int("must be a whole number.")
    .min(13, "must be at least 13.")
    .max(120, "must be at most 120.")
    .default(16)
    .meta({ description: "Usher asks people who are younger not to use it; years." }),
  access,
  operator: operatorSection,
  notice: noticeSection,
  limits,
  crypto,
  synapse: synapseSection,
  http: httpSection,
  logs: logsSection,
  retention: retentionSection,
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").meta({
    description: "How much is logged. No level logs what people write.",
    env: "USHER_LOG_LEVEL",
  }),
});

/** All that the configuration may say. What kinds read of it is theirs to know. */
export const configSchema = ownSchema.extend(kindSections) as unknown as typeof ownSchema;
