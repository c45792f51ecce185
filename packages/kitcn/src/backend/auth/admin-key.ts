import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Name of every embedded deployment, in `/instance_name` and before the bar of an admin key. */
export const INSTANCE_NAME = 'kitcn';

/** `kitcn|` and 64 hexadecimal digits; the part before the bar is the instance name, as in Convex. */
export function createAdminKey(): string {
  return `${INSTANCE_NAME}|${randomBytes(32).toString('hex')}`;
}

/** Compares in constant time; both sides are hashed first, so the length of the key does not leak either. */
export function isAdminKey(candidate: string, adminKey: string): boolean {
  return timingSafeEqual(sha256(candidate), sha256(adminKey));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
