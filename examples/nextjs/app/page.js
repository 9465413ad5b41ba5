export default function Home() {
  return (
    <p>
      <a href="/account">Sign in</a>, then see <a href="/orders">your orders</a>.
    </p>
  );
}
