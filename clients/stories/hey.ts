// README's session by @hey-api/openapi-ts: held to be typed strictly by `make clients`, and played
// by `python -m tests.clients.play`.
import { client } from "../made/hey-api/client.gen";
import {
  accountsPlace,
  accountsReadTimeline,
  accountsCheck,
  paymentsPost,
  plansOpen,
  plansRead,
  plansReadDelinquency,
  sandboxSetClock,
} from "../made/hey-api/sdk.gen";

client.setConfig({
  baseUrl: process.env.ACCORD_URL ?? "http://127.0.0.1:8000",
  auth: () => process.env.ACCORD_KEY,
  throwOnError: true,
});
const strict = { throwOnError: true } as const;

await sandboxSetClock({ ...strict, body: { business_date: "2026-01-31" } });
const account = await accountsPlace({
  ...strict,
  body: { reference: "INV-7", currency: "USD", balance: { principal_minor: 120000 } },
});
const plan = await plansOpen({
  ...strict,
  body: {
    account_id: account.data.id,
    terms: {
      down_payment_minor: 30000,
      installment_count: 9,
      frequency: { unit: "month" },
      anchor_on: "2026-01-31",
      first_due_on: "2026-02-28",
    },
  },
});
const payments = [];
for (let attempt = 0; attempt < 2; attempt++) {
  const paid = await paymentsPost({
    ...strict,
    body: { account_reference: "INV-7", reference: "BANK-1", amount_minor: 30000, currency: "USD", method: "ach" },
  });
  payments.push(paid.data.id);
}
await sandboxSetClock({ ...strict, body: { business_date: "2026-03-10" } });
const ofPlan = { plan_id: plan.data.id };
const late = await plansReadDelinquency({ ...strict, path: ofPlan });
const then = await plansRead({ ...strict, path: ofPlan, query: { as_of: "2026-02-28" } });
const ofAccount = { account_id: account.data.id };
const timeline = await accountsReadTimeline({ ...strict, path: ofAccount });
const books = await accountsCheck({ ...strict, path: ofAccount });
console.log(
  JSON.stringify({
    payments: new Set(payments).size,
    past_due_days: late.data.past_due_days,
    overdue_minor: late.data.overdue_minor,
    standing_then: then.data.standing,
    told: timeline.data.data.length > 0,
    ok: books.data.ok,
  }),
);
