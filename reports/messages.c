#include "reports/messages.h"

static const char *const messages[MESSAGE_COUNT][MESSAGE_LANGUAGES] = {
    [MESSAGE_TITLE] = {"{0}: infection report", "{0} 感染レポート"},
    [MESSAGE_WINDOW] = {"{0} to {1}", "{0}～{1}"},
    [MESSAGE_SUBTITLE] = {"{0} · months in time zone {1}", "{0}・月の区切りは {1}"},
    [MESSAGE_FINDINGS] = {"Findings", "概要"},
    [MESSAGE_FIGURES] = {"Figures", "集計"},
    [MESSAGE_NOTES] = {"Notes", "注記"},
    [MESSAGE_TABLE_MONTHS] = {"Table 1. Infections per month", "表1　月別の感染台数"},
    [MESSAGE_TABLE_SHARES] =
        {
            "Table 2. Share of infections by country",
            "表2　国・地域別の感染割合",
        },
    [MESSAGE_TABLE_SHARES_UNIQUE] =
        {
            "Table 2. Share of infected machines by country",
            "表2　国・地域別の感染割合（重複を除く台数）",
        },
    [MESSAGE_CHART_MONTHS] = {"Infections per month", "月別の感染台数"},
    [MESSAGE_CHART_SHARES] = {"Share of infections by country", "国・地域別の感染割合"},
    [MESSAGE_CHART_SHARES_UNIQUE] =
        {
            "Share of infected machines by country",
            "国・地域別の感染割合（重複を除く台数）",
        },
    [MESSAGE_MONTH] = {"Month", "月"},
    [MESSAGE_INFECTIONS] = {"Infections", "感染台数"},
    [MESSAGE_MACHINES] = {"Machines", "台数"},
    [MESSAGE_DETECTIONS] = {"Detections", "検出数"},
    [MESSAGE_RANK] = {"Rank", "順位"},
    [MESSAGE_COUNTRY] = {"Country", "国・地域"},
    [MESSAGE_SHARE] = {"Share (%)", "割合（%）"},
    [MESSAGE_TOTAL] = {"Total", "合計"},
    [MESSAGE_SUM_OF_MONTHS] = {"Sum of months", "各月の合計"},
    [MESSAGE_DISTINCT_MACHINES] = {"Distinct machines", "重複を除く台数"},
    [MESSAGE_OTHER] = {"Other", "その他"},
    [MESSAGE_UNKNOWN] = {"Unknown", "不明"},
    [MESSAGE_PERIOD_MONTH] = {"in {0}", "{0}"},
    [MESSAGE_PERIOD_MONTHS] = {"from {0} to {1}", "{0}から{1}まで"},
    [MESSAGE_ALL_INFECTIONS] = {"all infections", "全感染"},
    [MESSAGE_ALL_MACHINES] = {"all infected machines", "全感染端末"},
    [MESSAGE_COUNTRY_AT] = {"{0} at {1} %", "{0}（{1}%）"},
    [MESSAGE_OUTSIDE_ONE] = {"Outside {0}", "{0}以外"},
    [MESSAGE_OUTSIDE_TWO] = {"Outside these two", "この2つの国・地域以外"},
    [MESSAGE_OUTSIDE_THREE] = {"Outside these three", "この3つの国・地域以外"},
    [MESSAGE_NONE] = {"No infection was counted {0}.", "{0}に感染は確認されませんでした。"},
    [MESSAGE_SUM] =
        {
            "{0} infections were counted {1}; a machine counts once in each month.",
            "{1}の感染は延べ{0}台でした（同じ端末も月ごとに1台と数えます）。",
        },
    [MESSAGE_SUM_ONE] = {"One infection was counted {1}.", "{1}の感染は{0}台でした。"},
    [MESSAGE_MONTH_SUM] = {"{0} machines were infected {1}.", "{1}の感染は{0}台でした。"},
    [MESSAGE_MONTH_SUM_ONE] = {"One machine was infected {1}.", "{1}の感染は{0}台でした。"},
    [MESSAGE_UNIQUE] =
        {
            "{0} different machines were infected {1}; each counts once.",
            "{1}に感染した端末は、重複を除いて{0}台でした。",
        },
    [MESSAGE_UNIQUE_ONE] =
        {
            "One machine was infected {1}.",
            "{1}に感染した端末は、重複を除いて{0}台でした。",
        },
    [MESSAGE_PEAK_AND_LOW] =
        {
            "The monthly count was highest in {0} ({1}) and lowest in {2} ({3}).",
            "月別では{0}の{1}台が最も多く、{2}の{3}台が最も少なくなりました。",
        },
    [MESSAGE_PEAK] =
        {
            "The monthly count was highest in {0} ({1}).",
            "月別では{0}の{1}台が最も多くなりました。",
        },
    [MESSAGE_PEAK_SHARED] =
        {
            "The highest monthly count, {1}, was reached in {0} months.",
            "月別で最も多い{1}台を記録した月は{0}か月ありました。",
        },
    [MESSAGE_LOW] =
        {
            "The monthly count was lowest in {0} ({1}).",
            "月別では{0}の{1}台が最も少なくなりました。",
        },
    [MESSAGE_LOW_SHARED] =
        {
            "The lowest monthly count, {1}, was seen in {0} months.",
            "月別で最も少ない{1}台にとどまった月は{0}か月ありました。",
        },
    [MESSAGE_EVERY_MONTH] = {"Every month had the same count: {0}.", "どの月も同じ{0}台でした。"},
    [MESSAGE_ROSE_BY] =
        {
            "{1} had {4} % more infections than {0} ({3} after {2}).",
            "{1}は{0}より{4}%増加しました（{2}台→{3}台）。",
        },
    [MESSAGE_FELL_BY] =
        {
            "{1} had {4} % fewer infections than {0} ({3} after {2}).",
            "{1}は{0}より{4}%減少しました（{2}台→{3}台）。",
        },
    [MESSAGE_ROSE] =
        {
            "{1} had more infections than {0} ({3} after {2}).",
            "{1}は{0}より増加しました（{2}台→{3}台）。",
        },
    [MESSAGE_FELL] =
        {
            "{1} had fewer infections than {0} ({3} after {2}).",
            "{1}は{0}より減少しました（{2}台→{3}台）。",
        },
    [MESSAGE_STAYED] = {"{1} had as many infections as {0} ({2}).", "{1}は{0}と同じ{2}台でした。"},
    [MESSAGE_ALL_UNKNOWN] =
        {
            "No infection has a known country.",
            "感染した国・地域はすべて不明です。",
        },
    [MESSAGE_ONLY_COUNTRY] = {"{0} is the only country with infections.",
                              "感染はすべて{0}で確認されました。"},
    [MESSAGE_ONLY_KNOWN] =
        {
            "{0}, the only country known, accounts for {1} % of {2}.",
            "判明している国・地域は{0}のみで、{2}の{1}%を占めています。",
        },
    [MESSAGE_LEADER] =
        {
            "{0} alone accounts for {1} % of {2}.",
            "{0}だけで{2}の{1}%を占めています。",
        },
    [MESSAGE_LEADERS] =
        {
            "{0} together account for {1} % of {2}.",
            "{0}の{3}つの国・地域で{2}の{1}%を占めています。",
        },
    [MESSAGE_LEADERS_EQUAL] =
        {
            "{0} countries share the highest count, {1} each.",
            "{0}の国・地域がそれぞれ{1}台で並び、最も多くなりました。",
        },
    [MESSAGE_REST_NONE] =
        {
            "{0}, no country exceeds {1} %.",
            "{0}に{1}%を超える国・地域はありません。",
        },
    [MESSAGE_REST_EXCEPT] =
        {
            "{0}, no country exceeds {1} % except {2}.",
            "{0}で{1}%を超えるのは{2}のみです。",
        },
    [MESSAGE_REST_MANY] =
        {
            "{0}, {2} more countries exceed {1} %.",
            "{0}にも{2}の国・地域が{1}%を超えています。",
        },
    [MESSAGE_REST_HIGHEST] =
        {
            "{0}, the highest share is that of {1}, {2} %.",
            "{0}で最も割合が高いのは{1}（{2}%）です。",
        },
    [MESSAGE_NOTE_THREAT] =
        {
            "Threat {0}: detections whose malware name matches {1}.",
            "脅威「{0}」：検出名が {1} に一致する検出。",
        },
    [MESSAGE_NOTE_WINDOW] =
        {
            "Window: {0}. Months are cut in the time zone {1}.",
            "対象期間：{0}。月はタイムゾーン {1} で区切ります。",
        },
    [MESSAGE_NOTE_ONGOING] =
        {
            "The window reaches into a month that is not over; its counts will grow.",
            "対象期間には終わっていない月が含まれ、その台数はまだ増えます。",
        },
    [MESSAGE_NOTE_SUM] =
        {
            "Counting: the total is the sum of the monthly infections. A machine "
            "counts once in each month in which it was detected, in the country of its "
            "earliest detection of that month.",
            "数え方：合計は月別の感染台数の和です。"
            "端末は検出のあった月ごとに1台と数え、"
            "その月で最初に検出された国・地域に含めます。",
        },
    [MESSAGE_NOTE_UNIQUE] =
        {
            "Counting: the total counts each machine once in the window, in the "
            "country of its earliest detection there. Each month is counted on its "
            "own, so the months may add up to more.",
            "数え方：合計では各端末を期間全体で1台と数え、"
            "期間中で最初に検出された国・地域に含めます。"
            "月別の台数は月ごとに数えるため、その和は合計より多くなることがあります。",
        },
    [MESSAGE_NOTE_ROUNDING] =
        {
            "Rounding: shares have two decimals and add up to exactly 100.00 (largest "
            "remainder).",
            "端数処理：割合は小数第2位までで、"
            "合計が正確に100.00になるよう調整しています（最大剰余法）。",
        },
    [MESSAGE_NOTE_NO_SHARES] =
        {
            "Nothing was counted, so every share is 0.00.",
            "感染が確認されていないため、割合はすべて0.00です。",
        },
    [MESSAGE_NOTE_OTHER] =
        {
            "“Other” holds what is not ranked. Known countries in it: {0}; infections "
            "of unknown country: {1} ({2} %).",
            "「その他」は順位に入らないものすべてです。含まれる国・地域の数：{0}、"
            "国・地域が不明な感染：{1}台（{2}%）。",
        },
    [MESSAGE_NOTE_GEOIP] =
        {
            "Countries: an event's own, else looked up in a MaxMind DB built on {0}.",
            "国・地域：イベント自身の値、なければ {0} 作成の MaxMind DB で判定。",
        },
    [MESSAGE_NOTE_GEOIP_UNKNOWN] =
        {
            "Countries: an event's own, else looked up in a MaxMind DB; its build date "
            "is not recorded.",
            "国・地域：イベント自身の値、なければ MaxMind DB で判定（"
            "作成日の記録なし）。",
        },
    [MESSAGE_NOTE_OFFSETS] =
        {
            "Offsets read: topic {0}, group {1}, partitions: {2}, sum of next offsets: "
            "{3}",
            "読み取り済みオフセット：トピック {0}、グループ {1}、パーティション数 {2}、"
            "次のオフセットの合計 {3}",
        },
    [MESSAGE_NOTE_OFFSETS_EACH] =
        {
            "Offsets read: topic {0}, group {1}, partitions: {2}, sum of next offsets: "
            "{3} ({4})",
            "読み取り済みオフセット：トピック {0}、グループ {1}、パーティション数 {2}、"
            "次のオフセットの合計 {3}（{4}）",
        },
    [MESSAGE_NOTE_OFFSETS_NONE] =
        {
            "Offsets read: none; all events came from files.",
            "読み取り済みオフセット：なし（すべてのイベントはファイルから取り込み）。",
        },
    [MESSAGE_NOTE_VERSION] = {"Made by kansen {0}.", "作成：kansen {0}"},
};

const char *message_text(enum message message, enum message_language language)
{
    return messages[message][language];
}
