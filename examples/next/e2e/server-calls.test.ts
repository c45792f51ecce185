import { randomUUID } from 'node:crypto';
import { signAgedToken } from './aged-token.ts';
import { expect, test } from './fixtures.ts';

const newEmail = (): string => `${randomUUID()}@example.com`;

test('route handlers: a result or an error’s own status', async ({ request, app }) => {
  const ada = { name: 'Ada', email: newEmail() };
  const created = await request.post('/api/users', { data: ada });
  expect(created.status()).toBe(201);
  const { id } = await created.json();

  const users = await request.get('/api/users');
  expect(users.status()).toBe(200);
  expect(await users.json()).toEqual(expect.arrayContaining([expect.objectContaining(ada)]));
  expect(await (await request.get(`/api/users/${id}`)).json()).toMatchObject(ada);

  const taken = await request.post('/api/users', { data: ada });
  expect([taken.status(), await taken.json()]).toEqual([
    409,
    { code: 'CONFLICT', message: `${ada.email} is taken` },
  ]);
  const bad = await request.post('/api/users', { data: { name: 'Ada', email: 'no' } });
  expect(bad.status()).toBe(400);
  const missing = await request.get('/api/users/nobody');
  expect(missing.status()).toBe(404);
  expect(await missing.json()).toMatchObject({ code: 'NOT_FOUND', data: { id: 'nobody' } });

  expect((await request.get('/api/session')).status()).toBe(401);
  const authorization = `Bearer ${await signAgedToken(app.keys, 'a program', 60)}`;
  const session = await request.get('/api/session', { headers: { authorization } });
  expect(await session.json()).toMatchObject({ subject: 'a program' });
});

test('redirect() in a route handler that makes every kind of call', async ({ request, app }) => {
  const created = await request.post('/api/users', { data: { name: 'Ada', email: newEmail() } });
  const { id: userId } = await created.json();
  const usage = { data: { userId }, maxRedirects: 0 };
  const answer = await request.post('/api/usage', usage);
  expect([answer.status(), new URL(answer.headers()['location'] ?? '', app.url).pathname]).toEqual([
    307,
    '/login',
  ]);
});

test('notFound() and redirect() pass through the call that they are thrown in', async ({
  page,
}) => {
  for (const path of ['/users/nobody', '/teams/nothing']) {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  }
  await page.goto('/me');
  await expect(page).toHaveURL('/login');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a page shows what private procedures composed, Dates included', async ({ page, request }) => {
  const user = await request.post('/api/users', { data: { name: 'Grace', email: newEmail() } });
  const { id: ownerId } = await user.json();
  const team = await request.post('/api/teams', { data: { name: 'Compilers', ownerId } });
  const { id } = await team.json();
  await page.goto(`/teams/${id}`);
  await expect(page.getByRole('heading', { name: 'Compilers' })).toBeVisible();
  await expect(page.getByText(`Grace, since ${new Date().getFullYear()}`)).toBeVisible();
});

test('a server action writes, turns an error into a redirect, and asks to sign in', async ({
  page,
  context,
}) => {
  const email = newEmail();
  const name = `Barbara ${email.slice(0, 8)}`;
  const users = page.getByRole('main').getByRole('listitem').filter({ hasText: name });
  const add = async (): Promise<void> => {
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('textbox', { name: 'Email' }).fill(email);
    await page.getByRole('button', { name: 'Add' }).click();
  };
  await page.goto('/users');
  await expect(page.getByRole('button', { name: 'Add' })).toHaveCount(0);
  await page.goto('/login');
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/me');

  await page.goto('/users');
  await add();
  await expect(users).toHaveCount(1);
  await add();
  await expect(page).toHaveURL('/users?taken');
  await expect(users).toHaveCount(1);
  await users.getByRole('link').click();
  await expect(page.getByRole('heading', { name })).toBeVisible();

  await page.goto('/users');
  await context.clearCookies();
  await add();
  await expect(page).toHaveURL('/login');
});
