export function greet(event) {
  return { greeting: `Hello ${event.data.name}` };
}
