'use server';

import { isCRPCError } from 'kitcn/crpc';
import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { caller } from '@/lib/convex/caller';

export async function addUser(form: FormData): Promise<void> {
  if (await caller.isUnauth()) redirect('/login');
  try {
    await caller.user.create({ name: String(form.get('name')), email: String(form.get('email')) });
  } catch (error) {
    if (isCRPCError(error) && error.code === 'CONFLICT') redirect('/users?taken');
    throw error;
  }
  revalidatePath('/users');
}
