/** What the Hono server answered. */
export interface Answer {
  status: number;
  body: unknown;
}

/** An outside client: it knows the Hono server's URL and HTTP, and nothing of Convex. */
export interface Client {
  get(path: string, token?: string): Promise<Answer>;
  post(path: string, body: object, token?: string): Promise<Answer>;
}

export function createClient(url: string): Client {
  const send = async (path: string, token: string | undefined, init: RequestInit) => {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(url + path, { ...init, headers, redirect: 'manual' });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
  return {
    get: (path, token) => send(path, token, {}),
    post: (path, body, token) => send(path, token, { method: 'POST', body: JSON.stringify(body) }),
  };
}
