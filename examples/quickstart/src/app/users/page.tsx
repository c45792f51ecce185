import { caller } from '@/lib/convex/caller';
import { addUser } from './actions';

export default async function UsersPage() {
  const users = await caller.user.list({});
  const isSignedIn = await caller.isAuth();

  return (
    <main>
      <ul>
        {users.map((user) => (
          <li key={user.id}>
            {user.name}, since {user.createdAt.toLocaleDateString('en')}
          </li>
        ))}
      </ul>
      {isSignedIn && (
        <form action={addUser}>
          <input name="name" />
          <input name="email" type="email" />
          <button>Add</button>
        </form>
      )}
    </main>
  );
}
