// Runs the cases on Node, Bun or Deno and prints their reports. Arguments: the URL of the site, the URL that never answers.
import { runCases } from './cases.ts';

const [, , siteUrl = '', silentUrl = ''] = process.argv;
console.log(JSON.stringify(await runCases({ siteUrl, silentUrl })));
