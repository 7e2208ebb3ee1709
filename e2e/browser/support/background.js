import assert from "node:assert/strict";
import { Person } from "./person.js";
import { PushService, subscribeThere } from "./push-service.js";

/**
 * Somebody's browser without their page: what their service worker does with
 * what the push service has for it.
 */
export class Background {
  /**
   * @param {import("./story.js").Stage} stage
   * @param {Person} person
   * @param {PushService} service
   * @param {import("playwright-core").CDPSession} devtools
   * @param {string} registrationId of the service worker
   */
  constructor(stage, person, service, devtools, registrationId) {
    this.stage = stage;
    this.person = person;
    this.service = service;
    this.context = person.page.context();
    this.devtools = devtools;
    this.registrationId = registrationId;
  }

  /**
   * Lets a person turn ringing on and close the page.
   *
   * @param {import("./story.js").Stage} stage
   * @param {Person} person whose notifications are permitted
   * @param {string} [setting] as their page calls it
   */
  static async of(stage, person, setting = "Ring in this browser") {
    const service = await PushService.start();
    const { page } = person;
    await page.context().addInitScript(subscribeThere, service.subscription);
    await page.evaluate(subscribeThere, service.subscription);
    const blank = await page.context().newPage();
    const devtools = await page.context().newCDPSession(blank);
    await page.getByTestId("me").click();
    await page.getByRole("checkbox", { name: setting }).check();
    await page.waitForFunction(() => localStorage.getItem("callsvc.remembered"));
    service.applicationServerKey = await page.evaluate(() => localStorage.getItem("subscribed") ?? "");
    const registrationId = await registered(devtools, person.url);
    await page.close();
    return new Background(stage, person, service, devtools, registrationId);
  }

  /** The service worker, running. */
  async worker() {
    const [running] = this.context.serviceWorkers();
    return running ?? this.context.waitForEvent("serviceworker");
  }

  /** Brings what is pushed next to the service worker, as the browser does. @param {string} type */
  async receives(type) {
    const message = await this.service.next();
    assert.deepEqual(this.service.faults, []);
    assert.equal(message.type, type);
    const worker = await this.worker();
    await worker.evaluate(watchNextEvent);
    await this.devtools.send("ServiceWorker.deliverPushMessage", {
      origin: new URL(this.person.url).origin,
      registrationId: this.registrationId,
      data: JSON.stringify(message),
    });
    await worker.evaluate(() => /** @type {any} */ (self).handled);
    return message;
  }

  /** Makes sure that notifications with these titles are shown, and no others. @param {string[]} titles */
  async shows(...titles) {
    const worker = await this.worker();
    const all = await worker.evaluate(async () => {
      const shown = await /** @type {any} */ (self).registration.getNotifications();
      return shown.map((/** @type {any} */ { title, body, tag, actions }) => ({ title, body, tag, actions: actions.map((/** @type {any} */ a) => a.title) }));
    });
    assert.deepEqual(all.map((/** @type {any} */ { title }) => title), titles);
    return all;
  }

  /**
   * Presses a button of the notification, or with "" the notification itself.
   * No test can reach the desktop's own, so the worker is told as the browser tells it; pages that it wants are noted.
   *
   * @param {"" | "accept" | "decline"} action
   * @returns {Promise<string>} the address of the page it opens; empty if it opens none
   */
  async presses(action) {
    const worker = await this.worker();
    await worker.evaluate(watchNextEvent);
    return worker.evaluate(async (action) => {
      const scope = /** @type {any} */ (self);
      let opened = "";
      scope.clients.openWindow = async (/** @type {string} */ url) => void (opened = url);
      const [notification] = await scope.registration.getNotifications();
      scope.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
      await scope.handled;
      return opened;
    }, action);
  }

  /** Opens the page that a notification opens. @param {string} url */
  async opens(url) {
    const person = new Person(this.person.userID, await this.context.newPage(), this.person.url);
    this.stage.people.push(person);
    await person.page.goto(url);
    await person.page.getByTestId("me").waitFor();
    return person;
  }
}

/** Runs in the service worker: `handled` is resolved when it is done with the next event. */
function watchNextEvent() {
  const scope = /** @type {any} */ (self);
  const { prototype } = scope.ExtendableEvent;
  const real = prototype.waitUntil;
  scope.handled = new Promise((resolve) => {
    prototype.waitUntil = function (/** @type {Promise<void>} */ work) {
      prototype.waitUntil = real;
      if (this.isTrusted) real.call(this, work); // to others the browser gives no time
      resolve(work);
    };
  });
}

/** The id of the service worker at this address. @param {import("playwright-core").CDPSession} devtools @param {string} url */
async function registered(devtools, url) {
  /** @type {Promise<string>} */
  const found = new Promise((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [ours] = registrations.filter(({ scopeURL }) => scopeURL.startsWith(url));
      if (ours) resolve(ours.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  return found;
}
