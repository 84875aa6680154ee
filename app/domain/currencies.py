"""The currencies there are, and how many decimals the minor unit of each has.

ISO 4217, list one, without funds, metals and testing codes; and those that left circulation
lately, because debts in them are still on the books.
"""

from app.domain.errors import InvalidInput

#: HRK became EUR in 2023, ANG became XCG in 2025, BGN became EUR in 2026.
RETIRED = frozenset({"ANG", "BGN", "HRK"})

_CODES = {
    2: """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN
        BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
        GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP
        LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
        NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
        STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER
        ZAR ZMW ZWG""",
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_EXPONENTS = {code: decimals for decimals, codes in _CODES.items() for code in codes.split()}

CURRENCIES = frozenset(_EXPONENTS)


def exponent(currency: str) -> int:
    """How many decimals the minor unit of an ISO 4217 currency stands for: 0, 2 or 3.

    Raises `InvalidInput` at `/currency` for a code that names no currency.
    """
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise InvalidInput.at("/currency", "an ISO 4217 code in circulation, like USD") from None
