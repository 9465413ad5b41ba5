import type { Device } from './account-api.js';
import type { LatchkeyClient } from './assemble-client.js';
import { deviceRow, element } from './element/device-row.js';
import { STYLE } from './element/style.js';
import { TEXTS, type Texts } from './element/texts.js';
import { Problem, SessionEnded } from './errors.js';

export type { Texts } from './element/texts.js';

/**
 * `<latchkey-devices>`: lists the devices of the user, follows changes, and signs devices out. Set its property `client`.
 *
 * Sends the event `latchkey-login-needed` if the service demands a recent login for a sign-out.
 */
export class LatchkeyDevices extends HTMLElement {
  texts: Texts = TEXTS;
  private shown: LatchkeyClient | null = null;
  private devices: readonly Device[] | null = null;
  private readonly busy = new Set<string>();
  private stop: () => void = () => {};
  private newestRead = 0;
  private readonly status = element('span');
  private readonly list = element('ul');
  private readonly alert = element('p');
  private readonly heading = element('h2');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    // Unlike a `style` element, it needs no exception in a content security policy.
    root.adoptedStyleSheets = [sheet];
    this.status.role = 'status';
    this.alert.role = 'alert';
    const header = element('header');
    header.append(this.heading, this.status);
    root.append(header, this.alert, this.list);
  }

  get client(): LatchkeyClient | null {
    return this.shown;
  }

  set client(client: LatchkeyClient | null) {
    this.disconnectedCallback();
    this.shown = client;
    this.devices = null;
    if (this.isConnected) this.connectedCallback();
  }

  connectedCallback(): void {
    const client = this.shown;
    this.stop();
    this.render();
    if (!client) return;
    const removers = [
      client.on('account', () => void this.load(true)),
      client.on('state', () => void this.load(true)),
      client.on('live', () => this.render()),
    ];
    this.stop = () => {
      for (const remove of removers) remove();
    };
    void this.load(false);
  }

  disconnectedCallback(): void {
    this.stop();
    this.stop = () => {};
    this.newestRead += 1;
  }

  private async load(passive: boolean): Promise<void> {
    const client = this.shown;
    this.newestRead += 1;
    const read = this.newestRead;
    if (!client || client.state === 'signed_out') return this.show(null, '');
    try {
      const devices = await client.devices.list({ passive });
      // In cookie mode, nothing else may have asked whether there is a session.
      if (client.state === 'unknown') await client.me({ passive });
      if (read === this.newestRead) this.show(devices, '');
    } catch (error) {
      if (read !== this.newestRead) return;
      if (error instanceof SessionEnded) this.show(null, '');
      else this.show(this.devices, this.texts.failed);
    }
  }

  private async signOut(device: Device): Promise<void> {
    const { shown: client, texts } = this;
    if (!client) return;
    this.busy.add(device.id);
    this.show(this.devices, '');
    let problem = '';
    try {
      await client.devices.terminate(device.id);
    } catch (error) {
      const needsLogin = error instanceof Problem && error.code === 'reauthentication_required';
      if (needsLogin)
        this.dispatchEvent(new CustomEvent('latchkey-login-needed', { bubbles: true, composed: true }));
      if (!(error instanceof SessionEnded))
        problem = needsLogin ? texts.loginNeeded : texts.notSignedOut(device.name);
    }
    this.busy.delete(device.id);
    await this.load(true);
    if (problem) this.show(this.devices, problem);
  }

  private show(devices: readonly Device[] | null, problem: string): void {
    this.devices = devices;
    this.alert.textContent = problem;
    this.render();
  }

  private render(): void {
    const { texts, shown: client, devices } = this;
    this.heading.textContent = texts.title;
    const isSignedOut = client?.state === 'signed_out';
    const live = client?.live === 'live' ? texts.live : texts.notLive;
    setText(this.status, isSignedOut ? texts.signedOut : devices ? live : texts.loading);
    const focused = (this.shadowRoot?.activeElement?.parentElement as HTMLElement | null)?.dataset.device;
    const language = this.closest<HTMLElement>('[lang]')?.lang || undefined;
    const rows = inOrder(devices ?? []).map((device) =>
      deviceRow(device, {
        ...{ texts, language, isBusy: this.busy.has(device.id) },
        onSignOut: (chosen) => void this.signOut(chosen),
      }),
    );
    this.list.replaceChildren(...rows);
    rows
      .find((row) => row.dataset.device === focused)
      ?.querySelector('button')
      ?.focus();
  }
}

/** This device first, then the others by their last use. */
function inOrder(devices: readonly Device[]): Device[] {
  const usedAt = ({ last_seen_at }: Device) => Date.parse(last_seen_at);
  return [...devices].sort((a, b) => Number(b.current) - Number(a.current) || usedAt(b) - usedAt(a));
}

/** Screen readers announce a status again whenever its text is set. */
function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

if (!customElements.get('latchkey-devices')) customElements.define('latchkey-devices', LatchkeyDevices);
