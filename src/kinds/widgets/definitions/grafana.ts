import type { DefinitionInput } from "../definition.ts";

/** The server must let itself be embedded (`allow_embedding`), and its cookies travel (`cookie_samesite = none`) where people log in. */
export const grafana: DefinitionInput = {
  id: "grafana",
  name: "Grafana",
  description: "A dashboard or panel from a Grafana server",
  price: "free",
  host: { by: "address" },
  type: "m.grafana",
  aliases: ["grafana", "dimension-grafana"],
  arguments: {
    dashboard: { kind: "address", help: "the dashboard's address", required: true, adds: "kiosk" },
  },
  main: "dashboard",
  url: "{+dashboard}",
  recognise: [
    { path: "(.*)/d/([\\w\\-]{6,40})/*", address: "dashboard" },
    { path: "(.*)/d-solo/([\\w\\-]{6,40})/*", address: "dashboard" },
    { path: "(.*)/public-dashboards/([0-9a-f]{32})", address: "dashboard" },
  ],
  secrets: ["auth_token"],
  setup: "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/",
};
