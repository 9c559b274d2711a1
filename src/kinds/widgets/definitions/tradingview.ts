import type { DefinitionInput } from "../definition.ts";

export const tradingview: DefinitionInput = {
  id: "tradingview",
  name: "TradingView",
  description: "The chart of a currency, share or index",
  price: "mixed",
  host: {
    by: "third-party",
    who: "TradingView",
    policy: "https://www.tradingview.com/privacy-policy/",
  },
  sites: ["tradingview.com"],
  type: "tradingview",
  aliases: ["dimension-tradingview"],
  arguments: {
    symbol: {
      kind: "text",
      help: "what the chart is of, as BTCUSD or NASDAQ:AAPL",
      pattern: "[A-Za-z0-9:._!-]{1,40}",
      required: true,
    },
    interval: {
      kind: "choice",
      help: "how long one step is: minutes, or D, W, M",
      choices: ["1", "3", "5", "15", "30", "60", "120", "180", "240", "D", "W", "M"],
      default: "D",
    },
  },
  main: "symbol",
  url: "https://s.tradingview.com/widgetembed/{?symbol,interval}&theme=$theme",
  link: "https://www.tradingview.com/chart/{?symbol,interval}",
  data: { pair: "{symbol}", interval: "{interval}" },
  reads: { pair: "symbol", interval: "interval" },
  recognise: [
    {
      hosts: ["*.tradingview.com"],
      path: "/chart{/*}?",
      query: { symbol: "symbol" },
      maybe: { interval: "interval" },
    },
    {
      hosts: ["s.tradingview.com"],
      path: "/widgetembed{/}?",
      query: { symbol: "symbol" },
      maybe: { interval: "interval" },
    },
    { hosts: ["*.tradingview.com"], path: "/symbols/:symbol([A-Z0-9]+){/}?" },
  ],
};
