// What the samples use of Next.js, which is too large for this example to install.

declare module 'next/headers' {
  export function headers(): Promise<Headers>;
}

declare module 'next/navigation' {
  export function redirect(url: string): never;
}

declare module 'next/cache' {
  export function revalidatePath(path: string): void;
}
