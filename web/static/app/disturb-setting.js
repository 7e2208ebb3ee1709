import { Component } from "../components/component.js";
import { moment } from "../components/format.js";
import { t } from "../components/i18n.js";
import { ReceiveOpt } from "../sdk/index.js";
import { html } from "../vendor/lit-html.js";
import { Deed } from "./deed.js";

const HOUR_MS = 3_600_000;
/** When a morning begins. */
const MORNING_HOUR = 8;
/** A browser's timers take no longer time than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The next morning, in the reader's time zone.
 *
 * @param {number} now Unix ms
 * @returns {number} Unix ms
 */
function nextMorning(now) {
  const morning = new Date(now);
  morning.setHours(MORNING_HOUR, 0, 0, 0);
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}

/**
 * Do-not-disturb: for a while or until it is turned off. The Client comes in
 * `data`.
 *
 * @extends {Component<import("../sdk/index.js").Client>}
 */
export class DisturbSetting extends Component {
  #setting = new Deed(() => this.update());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #over;

  /** @override */
  connected() {
    this.until(
      this.data.receiveOpt.on("change", () => this.update()),
      () => clearTimeout(this.#over),
    );
  }

  /** @override */
  template() {
    const { connection } = this.data;
    return html`<div class="setting" role="group" aria-label=${t("doNotDisturb")}>
      <p class="setting-name">${t("doNotDisturb")}</p>
      <p class="muted-text" role="status" data-testid="disturb-state">${this.#state()}</p>
      <div class="setting-deeds">
        ${this.#on
          ? this.#button(t("disturbOff"), ReceiveOpt.receiveAndNotify)
          : [
              this.#button(t("disturbHour"), ReceiveOpt.receiveNotNotify, () => HOUR_MS),
              this.#button(t("disturbMorning"), ReceiveOpt.receiveNotNotify, () => nextMorning(connection.clock.now()) - connection.clock.now()),
              this.#button(t("disturbOn"), ReceiveOpt.receiveNotNotify),
            ]}
      </div>
      ${this.#setting.fault()}
    </div>`;
  }

  /** When it runs out, what stands here changes. @override */
  drawn() {
    clearTimeout(this.#over);
    const left = this.#endsAt - this.data.connection.clock.now();
    if (left > 0 && left < LONGEST_TIMER_MS) this.#over = setTimeout(() => this.update(), left + 1);
  }

  /** It was turned on and has not run out. */
  get #on() {
    const { opt } = this.data.receiveOpt.value;
    return opt === ReceiveOpt.receiveNotNotify && (this.#endsAt === 0 || this.data.connection.clock.now() < this.#endsAt);
  }

  /** When it runs out, Unix ms; 0 for never. */
  get #endsAt() {
    const { startAt, duration } = this.data.receiveOpt.value;
    return duration > 0 ? startAt + duration * 1000 : 0;
  }

  #state() {
    if (!this.#on) return t("disturbIsOff");
    return this.#endsAt > 0 ? t("disturbUntil", { time: moment(this.#endsAt, this.data.connection.clock.now()) }) : t("disturbIsOn");
  }

  /**
   * @param {string} label
   * @param {0 | 2} opt
   * @param {() => number} [lasts] milliseconds
   */
  #button(label, opt, lasts) {
    const set = () => this.data.receiveOpt.setAllReceiveMessageOpt(opt, lasts && { duration: Math.ceil(lasts() / 1000) });
    return html`<button type="button" class="plain" ?disabled=${this.#setting.busy} @click=${() => void this.#setting.do(set)}>${label}</button>`;
  }
}

customElements.define("disturb-setting", DisturbSetting);
