import { pageCaller } from '@/lib/convex/page-caller';

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  const user = await pageCaller.user.getById(await params);

  return (
    <main>
      <h1>{user.name}</h1>
      <p>
        {user.email}, since {user.createdAt.getFullYear()}
      </p>
    </main>
  );
}
