import { pageCaller } from '@/lib/convex/page-caller';

export default async function TeamPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { name, owner } = await pageCaller.teams.overview({ teamId: id });

  return (
    <main>
      <h1>{name}</h1>
      <p>{owner ? `${owner.name}, since ${owner.since.getFullYear()}` : 'Nobody owns it.'}</p>
    </main>
  );
}
