import { expect, test } from 'vitest';
import { HttpServer } from './http-server.ts';
import { listenOnPorts } from './listen-on-ports.ts';

test('the free ports are neighbours on loopback, and answer 503 until they serve', async () => {
  const { api, site } = await listenOnPorts({});
  try {
    expect(site.port).toBe(api.port + 1);
    expect(api.url).toBe(`http://127.0.0.1:${api.port}`);
    const early = await fetch(api.url);
    expect(early.status).toBe(503);
    expect(await early.json()).toMatchObject({ code: 'BackendStarting' });
    api.serve(() => new Response('up'));
    expect(await (await fetch(api.url)).text()).toBe('up');
  } finally {
    await Promise.all([api.close(), site.close()]);
  }
});

test.each(['port', 'sitePort'])('%s in use is named', async (option) => {
  const taken = await HttpServer.listen({ hostname: '127.0.0.1', port: 0, option: 'port' });
  try {
    const { port } = taken;
    const opened = listenOnPorts({ [option]: port });
    await expect(opened).rejects.toMatchObject({ code: 'PortInUse', status: 409 });
    await expect(opened).rejects.toThrow(new RegExp(`Port ${port} .*"${option}"`));
  } finally {
    await taken.close();
  }
});
