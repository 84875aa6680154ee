"""The terms text in Spanish, as it is written in the United States."""

from app.services.wording.terms_phrases import Phrases

AMERICAN_SPANISH = Phrases(
    title="CONDICIONES DEL PLAN DE PAGOS",
    account="Cuenta: {reference}",
    creditor="Acreedor: {name}",
    debtor="Deudor: {name}",
    owed_heading="Lo que usted debe",
    currency="Todos los importes están en {name} ({code}).",
    owed="Usted debe {total} en esta cuenta.",
    covers_all="Este plan lo cubre todo.",
    covers_part=(
        "Este plan cubre {covered}. Los {rest} restantes no forman parte de este plan y se "
        "siguen debiendo."
    ),
    payments_heading="Qué paga usted y cuándo",
    number="N.º",
    due_on="Vencimiento",
    amount="Importe",
    of_which_interest="De ello, intereses",
    down_payment="pago inicial",
    charge="cargo",
    chargeback="pago devuelto",
    total=(
        "Un pago de {total}, que vence el {last}.",
        "{count} pagos, {total} en total. El último vence el {last}.",
    ),
    business_days=(
        "Si un vencimiento caía en fin de semana o en día festivo (calendario {calendar}), ya se "
        "ha cambiado: la tabla muestra el día en que debe pagar."
    ),
    cost_heading="Lo que cuesta este plan",
    no_interest="Este plan no incluye intereses ni cargos por financiamiento.",
    interest="El interés es del {rate}% al año sobre lo que usted aún debe ({day_count}).",
    finance_charge="Cargo por financiamiento: {charge}. Está incluido en los pagos indicados.",
    apr="Tasa de porcentaje anual (APR): {apr}%.",
    regulated=(
        "Este plan tiene más de cuatro cuotas o un cargo por financiamiento. En los Estados "
        "Unidos, la Ley de Veracidad en los Préstamos (Reglamento Z) puede aplicarse a un plan "
        "así y puede darle derecho a más información. Pregúntenos."
    ),
    missed_heading="Si no hace un pago",
    late="Un pago está atrasado si no se ha hecho por completo en su vencimiento.",
    no_grace="Entonces también se da por no hecho: no hay días adicionales.",
    grace=(
        "Esperamos un día más antes de darlo por no hecho.",
        "Esperamos {days} días más antes de darlo por no hecho.",
    ),
    ends=(
        "Si no se hacen los pagos, este plan puede terminar. Lo que usted haya pagado sigue "
        "abonado en su cuenta. Lo que quede pendiente se debe entonces sin este plan."
    ),
    trouble="Si no puede hacer un pago, avísenos antes del vencimiento para buscar una solución.",
    changes_heading="Cambios",
    changes="Este plan solo cambia por escrito. No lo cambiaremos de palabra.",
    dispute_heading="Su derecho a disputar",
    dispute=(
        "Usted puede disputar esta deuda, o cualquier parte de ella, y pedirnos que mostremos que "
        "la debe. Aceptar este plan no le quita ese derecho."
    ),
    no_advice="Este texto no es asesoramiento legal.",
    expires="Esta oferta está abierta hasta el {day}, {time} ({zone}).",
    quote="Cotización: {hash}",
    wording="Redacción: {locale}, versión {version}",
)
