import { Room } from '@/components/room';

export default async function RoomPage({ params }: { params: Promise<{ room: string }> }) {
  const { room } = await params;
  return <Room room={room} pages="procedure" />;
}
