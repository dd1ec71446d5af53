/** Whether a request for inline completion came by itself: clients count its trigger kinds from 1, or from 0. */

/** Clients with the numbers of the 3.17 proposal (Invoked 0, Automatic 1), by the name they give. */
const countFromZero = new Set(['coc.nvim']);

/**
 * LSP 3.18 has Invoked 1 and Automatic 2. A client whose 1 is read wrongly is offered more, or fewer, than it would
 * have been; nothing else depends on it. A 0 or a 2 says how it counts.
 */
export class TriggerKinds {
  #fromZero: boolean | undefined;

  isAutomatic(kind: unknown, clientName: string): boolean {
    if (kind === 0 || kind === 2) this.#fromZero = kind === 0;
    return kind === 2 || (kind === 1 && (this.#fromZero ?? countFromZero.has(clientName)));
  }
}
