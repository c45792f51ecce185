import { createHmac, timingSafeEqual } from 'node:crypto';
import { BackendError } from '../backend-error.ts';

const HANDLE = /^function:\/\/([0-9a-f]+)#(.+)$/;

/**
 * Handles by which functions pass functions on: `function://<id>#<path>`. The id is a signature of the path, so a handle
 * stays good over pushes and restarts, needs no place to be kept, and cannot be made up.
 */
export class FunctionHandles {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  handleOf(path: string): string {
    return `function://${this.#idOf(path).toString('hex')}#${path}`;
  }

  /** `folder/module:export` of a handle. Code `InvalidFunctionHandle`. */
  pathOf(handle: string): string {
    const [, id = '', path = ''] = HANDLE.exec(handle) ?? [];
    const expected = this.#idOf(path);
    const given = Buffer.from(id, 'hex');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return path;
    throw new BackendError(
      400,
      'InvalidFunctionHandle',
      `${JSON.stringify(handle.slice(0, 200))} is no function handle of this deployment.`,
    );
  }

  #idOf(path: string): Buffer {
    return createHmac('sha256', this.#secret).update(path).digest().subarray(0, 16);
  }
}
