import type { NextConfig } from 'next';

export default {
  // This folder is the whole app, whatever lock files lie above it.
  turbopack: { root: import.meta.dirname },
  devIndicators: false,
} satisfies NextConfig;
