import type { JSONValue } from 'convex/values';
import { syscall, writeTransaction } from './syscall.ts';
import type { AsyncSyscalls } from './syscall.ts';

interface DocumentChange {
  id: string;
  value: JSONValue;
  table?: string;
}

export const documentWrites: AsyncSyscalls = {
  '1.0/insert': syscall((execution, { table, value }: { table: string; value: JSONValue }) => ({
    _id: writeTransaction(execution).insert(table, value),
  })),

  '1.0/shallowMerge': syscall((execution, { id, value, table }: DocumentChange) =>
    writeTransaction(execution).patch(id, value, table),
  ),

  '1.0/replace': syscall((execution, { id, value, table }: DocumentChange) =>
    writeTransaction(execution).replace(id, value, table),
  ),

  '1.0/remove': syscall((execution, { id, table }: { id: string; table?: string }) =>
    writeTransaction(execution).remove(id, table),
  ),
};
