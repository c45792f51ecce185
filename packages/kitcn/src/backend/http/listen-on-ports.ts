import { BackendError } from '../backend-error.ts';
import { HttpServer } from './http-server.ts';

const ATTEMPTS = 20;

export interface PortOptions {
  port?: number;
  sitePort?: number;
  host?: string;
}

export interface OpenPorts {
  api: HttpServer;
  site: HttpServer;
}

/**
 * Listens for the API and for HTTP actions. If both ports are free to choose, the site port is the one after the API
 * port, as on Convex's own 3210 and 3211, so that clients can derive one URL from the other.
 */
export async function listenOnPorts(options: PortOptions): Promise<OpenPorts> {
  const { port = 0, sitePort = 0, host = '127.0.0.1' } = options;
  const isPair = port === 0 && sitePort === 0;
  for (let attempt = 1; ; attempt++) {
    const api = await HttpServer.listen({ hostname: host, port, option: 'port' });
    try {
      const wanted = isPair ? api.port + 1 : sitePort;
      const site = await HttpServer.listen({ hostname: host, port: wanted, option: 'sitePort' });
      return { api, site };
    } catch (error) {
      await api.close();
      if (!isPair || !isTaken(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** 65,535 has no port after it; that is no better than one that is taken. */
function isTaken(error: unknown): boolean {
  return (
    (error instanceof BackendError && error.code === 'PortInUse') || error instanceof RangeError
  );
}
