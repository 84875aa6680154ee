"""In which time zones the people of an area code, or of a state, live.

An area code has every zone in which a twentieth of its ZIP codes lie, and those the telephone
library names; a state every zone with at least three of its ZIP codes. Computed from the package
zipcodes; zones of equal offsets all year stand under their largest city.
"""

from collections.abc import Mapping


def _read(said: Mapping[tuple[str, ...], str]) -> dict[str, tuple[str, ...]]:
    return {word: zones for zones, words in said.items() for word in words.split()}


#: Area codes of the North American plan that lie somewhere.
AREA_CODE_ZONES: Mapping[str, tuple[str, ...]] = _read(
    {
        ("America/New_York",): """
        201 202 203 207 212 215 216 220 223 227 231 234 239 240 248 252 260 267 269 272 276 283
        301 302 304 305 313 315 317 321 326 330 332 336 339 347 351 352 363 380 386 401 404 407
        410 412 413 419 434 440 443 445 463 470 472 475 478 484 502 508 513 516 517 518 540 551
        561 567 570 571 582 585 586 603 606 607 609 610 614 616 617 631 640 646 656 667 678 680
        681 703 704 716 717 718 724 727 732 734 740 743 754 757 765 770 771 772 774 781 786 802
        803 804 810 813 814 826 828 835 838 839 843 845 848 854 856 857 859 860 862 863 864 865
        878 904 908 910 912 914 917 919 929 934 937 941 943 947 948 954 959 973 978 980 984 989""",
        ("America/Chicago",): """
        205 210 214 217 218 224 225 228 251 254 262 281 309 312 314 316 318 319 320 325 331 337
        346 361 402 405 409 414 417 430 447 464 469 479 501 504 507 512 515 531 534 539 557 563
        572 573 580 601 608 612 615 618 620 629 630 636 641 651 659 660 662 682 708 712 713 715
        726 731 737 763 769 773 779 785 815 816 817 830 832 847 870 872 901 903 913 918 920 931
        936 940 945 952 956 972 979 985""",
        ("America/Los_Angeles",): """
        206 209 213 253 279 310 323 341 350 360 408 415 424 425 503 509 510 530 559 562 564 619
        626 628 650 657 661 669 702 707 714 747 760 805 818 820 831 840 858 909 916 925 949 951
        971""",
        ("America/Chicago", "America/New_York"): """
        219 229 256 270 334 364 423 448 574 689 706 762 812 850 906 930 938""",
        ("America/Denver",): "303 307 385 406 435 505 719 720 801 915 970 983",
        ("America/Chicago", "America/Denver"): "308 432 575 605 701 806",
        ("America/Denver", "America/Los_Angeles"): "208 458 541 775 986",
        ("America/Phoenix",): "480 520 602 623",
        ("America/Los_Angeles", "America/Phoenix"): "442 725",
        ("America/Puerto_Rico",): "787 939",
        ("America/Adak", "America/Anchorage"): "907",
        ("America/Denver", "America/Phoenix"): "928",
        ("Pacific/Honolulu",): "808",
    }
)

#: States and territories of the United States, by ISO 3166-2 without the country.
REGION_ZONES: Mapping[str, tuple[str, ...]] = _read(
    {
        ("America/New_York",): "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
        ("America/Chicago",): "AL AR IA IL LA MN MO MS OK WI",
        ("America/Chicago", "America/Denver"): "KS ND NE SD TX",
        ("America/Chicago", "America/New_York"): "FL IN KY MI TN",
        ("America/Denver",): "CO MT NM UT WY",
        ("America/Los_Angeles",): "CA NV WA",
        ("Pacific/Guam",): "FM GU MP",
        ("America/Denver", "America/Los_Angeles"): "ID OR",
        ("America/Puerto_Rico",): "PR VI",
        (): "AS",
        ("America/Anchorage",): "AK",
        ("America/Denver", "America/Phoenix"): "AZ",
        ("Pacific/Honolulu",): "HI",
    }
)
