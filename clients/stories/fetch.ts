// README's session by openapi-typescript and openapi-fetch: held to be typed strictly by `make
// clients`, and played by `python -m tests.clients.play`.
import createClient from "openapi-fetch";
import type { paths } from "../made/openapi";

const api = createClient<paths>({
  baseUrl: process.env.ACCORD_URL ?? "http://127.0.0.1:8000",
  headers: { Authorization: `Bearer ${process.env.ACCORD_KEY ?? ""}`, "Accord-Actor": "story" },
});

function must<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

must(await api.PUT("/v1/sandbox/clock", { body: { business_date: "2026-01-31" } }));
const account = must(
  await api.POST("/v1/accounts", {
    body: { reference: "INV-7", currency: "USD", balance: { principal_minor: 120000 } },
  }),
);
const plan = must(
  await api.POST("/v1/plans", {
    body: {
      account_id: account.id,
      terms: {
        down_payment_minor: 30000,
        installment_count: 9,
        frequency: { unit: "month" },
        anchor_on: "2026-01-31",
        first_due_on: "2026-02-28",
      },
    },
  }),
);
const payments = [];
for (let attempt = 0; attempt < 2; attempt++) {
  const body = {
    account_reference: "INV-7", reference: "BANK-1", amount_minor: 30000, currency: "USD", method: "ach" as const,
  };
  payments.push(must(await api.POST("/v1/payments", { body })).id);
}
must(await api.PUT("/v1/sandbox/clock", { body: { business_date: "2026-03-10" } }));
const ofPlan = { path: { plan_id: plan.id } };
const late = must(await api.GET("/v1/plans/{plan_id}/delinquency", { params: ofPlan }));
const then = must(
  await api.GET("/v1/plans/{plan_id}", { params: { ...ofPlan, query: { as_of: "2026-02-28" } } }),
);
const ofAccount = { path: { account_id: account.id } };
const timeline = must(await api.GET("/v1/accounts/{account_id}/timeline", { params: ofAccount }));
const books = must(await api.GET("/v1/accounts/{account_id}/self-check", { params: ofAccount }));
console.log(
  JSON.stringify({
    payments: new Set(payments).size,
    past_due_days: late.past_due_days,
    overdue_minor: late.overdue_minor,
    standing_then: then.standing,
    told: timeline.data.length > 0,
    ok: books.ok,
  }),
);
