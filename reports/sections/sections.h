/* The builders of a report's sections, one file each; compose.c has their order. */
#ifndef KANSEN_REPORTS_SECTIONS_SECTIONS_H
#define KANSEN_REPORTS_SECTIONS_SECTIONS_H

#include "reports/sections/draft.h"

/* What the figures say, in sentences that are true of any figures. */
void section_findings(struct draft *draft);

/* Infections and detections of each month. */
void section_months(struct draft *draft);

/* Infections of each country that is ranked, and their shares. */
void section_shares(struct draft *draft);

/* The window and the complete periods it is compared with, side by side: infections, machines when
 * the report is unique, detections, and how the window differs from each. */
void section_comparison(struct draft *draft);

/* Infections of each value of draft->dimension that is ranked, and their shares; nothing unless it
 * was asked for. */
void section_dimension(struct draft *draft);

/* The same values month by month, a machine once in each; quarters or years where there are more
 * than have room beside each other. Nothing unless the dimension was asked for. */
void section_dimension_months(struct draft *draft);

/* Whether there is such a table. */
bool section_dimension_months_is_shown(const struct draft *draft);

/* Whether it shows quarters or years. */
bool section_dimension_months_joins(const struct figures *figures);

/* How values of draft->dimension changed since draft->base; nothing unless that is known. */
void section_changes(struct draft *draft);

/* That an edition replaces another, and what is different besides the counts; nothing of reports
 * that replace none. */
void section_restatement(struct draft *draft);

/* How months changed since the edition before, and why. */
void section_restated_months(struct draft *draft);

/* The same of values of draft->dimension, month by month. */
void section_restated_values(struct draft *draft);

/* Infections per 1,000 active machines, and coverage, of each month; the values of a dimension that
 * have the highest rates. Nothing without heartbeats. */
void section_rates(struct draft *draft);
void section_rates_by(struct draft *draft);

/* What a reader has to know to trust the figures, at the end of every report: window, time zone,
 * whether everything was read, counting rule, rounding, ties, what "other" holds, where countries
 * come from, version. */
void section_notes(struct draft *draft);

#endif
