import { createCipheriv, randomBytes } from 'node:crypto';

const BLOCK = Buffer.alloc(512);

/** Random numbers that follow from a 32-byte seed: the key stream of ChaCha20, so good enough for tokens. */
export class SeededRandom {
  readonly #cipher: ReturnType<typeof createCipheriv>;
  #pool: Buffer = Buffer.alloc(0);

  constructor(seed: Uint8Array = randomBytes(32)) {
    this.#cipher = createCipheriv('chacha20', seed, Buffer.alloc(16));
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
    if (this.#pool.length < count) this.#pool = this.#cipher.update(BLOCK);
    const taken = this.#pool.subarray(0, count);
    this.#pool = this.#pool.subarray(count);
    return taken;
  }
}
