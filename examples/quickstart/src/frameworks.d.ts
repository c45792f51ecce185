// What the samples use of Next.js, React and Express, which this example does not install.

declare module 'next/headers' {
  export function headers(): Promise<Headers>;
}

declare module 'next/navigation' {
  export function redirect(url: string): never;
}

declare module 'next/cache' {
  export function revalidatePath(path: string): void;
}

declare module 'react' {
  export function cache<Arguments extends unknown[], Result>(
    load: (...args: Arguments) => Result,
  ): (...args: Arguments) => Result;
}

declare namespace JSX {
  type Element = object;
  type IntrinsicElements = Record<string, object>;
}

declare module 'express' {
  import type { IncomingHttpHeaders } from 'node:http';

  export interface Request {
    readonly headers: IncomingHttpHeaders;
    /** Whatever a client sent. */
    readonly body: never;
  }
  export interface Response {
    status(code: number): this;
    json(body: unknown): this;
  }
  export type NextFunction = (error?: unknown) => void;
  type Handler = (req: Request, res: Response) => unknown;
  // oxlint-disable-next-line max-params -- Express knows error handlers by their four parameters.
  type ErrorHandler = (error: unknown, req: Request, res: Response, next: NextFunction) => unknown;
  interface Application {
    use(handler: Handler | ErrorHandler): this;
    get(path: string, handler: Handler): this;
    post(path: string, handler: Handler): this;
    listen(port: number): unknown;
  }
  const express: { (): Application; json(): Handler };
  export default express;
}
