import Link from 'next/link';

export default function HomePage() {
  return (
    <main>
      <h1>Convex, from both sides</h1>
      <p>Typed procedures, called from the server and watched from the browser.</p>
      <ul className="cards">
        <li>
          <Link href="/rooms/lobby">A live room</Link>
          <p>Unmodified convex/react: live queries, optimistic updates, pages.</p>
        </li>
        <li>
          <Link href="/rooms/lobby/plain">The same, plain</Link>
          <p>A paginated query that knows nothing of procedures.</p>
        </li>
        <li>
          <Link href="/users">Users</Link>
          <p>A server component and a server action.</p>
        </li>
        <li>
          <Link href="/me">You</Link>
          <p>A page that asks who you are.</p>
        </li>
      </ul>
    </main>
  );
}
