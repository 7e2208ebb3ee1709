/**
 * The offers of a room's PeerConnection after the first. One waits for the
 * answer to the one before: there is never more than one open.
 */
export class Negotiation {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Offers anew and takes the answer.
   *
   * @param {import("./peer.js").Peer} peer
   * @param {object} how
   * @param {boolean} how.iceRestart
   * @param {() => boolean} how.ready asked when its turn has come: false if it has no point any more. What it adds
   *   to the PeerConnection is in the offer.
   * @param {(offer: string) => Promise<string>} how.ask gets the answer
   * @returns {Promise<void>}
   */
  again(peer, { iceRestart, ready, ask }) {
    const turn = this.#last.then(async () => {
      if (!ready()) return;
      const answer = await ask(await peer.offerAgain({ iceRestart }));
      if (peer.state !== "closed") await peer.answer(answer);
    });
    this.#last = turn.catch(() => {}); // who waits wants to know that it is over, not how
    return turn;
  }
}
