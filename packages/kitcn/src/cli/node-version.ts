/** The first version whose `node:sqlite` needs no flag. */
const REQUIRED = { major: 22, minor: 13 };

/** Why the program cannot run on a version of Node; `undefined` if it can. */
export function checkNodeVersion(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { major: needed, minor: neededMinor } = REQUIRED;
  if (major > needed || (major === needed && minor >= neededMinor)) return undefined;
  return `kitcn needs Node ${needed}.${neededMinor} or newer, and this is Node ${version}. Install a newer one from https://nodejs.org or with your version manager.`;
}
