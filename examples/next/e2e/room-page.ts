import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** A room in one browser page. */
export class RoomPage {
  readonly #page: Page;
  readonly #room: string;

  constructor(page: Page, room: string) {
    this.#page = page;
    this.#room = room;
  }

  /** Resolves when the first result is there. `view` is a path below the room's. */
  async open(view = ''): Promise<void> {
    await this.#page.goto(`/rooms/${this.#room}${view}`);
    await expect(this.#status).toHaveText(/^\d+ messages?$/);
  }

  get #status(): Locator {
    return this.#page.getByRole('status');
  }

  get alert(): Locator {
    return this.#page.getByRole('main').getByRole('alert');
  }

  /** Messages that the deployment has not confirmed. */
  get pending(): Locator {
    return this.#messages.and(this.#page.locator('[aria-busy=true]'));
  }

  get #messages(): Locator {
    return this.#page.getByRole('list', { name: 'Messages' }).getByRole('listitem');
  }

  async send(body: string): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Message' }).fill(body);
    await this.#page.getByRole('button', { name: 'Send' }).click();
  }

  async remove(body: string): Promise<void> {
    await this.#page.getByRole('button', { name: `Delete ${body}`, exact: true }).click();
  }

  async loadMore(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Load more' }).click();
  }

  /** Waits until exactly these are shown, the newest first. */
  async shows(bodies: readonly string[]): Promise<void> {
    await expect(this.#messages.locator('span')).toHaveText([...bodies]);
  }

  /** Waits until exactly these are shown, and all of them are confirmed. */
  async settlesOn(bodies: readonly string[]): Promise<void> {
    await expect(this.pending).toHaveCount(0);
    await this.shows(bodies);
    await this.counts(bodies.length);
    await expect(this.pending).toHaveCount(0);
  }

  /** Waits until the room says that it has so many messages. */
  async counts(count: number): Promise<void> {
    await expect(this.#status).toHaveText(count === 1 ? '1 message' : `${count} messages`);
  }

  async showsEnd(): Promise<void> {
    await expect(this.#page.getByText('That is all.')).toBeVisible();
  }

  authorOf(body: string): Locator {
    const message = this.#page.getByText(body, { exact: true });
    return this.#messages.filter({ has: message }).locator('strong');
  }
}
