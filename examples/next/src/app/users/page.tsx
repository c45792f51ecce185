import Link from 'next/link';
import { caller } from '@/lib/convex/caller';
import { addUser } from './actions';

export default async function UsersPage() {
  const users = await caller.user.list({});
  const isSignedIn = await caller.isAuth();

  return (
    <main>
      <h1>Users</h1>
      <ul>
        {users.map((user) => (
          <li key={user.id}>
            <Link href={`/users/${user.id}`}>{user.name}</Link>, since{' '}
            {user.createdAt.toLocaleDateString('en')}
          </li>
        ))}
      </ul>
      {isSignedIn && (
        <form action={addUser}>
          <input name="name" placeholder="Name" aria-label="Name" />
          <input name="email" type="email" placeholder="Email" aria-label="Email" />
          <button>Add</button>
        </form>
      )}
    </main>
  );
}
