/** What a cache budget costs in quality: long-context tasks, scores, and their report. */
package dev.locret.eval;
