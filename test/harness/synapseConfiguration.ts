import { join } from "node:path";

interface Where {
  readonly serverName: string;
  readonly dataDir: string;
  readonly secret: string;
  readonly port: number;
  /** Where it speaks with other servers, if it does. */
  readonly federation?: number | undefined;
}

const UNLIMITED = { per_second: 100_000, burst_count: 100_000 };

/** The name of the file in the data directory that holds `synapseLogging`. */
export const LOGGING = "logging.json";

/** The names of the files in the data directory that one which federates has, of its own making. */
export const CERTIFICATE = { key: "tls.key", cert: "tls.crt" };

/** What Synapse writes down: warnings and worse. Its lines about each request cost it time and say nothing that a test wants. */
export const synapseLogging = {
  version: 1,
  disable_existing_loggers: false,
  formatters: {
    line: { format: "%(asctime)s - %(name)s - %(levelname)s - %(request)s - %(message)s" },
  },
  handlers: { stderr: { class: "logging.StreamHandler", formatter: "line" } },
  root: { level: "WARNING", handlers: ["stderr"] },
};

/** Synapse's configuration for tests and the demo: SQLite, loopback only, speaks to no other server unless it is to, no rate limits. */
export function synapseConfiguration(where: Where) {
  const { serverName, dataDir, secret, port, federation } = where;
  return {
    server_name: serverName,
    public_baseurl: `http://127.0.0.1:${String(port)}/`,
    listeners: [
      {
        port,
        type: "http",
        bind_addresses: ["127.0.0.1"],
        // `federation` is there for the OpenID userinfo endpoint, which widgets need.
        resources: [{ names: ["client", "federation"] }],
      },
      ...(federation === undefined
        ? []
        : [
            {
              port: federation,
              type: "http",
              tls: true,
              bind_addresses: ["127.0.0.1"],
              resources: [{ names: ["federation"] }],
            },
          ]),
    ],
    tls_private_key_path: join(dataDir, CERTIFICATE.key),
    tls_certificate_path: join(dataDir, CERTIFICATE.cert),
    federation_verify_certificates: false,
    database: { name: "sqlite3", args: { database: join(dataDir, "hs.db") } },
    signing_key_path: join(dataDir, "signing.key"),
    media_store_path: join(dataDir, "media"),
    pid_file: join(dataDir, "synapse.pid"),
    registration_shared_secret: secret,
    report_stats: false,
    trusted_key_servers: [],
    ...(federation === undefined
      ? { federation_domain_whitelist: [] }
      : { ip_range_blacklist: [] }),
    log_config: join(dataDir, LOGGING),
    presence: { enabled: false },
    // Nobody here is notified of anything, and deciding whom to notify of each event costs a good part of sending it.
    push: { enabled: false },
    bcrypt_rounds: 4,
    max_event_delay_duration: "24h",
    rc_message: UNLIMITED,
    rc_registration: UNLIMITED,
    rc_login: { address: UNLIMITED, account: UNLIMITED, failed_attempts: UNLIMITED },
    rc_joins: { local: UNLIMITED, remote: UNLIMITED },
    rc_joins_per_room: UNLIMITED,
    rc_invites: { per_room: UNLIMITED, per_user: UNLIMITED, per_issuer: UNLIMITED },
    rc_room_creation: UNLIMITED,
    rc_admin_redaction: UNLIMITED,
  };
}
