"""What cash is expected over HTTP, from what was kept before, and how wrong that was."""

from tests.routers.reports.stories import cells, report
from tests.routers.reports.test_kept import lives


async def test_open_installments_come_as_likely_as_their_bucket_kept(desk):
    await lives(desk)
    found = await report(desk, "forecast")
    row = found["rows"][0]
    behind = await report(desk, "forecast/rows", cell=f"{row['cell']}.flat_minor")

    # one of two plans paid; the other broke, so one installment is open
    assert cells(found, "scheduled_minor", "flat_minor", "markov_minor") == {
        ("2026-03",): (100_00, 50_00, 50_00)
    }
    assert [(one["minor"], one["why"]) for one in behind["data"]] == [
        (50_00, "due 2026-03-31, current")
    ]
    csv = await desk.client.get("/v1/reports/forecast.csv")
    assert csv.text.splitlines()[1] == "USD,2026-03,1,10000,0,5000,5000,0"


async def test_a_forecast_is_held_against_what_came(desk):
    """On 31 January one installment is kept and one is not; in February 140.00 came."""
    await lives(desk)
    february = {"from": "2026-02-01", "to": "2026-02-28"}
    found = await report(desk, "forecast-accuracy", **february)
    (row,) = found["rows"]
    behind = await report(
        desk, "forecast-accuracy/rows", **february, cell=f"{row['cell']}.bias_minor"
    )

    assert (row["forecast_minor"], row["actual_minor"]) == (300_00, 140_00)
    assert (row["wape_bps"], row["bias_bps"]) == (11_429, 11_429)
    assert sum(one["minor"] for one in behind["data"]) == row["bias_minor"] == 160_00
