import assert from 'node:assert/strict';
import type { Answer, Client } from './client.ts';

/** One call of the outside client. `check` throws if the answer is not what the demo promises. */
export interface Step {
  called: string;
  through: string;
  send: (client: Client, seen: Seen) => Promise<Answer>;
  check: (answer: Answer, seen: Seen) => void;
}

/** Ids and tokens that later steps need. */
export interface Seen {
  token: string;
  ada: string;
  team: string;
}

/** The callers, by the names that the code has for them. */
const REMOTE = 'ctx.caller';
const LAZY = 'createCaller';

/** A field of an answer's body, whatever the body is. */
function field(answer: Answer, name: string): unknown {
  return (answer.body as Record<string, unknown> | null)?.[name];
}

function isStatus(status: number): Step['check'] {
  return (answer) => assert.equal(answer.status, status);
}

/** A Date that went through JSON on its way out of the Hono server. */
function assertDate(value: unknown): void {
  assert.equal(new Date(value as string).toISOString(), value);
}

const listUsers: Step = {
  called: 'user.list({}): every createdAt is a Date',
  through: REMOTE,
  send: (client) => client.get('/api/users'),
  check: ({ body }) => {
    const users = body as { createdAt: string; name: string }[];
    assert.deepEqual(
      users.map(({ name }) => name),
      ['Ada', 'Grace'],
    );
    for (const { createdAt } of users) assertDate(createdAt);
  },
};

export const calls: Step[] = [
  {
    called: 'user.create({ name: "Ada", … })',
    through: REMOTE,
    send: (client) => client.post('/users', { name: 'Ada', email: 'ada@example.com' }),
    check: (answer, seen) => {
      assert.equal(answer.status, 201);
      seen.ada = String(field(answer, 'id'));
    },
  },
  {
    called: 'user.create({ name: "Grace", … })',
    through: REMOTE,
    send: (client) => client.post('/users', { name: 'Grace', email: 'grace@example.com' }),
    check: isStatus(201),
  },
  listUsers,
  {
    called: 'user.getById({ id })',
    through: REMOTE,
    send: (client, { ada }) => client.get(`/users/${ada}`),
    check: (answer) => assert.equal(field(answer, 'name'), 'Ada'),
  },
  {
    called: 'http.users.get({ params: { id } })',
    through: 'a route, create…Caller',
    send: (client, { ada }) => client.get(`/profiles/${ada}`),
    check: (answer) => {
      assert.equal(field(answer, 'name'), 'Ada');
      assertDate(field(answer, 'createdAt'));
    },
  },
  {
    called: 'teams.create({ name, ownerId })',
    through: REMOTE,
    send: (client, { ada }) => client.post('/teams', { name: 'Compilers', ownerId: ada }),
    check: (answer, seen) => {
      assert.equal(answer.status, 201);
      seen.team = String(field(answer, 'id'));
    },
  },
  {
    called: 'teams.create again: NAME_TAKEN, declared',
    through: `safe(${REMOTE} …)`,
    send: (client, { ada }) => client.post('/teams', { name: 'Compilers', ownerId: ada }),
    check: isStatus(303),
  },
  {
    called: 'teams.overview → getTeamAndOwner → 2 queries',
    through: 'create…Caller, create…Handler',
    send: (client, { team }) => client.get(`/teams/${team}`),
    check: (answer) => {
      assert.equal(field(answer, 'owner'), 'Ada');
      assertDate(field(answer, 'ownerSince'));
    },
  },
  {
    called: 'teams.overview of no team: its data',
    through: 'create…Caller, create…Handler',
    send: (client) => client.get('/teams/none'),
    check: (answer) => {
      assert.equal(answer.status, 404);
      const data = field(answer, 'data') as { teamId: string; askedAt: string };
      assert.equal(data.teamId, 'none');
      assertDate(data.askedAt);
    },
  },
  {
    called: 'user.create with a bad email',
    through: REMOTE,
    send: (client) => client.post('/users', { name: 'Nobody', email: 'not an email' }),
    check: (answer) => {
      assert.equal(answer.status, 400);
      assert.equal(field(answer, 'code'), 'BAD_REQUEST');
    },
  },
  {
    called: 'user.getSessionUser({}) with a JWT',
    through: 'ctx.caller in a middleware',
    send: (client, { token }) => client.get('/me', token),
    check: (answer) => assert.equal(field(answer, 'subject'), 'ada'),
  },
  {
    called: 'user.getSessionUser({}) without one',
    through: 'ctx.caller in a middleware',
    send: (client) => client.get('/me'),
    check: isStatus(401),
  },
  {
    called: 'user.getSessionUser({}) with a forged one',
    through: 'ctx.caller in a middleware',
    send: (client, { token }) => client.get('/me', `${token.slice(0, -8)}AAAAAAAA`),
    check: isStatus(401),
  },
  {
    called: 'list, getById, create, isAuthenticated',
    through: REMOTE,
    send: (client, { ada, token }) => client.post('/api/usage', { userId: ada }, token),
    check: (answer) => assert.equal(field(answer, 'users'), 2),
  },
  {
    called: 'items.writes.add → jobs.reindex, scheduled',
    through: 'caller.schedule.now',
    send: (client) => client.post('/items', { title: 'Difference Engine' }),
    check: isStatus(201),
  },
  {
    called: 'items.queries.list({}): the job has run',
    through: LAZY,
    send: (client) => untilIndexed(client),
    check: ({ body }) => assert.deepEqual(searchTexts(body), ['difference engine']),
  },
  {
    called: 'items.writes.importAll: all three kinds',
    through: 'caller.actions',
    send: (client) => client.post('/items/import', { titles: ['COBOL', 'Note G'] }),
    check: (answer) => assert.equal(field(answer, 'total'), 3),
  },
];

/** What must still be there after the backend has been stopped and started. */
export const callsAfterRestart: Step[] = [
  {
    ...listUsers,
    called: 'user.list({}) after a restart of the backend',
    check: ({ body }) => assert.equal((body as unknown[]).length, 3),
  },
  {
    called: 'items.queries.list({}) after the restart',
    through: LAZY,
    send: (client) => untilIndexed(client),
    check: ({ body }) =>
      assert.deepEqual(searchTexts(body), ['difference engine', 'cobol', 'note g']),
  },
];

function searchTexts(body: unknown): (string | null)[] {
  return (body as { searchText: string | null }[]).map(({ searchText }) => searchText);
}

/** The scheduled action runs right after the mutation commits, but not before its answer. */
async function untilIndexed(client: Client): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await client.get('/items');
    if (attempt === 100 || !searchTexts(answer.body).includes(null)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
