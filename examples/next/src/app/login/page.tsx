import { signIn } from './actions';

export default function LoginPage() {
  return (
    <main>
      <h1>Sign in</h1>
      <p>Any name will do: this app is its own identity provider.</p>
      <form action={signIn}>
        <input name="name" placeholder="Your name" aria-label="Your name" required />
        <button>Sign in</button>
      </form>
    </main>
  );
}
