export function refundReply(requester, order) {
  const name = requester.name.split(" ", 1)[0];
  const what = order ? `order ${order}` : "your order";
  return `Hi ${name}, we have your refund request for ${what} and will check the bookings today.`;
}
