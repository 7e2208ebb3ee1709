import assert from "node:assert/strict";
import test from "node:test";
import { CallError, Push } from "../static/sdk/index.js";

/** A browser, its push manager, and a connection that notes what is asked. */
function world({ permission = "default", answer = "granted", supported = true, subscribedWith = "", key = "S2V5", failing = "" } = {}) {
  const did = [];
  let present = subscribedWith;
  const subscription = () => ({
    endpoint: "https://push.example/1",
    options: { applicationServerKey: new TextEncoder().encode(atob(present)).buffer },
    toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "P", auth: "A" } }),
    unsubscribe: async () => {
      did.push("browser unsubscribes");
      present = "";
    },
  });
  const manager = {
    getSubscription: async () => (present ? subscription() : null),
    subscribe: async ({ applicationServerKey, userVisibleOnly }) => {
      assert.ok(userVisibleOnly);
      did.push(`browser subscribes with ${applicationServerKey}`);
      present = applicationServerKey;
      return subscription();
    },
  };
  const platform = {
    canPush: () => supported,
    startWorker: async () => manager,
    pushManager: async () => manager,
    notificationPermission: () => permission,
    askNotificationPermission: async () => (permission = answer),
  };
  const connection = {
    request: async (method, params) => {
      did.push(`${method} ${Object.values(params).map((value) => JSON.stringify(value)).join(" ")}`.trim());
      if (method === failing) throw new CallError(6017, "no");
      return method === "push.getKey" ? { applicationServerKey: key } : {};
    },
  };
  return { push: new Push(connection, platform), did };
}

const HANDED_OVER = 'push.subscribe "https://push.example/1" {"p256dh":"P","auth":"A"} "zh-CN"';

test("who allows notifications is subscribed with the server's key, at the server too", async () => {
  const { push, did } = world();
  const states = [];
  push.on("change", (state) => states.push(state));
  assert.equal(push.state, "off");
  await push.subscribe("zh-CN");
  assert.deepEqual(did, ["push.getKey", "browser subscribes with S2V5", HANDED_OVER]);
  assert.deepEqual(states, ["on"]);
});

test("who does not allow them is asked nothing more", async () => {
  const { push, did } = world({ answer: "denied" });
  await push.subscribe("en");
  assert.deepEqual([push.state, did], ["denied", []]);
  const undecided = world({ answer: "default" });
  await undecided.push.subscribe("en");
  assert.deepEqual([undecided.push.state, undecided.did], ["off", []]);
});

test("a browser that has no push messages, or refuses them, says so from the beginning", () => {
  assert.equal(world({ supported: false }).push.state, "unsupported");
  assert.equal(world({ permission: "denied" }).push.state, "denied");
});

test("a subscription is handed over again, without asking", async () => {
  const { push, did } = world({ permission: "granted", subscribedWith: "S2V5" });
  await push.renew("zh-CN");
  assert.deepEqual([push.state, did], ["on", ["push.getKey", HANDED_OVER]]);
});

test("one made with another server's key is made anew", async () => {
  const { push, did } = world({ permission: "granted", subscribedWith: "T2xk" });
  await push.renew("zh-CN");
  assert.deepEqual(did, ["push.getKey", "browser unsubscribes", "browser subscribes with S2V5", HANDED_OVER]);
});

test("without permission nothing is renewed", async () => {
  const { push, did } = world({ subscribedWith: "S2V5" });
  await push.renew("en");
  assert.deepEqual([push.state, did], ["off", []]);
});

test("a subscription is taken back in the browser and at the server", async () => {
  const { push, did } = world({ permission: "granted", subscribedWith: "S2V5" });
  await push.unsubscribe();
  assert.deepEqual([push.state, did], ["off", ["browser unsubscribes", 'push.unsubscribe "https://push.example/1"']]);
});

test("what the server refuses is not on", async () => {
  const { push } = world({ failing: "push.subscribe" });
  await assert.rejects(push.subscribe("en"), { code: 6017 });
  assert.equal(push.state, "off");
});
