import type { Page } from '@playwright/test';
import { signAgedToken } from './aged-token.ts';
import { expect, test } from './fixtures.ts';

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto('/login');
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name })).toBeVisible();
}

test('who signs in is the same user on the page and on the live connection', async ({
  page,
  roomPage,
}) => {
  const account = page.getByRole('navigation', { name: 'Account' });
  await roomPage.open();
  await expect(account).toHaveText('Sign in');
  await roomPage.send('from a guest');
  await signIn(page, 'Ada');
  await expect(account).toHaveText('Ada');
  await roomPage.open();
  await roomPage.send('from Ada');
  await roomPage.settlesOn(['from Ada', 'from a guest']);
  await expect(roomPage.authorOf('from Ada')).toHaveText('Ada');
  await expect(roomPage.authorOf('from a guest')).toHaveText('Guest');

  await page.goto('/me');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/login');
  await expect(account).toHaveText('Sign in');
});

test('a token that expires on the live connection is refreshed, and nothing is lost', async ({
  page,
  roomPage,
  app,
}) => {
  await signIn(page, 'Grace');
  let refusals = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('TokenExpired')) refusals += 1;
    }),
  );
  await page.route('/api/token', async (route) => {
    // Until the deployment has refused one.
    const body = await signAgedToken(app.keys, 'Grace', refusals === 0 ? 4 : 600);
    await route.fulfill({ body, contentType: 'application/jwt' });
  });
  await roomPage.open();
  await expect(page.getByRole('navigation', { name: 'Account' })).toHaveText('Grace');
  const signedOut = await watchFor(page, 'Sign in');

  const sent: string[] = [];
  const send = async (): Promise<void> => {
    sent.unshift(`#${sent.length}`);
    await roomPage.send(sent[0] ?? '');
    await expect(roomPage.authorOf(sent[0] ?? '')).toHaveText('Grace');
  };
  while (refusals === 0) await send();
  await send();
  await roomPage.counts(sent.length);
  await expect(roomPage.pending).toHaveCount(0);
  expect(await signedOut()).toBe(false);
});

/** Gives a function that tells whether the page's account ever showed a text. */
async function watchFor(page: Page, text: string): Promise<() => Promise<boolean>> {
  const account = page.getByRole('navigation', { name: 'Account' });
  await account.evaluate((element, shown) => {
    new MutationObserver(() => {
      if (element.textContent?.includes(shown)) element.dataset['seen'] = shown;
    }).observe(element, { subtree: true, childList: true, characterData: true });
  }, text);
  return async () => (await account.getAttribute('data-seen')) !== null;
}
