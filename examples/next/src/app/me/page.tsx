import { pageCaller } from '@/lib/convex/page-caller';
import { signOut } from '../login/actions';

/** Nobody sees this who is not signed in: the call itself leads to the login page. */
export default async function MePage() {
  const { subject, issuer } = await pageCaller.user.getSessionUser({});

  return (
    <main>
      <h1>{subject}</h1>
      <p>Signed in by {issuer}.</p>
      <form action={signOut}>
        <button>Sign out</button>
      </form>
    </main>
  );
}
