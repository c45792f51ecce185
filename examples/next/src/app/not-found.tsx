export default function NotFound() {
  return (
    <main>
      <h1>Nothing here</h1>
      <p>What you asked for does not exist, or no longer does.</p>
    </main>
  );
}
