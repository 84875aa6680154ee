"""Letters about a settlement in Spanish, as it is written in the United States."""

from app.services.wording.letter_phrases import LetterPhrases

AMERICAN_SPANISH_LETTERS = LetterPhrases(
    offer_title="OFERTA DE LIQUIDACIÓN",
    acceptance_title="SU LIQUIDACIÓN ESTÁ ACORDADA",
    satisfaction_title="SU CUENTA ESTÁ LIQUIDADA",
    paid_title="SU CUENTA ESTÁ PAGADA",
    creditor="Acreedor: {name}",
    debtor="Deudor: {name}",
    account="Cuenta: {reference}",
    dated="Fecha: {day}",
    currency="Todos los importes están en {name} ({code}).",
    offer_heading="Lo que le ofrecemos",
    offer=("Pague {amount} como se indica abajo y lo aceptaremos como pago total de esta cuenta."),
    acceptance_heading="Lo que acordamos",
    acceptance=(
        "Usted paga {amount} como se indica abajo y lo aceptamos como pago total de esta cuenta."
    ),
    owed="Usted debe {balance} en esta cuenta en la fecha de esta carta.",
    forgives=(
        "El resto queda entonces perdonado, con lo que se le haya añadido hasta ese momento. "
        "En la fecha de esta carta el resto es de {forgives}."
    ),
    all_of_it="Es todo lo que usted debe.",
    satisfaction_heading="Lo que usted ha pagado",
    satisfied=(
        "El {day} usted había pagado {paid}, y lo aceptamos como pago total de esta cuenta."
    ),
    forgiven="Hemos perdonado el resto: {forgiven}.",
    nothing_owed="Usted no debe nada en esta cuenta. Su saldo es de {zero}.",
    no_more="No le pediremos más dinero por ella, y nadie puede hacerlo en nuestro nombre.",
    payments_heading="Qué se paga y cuándo",
    number="N.º",
    due_on="Vencimiento",
    amount="Importe",
    total=(
        "Un pago de {total}, que vence el {last}.",
        "{count} pagos, {total} en total. El último vence el {last}.",
    ),
    accept_heading="Hasta cuándo está abierta esta oferta",
    accept_by=(
        "Puede aceptarla hasta el final del {day} ({zone}). Después de ese día deja de estar "
        "abierta, y nada más cambia."
    ),
    need_not="No tiene obligación de aceptarla.",
    void_heading="Qué pone fin a la liquidación",
    void_at_once="La liquidación termina si un pago no ha llegado por completo en su vencimiento.",
    void=(
        "La liquidación termina si un pago se atrasa más de un día.",
        "La liquidación termina si un pago se atrasa más de {days} días.",
    ),
    late="Un pago está atrasado si no ha llegado por completo en su vencimiento.",
    void_means=(
        "Si termina, no se perdona nada. Lo que usted haya pagado sigue abonado en su cuenta, y "
        "se debe el resto de todo el saldo."
    ),
    void_means_whole=(
        "Si termina, lo que usted haya pagado sigue abonado en su cuenta, y se debe el resto de "
        "todo el saldo."
    ),
    cure=(
        "Puede restablecerla el día siguiente a su fin, pagando todo lo vencido entonces.",
        "Puede restablecerla en los {days} días siguientes a su fin, pagando lo vencido entonces.",
    ),
    returned="Un pago que su banco devuelve cuenta como no hecho.",
    then_heading="Cuando todo esté pagado",
    then=(
        "Cuando los pagos hayan llegado y estén confirmados, perdonamos el resto de inmediato. El "
        "saldo es entonces de {zero}, y se lo confirmamos por escrito. Desde entonces no le "
        "pediremos más dinero por esta cuenta, y nadie puede hacerlo en nuestro nombre."
    ),
    then_whole=(
        "Cuando los pagos hayan llegado y estén confirmados, el saldo es de {zero}, y se lo "
        "confirmamos por escrito. Desde entonces no le pediremos más dinero por esta cuenta, y "
        "nadie puede hacerlo en nuestro nombre."
    ),
    else_heading="Qué más puede seguir",
    tax=(
        "En los Estados Unidos, una deuda perdonada puede contar como ingreso. Si se perdonan "
        "{threshold} o más, puede enviarse un Formulario 1099-C a usted y al Servicio de "
        "Impuestos Internos. Pregunte a alguien que sepa de impuestos."
    ),
    credit_report=(
        "Si esta cuenta está en su informe de crédito, puede aparecer en él como pagada en su "
        "totalidad por menos del saldo total."
    ),
    stands_heading="En qué se basa esta carta",
    stands_reopen=(
        "Esta carta se basa en sus pagos. Si su banco devuelve uno de ellos, lo perdonado se debe "
        "de nuevo hasta que se reponga ese pago."
    ),
    stands_void=(
        "Esta carta se basa en sus pagos. Si su banco devuelve uno de ellos, la liquidación "
        "termina y lo perdonado se debe de nuevo."
    ),
    stands_whole=(
        "Esta carta se basa en sus pagos. Si su banco devuelve uno de ellos, lo que ese pago había "
        "pagado se debe de nuevo."
    ),
    changes_heading="Sus derechos",
    changes="Esta liquidación solo cambia por escrito. No la cambiaremos de palabra.",
    dispute=(
        "Usted puede disputar esta deuda, o cualquier parte de ella, y pedirnos que mostremos que "
        "la debe. Aceptar una liquidación no le quita ese derecho."
    ),
    keep="Guarde esta carta.",
    no_advice="Este texto no es asesoramiento legal.",
    wording="Redacción: {locale}, versión {version}",
)
