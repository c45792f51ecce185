// Loads one client, fires its first calls, and prints how many milliseconds they took. Arguments: file, URL, count.
import { callMany, connect } from './client.ts';

const [, , file = '', url = '', count = '20'] = process.argv;
const client = await connect(file, url);
const start = performance.now();
await callMany(client, 'small', Number(count));
console.log(performance.now() - start);
process.exit();
