"""Every figure a policy document may set, by section: the shape `reader` holds documents against.

Nothing is required and nothing has a default: a figure left out is inherited.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.domain.policy.lists import Flaw
from app.services.policy_documents import kinds, rows
from app.services.policy_documents.kinds import MAX_MEMBERS, Said, Source, left_out, refuse, wrong

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

#: Creditors with figures of their own in one policy; more are policies of their own.
MAX_CREDITORS: Final = 1_000
_FIRST = ("name", "version", "extends", "effective_from")
_LAST = ("creditors", "sources", "source")


def _day(value: object) -> date:
    if not isinstance(value, str) or not _ISO_DAY.fullmatch(value):
        raise wrong("must be a date such as 2026-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise wrong("must be a day that exists") from None


class Section(BaseModel):
    """Figures that belong together, and where they come from."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    #: Members that are no figures and no sections.
    beside: ClassVar[frozenset[str]] = frozenset({"source", "sources"})

    source: Source = left_out("Where all of this comes from.")
    sources: Annotated[dict[str, Source], Field(max_length=MAX_MEMBERS)] = left_out(
        "Where a figure (or a section within) comes from, by its name here."
    )

    @classmethod
    def figure_names(cls) -> frozenset[str]:
        """The figures and sections it may set."""
        return frozenset(cls.model_fields.keys() - cls.beside)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The head first, sources last, and the names that `sources` takes."""
        shown = handler(schema)
        within = handler.resolve_ref_schema(shown)
        members = dict(within["properties"])
        head = {name: members.pop(name) for name in _FIRST if name in members}
        tail = {name: members.pop(name) for name in _LAST if name in members}
        tail["sources"]["propertyNames"] = {"enum": sorted(cls.figure_names())}
        within["properties"] = {**head, **members, **tail}
        return shown

    @field_validator("sources", mode="wrap")
    @classmethod
    def _of_figures(cls, sources: object, read: ValidatorFunctionWrapHandler) -> dict[str, str]:
        """Both are told at once: names that are none here, and what is no source."""
        flaws: list[Flaw] = []
        if isinstance(sources, Mapping):
            unknown = (name for name in sources if name not in cls.figure_names())
            flaws = [((name,), "is not a field of a policy") for name in unknown]
        try:
            said: dict[str, str] = read(sources)
        except ValidationError as found:
            if not flaws:
                raise
            refuse([*((one["loc"], one["msg"]) for one in found.errors()), *flaws])
            raise
        refuse(flaws)
        return said


class MissedSection(Section):
    """When an installment counts as missed."""

    method: kinds.MissedBy = left_out(
        "`aggregate`: unless nothing of it is open. `ninety_percent`: unless enough of it is paid."
    )
    threshold_bps: kinds.Threshold = left_out(
        "This share of an installment counts as all of it; only `ninety_percent` reads it."
    )


class BrokenSection(Section):
    """When the day close breaks a plan; null: not a reason to."""

    max_missed: kinds.CountLimit = left_out("So many installments missed.")
    max_consecutive_missed: kinds.CountLimit = left_out("So many missed in a row.")
    max_delinquent_days: kinds.DaysLimit = left_out("Delinquent for so many days.")


class FutureSection(Section):
    """Where money goes that is ahead of its time, by payment kind."""

    repayment: kinds.Future = left_out("Of the debtor's own payments.")
    goodwill: kinds.Future = left_out("Of what the creditor lets go.")
    merchant_refund: kinds.Future = left_out("Of what a merchant sent back.")


class AllocationSection(Section):
    """What a payment pays, and in which order."""

    components: rows.Components = left_out(
        "All five, first paid first, each in singular or plural."
    )
    in_advance: rows.ComponentsOrNull = left_out(
        "That order for money ahead of its time; null: the same."
    )
    order: kinds.Order = left_out(
        "`horizontal` finishes an installment first, `vertical` a component."
    )
    future: FutureSection = left_out("Where money goes that is ahead of its time.")
    tolerance_minor: kinds.Minor = left_out(
        "So little left open of a plan is waived, and the plan is complete."
    )


class TermLimitsSection(Section):
    """What one role may agree to. The minimum installment is the higher of amount and share."""

    min_installment_minor: kinds.MinorLimit = left_out("The least installment; null: any.")
    min_installment_bps: kinds.ShareLimit = left_out(
        "The least installment, as a share of what the plan takes over; null: any."
    )
    max_count: kinds.CountLimit = left_out("The most installments.")
    max_term_months: kinds.MonthsLimit = left_out("From the first due date to the last.")
    max_days_to_first: kinds.DaysLimit = left_out("Until the first due date.")
    max_days_between: kinds.DaysLimit = left_out("Between two due dates.")
    min_down_payment_bps: kinds.ShareLimit = left_out("The least down payment; null: none.")
    max_rate_bps: kinds.RateLimit = left_out("The highest yearly rate of interest.")


class TermsSection(Section):
    """What each role may agree to."""

    agent: TermLimitsSection = left_out("An agent.")
    supervisor: TermLimitsSection = left_out("A supervisor.")
    admin: TermLimitsSection = left_out("An admin.")


class AuthorityOfRoleSection(Section):
    """What a role may do by itself: amounts an act and, by key and actor, a business date."""

    waive_minor: kinds.MinorLimit = left_out("Waived in one act.")
    waive_per_day_minor: kinds.MinorLimit = left_out("Waived in a day.")
    goodwill_minor: kinds.MinorLimit = left_out("Credited as goodwill in one act.")
    goodwill_per_day_minor: kinds.MinorLimit = left_out("Credited as goodwill in a day.")
    charge_minor: kinds.MinorLimit = left_out("Charged in one act.")
    charge_per_day_minor: kinds.MinorLimit = left_out("Charged in a day.")
    refund_minor: kinds.MinorLimit = left_out("Refunded in one act.")
    refund_per_day_minor: kinds.MinorLimit = left_out("Refunded in a day.")
    acts: rows.ActsLimit = left_out("Acts it may do; null: any.")
    policies: rows.PoliciesLimit = left_out("Policies it may choose for an account; null: any.")
    import_kinds: rows.SheetKindsLimit = left_out(
        "Kinds of spreadsheets it stores by itself; null: any."
    )
    import_rows: kinds.RowsLimit = left_out("Rows of one spreadsheet; null: any number.")
    import_minor: kinds.MinorLimit = left_out(
        "Money in one spreadsheet, of the currency with most; null: any amount."
    )


class AuthoritySection(Section):
    """What each role may do by itself; a role that is null has no limit."""

    agent: AuthorityOfRoleSection | None = left_out("An agent.")
    supervisor: AuthorityOfRoleSection | None = left_out("A supervisor.")
    admin: AuthorityOfRoleSection | None = left_out("An admin.")


class ReAgeSection(Section):
    """When an account may be re-aged, and how often."""

    on_return: kinds.ReAgeOnReturn = left_out(
        "What a returned payment does to the re-age it earned: `flag` it, or `undo` it."
    )
    min_months_on_book: kinds.LeastMonths = left_out("The account's least age; null: 0.")
    min_payments: kinds.LeastTimes = left_out(
        "Qualifying payments in a row before it, or their sum; null: 0."
    )
    max_in_12_months: kinds.TimesLimit = left_out("Re-ages in any 12 months.")
    max_in_60_months: kinds.TimesLimit = left_out("Re-ages in any 60 months.")
    workout_max_in_60_months: kinds.TimesLimit = left_out("Workouts in any 60 months.")
    max_lifetime: kinds.TimesLimit = left_out("Re-ages, ever.")
    cool_down_days: kinds.LeastDays = left_out("Between one re-age and the next; null: 0.")
    products: rows.ProductsLimit = left_out("Which products it is open to; null: any.")


class ModificationSection(Section):
    """How often a schedule may be changed; who may accelerate a plan, and when."""

    max_deferrals_in_12_months: kinds.TimesLimit = left_out("Deferrals in any 12 months.")
    max_extensions_lifetime: kinds.TimesLimit = left_out("Deferrals and payment holidays, ever.")
    max_reschedules_in_12_months: kinds.TimesLimit = left_out("Reschedules in any 12 months.")
    max_reamortizations_in_12_months: kinds.TimesLimit = left_out(
        "Re-amortizations in any 12 months."
    )
    max_due_day_changes_in_12_months: kinds.TimesLimit = left_out(
        "Changes of the due day in any 12 months."
    )
    max_payment_holidays_in_12_months: kinds.TimesLimit = left_out(
        "Payment holidays in any 12 months."
    )
    max_holiday_installments: kinds.TimesLimit = left_out("Installments one holiday may skip.")
    max_step_downs_in_12_months: kinds.TimesLimit = left_out("Step-downs in any 12 months.")
    max_rewrites_in_12_months: kinds.TimesLimit = left_out("Rewrites in any 12 months.")
    max_rewrites_lifetime: kinds.TimesLimit = left_out("Rewrites, ever.")
    acceleration_min_missed: kinds.LeastTimes = left_out(
        "Installments missed before a plan may be accelerated; null: 0."
    )
    acceleration_role: kinds.LeastRole = left_out("The least role that may accelerate a plan.")


class DebtReliefSection(Section):
    """Who files the 1099-C of what a settlement forgives, and from which amount."""

    applicable_entity: kinds.Flag = left_out("Whether 26 USC 6050P(c) makes it ours to file.")
    threshold_minor: kinds.Minor = left_out("Less than this is not told.")
    currency: kinds.Currency = left_out("Of the threshold; debts in another are not told.")


class SettlementSection(Section):
    """What may be forgiven: offers, voids, the matrix by role."""

    offer_days: kinds.DaysLimit = left_out("How long an offer may stand.")
    void_after_grace_days: kinds.Days = left_out(
        "Days after a part's due date; then the settlement is void."
    )
    cure_days: kinds.Days = left_out(
        "Days after that in which paying what is overdue restores it; 0: none."
    )
    on_return: kinds.SettlementOnReturn = left_out(
        "What a returned payment does to the settlement it satisfied: `reopen` it, or `void` it."
    )
    clearing_days: rows.ClearingDays = left_out(
        "Days until money counts for good, by payment method; one not named clears at once."
    )
    matrix: rows.Matrix = left_out(
        "What each role may grant. Rows of one role with the same `max_count` may not overlap."
    )
    tolerance_minor: kinds.Minor = left_out(
        "So little left open of a settlement is let go, and it is satisfied."
    )
    max_open_offers: kinds.CountLimit = left_out("Offers open at once on an account.")
    debt_relief: DebtReliefSection = left_out("Who tells the tax office what was forgiven.")


class PromiseSection(Section):
    """When a promise is kept."""

    grace_days: kinds.Days = left_out("Days after the promised one.")
    threshold_bps: kinds.Threshold = left_out("This share of a promise counts as all of it.")
    max_open: kinds.TimesLimit = left_out("Promises open at once on an account.")


class CreditReportSection(Section):
    """How accounts are furnished to credit bureaus."""

    collection: kinds.Flag = left_out("The accounts are a collector's, not the creditor's own.")


class PolicyFigures(Section):
    """Figures of a policy: what is left out is inherited, null means no limit."""

    grace_days: kinds.Days = left_out("Days after a due date before it counts as missed.")
    missed: MissedSection = left_out("When an installment counts as missed.")
    broken: BrokenSection = left_out("When the day close breaks a plan.")
    buckets: rows.Buckets = left_out(
        "The delinquent days in ranges: from day 1 on, no gap, the last without end."
    )
    allocation: AllocationSection = left_out("What a payment pays, and in which order.")
    terms: TermsSection = left_out("What each role may agree to.")
    authority: AuthoritySection = left_out("What each role may do by itself.")
    re_age: ReAgeSection = left_out("When an account may be re-aged, and how often.")
    modification: ModificationSection = left_out("How often a schedule may be changed.")
    settlement: SettlementSection = left_out("What may be forgiven.")
    promise: PromiseSection = left_out("When a promise is kept.")
    credit_report: CreditReportSection = left_out("How accounts are furnished.")
    holiday_calendar: kinds.Calendar = left_out(
        "A calendar known here. It moves no due date by itself: terms name theirs."
    )


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "maxLength": 10}),
]
#: Documents stored before there was a most may name more; `refuse_crowded` holds new ones to it.
Creditors = Annotated[
    dict[
        Annotated[
            str,
            Field(min_length=1, max_length=200, pattern=r"^[^\u0000-\u001f\u007f]+$"),
            Said("must be a reference of 1 to 200 characters"),
            WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200}),
        ],
        PolicyFigures,
    ],
    Field(json_schema_extra={"maxProperties": MAX_CREDITORS}),
]


class WrittenPolicy(PolicyFigures):
    """A document: the head, a tenant's figures, and creditors' own."""

    beside: ClassVar[frozenset[str]] = PolicyFigures.beside | {
        "name", "extends", "effective_from", "creditors",
    }  # fmt: skip

    name: kinds.Name = left_out("As in the path.")
    extends: kinds.Name | None = left_out(
        "Another policy, by name, whose figures it inherits; null: the shipped default's."
    )
    effective_from: Day = left_out("From which day on facts fold under it.")
    creditors: Creditors = left_out("Figures by creditor reference; they win figure by figure.")
