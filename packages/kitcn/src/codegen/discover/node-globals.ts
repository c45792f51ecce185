/** What modules that say "use node" find besides the globals of the others, where `process.env` is this. */
export function nodeGlobals(env: Record<string, string>): Readonly<Record<string, unknown>> {
  // All of `process` except that it shows no variables of the command that loads the modules.
  const nodeProcess: unknown = Object.create(process, { env: { value: env, enumerable: true } });
  const require = (name: string): unknown => {
    if (/^(?:node:)?process$/.test(name)) return nodeProcess;
    const found: unknown = process.getBuiltinModule(name);
    if (found !== undefined) return found;
    throw new TypeError(
      `Cannot find module "${name}": it is not in the bundle, nor one of Node's.`,
    );
  };
  return { Buffer, clearImmediate, process: nodeProcess, require, setImmediate };
}
