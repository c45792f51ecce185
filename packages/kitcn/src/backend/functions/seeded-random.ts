import { createCipheriv, randomBytes } from 'node:crypto';

const BLOCK = Buffer.alloc(512);

/** Random numbers that follow from a 32-byte seed: the key stream of AES in counter mode, so good enough for tokens. */
export class SeededRandom {
  readonly #seed: Uint8Array | undefined;
  /** Made when it is needed: most functions draw no number, and it costs as much as a small query. */
  #cipher: ReturnType<typeof createCipheriv> | undefined;
  #pool: Buffer = Buffer.alloc(0);

  /** @param seed default: a random one. */
  constructor(seed?: Uint8Array) {
    this.#seed = seed;
  }

  /** In [0, 1), like `Math.random`. */
  next(): number {
    const bytes = this.#take(8);
    return Number(bytes.readBigUInt64LE() >> 11n) / 2 ** 53;
  }

  fill(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += BLOCK.length) {
      bytes.set(this.#take(Math.min(BLOCK.length, bytes.length - offset)), offset);
    }
  }

  #take(count: number): Buffer {
    this.#cipher ??= createCipheriv('aes-256-ctr', this.#seed ?? randomBytes(32), Buffer.alloc(16));
    if (this.#pool.length < count) this.#pool = this.#cipher.update(BLOCK);
    const taken = this.#pool.subarray(0, count);
    this.#pool = this.#pool.subarray(count);
    return taken;
  }
}
