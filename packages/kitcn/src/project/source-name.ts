/** Whether a source is of an installed package. Takes paths of any platform, and what esbuild calls sources. */
export function isPackageFile(source: string): boolean {
  return /(?:^|[\\/])node_modules[\\/]/.test(source);
}

/** Whether what esbuild calls a source is the path of a file; stand-ins and the like are `namespace:path`. */
export function isFileName(source: string): boolean {
  return !/^[\w-]{2,}:/.test(source);
}
